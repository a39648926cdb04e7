"""Dates as people write them, day first: `3/4/26`, `3rd of April`, `yesterday`, `2 weeks ago`, `Monday`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from flows.definition import Question
from flows.understanding.calendar import Calendar, day_of
from flows.understanding.numerals import Numeral, Shape, value_at
from flows.understanding.reading import Reply, is_sign, read, rest_of, skip, step_in
from flows.understanding.understood import REJECTED, SEVERAL, Understood, Verdict
from flows.words import Words

_FIGURES = re.compile(r"(\d{1,4})\s?([./-])\s?(\d{1,2})(?:\s?[./-]\s?(\d{4}|\d{2}))?")
_SPACED = re.compile(r"(\d{1,2}) (\d{1,2}) (\d{4}|\d{2})")
_RUN = re.compile(r"(\d{2})(\d{2})(\d{4})")
_CLOCK = re.compile(r"\d{1,2}[:.]\d{2}(?:am|pm)?|\d{1,2}(?:am|pm)")
_ORDINAL = re.compile(r"(\d{1,2})(?:st|nd|rd|th|er|re|e|o|a|º|ª|fed|ain|eg|il|ydd|af)?")
_NOT_BEFORE = 1900
_LAST_DAY = 31
_MOST_AHEAD = 730
_ONE = frozenset(("a", "an", "one"))
_FRACTIONS = frozenset({2, 3, 4, 5, 10})
"""What a score or a fraction is out of: 7/10 is hardly the 7th of October."""


@dataclass(frozen=True, slots=True)
class _Day:
    """A day read from a reply: the words it takes, and whether it can mean only that day."""

    day: date | None
    start: int
    end: int
    sure: bool = True


class DateMatcher:
    """Finds the day a reply means."""

    def __init__(self, question: Question, words: Words) -> None:
        self.question = question
        self.words = words
        self.phrases = {
            name: frozenset(getattr(words, name))
            for name in ("months", "weekdays", "relative_days", "day_units", "feasts")
        }

    def understand(self, text: str, today: date) -> Understood:
        """What a reply means on a day."""
        reply = read(text, (), {})
        return _Search(self, reply, today).result() if reply.words else REJECTED


class _Search:
    """The search for a day in one reply."""

    def __init__(self, matcher: DateMatcher, reply: Reply, today: date) -> None:
        self.question, self.words, self.phrases = matcher.question, matcher.words, matcher.phrases
        self.reply, self.today = reply, today
        self.ahead = not self.question.past and any(
            limit is not None and limit > today for limit in (self.question.latest, self.question.earliest)
        )
        """Whether a day that lies ahead is asked for."""
        self.calendar = Calendar(today, ahead=self.ahead)
        self.figures = dict(self._in_figures())
        self.sure = "?" not in reply.text
        self.stray = False

    def result(self) -> Understood:
        found = list(self._days())
        days = {each.day for each in found}
        if not found or None in days:
            return REJECTED
        dated = [each for each in found if not self._is_weekday(each)]
        if dated and len(dated) < len(found):  # "Friday 20 November"
            names = {each.day.weekday() for each in found if each.day is not None}
            self.sure = self.sure and len(names) == 1
            found = dated
        if len({each.day for each in found}) > 1:
            return SEVERAL
        day = found[0].day
        if day is None or not self._allows(day):
            return REJECTED
        sure = self.sure and not self.stray and all(each.sure for each in found)
        rest = rest_of(self.reply, found[-1].end, self.words) if found[-1].end < len(self.reply.words) else ""
        value = day.isoformat()
        return Understood(Verdict.ACCEPTED if sure else Verdict.UNSURE, value, value, rest if self.stray else "")

    def _is_weekday(self, found: _Day) -> bool:
        return self.reply.phrase(found.start, found.end - found.start) in self.phrases["weekdays"]

    def _allows(self, day: date) -> bool:
        low, high = self.question.earliest, self.question.latest
        if day > self.today and not self.ahead:
            return False
        return day.year >= _NOT_BEFORE and (low is None or day >= low) and (high is None or day <= high)

    # Walking through the reply.

    def _days(self) -> Iterator[_Day]:
        at, length = 0, len(self.reply.words)
        while at < length:
            found = self._day_at(at)
            if found is not None:
                yield found
                at = found.end
                continue
            at = self._step(at)

    def _day_at(self, at: int) -> _Day | None:
        shapes = (self._feast, self._in_a_while, self._relative, self._ago, self._named, self._weekday)
        return self.figures.get(at) or next(filter(None, (shape(at) for shape in shapes)), None)

    def _step(self, at: int) -> int:
        """Past something that is no day: a harmless word, a time of day, or one that leaves us in doubt."""
        word = self.reply.words[at]
        awaited = self.ahead and word in self.words.future  # "next" is also a word of wishes
        doubtful = (self.words.future, self.words.negating, self.words.unreal)
        if not awaited and any(word in kind for kind in doubtful):
            self.sure = False
        after = skip(self.reply, at, self.words.dated)
        if after == at:
            after, hedged = step_in(self.reply, self.words, at)
            self.sure = self.sure and not hedged
        if after > at:
            return after
        if not (is_sign(word) or _CLOCK.fullmatch(word)):
            self.stray = True
        return at + 1

    # The shapes of a day.

    def _in_figures(self) -> Iterator[tuple[int, _Day]]:
        """Days written in figures only, by the word they begin at."""
        plain = "".join(str(int(sign)) if sign.isdecimal() else sign for sign in self.reply.text)
        starts = {place: at for at, place in enumerate(self.reply.starts)}
        for pattern in (_FIGURES, _SPACED, _RUN):
            matches = list(pattern.finditer(plain))
            for match in matches:
                at, end = starts.get(match.start()), match.end()
                last = next((n for n, place in enumerate(self.reply.ends) if place == end), None)
                if at is not None and last is not None and (day := self._from_figures(match, at, last + 1)) is not None:
                    yield at, day
            if matches:
                return

    def _from_figures(self, match: re.Match[str], start: int, end: int) -> _Day | None:
        if match.re is _FIGURES:
            first, mark, second, third = match.groups()
        else:
            (first, second, third), mark = match.groups(), " "
        if len(first) == 4:
            return _Day(day_of(int(first), int(second), int(third)), start, end) if third else None
        if len(first) == 3:
            return None
        day, month = int(first), int(second)
        if third is not None:
            year = int(third) if len(third) == 4 else self.calendar.century(int(third))
            if month > 12 >= day and day_of(year, day, month):  # only an American could mean a day
                return _Day(day_of(year, day, month), start, end, sure=False)
            return _Day(day_of(year, month, day), start, end)
        if mark == ".":
            return (
                None
                if month > 12 or len(second) < 2
                else _Day(self.calendar.nearest(day, month), start, end, sure=False)
            )
        sure = mark == "/" and not (month in _FRACTIONS and day <= month)
        return _Day(self.calendar.nearest(day, month), start, end, sure=sure)

    def _feast(self, at: int) -> _Day | None:
        """`christmas eve`: the latest, or the one of a year behind it."""
        end = skip(self.reply, at, self.phrases["feasts"])
        if end == at:
            return None
        month, day = divmod(self.words.feasts[self.reply.phrase(at, end - at)], 100)
        return self._dated(day, month, at, end)

    def _relative(self, at: int) -> _Day | None:
        end = skip(self.reply, at, self.phrases["relative_days"])
        if end == at:
            return None
        said = self.reply.phrase(at, end - at)
        sure = said not in self.words.unclear_days
        return _Day(self.today + timedelta(self.words.relative_days[said]), at, end, sure)

    def _ago(self, at: int) -> _Day | None:
        """`3 days ago`, and in other languages the word for ago before it."""
        before = skip(self.reply, at, self.words.ago)
        number = value_at(self.reply, before, self.words) or Numeral(1, Shape.PLAIN, before)  # "a week ago"
        if number.shape is not Shape.PLAIN:
            return None
        unit = skip(self.reply, number.end, self.phrases["day_units"])
        if unit == number.end:
            return None
        end = skip(self.reply, unit, self.words.ago)
        if end == unit and before == at:
            return None
        days = self.words.day_units[self.reply.phrase(number.end, unit - number.end)]
        if not 0 <= number.value * days <= 36_600:
            return None
        return _Day(self.today - timedelta(number.value * days), at, end, sure=days == 1 and number.value < 15)

    def _in_a_while(self, at: int) -> _Day | None:
        """`in 2 weeks`, `a week today`, `a week on Friday`, where a day ahead is asked for: asked back."""
        if not self.ahead:
            return None
        opened = skip(self.reply, at, self.words.future)
        number = value_at(self.reply, opened, self.words) or Numeral(1, Shape.PLAIN, skip(self.reply, opened, _ONE))
        unit = skip(self.reply, number.end, self.phrases["day_units"])
        begun = self._past_dated(unit)
        from_day = self._relative(begun) or self._weekday(begun)
        start, end = (self.today, unit) if from_day is None else (from_day.day or self.today, from_day.end)
        closed = skip(self.reply, end, self.words.future)
        begins = opened > at or from_day is not None or closed > end
        if number.shape is not Shape.PLAIN or unit == number.end or not begins:
            return None
        days = self.words.day_units[self.reply.phrase(number.end, unit - number.end)]
        if not 0 < number.value * days <= _MOST_AHEAD:
            return None
        return _Day(start + timedelta(number.value * days), at, closed, sure=False)

    def _weekday(self, at: int) -> _Day | None:
        """The latest such day, or the next one; beside last or next, or where that is today, nobody can be sure."""
        end = skip(self.reply, at, self.phrases["weekdays"])
        if end == at:
            return None
        if self.ahead:
            return self._next_weekday(at, end)
        back = (self.today.isoweekday() - self.words.weekdays[self.reply.phrase(at, end - at)]) % 7
        beside = {*self.reply.words[max(at - 2, 0) : at], *self.reply.words[end : end + 1]}
        if not beside.isdisjoint(self.words.future - {"in"}):
            return _Day(None, at, end)
        return _Day(self.today - timedelta(back), at, end, sure=back > 0 and beside.isdisjoint(self.words.last))

    def _next_weekday(self, at: int, end: int) -> _Day:
        to_come = (self.words.weekdays[self.reply.phrase(at, end - at)] - self.today.isoweekday()) % 7
        day = self.today + timedelta(to_come or 7)
        weeks = skip(self.reply, end, self.phrases["day_units"])
        if weeks > end and self.words.day_units[self.reply.phrase(end, weeks - end)] % 7 == 0:
            return _Day(day + timedelta(7), at, weeks, sure=False)  # "Friday week"
        before = {*self.reply.words[max(at - 2, 0) : at]}
        return _Day(day, at, end, sure=to_come > 0 and before.isdisjoint(self.words.future | self.words.last))

    def _named(self, at: int) -> _Day | None:
        """A day and the name of its month, in either order, with or without a year."""
        number, after = self._number(at)
        if number is not None and self._is_day_alone(number, at, after):
            return _Day(self.calendar.nearest_of_month(number), at, after, sure=False)
        if number is not None:
            month_at = self._past_dated(after)
            end = skip(self.reply, month_at, self.phrases["months"])
            if end > month_at and number >= _NOT_BEFORE:  # the year first
                day, last = self._number(self._past_dated(end))
                month = self.words.months[self.reply.phrase(month_at, end - month_at)]
                return _Day(day_of(number, month, day), at, last) if day is not None else None
            if end > month_at:
                return self._dated(number, self.words.months[self.reply.phrase(month_at, end - month_at)], at, end)
        end = skip(self.reply, at, self.phrases["months"])
        if end == at:
            return None
        number, after = self._number(self._past_dated(end))
        if number is None or number > 31:
            return None
        return self._dated(number, self.words.months[self.reply.phrase(at, end - at)], at, after)

    def _is_day_alone(self, number: int, at: int, after: int) -> bool:
        """`the 14th` and nothing else: a day of this month or the last one."""
        ordinal = not self.reply.words[at].isdecimal() and self.reply.words[at][0].isdecimal()
        return ordinal and number <= _LAST_DAY and self._past_dated(after) >= len(self.reply.words)

    def _dated(self, day: int, month: int, start: int, end: int) -> _Day:
        if _CLOCK.fullmatch(self.reply.phrase(self._past_dated(end), 1)) is None:
            year, after = self._number(self._past_dated(end))
            if year is not None and (year >= 1000 or (len(self.reply.words[after - 1]) == 2 and year > 31)):
                year = year if year >= 1000 else self.calendar.century(year)
                return _Day(day_of(year, month, day), start, after)
            if year is not None and len(self.reply.words[after - 1]) == 2:
                return _Day(day_of(self.calendar.century(year), month, day), start, after)
        return _Day(self.calendar.nearest(day, month), start, end)

    def _past_dated(self, at: int) -> int:
        while (after := skip(self.reply, at, self.words.dated)) > at:
            at = after
        return at

    def _number(self, at: int) -> tuple[int | None, int]:
        """A day of the month or a year, in figures, as an ordinal, or as a word."""
        if at >= len(self.reply.words):
            return None, at
        match = _ORDINAL.fullmatch(self.reply.words[at])
        if match is not None:
            return int(match.group(1)), at + 1
        number = value_at(self.reply, at, self.words)
        if number is None or number.shape not in (Shape.PLAIN, Shape.ORDINAL) or number.value < 1:
            return None, at
        return int(number.value), number.end
