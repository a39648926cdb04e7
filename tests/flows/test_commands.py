"""Which texts are about the conversation itself, and which only sound so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.understanding.commands import Command, hear
from tests.flows.surroundings import WORDS

STOP = """
stop
STOP
Stop.
STOP!!!
ＳＴＯＰ
stopall
STOP ALL
s t o p
S.T.O.P
stpo
stop please
please stop
Please stop texting me
stop sending me messages thanks
no more texts please
can you stop texting me please
I dont want any more texts
i do not want any more messages from you
I don’t want these texts
please take me off your list
remove me from your list
stop texting me ffs
stop texting me you idiots
fuck off
wrong number
Wrong number mate
sorry, wrong number
you have the wrong number
youve got the wrong person
Hi you have the wrong number, this isnt Dave
this is not john wrong number
unsubscribe
unsubscribe me
opt out
opt-out
opt me out please
leave me alone
do not contact me again
never text me again
delete my number
No. Stop
no thanks stop
I already said stop texting me
cancel
End
quit
REVOKE
optout
stop asking me this
stop all texts
"""

HELP = """
help
HELP
help please
info
I need help
who is this?
who are you
what is this about
how do I stop
"""

START = """
start
START
Start please
unstop
restart
opt in
"""

NEITHER = """
please stop calling me Mrs
stop calling it a clinic
i want you to stop calling me sir it annoys me
the bus stop was far
bus stop
they should stop closing wards
stop closing our hospital
stop smoking clinic was great
I want to stop smoking
quit smoking
dont stop
never stop
it never stops
non stop
the pain wont stop
i cant stop crying
make it stop
please make it stop
stop the bleeding
they couldnt stop the bleeding
stop the war
I want to end it all
i want it all to end
please end my life
no more pain
no more waiting please
cancel my appointment
I had to cancel
the end
in the end it was good
weekend
they did not help
nobody could help me find the ward
who was this nurse
the start was late
start of the week
they rang the wrong number twice
he gave me the wrong number for the clinic
what if i stop
no
no thanks
not interested
yes
1
good
thank you

?
"""


def rows(table: str) -> list[str]:
    return table.strip("\n").splitlines()


@pytest.mark.parametrize("text", rows(STOP))
def test_any_wording_of_no_more_texts_is_stop(text: str):
    assert hear(text, WORDS) is Command.STOP


@pytest.mark.parametrize("text", rows(HELP))
def test_a_call_for_help_is_help(text: str):
    assert hear(text, WORDS) is Command.HELP


@pytest.mark.parametrize("text", rows(START))
def test_coming_back_is_start(text: str):
    assert hear(text, WORDS) is Command.START


@pytest.mark.parametrize("text", rows(NEITHER))
def test_a_story_with_a_command_word_in_it_is_no_command(text: str):
    assert hear(text, WORDS) is None


def test_a_long_text_is_a_story_whatever_its_words():
    assert hear("stop " * 100, WORDS) is None
    assert hear("please stop texting me " + "and me " * 20, WORDS) is None


@given(st.text(max_size=500))
def test_hearing_never_raises(text: str):
    hear(text, WORDS)
