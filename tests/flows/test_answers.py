"""What people write, and what three careful people would take it for.

In the tables: `= value` is accepted, `= value | rest` also keeps the rest, `?` is asked back, `? value` asked back with
that guess, `x` is not understood, and `!` is anything but accepted.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.definition import Question
from flows.loader import load
from flows.understanding.answers import Understood, Verdict, understand
from tests.flows.surroundings import LIBRARY, TODAY, WORDS, question_of

PLAIN = question_of("""
ask: "Overall, how was your experience of our service?"
choices:
  very_good: Very good
  good: Good
  neither: Neither good nor poor
  poor: Poor
  very_poor: Very poor
  dont_know: Don't know
""")
TRAVEL = question_of("""
ask: "How did you get here today?"
choices: {walk: Walked or cycled, bus: By bus or train, car: By car, taxi: Taxi or lift from a friend}
""")
WAIT = question_of("""
ask: "How long did you wait?"
choices: {short: Less than 10 minutes, middle: 10 to 30 minutes, long: More than 30 minutes}
""")
LATE = question_of("""
ask: "How late was the bus?"
choices: {none: Less than 10 minutes, short: 10 to 30 minutes, long: 31 to 60 minutes, hours: More than an hour}
""")
LISTENED = question_of("""
ask: "The staff listened to me."
choices: {strongly: Strongly agree, agree: Agree, disagree: Disagree, strongly_not: Strongly disagree}
""")
YES_NO = question_of("""
ask: "Did staff listen to you?"
answer: yes_no
""")
PEOPLE = question_of("""
ask: "How many people live in your household?"
answer: number
min: 1
max: 20
""")
HOURS = question_of("""
ask: "How many hours did you wait?"
answer: number
min: 0
max: 48
whole: false
unit: hours
""")
SCALE = question_of("""
ask: "How likely are you to come back?"
answer: scale
from: 0
to: 10
low: Not at all likely
high: Extremely likely
""")

RATING = """
1 = very_good
6 = dont_know
 4  = poor
1. = very_good
(1) = very_good
[2] = good
2) = good
*2* = good
#2 = good
２ = good
٢ = good
২ = good
② = good
❷ = good
2️⃣ = good
two = good
TWO! = good
second = good
2nd = good
the second one = good
option 2 = good
Option two = good
number 2 = good
no 4 = poor
no. 4 = poor
my answer is 4 = poor
I'd say 4 = poor
it's a 4 = poor
I would give it a 4 = poor
4 please = poor
4 thanks x = poor
hi, 4 = poor
4 :) = poor
4 👍 = poor
4!!! = poor
4\\n\\nSent from my iPhone = poor
(b) = good
b) = good
b ? good
d ? poor
z x
7 x
0 x
-1 x
2.5 x
1e9 x
007 x
4000000000000000000000000 x
3 or 4 ?
3-4 !
3/4 !
1 3 ?
1 and 2 ?
4/5 x
4 out of 5 x
4 because nobody listened = poor | because nobody listened
4 waited three hours = poor | waited three hours
4, 3 nurses ignored me = poor | 3 nurses ignored me
4. The food was cold = poor | The food was cold
4 - no one spoke to me = poor | no one spoke to me
1 lovely staff ? very_good
2 hours x
5* x
5 ⭐ x
2 much waiting x
4 no one came = poor | no one came
3 neither = neither
poor 4 = poor
poor 5 ?
4, Kind regards, Margaret Smith = poor
good x Sarah = good
4 hours waiting x
4pm x
at 4 x
room 4 x
bus 4 x
4 people were before me x
2 doctors and a nurse x
4 nurses x
4 rude nurses ? poor
4 of us x
£4 x
4% x
1 nurse was rude x
one nurse was rude !
first time I came x
I waited 4 hours x
not 4 x
4? ? poor
maybe 4 ? poor
4 poor = poor
4 - Poor = poor
4 very poor ?
2 good care thanks = good
1 good ?
very good = very_good
Very Good. = very_good
VERY GOOD!!! = very_good
good = good
Good = good
poor = poor
very poor = very_poor
neither good nor poor = neither
neither = neither
don't know = dont_know
dont know = dont_know
Don’t know = dont_know
good thanks = good
it was good thanks = good
It was very good thank you very much = very_good
hi it was good x = good
I thought it was poor = poor
I reckon good = good
definitely good = good
good, thank you = good
overall good = good
my experience was poor = poor
good experience = good
good service = good
very very good = very_good
gooood = good
veryyyy goooood = very_good
verygood = very_good
v good = very_good
vgood = very_good
v. poor = very_poor
vrey good = very_good
very godo = very_good
very gooc = very_good
niether good nor poor = neither
neither good or poor = neither
god !
food !
door !
goof !
poot !
mood !
very food !
vary good !
good because they listened = good | because they listened
good, staff were kind = good | staff were kind
Poor. Nobody came = poor | Nobody came
good but the wait was long = good | but the wait was long
.5 x
,5 x
4 May x
3 May 2024 x
2 good 4 poor !
not good ? poor
not very good ? poor
not poor ? good
wasn't good ? poor
it wasn't very good ? poor
never good ? poor
no good ? poor
hardly good ? poor
not good not poor !
nothing good to say ? poor
I wish it was good x
would be good if you answered the phone x
it could be good x
should have been very good x
hope it gets good x
it used to be good x
good luck x
good morning x
Good morning, 2 = good
good question x
good grief x
poor you x
poor old lady next to me x
good? ? good
is it good? !
good or poor ?
good and poor ?
good in parts, poor in others ?
very good, no, very poor ?
maybe good ? good
good I guess ? good
probably poor ? poor
pretty good !
quite good !
the food was poor ? poor
good staff !
very ?
know x
purple x
help me understand x
what x
who is this? x
lol x
thanks x
👍 x
. x
... x
😀😀 x
Liked "Overall, how was your experience of our service?" x
Overall, how was your experience of our service? x
> 1 Very good x
Your verification code is 4 x
I am driving and will reply later x
Your parcel arrives at 4 today x
"""

TRAVEL_TABLE = """
bus = bus
by bus = bus
train = bus
the bus = bus
walked = walk
I walked = walk
cycled = walk
car = car
by car = car
a friend = taxi
taxi = taxi
lift from a friend = taxi
drove ? car
buss !
taxi and bus !
3 = car
today x
1 hour on the bus !
"""

WAIT_TABLE = """
less than 10 minutes = short
more than 30 minutes = long
10 minutes = middle
30 minutes = middle
10 to 30 minutes = middle
10 to 30 = middle
10 minutes or so ? middle
2 = middle
2 hours ? long
than 30 minutes x
"""

LATE_TABLE = """
over an hour = hours
2 hours ? hours
an hour and a half ? hours
1 hr 20 ? hours
more than 2 hrs ? hours
1 hour ? long
45 min = long
half an hour ? short
10-30 = short
under ten minutes = none
more than 20 minutes !
2 days ? hours
about an hour ? long
"""

LISTENED_TABLE = """
agree strongly = strongly
disagree strongly = strongly_not
agree = agree
not agree !
"""

YES_NO_TABLE = """
no sé x
no lo se x
n/a x
no. 1 x
yes = True
YES = True
Yes please = True
yeah = True
Yeah 👍🏽 = True
y = True
Y. = True
yep = True
ie = True
👍 = True
ok ? True
of course = True
yesss = True
yes! = True
yes x = True
yes thanks = True
yes they did = True
yes they were very kind = True | they were very kind
yes, but only once = True | but only once
hi yes = True
no = False
No! = False
nope = False
nah = False
n = False
no thanks = False
no thank you = False
not really = False
no they ignored me = False | they ignored me
no, nobody listened = False | nobody listened
no way = False
👎 = False
not at all = False
they did = True
they didn't = False
yes and no ?
yes no ?
yes/no ?
yes but no ?
no yes ?
don't know x
I don't know x
dunno x
not sure x
no idea x
no problem x
no worries x
nobody x
yesterday I came x
yellow x
nothing x
november x
maybe x
it depends x
sometimes x
yes? ? True
probably yes ? True
yes I think = True
1 x
2 x
purple x
noon x
yeah right x
it was awful x
absolutely terrible x
they were not x
nope they were rude = False | they were rude
I think so = True
I don't think so = False
maybe yes ? True
not yet = False
yeah nah ?
hell no = False
"""

PEOPLE_TABLE = """
3 = 3
three = 3
3 people = 3
There are 3 of us = 3
3 of us = 3
me + 3 x
two adults two kids x
2 (me and my wife) = 2 | me and my wife)
twenty = 20
we are 4 = 4
just me = 1
I live alone = 1
only me = 1
007 = 7
٣ = 3
３ = 3
3. = 3
three people = 3
4 please = 4
0 x
21 x
-1 x
1e9 x
3.5 x
1/2 x
half x
3 or 4 x
3-4 x
3 4 x
about 3 ? 3
2 adults and 3 kids x
2 + 3 x
me and my wife x
4 hours x
room 3 x
999999999999999999999999999999 x
lots x
3? ? 3
"""

HOURS_TABLE = """
forty two = 42
3 = 3
3 hours = 3
3.5 = 3.5
3.5 hours = 3.5
3 hrs = 3
-2 x
49 x
3 days x
"""

SCALE_TABLE = """
.5 x
-.5 x
4 May x
3 May 2024 x
0 = 0
10 = 10
ten = 10
7 = 7
7/10 = 7
7 out of 10 = 7
7 out of 5 x
7/5 x
11 x
-1 x
7.5 x
7 because it is near = 7 | because it is near
not at all likely = 0
extremely likely = 10
likely x
10 extremely likely = 10
0 extremely likely ?
5 or 6 ?
b x
a) x
7 hours x
seven = 7
solid 7 = 7
8 / 10 = 8
extremley likely = 10
not likely x
8-9 ?
"""


AGE = question_of("""
ask: "How old are you?"
choices: {u16: Under 16, a16: 16 to 24, a25: 25 to 44, a45: 45 to 64, a65: 65 or over, no: Prefer not to say}
""")
AGREE = question_of("""
ask: "The nurse listened to me."
choices: {sa: Strongly agree, a: Agree, n: Neither agree nor disagree, d: Disagree, sd: Strongly disagree}
""")
HELPED = question_of("""
ask: "Did that help?"
choices: {much: "Yes, a lot", little: "Yes, a little", no: "No, not at all"}
""")

AGE_TABLE = """
35 = a25
16 = a16
under 16 = u16
16-24 = a16
16 to 24 = a16
65+ = a65
66 = a65
12 = u16
5 = a65
2 = a16
I am 35 = a25
35 and a half !
over x
say x
4 (45-64) = a45
4 (16-24) ?
"""

AGREE_TABLE = """
strongly agree = sa
strongly disagre = sd
dont agree ? d
not agree ? d
disagree = d
strongly ?
neither = n
neither agree or disagree = n
i strongly disagree because she was rude = sd | because she was rude
agre ? a
"""

HELPED_TABLE = """
a lot = much
yes a lot = much
yes ?
no = no
not at all ? no
a little = little
"""


def cases(table: str) -> list[tuple[str, str]]:
    rows = []
    for row in table.strip().splitlines():
        for sign in (" = ", " ? ", " x", " ?", " !"):
            at = row.rfind(sign)
            if at > 0 and (sign in (" = ", " ? ") or row.rstrip().endswith(sign)):
                rows.append((row[:at].replace("\\n", "\n"), row[at:].strip()))
                break
        else:
            raise AssertionError(f"no expectation in {row!r}")
    return rows


def written(understood: Understood) -> str:
    """A judgement as the tables write it."""
    match understood.outcome:
        case Verdict.ACCEPTED:
            return f"= {understood.value}" + (f" | {understood.rest}" if understood.rest else "")
        case Verdict.UNSURE:
            return "?" if understood.value is None else f"? {understood.value}"
        case Verdict.REJECTED:
            return "x"


def agree(expected: str, got: str) -> bool:
    return got == expected or (expected == "!" and not got.startswith("="))


TABLES = {
    "rating": (PLAIN, RATING),
    "travel": (TRAVEL, TRAVEL_TABLE),
    "wait": (WAIT, WAIT_TABLE),
    "late": (LATE, LATE_TABLE),
    "listened": (LISTENED, LISTENED_TABLE),
    "yes_no": (YES_NO, YES_NO_TABLE),
    "people": (PEOPLE, PEOPLE_TABLE),
    "hours": (HOURS, HOURS_TABLE),
    "scale": (SCALE, SCALE_TABLE),
    "age": (AGE, AGE_TABLE),
    "agree": (AGREE, AGREE_TABLE),
    "helped": (HELPED, HELPED_TABLE),
}


@pytest.mark.parametrize(
    ("question", "reply", "expected"),
    [
        pytest.param(question, reply, expected, id=f"{name}: {reply!r}")
        for name, (question, table) in TABLES.items()
        for reply, expected in cases(table)
    ],
)
def test_a_reply_is_taken_for_what_it_means(question: Question, reply: str, expected: str):
    assert agree(expected, got := written(understand(question, reply, WORDS, TODAY))), got


def test_the_words_an_author_gives_to_a_choice_count_like_its_label():
    visit = load(LIBRARY / "visit.yaml").nodes["rating"].question
    assert visit is not None
    for reply, expected in (
        ("?", "dont_know"),
        ("brilliant", "very_good"),
        ("so so", "neither"),
        ("awful", "very_poor"),
    ):
        assert written(understand(visit, reply, WORDS, TODAY)) == f"= {expected}"


def test_a_text_question_takes_any_words_and_nothing_invisible():
    question = question_of("ask: Why?\nanswer: text\nmax_length: 10")
    assert written(understand(question, "  because\r\nof \x00it all ", WORDS, TODAY)) == "= because\nof"
    assert understand(question, "\u200b\u2060 \n", WORDS, TODAY).outcome is Verdict.REJECTED


@given(st.text(max_size=300))
def test_no_text_makes_a_question_raise(text: str):
    for question, _ in TABLES.values():
        understand(question, text, WORDS, TODAY)


@given(st.sampled_from([row for _, table in TABLES.values() for row, _ in cases(table)]), st.data())
def test_a_slip_anywhere_in_a_likely_reply_never_raises(reply: str, data: st.DataObject):
    at = data.draw(st.integers(0, len(reply)))
    slipped = reply[:at] + data.draw(st.text(max_size=3)) + reply[at + data.draw(st.integers(0, 3)) :]
    for question, _ in TABLES.values():
        understand(question, slipped, WORDS, TODAY)


@pytest.mark.parametrize(
    "text", ["9" * 5_000, "²", "٣" * 400, "a" * 20_000, "😀" * 1_600, "\ud800", "é" + "\u0301" * 500]
)
def test_odd_and_endless_texts_are_judged_without_a_stumble(text: str):
    for question, _ in TABLES.values():
        assert understand(question, text, WORDS, TODAY).outcome in Verdict
