"""Replies about the conversation itself and not an answer: STOP, BACK, MY DATA and the others, in whatever words."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from flows.text import fold
from flows.understanding.command_slips import Command, CommandSlips
from flows.understanding.reading import Reply, anchors, begins, is_sign, plain_words, read, skip, skip_back
from flows.understanding.requests import OTHERS, Requests
from flows.words import Words

__all__ = ["Command", "hear", "overhear"]

MAX_WORDS = 14
"""Words of the longest clause that can be a command; a longer one is a story."""

MAX_LENGTH = 400
"""Characters of the longest text in which a command is looked for."""

MOST_BEHIND = 4
"""Words of the longest reason behind a PAUSE."""

MAX_SPACED = 24
"""Characters of the longest word that is looked for with spaces between its letters."""

_NETWORKS = ("stop", "stopall", "unsubscribe")


_ABROAD = {"stop": Command.STOP, "forget_me": Command.FORGET_ME, "my_data": Command.MY_DATA}
"""What is everybody's right is heard in every language, whatever language we write to somebody in."""


@lru_cache(maxsize=8)  # a turn asks twice: the service before any flow, and the flow
def hear(text: str, words: Words) -> Command | None:
    """The command a text is, or None for any other text.

    A command says nothing else: the word or one of its wordings, and around it courtesy, a request or anger.
    Only "no more texts to me" is also heard beside another sentence, as in "No. Please stop texting me"; a story in
    which a command's word stands ("the bus stop was far") never is one.
    """
    if len(text) > MAX_LENGTH:
        return None
    whole = fold(text)
    ear = _ear(words)
    if whole in ear.requests.stories:
        return None
    command = ear.named.get(whole) or _ABROAD.get(words.abroad.get(whole, ""))
    if command is not None:
        return command
    if whole.isalnum() and len(whole) < MAX_SPACED:
        return ear.slips.mistyped(whole)
    if len(whole) < MAX_SPACED and (command := ear.slips.spaced(whole)) is not None:
        return command
    plain = plain_words(text)
    if ear.anchors.isdisjoint(plain) and ear.requests.heads.isdisjoint(plain):
        return None
    reply = read(text, (), words.short)
    if len(reply.words) < 2 or ear.is_sent_by_a_machine(reply):
        return None
    command = ear.asked(reply) if len(reply.words) <= MAX_WORDS else None
    return command or ear.told(reply) or (ear.requests.heard(reply) if len(reply.words) <= MAX_WORDS else None)


def overhear(text: str, words: Words) -> Command | None:
    """The command in a text that was found to be no answer, also where words nobody knows stand in it.

    Where the only other thing to say is the question again, less has to be said than `hear` asks for.
    """
    if len(text) > MAX_LENGTH:
        return None
    ear = _ear(words)
    reply = read(text, (), words.short)
    if not 1 < len(reply.words) <= MAX_WORDS or ear.is_sent_by_a_machine(reply):
        return None
    return ear.almost(reply) or ear.requests.overheard(reply) or ear.put_off(reply)


class _Ear:
    """The commands of one language, compiled once."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.named: dict[str, Command] = {}
        # The first to claim a wording has it: to be left alone is worth more than anything else.
        for command, wordings in (
            (Command.STOP, words.stop),
            (Command.FORGET_ME, words.forget_me),
            (Command.MY_DATA, words.my_data),
            (Command.START, words.start),
            (Command.HELP, words.help),
            (Command.SKIP, words.skip),
            (Command.BACK, words.back),
            (Command.AGAIN, words.again),
            (Command.LANGUAGE, words.language_menu),
            (Command.FIX, words.fix),
            (Command.PAUSE, words.pause),
            (Command.WHY, words.why),
        ):
            for wording in wordings:
                self.named.setdefault(wording, command)
        self.short = words.short
        self.around = words.courtesy | words.asking | words.anger
        self.harmless = words.stop_around | self.around | words.yes | words.no
        self.wordings = frozenset(self.named)
        self.linking = self.around | (words.between - words.negating)
        self.stops = words.stop_phrases | {wording for wording in words.stop if " " in wording}
        self.curses = frozenset(word for word in words.anger if " " not in word)
        self.forgets = frozenset(wording for wording in words.forget_me if " " in wording)
        self.anchors = anchors(frozenset(self.named) | self.stops)
        self.requests = Requests(words)
        self.slips = CommandSlips(self.named, words.real | self.harmless)

    def almost(self, reply: Reply) -> Command | None:
        """A command's word with a slip, where all others say nothing: `pls unsubcribe me`."""
        said = [word for word in reply.words if word not in self.requests.glue and word not in self.around]
        return self.slips.mistyped(said[0]) if len(said) == 1 and said[0] not in self.named else None

    def put_off(self, reply: Reply) -> Command | None:
        """`not now, im cooking`: PAUSE in a clause of its own, and behind it a short reason about oneself."""
        first = next(_clauses(reply))
        behind = reply.words[len(first.words) :]
        put_off = 0 < len(behind) <= MOST_BEHIND and self.requests.telling.isdisjoint(behind)
        return Command.PAUSE if put_off and self.named.get(" ".join(first.words)) is Command.PAUSE else None

    def is_sent_by_a_machine(self, reply: Reply) -> bool:
        """Whether a program wrote this: its "text STOP to end" is not this person's wish."""
        marks = self.words.autoreply
        return begins(reply.words, marks) and any(skip(reply, at, marks) > at for at in range(len(reply.words)))

    def asked(self, reply: Reply) -> Command | None:
        """The wording left when courtesy, request and anger are taken from both ends, the longest first."""
        ends = list(self._ends(reply))
        for start in self._starts(reply):
            for end in ends:
                command = self.named.get(reply.phrase(start, end - start)) if end > start else None
                if command is not None:
                    return command
        return self._said_twice(reply) or self._behind_a_no(reply)

    def _said_twice(self, reply: Reply) -> Command | None:
        """`I made a mistake, go back`: several wordings of one command, and nothing between them but courtesy."""
        at, meant = 0, set()
        while at < len(reply.words):
            after = skip(reply, at, self.wordings)
            if after > at:
                meant.add(self.named[reply.phrase(at, after - at)])
            else:
                after = skip(reply, at, self.linking)
            if after == at:
                return None
            at = after
        return meant.pop() if len(meant) == 1 else None

    def _behind_a_no(self, reply: Reply) -> Command | None:
        refused = skip(reply, 0, self.words.no)
        if refused not in reply.breaks:
            refused = int(reply.words[0] in self.words.clear)
        if 0 < refused < len(reply.words):
            behind = self.asked(reply.behind(refused))
            return behind if behind in (Command.STOP, Command.FORGET_ME) else None  # "no, stop"; but not "no help"
        return None

    def _starts(self, reply: Reply) -> Iterator[int]:
        at = 0
        while True:
            yield at
            after = skip(reply, at, self.around)
            if after == at:
                if at >= len(reply.words) or not is_sign(reply.words[at]):
                    return
                after = at + 1
            at = after

    def _ends(self, reply: Reply) -> Iterator[int]:
        at = len(reply.words)
        while True:
            yield at
            before = skip_back(reply, 0, at, self.around)
            if before == at:
                if at == 0 or not is_sign(reply.words[at - 1]):
                    return
                before = at - 1
            at = before

    def told(self, reply: Reply) -> Command | None:
        """FORGET ME or STOP said in a clause that says nothing else, whatever the other clauses say."""
        said = list(_clauses(reply))
        if self._shouts(said):
            return Command.STOP
        clauses = [
            *said,
            *(_without(self.curses, clause) for clause in said if not self.curses.isdisjoint(clause.words)),
        ]
        clauses += [clause.behind(at) for clause in said for at in self.requests.pleas(clause)]
        clauses = [clause for clause in clauses if 0 < len(clause.words) <= MAX_WORDS]
        if any(self._only_says(clause, self.forgets) for clause in clauses):
            return Command.FORGET_ME
        if any(self._only_says(clause, self.stops) for clause in clauses):
            return Command.STOP
        return next(filter(None, map(self.requests.left_alone, clauses)), None)

    def _shouts(self, clauses: list[Reply]) -> bool:
        """`STOP!!! I have asked three times`, `not interested, stop`: the word that every network knows, in a clause of
        its own; last only where the others tell of nobody: `they said: stop`."""
        alone = [len(clause.words) == 1 and clause.words[0] in _NETWORKS for clause in clauses]
        others = self.words.requests.get(OTHERS, frozenset())
        told = any(not others.isdisjoint(clause.words) for clause in clauses[:-1])
        return len(clauses) > 1 and (alone[0] or (alone[-1] and not told))

    def _only_says(self, clause: Reply, phrases: frozenset[str]) -> bool:
        """Whether a clause holds one of some phrases, and around it nothing that tells another story."""
        if not begins(clause.words, phrases):
            return False
        for at in range(len(clause.words)):
            end = skip(clause, at, phrases)
            if (
                end > at
                and not self._is_told(clause, at, end)
                and self._is_harmless(clause, 0, at)
                and self._is_harmless(clause, end, len(clause.words))
            ):
                return True
        return False

    def _is_told(self, clause: Reply, at: int, end: int) -> bool:
        """Whether a phrase belongs to a story's words, that begin right before it or go on behind it: `dont text` of
        `i dont text`, `stop calling` of `stop calling me mrs`."""
        begun = at > 0 and self.requests.begins_a_story(clause, at - 1) > at
        return begun or self.requests.begins_a_story(clause, at) > end

    def _is_harmless(self, clause: Reply, start: int, end: int) -> bool:
        at = start
        while at < end:
            after = skip(clause, at, self.harmless, end)
            if after == at:
                # "this is not John": a name we cannot know stands behind a denial.
                named = at > start and clause.words[at - 1] in self.words.negating
                if not named and not is_sign(clause.words[at]):
                    return False
                after = at + 1
            at = after
        return True


def _clauses(reply: Reply) -> Iterator[Reply]:
    """The parts of a text between its marks."""
    borders = sorted({0, *reply.breaks, len(reply.words)})
    for start, end in pairwise(borders):
        yield Reply(reply.text, reply.words[start:end], reply.starts[start:end], reply.ends[start:end])


def _without(words: frozenset[str], reply: Reply) -> Reply:
    """A reply without some words, for looking at the others only."""
    return Reply(reply.text, [word for word in reply.words if word not in words])


@lru_cache(maxsize=64)
def _ear(words: Words) -> _Ear:
    return _Ear(words)
