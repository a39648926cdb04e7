"""Yes and no, the way people write them."""

from __future__ import annotations

from dataclasses import dataclass

from flows.definition import Question
from flows.sentences import NO, YES
from flows.text import fold
from flows.understanding.meanings import meant_in, names_of, opposites
from flows.understanding.reading import Reply, lead_in, read, rest_of, skip, skip_back, step_in, without_courtesy
from flows.understanding.slips import MIN_LENGTH, SHORTEST_STEM, one_slip, same_stem
from flows.understanding.understood import REJECTED, SEVERAL, Understood, Verdict
from flows.words import Words

MOST_OTHERS = 2
"""Words beside the question's own that may mean anything: they listened to every word."""

_SHORT = 4
"""Words of the longest reply that is heard by what it means."""

_PHRASE = 2
"""Words of what is no plain yes or no: with a story right behind it is asked back."""

LONGEST_ECHO = 12
"""Words of the longest reply in which a side is looked for behind others."""


@dataclass(slots=True)
class YesNoMatcher:
    """Finds out whether a reply means yes or no."""

    words: Words
    sides: tuple[frozenset[str], frozenset[str]]
    asked: frozenset[str] = frozenset()
    """The longer words of the question itself."""
    meant: frozenset[str] = frozenset()
    """What the question asks about, where that has an opposite: better, safe, easy."""
    assent: frozenset[str] = frozenset()
    """Words of yes that are asked back: `ok` to "Did staff listen?"."""

    @classmethod
    def compile(cls, question: Question, words: Words) -> YesNoMatcher:
        """What a reply is compared with."""
        more = {side: frozenset(map(fold, of_side)) for side, of_side in question.words}
        sides = (words.no | more.get("no", frozenset()), words.yes | more.get("yes", frozenset()))
        asked = {said for text in question.ask.values() for said in (text, words.say(text))}
        rows = ([word for word in read(said, (), words.short).words if len(word) >= SHORTEST_STEM] for said in asked)
        # The first is mostly who, not what: "Did staff listen?" is not answered by "staff were rude".
        echoed = frozenset(word for row in rows for word in row[1:])
        # "Did you mean …?" has no words of its own here, and an OK to it is a yes; so is what an author lists as yes.
        assent = words.assent - more.get("yes", frozenset()) if any(asked) else frozenset()
        about = names_of(meant for said in asked for meant in meant_in(list(read(said, (), words.short).words), words))
        return cls(words, sides, echoed, frozenset(name for name in about if opposites({name})), assent)

    def understand(self, text: str) -> Understood:
        """What a reply means."""
        whole = fold(text[:200])
        if "?" not in text and len(text) <= 200:
            for given in (True, False):
                if whole in self.sides[given]:
                    return self._take(given, "", sure=whole not in self.assent)
        reply = read(text, self.words.clear, self.words.short)
        if not reply.words:
            return REJECTED
        abroad = self.words.abroad.get(whole)
        if abroad in (YES.lower(), NO.lower()):
            return self._take(abroad == YES.lower(), "", sure=False)
        return self._judge(reply)

    def _judge(self, reply: Reply) -> Understood:
        start, hedged = 0, False
        while True:
            if start < skip(reply, start, self.words.nobody) < len(reply.words):
                return self._take(False, "", sure=False)
            if self._is_numbered(reply, start):
                return REJECTED
            if self._is_idiom(reply, start) or skip(reply, start, self.words.doubt) > start:
                return REJECTED if skip(reply, start, self.words.hedges) == start else self._hedged(reply, start)
            said = self._side_at(reply, start)
            after, doubtful = step_in(reply, self.words, start)
            if after == start or (said is not None and said[2] >= after):
                break  # but "I would say yes" only begins like "I would"
            start, hedged = after, hedged or doubtful
        found = REJECTED if said is None else self._said(reply, *said, sure=not hedged)
        return self._behind(reply, start) if found is REJECTED else found

    def _behind(self, reply: Reply, start: int) -> Understood:
        """A side taken behind other words, or by the question's own: `they were lovely, yes`, `nobody listened`."""
        words, row = self.words, reply.words
        if len(row) <= LONGEST_ECHO and self._denies_echo(row):
            return self._take(False, "", sure=False)
        if len(row) > LONGEST_ECHO or any(
            (word in words.unreal and word not in self.asked) or word in words.hedges for word in row
        ):
            return REJECTED
        end = without_courtesy(reply, words)[1]
        last = [given for given in (True, False) if skip_back(reply, start, end, self.sides[given] & words.clear) < end]
        other = [word for word in row[start : end - 1] if word in words.clear]
        if last and not other:
            return self._take(last[0], "", sure=False)
        return self._slipped(row[start:end]) or self._echo(row)

    def _slipped(self, row: list[str]) -> Understood | None:
        """`absolutley`, and nothing else: a long word that is one slip away from those of one side only."""
        if len(row) != 1 or len(row[0]) < MIN_LENGTH or row[0] in self.words.real:
            return None
        meant = {
            given
            for given in (True, False)
            if any(len(word) >= MIN_LENGTH and one_slip(row[0], word) for word in self.sides[given])
        }
        return self._take(meant.pop(), "", sure=False) if len(meant) == 1 else None

    def _echo(self, row: list[str]) -> Understood:
        """`they listened`, `they did not listen to me`, where that was the question."""
        words = self.words
        named = names_of(meant_in(row, words))
        denied = any(word in words.negating or word in words.nobody for word in row)
        if not denied and len(row) <= _SHORT and named & (self.meant | opposites(self.meant)):
            return self._take(bool(named & self.meant), "", sure=False)  # "o wiele lepiej", "no difference"
        echoed = self._echoed(row)
        around = (words.fillers, words.courtesy, words.joining, words.negating, words.nobody, words.clear)
        others = [word for word in row if len(word) >= SHORTEST_STEM and word not in echoed]
        if not echoed or sum(all(word not in kind for kind in around) for word in others) > MOST_OTHERS:
            return REJECTED
        return self._take(not denied, "", sure=False)

    def _echoed(self, row: list[str]) -> list[str]:
        return [word for word in row if any(same_stem(word, asked) for asked in self.asked)]

    def _denies_echo(self, row: list[str]) -> bool:
        """`they didnt listen to a word i said`: the question's own word right behind a denial, whatever follows."""
        echoed = self._echoed(row)
        return any(row[at - 1] in self.words.negating and row[at] in echoed for at in range(1, len(row)))

    def _is_numbered(self, reply: Reply, start: int) -> bool:
        """`no. 1` is a number, and no No."""
        figure = reply.phrase(start + 1, 1).isdecimal() and reply.mark_after(start).startswith(".")
        return figure and reply.words[start] in self.words.numbering

    def _is_idiom(self, reply: Reply, start: int) -> bool:
        """Whether a set phrase begins at a word, without a mark inside: `tak bardzo`, but not `tak, bardzo`."""
        end = skip(reply, start, self.words.idioms)
        return end > start and reply.breaks.isdisjoint(range(start + 1, end))

    def _hedged(self, reply: Reply, start: int) -> Understood:
        """`maybe yes` is asked back; `maybe` alone is no answer."""
        said = self._side_at(reply, skip(reply, start, self.words.hedges))
        return REJECTED if said is None else self._said(reply, *said, sure=False)

    def _said(self, reply: Reply, given: bool, start: int, end: int, *, sure: bool) -> Understood:
        """Yes or no was said; whether what follows leaves it standing."""
        first = end
        sure = sure and reply.phrase(start, end - start) not in self.assent
        while (more := self._side_at(reply, end)) is not None and more[0] is given:
            end = more[2]  # "not really, no"
        after = end
        while self._side_at(reply, after) is None and (behind := skip(reply, after, self.words.between)) > after:
            after = behind
        if (
            self.words.joining.issuperset(reply.words[after : after + 1])
            and self._side_at(reply, after + 1) is not None
        ):
            after += 1  # "yes but no"
        other = self._side_at(reply, after)
        while other is None and (behind := step_in(reply, self.words, after)[0]) > after:
            after = behind  # "yes, actually no"
            other = self._side_at(reply, after)
        if other is None and after not in reply.breaks:
            joined = skip(reply, after + 1, self.words.between)
            # "haan bhi nahi bhi": yes too, no too
            other = self._side_at(reply, after + 1) or self._side_at(reply, joined)
        if other is not None and other[0] is not given:
            word = reply.words[other[1]]
            if word in self.words.clear or word in self.words.leaning:
                return SEVERAL
        if given and end == len(reply.words) - 1 and self._is_denied(reply, start, end):
            return SEVERAL  # Arabic "naam wala": yes, and no
        if end < len(reply.words) and reply.mark_after(end - 1) == "" and reply.words[end][0].isdecimal():
            return REJECTED  # "no1 listened"
        leaning = reply.words[start] in self.words.leaning
        clear = not leaning and reply.words[start] in self.words.clear
        over = lead_in(reply, self.words, end)[0] >= len(reply.words)
        if not (clear or over or first in reply.breaks or end in reply.breaks):
            if leaning:
                return self._take(given, "", sure=False)  # "nie słuchali": no, or they did not listen
            if reply.words[end] not in self.words.joining:
                return REJECTED  # "it was awful" only begins like "it was"
            sure = sure and end - start < _PHRASE  # "i did my own shopping" only begins like "i did"
        doubtful = any(skip(reply, after, phrases) > after for phrases in (self.words.doubt, self.words.hedges))
        asking = "?" in reply.mark_after(end - 1)
        rest = "" if over else rest_of(reply, start + 1 if clear else end, self.words)
        return self._take(given, rest, sure=sure and not (doubtful or asking))

    def _is_denied(self, reply: Reply, side: int, at: int) -> bool:
        """Whether nothing but a denial stands behind a clear yes."""
        return reply.words[side] in self.words.clear and reply.words[at] in self.words.negating

    def _side_at(self, reply: Reply, start: int) -> tuple[bool, int, int] | None:
        """Yes or no said at a word, the longest phrase that fits: which, where it begins and what comes after."""
        ends = [(skip(reply, start, self.sides[given]), given) for given in (False, True)]
        end, given = max(ends)
        return (given, start, end) if end > start else None

    def _take(self, given: bool, rest: str, *, sure: bool = True) -> Understood:
        label = self.words.say(YES if given else NO)
        return Understood(Verdict.ACCEPTED if sure else Verdict.UNSURE, given, label, rest)


def answer_to_us(text: str, words: Words) -> Understood:
    """What a text says to a yes-or-no question that the service itself asks, outside any flow."""
    return YesNoMatcher(words, (words.no, words.yes)).understand(text)


def meant(text: str, words: Words) -> bool | None:
    """Whether a text says yes or no to such a question; None where it says neither, or not surely."""
    found = answer_to_us(text, words)
    return bool(found.value) if found.outcome is Verdict.ACCEPTED else None
