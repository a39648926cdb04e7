"""Commands said in words of one's own: `could you wipe all the info you hold on me`.

No list holds every such sentence. But each is made of few kinds of words: what is asked (wipe), of what (info), and
words that say nothing by themselves. A text made of these alone is the request, in whatever order a language puts them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flows.understanding.command_slips import Command
from flows.understanding.reading import Reply, anchors, is_sign, skip
from flows.understanding.slips import one_slip, same_stem
from flows.words import Words

GLUE = "glue"
"""The group of words that may stand in any request: i, you, the, can, want."""

REASON = "reason"
"""Words that begin a reason behind a request to be left alone: because, or, she."""

INSULTED = "insulted"
"""Words that an insult may follow, which no list can know: you."""

PLEAD = "plead"
"""Words that begin a plea, behind anything else: please."""

ORDER = "order"
"""And those that begin an order: stop."""

LED = "led"
"""Words before which such a word begins neither: told them to please stop."""

STORY = "story"
"""Phrases that no request has: you never."""

OTHERS = "others"
"""People a story is about: she, they, the nurse. A text that is no answer is no request either where one stands."""

WISHED = "wished"
"""What somebody wishes that others did: que dejen. Of their own number people say so too, of a relative's they tell."""

KIN = "kin"
"""Relatives, and what belongs to them."""

_MARKING = frozenset({REASON, INSULTED, PLEAD, LED, WISHED})
"""Groups that only mark where something begins: a word of these alone says nothing itself."""

FEWEST_WORDS = 2

MOST_STRANGERS = 2
"""Words nobody knows in a request, at most; a text with more tells something else."""

WORDS_A_STRANGER = 3
"""Known or not, so many words or phrases for each of them."""

SHORTEST_SLIP = 5
"""Letters of the shortest word in a request that is looked for with a slip."""


@dataclass(frozen=True, slots=True)
class _Request:
    """A command, the groups of words it needs, and those that may stand there too."""

    command: Command
    head: str
    needs: frozenset[str]
    allowed: frozenset[str]
    strangers: int
    """Words nobody knows that may stand in it where the text is no answer."""


def _request(command: Command, needs: str, beside: str = "", strangers: int | None = None) -> _Request:
    groups = needs.split()
    if strangers is None:
        strangers = MOST_STRANGERS if command in (Command.STOP, Command.FORGET_ME) else 1
    return _Request(command, groups[0], frozenset(groups), frozenset({GLUE, *groups, *beside.split()}), strangers)


# The first that fits has it. To be left alone and to be forgotten come before all others.
_REQUESTS = (
    _request(Command.FORGET_ME, "erase data", "cease sending list hold about"),
    _request(Command.FORGET_ME, "remove mine", "cease sending hold"),
    _request(Command.FORGET_ME, "remove data about", "hold mine"),
    _request(Command.STOP, "cease sending", "more kin"),
    _request(Command.STOP, "cease those"),
    _request(Command.STOP, "dont sending", "more kin"),
    _request(Command.STOP, "remove list", "sending"),
    _request(Command.STOP, "take_word off_word list", "kin human"),
    _request(Command.STOP, "wrong person", "sending cease", strangers=0),
    _request(Command.STOP, "leave alone", "kin"),
    _request(Command.WHY, "fate data", "show mine why"),
    _request(Command.WHY, "fate mine", "show data why"),
    _request(Command.MY_DATA, "mine show", "hold"),
    _request(Command.MY_DATA, "about hold", "show data"),
    _request(Command.HELP, "who writing", "sending lost", strangers=0),
    _request(Command.HELP, "help_word need_help", "lost", strangers=0),
    _request(Command.HELP, "help_word lost"),
    _request(Command.WHY, "why need", "field"),
    _request(Command.WHY, "why field"),
    _request(Command.LANGUAGE, "tongue speak", "well kin"),
    _request(Command.AGAIN, "again_word say", "asked missed"),
    _request(Command.AGAIN, "asked say", "missed", strangers=0),
    _request(Command.AGAIN, "missed say"),
    _request(Command.AGAIN, "missed asked"),
    _request(Command.SKIP, "pass asked", "next_one"),
    _request(Command.SKIP, "move next_one"),
    _request(Command.SKIP, "answer unwilling", "asked field"),
    _request(Command.BACK, "previous return", "answer slip"),
    _request(Command.BACK, "slip return", "answer previous press moment"),
    _request(Command.BACK, "slip press", "moment answer"),
    _request(Command.BACK, "slip previous", "moment answer asked"),
    _request(Command.BACK, "answer return", "previous"),
    _request(Command.PAUSE, "later ask", "busy occupied"),
    _request(Command.PAUSE, "occupied", "later moment ask answer"),
    _request(Command.PAUSE, "busy moment", "ask later answer"),
    _request(Command.PAUSE, "busy later", "answer"),
)
_UNANSWERED = (
    *_REQUESTS,
    _request(Command.STOP, "dont more", strangers=0),
    _request(Command.WHY, "fate", "data mine show why answer", strangers=0),
    _request(Command.HELP, "who talk", "human lost", strangers=0),
    _request(Command.HELP, "human talk", "lost help_word need_help"),
    _request(Command.LANGUAGE, "tongue", "speak well kin ask", strangers=0),
    _request(Command.AGAIN, "missed", "asked say again_word", strangers=0),
    _request(Command.PAUSE, "busy", "later moment ask answer occupied", strangers=0),
    _request(Command.BACK, "slip", "moment answer asked previous press return", strangers=0),
)
"""What is asked by a text that was found to be no answer, where less has to be said."""

GROUPS = frozenset({GLUE, REASON, INSULTED, PLEAD, ORDER, LED, STORY, OTHERS, WISHED}).union(
    *(each.allowed for each in _UNANSWERED)
)
"""The groups a language's file may have."""


_WISHED_FOR_KIN = frozenset({WISHED, KIN})

_HEADS = frozenset(each.head for each in _REQUESTS)
"""A text without any word of these groups is no request."""


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A phrase of some groups, and those of each of its words, where all of them stand in groups too."""

    kinds: frozenset[str]
    parts: tuple[frozenset[str], ...]
    every: frozenset[str]

    def said(self, allowed: frozenset[str]) -> frozenset[str]:
        """What it says where only some groups are allowed; empty where it cannot stand there."""
        parted = self.parts and not any(part.isdisjoint(allowed) for part in self.parts)
        if not self.kinds.isdisjoint(allowed):
            return self.every if parted else self.kinds
        return frozenset().union(*self.parts) if parted else frozenset()


_STRANGER = _Phrase(frozenset(), (), frozenset())


class Requests:
    """The requests of one language."""

    def __init__(self, words: Words) -> None:
        named: dict[str, set[str]] = {}
        for name, phrases in words.requests.items():
            for phrase in phrases if name != OTHERS else ():
                named.setdefault(phrase, set()).add(name)
        for phrase in words.courtesy | words.anger | words.asking:
            named.setdefault(phrase, set()).add(GLUE)
        self.phrases = frozenset(named)
        self.known = {phrase: _phrase(phrase, kinds, named) for phrase, kinds in named.items()}
        self.heads = anchors(frozenset().union(*(words.requests.get(name, ()) for name in _HEADS)))
        self.stories = words.requests.get(STORY, frozenset())
        self.reason = words.requests.get(REASON, frozenset())
        self.begun = words.requests.get(PLEAD, frozenset()) | words.requests.get(ORDER, frozenset())
        self.led = words.requests.get(LED, frozenset())
        self.insulted = words.requests.get(INSULTED, frozenset())
        self.telling = words.requests.get(OTHERS, frozenset()) | words.nobody | words.negating | words.unreal
        self.glue = words.requests.get(GLUE, frozenset())
        self.real = words.real
        self.singles = tuple(phrase for phrase in named if len(phrase) >= SHORTEST_SLIP and " " not in phrase)

    def heard(self, reply: Reply) -> Command | None:
        """The command that a whole text asks for."""
        return next(self._asked(self._taken_apart(reply)), None)

    def left_alone(self, clause: Reply) -> Command | None:
        """STOP or FORGET ME in one clause, with a reason behind it or not."""
        commands = self._asked(self._taken_apart(clause, reasons=True))
        return next((each for each in commands if each in (Command.STOP, Command.FORGET_ME)), None)

    def overheard(self, reply: Reply) -> Command | None:
        """The command in a text that is no answer: a slip, another ending or a stranger or two may stand in it."""
        row = self._with_strangers(reply)
        if row is None:
            return None
        every = frozenset().union(*(phrase.every for phrase in row))
        if every >= _WISHED_FOR_KIN:
            return None
        for request in _UNANSWERED:
            if not request.needs <= every:
                continue
            said = [phrase.said(request.allowed) for phrase in row]
            strange = sum(not kinds for kinds in said)
            if strange <= min(request.strangers, len(row) // WORDS_A_STRANGER) and request.needs.issubset(
                frozenset().union(*said)
            ):
                return request.command
        return None

    def begins_a_story(self, clause: Reply, at: int) -> int:
        """The word behind a phrase of stories that begins at a word, where no longer phrase does; else that word."""
        after = skip(clause, at, self.phrases)
        return after if after > at and clause.phrase(at, after - at) in self.stories else at

    def pleas(self, clause: Reply) -> Iterator[int]:
        """Where inside a clause a plea or an order to stop begins."""
        row = clause.words
        return (at for at in range(1, len(row)) if row[at] in self.begun and row[at - 1] not in self.led)

    def _asked(self, row: list[_Phrase]) -> Iterator[Command]:
        every = frozenset().union(*(phrase.every for phrase in row))
        if every >= _WISHED_FOR_KIN:
            return
        for request in _REQUESTS:
            if not request.needs <= every:
                continue
            said = [phrase.said(request.allowed) for phrase in row]
            if all(said) and request.needs.issubset(frozenset().union(*said)):
                yield request.command

    def _taken_apart(self, reply: Reply, *, reasons: bool = False) -> list[_Phrase]:
        """The phrases of a text; none where a word belongs to no group."""
        row, at = reply.words, 0
        found: list[_Phrase] = []
        while at < len(row):
            if reasons and found and row[at] in self.reason and self._is_left_alone(found):
                break
            after = skip(reply, at, self.phrases)
            if after > at:
                found.append(self.known[reply.phrase(at, after - at)])
            elif not (is_sign(row[at]) or (0 < at == len(row) - 1 and row[at - 1] in self.insulted)):
                return []
            at = max(after, at + 1)
        return found if len(row) >= FEWEST_WORDS else []

    def _with_strangers(self, reply: Reply) -> list[_Phrase] | None:
        """The phrases of a text, strangers among them; None where it tells a story or has too many of these."""
        row, at = reply.words, 0
        found: list[_Phrase] = []
        strange = 0
        while at < len(row):
            after = skip(reply, at, self.phrases)
            if after > at:
                phrase = self.known[reply.phrase(at, after - at)]
                if phrase.every <= _MARKING and row[at] in self.telling:
                    return None  # "they should stop calling my mum"
            elif row[at] in self.telling:
                return None
            else:
                phrase = self._almost(row[at])
                strange += not phrase.kinds
            if STORY in phrase.kinds or strange > MOST_STRANGERS:
                return None
            if not is_sign(row[at]):
                found.append(phrase)
            at = max(after, at + 1)
        return found

    def _almost(self, word: str) -> _Phrase:
        """What a word says that is a slip away from known ones, or a form of them; nothing where it is a stranger."""
        if len(word) < SHORTEST_SLIP or word in self.real:
            return _STRANGER
        near = [single for single in self.singles if one_slip(word, single)]
        near = near or [single for single in self.singles if same_stem(word, single)]
        kinds = frozenset[str]().union(*(self.known[single].kinds for single in near))
        return _Phrase(kinds, (), kinds)

    def _is_left_alone(self, row: list[_Phrase]) -> bool:
        return any(command in (Command.STOP, Command.FORGET_ME) for command in self._asked(row))


def _phrase(phrase: str, kinds: set[str], named: dict[str, set[str]]) -> _Phrase:
    words = phrase.split(" ")
    parted = len(words) > 1 and STORY not in kinds and all(word in named for word in words)
    parts = tuple(frozenset(named[word]) for word in words) if parted else ()
    return _Phrase(frozenset(kinds), parts, frozenset(kinds).union(*parts))
