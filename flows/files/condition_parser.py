"""Reading the conditions of a flow: a small language of its own, checked and compiled when the flow is loaded.

    rating in [poor, very_poor] and not answered(reason)

Nothing reaches beyond it: no attributes, no calls but `answered`, `count`, `contains` and `days_since`, no loops.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from flows.conditions import ORDERS, Condition, Scope, Step, contains, days, equal
from flows.files.condition_parts import Part, bare, constant, joined
from flows.files.tokens import ConditionError, Token, tokens
from flows.files.types import ANY, NUMBER, TRUTH, Known, Sort, check_comparable, no_such

MAX_LENGTH = 500
"""Characters of a condition."""

MAX_DEPTH = 20
"""Brackets and `not` inside one another."""

_KEYWORDS = frozenset({"and", "or", "not", "in", "true", "false"})
_FUNCTIONS = frozenset({"answered", "count", "contains", "days_since"})
_WORD = re.compile(r"[A-Za-z][\w.-]*")
_COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})


def parse_condition(source: str, names: Mapping[str, Known]) -> Condition:
    """A condition, checked against the names a flow knows.

    Raises:
        ConditionError: it cannot be read, or names or compares what it cannot; the message says what to do.
    """
    parser = _Parser(source, names)
    part = parser.parse()
    if part.known.sort not in (Sort.TRUTH, Sort.ANY):
        raise ConditionError(part.column, "this is a value, not a condition — compare it, as in `rating == good`.")
    return Condition(source, part.run)


def parse_expression(source: str, names: Mapping[str, Known]) -> Condition:
    """What `set` gives to a name: a saved answer, `today`, a number, a quoted text, or plain words taken as text.

    Raises:
        ConditionError: it cannot be read.
    """
    words = source.split()
    if words and all(_WORD.fullmatch(word) for word in words) and not (_KEYWORDS & set(words)):
        single = words[0] if len(words) == 1 else ""
        if single not in names and single.partition(".")[0] != "contact":
            text = " ".join(words)
            return Condition(source, lambda _: text)
    part = _Parser(source, names).parse()
    if part.known.sort is Sort.LIST:
        raise ConditionError(part.column, "a list cannot be kept — give one value.")
    return Condition(source, part.run)


class _Parser:
    """Reads `or`, `and`, `not`, comparisons and values, in this order from loose to tight."""

    def __init__(self, source: str, names: Mapping[str, Known]) -> None:
        if len(source) > MAX_LENGTH:
            raise ConditionError(
                1, "a condition has at most {most} characters — split it over several nodes.", most=MAX_LENGTH
            )
        self.names = names
        self.tokens = tokens(source)
        self.at = 0
        self.depth = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def parse(self) -> Part:
        part = self._settled(self._either())
        if self.token.kind != "end":
            raise ConditionError(
                self.token.column, "`{text}` is not expected here — take it out.", text=self.token.text
            )
        return part

    def _take(self, *texts: str) -> bool:
        if self.token.kind in ("name", "mark") and self.token.text in texts:
            self.at += 1
            return True
        return False

    def _expect(self, text: str) -> None:
        if not self._take(text):
            if not self.token.text:
                raise ConditionError(self.token.column, "`{text}` is expected here, and not the end.", text=text)
            raise ConditionError(
                self.token.column, "`{text}` is expected here, not `{found}`.", text=text, found=self.token.text
            )

    def _deeper(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ConditionError(
                self.token.column, "this is more than {most} levels deep — make it simpler.", most=MAX_DEPTH
            )

    def _either(self) -> Part:
        parts = [self._both()]
        while self._take("or"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else joined(any, [self._truth(part) for part in parts])

    def _both(self) -> Part:
        parts = [self._negated()]
        while self._take("and"):
            parts.append(self._negated())
        return parts[0] if len(parts) == 1 else joined(all, [self._truth(part) for part in parts])

    def _negated(self) -> Part:
        column = self.token.column
        if not self._take("not"):
            return self._comparison()
        self._deeper()
        inner = self._truth(self._negated()).run
        self.depth -= 1
        return Part(TRUTH, lambda scope: inner(scope) is not True, column)

    def _comparison(self) -> Part:
        left = self._value()
        token = self.token
        if token.kind == "mark" and token.text in _COMPARISONS:
            self.at += 1
            part = self._compare(token, left, self._value())
        elif self._take("in"):
            part = self._member(token, left, self._value(), wanted=True)
        elif token.kind == "name" and token.text == "not" and self.tokens[self.at + 1].text == "in":
            self.at += 2
            part = self._member(token, left, self._value(), wanted=False)
        else:
            return left
        if self.token.kind == "mark" and self.token.text in _COMPARISONS:
            raise ConditionError(self.token.column, "compare two things at a time — join two comparisons with `and`.")
        return part

    def _compare(self, mark: Token, left: Part, right: Part) -> Part:
        left, right = self._matched(left, right)
        check_comparable(mark, left.known, right.known)
        one, other, order = left.run, right.run, ORDERS[mark.text]
        return Part(TRUTH, lambda scope: order(one(scope), other(scope)), left.column)

    def _member(self, mark: Token, left: Part, right: Part, *, wanted: bool) -> Part:
        one, many = left, right
        if right.known.sort is not Sort.LIST:
            raise ConditionError(right.column, "after `in` comes a list — as in `rating in [poor, very_poor]`.")
        if right.items:
            settled = [self._matched(one, item) for item in right.items]
            for pair in settled:
                check_comparable(mark, pair[0].known, pair[1].known)
            find, among = settled[0][0].run, tuple(item.run for _, item in settled)
            if one.known.keys is not None and all(isinstance(item.literal, str) for _, item in settled):
                keys = frozenset(item.literal for _, item in settled)  # the common case: one look-up
                return Part(TRUTH, lambda scope: (find(scope) in keys) is wanted, left.column)

            def listed(scope: Scope) -> bool:
                value = find(scope)
                return (value is not None and any(equal(value, item(scope)) for item in among)) is wanted

            return Part(TRUTH, listed, left.column)
        if many.known.keys is not None:
            one = self._as_choice(one, many)
        find, get = self._settled(one, bare_is_text=True).run, many.run
        return Part(TRUTH, lambda scope: any(equal(find(scope), i) for i in get(scope) or ()) is wanted, left.column)

    def _matched(self, left: Part, right: Part) -> tuple[Part, Part]:
        """Both sides, each bare word read as a choice of the other side."""
        return self._as_choice(left, right), self._as_choice(right, left)

    def _as_choice(self, part: Part, other: Part) -> Part:
        keys = other.known.keys
        if part.name is not None and keys and part.name in keys and part.known is not other.known:
            part = bare(part.name, part.column)  # a choice may be called like another question
        if part.bare is None:
            if isinstance(part.literal, str) and keys is not None and part.literal not in keys:
                raise no_such(part.column, "choice", part.literal, keys)
            return part
        if other.known.truth_words and part.bare in ("yes", "no"):
            said = part.bare == "yes"
            return Part(TRUTH, lambda _: said, part.column, literal=said)
        if keys is not None and part.bare not in keys:
            raise no_such(part.column, "choice", part.bare, keys)
        return self._settled(part, bare_is_text=keys is not None or other.known.sort is Sort.ANY)

    def _settled(self, part: Part, *, bare_is_text: bool = False) -> Part:
        if part.bare is None:
            return part
        if not bare_is_text:
            raise no_such(part.column, "name", part.bare, self.names)
        text = part.bare
        return Part(Known(Sort.TEXT), lambda _: text, part.column, literal=text)

    def _truth(self, part: Part) -> Part:
        part = self._settled(part)
        if part.known.sort not in (Sort.TRUTH, Sort.ANY):
            raise ConditionError(part.column, "`and`, `or` and `not` join conditions — compare this with something.")
        return part

    def _value(self) -> Part:
        token = self.token
        self.at += 1
        if token.kind == "number":
            return constant(Known(Sort.NUMBER), float(token.text) if "." in token.text else int(token.text), token)
        if token.kind == "text":
            return constant(Known(Sort.TEXT), token.text, token)
        if token.kind == "mark" and token.text in ("(", "["):
            self._deeper()
            part = self._list(token) if token.text == "[" else self._bracketed()
            self.depth -= 1
            return part
        if token.kind == "name" and token.text in ("true", "false"):
            return constant(TRUTH, token.text == "true", token)
        if token.kind == "name" and token.text not in _KEYWORDS:
            if self.token.kind == "mark" and self.token.text == "(":
                return self._call(token)
            return self._name(token)
        if token.kind == "end":
            raise ConditionError(token.column, "a name or a value is expected here, not the end.")
        raise ConditionError(token.column, "a name or a value is expected here, not `{text}`.", text=token.text)

    def _bracketed(self) -> Part:
        part = self._either()
        self._expect(")")
        return part

    def _list(self, start: Token) -> Part:
        items = [self._value()]
        while self._take(","):
            items.append(self._value())
        self._expect("]")
        if any(item.known.sort is Sort.LIST for item in items):
            raise ConditionError(start.column, "a list holds single values — take the inner list out.")
        return Part(Known(Sort.LIST), lambda _: None, start.column, items=tuple(items))

    def _name(self, token: Token) -> Part:
        known = self.names.get(token.text)
        if known is None and token.text.startswith("contact.") and token.text.count(".") == 1:
            known = ANY
        if known is None:
            if "." in token.text:
                raise no_such(token.column, "name", token.text, self.names)
            return bare(token.text, token.column)
        name = token.text
        return Part(known, lambda scope: scope.get(name), token.column, name=name)

    def _call(self, token: Token) -> Part:
        if token.text not in _FUNCTIONS:
            raise no_such(token.column, "function", token.text, _FUNCTIONS)
        self._expect("(")
        self._deeper()
        subject = self._settled(self._value())
        if subject.name is None:
            raise ConditionError(subject.column, "`{text}` needs the name of a saved answer.", text=token.text)
        part = self._function(token, subject, subject.run)
        self._expect(")")
        self.depth -= 1
        return part

    def _function(self, token: Token, subject: Part, get: Step) -> Part:
        if token.text == "answered":
            return Part(TRUTH, lambda scope: get(scope) is not None, token.column)
        if token.text == "count":
            if subject.known.sort is not Sort.LIST:
                raise ConditionError(
                    subject.column, "`count` counts a list, such as `groups` or the answer of a `many` question."
                )
            return Part(NUMBER, lambda scope: len(get(scope) or ()), token.column)
        if token.text == "days_since":
            if subject.known.sort not in (Sort.TEXT, Sort.ANY) or subject.known.keys is not None:
                raise ConditionError(
                    subject.column, "`days_since` needs a date, such as `contact.last_visit_feedback`."
                )
            return Part(NUMBER, lambda scope: days(get(scope), scope.get("today")), token.column)
        if subject.known.sort not in (Sort.TEXT, Sort.LIST, Sort.ANY):
            raise ConditionError(subject.column, "`contains` looks into a text or a list — compare this with `==`.")
        self._expect(",")
        part = self._value()
        if subject.known.sort is Sort.LIST and subject.known.keys is not None:
            part = self._as_choice(part, subject)
        word = self._settled(part, bare_is_text=True).run
        return Part(TRUTH, lambda scope: contains(get(scope), word(scope)), token.column)
