"""What a drawing of a flow shows: a box for every node, and every way on in words. SVG: `flows.authoring.picture`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flows.definition import END, Flow, Kind, Node, Question, Text
from flows.files.tokens import Token, tokens

_WORDS = {"==": "is", "!=": "is not", "<": "is less than", "<=": "is at most", ">": "is more than", ">=": "is at least"}

_TAKES = {
    Kind.YES_NO: "Yes or no",
    Kind.NUMBER: "A number",
    Kind.TEXT: "Own words",
    Kind.DATE: "A date",
    Kind.POSTCODE: "A postcode",
    Kind.MEDIA: "A photo or voice note, or words",
    Kind.LOCATION: "A place",
}


@dataclass(frozen=True, slots=True)
class Way:
    """A way on from a node; `words` say when it is taken, empty where it always is."""

    words: str
    to: str


@dataclass(frozen=True, slots=True)
class Box:
    """A node as it is drawn."""

    id: str
    says: str
    asks: str
    takes: str
    does: tuple[str, ...]
    ways: tuple[Way, ...]


def boxes(flow: Flow) -> list[Box]:
    """Every node in the order written."""
    labels = {
        (node.question.save_as, choice.key): choice.label
        for node in flow.nodes.values()
        if node.question is not None
        for choice in node.question.choices
    }
    return [_box(flow, node, labels) for node in flow.nodes.values()]


def mermaid(flow: Flow) -> str:
    """The flow as a Mermaid flowchart, with a title and a description for screen readers."""
    drawn = boxes(flow)
    names = {box.id: f"n{number}" for number, box in enumerate(drawn, 1)} | {END: "done"}
    lines = ["flowchart TD", f"  accTitle: {_line(flow.title)}", f"  accDescr: {_line(flow.about or flow.title)}"]
    for box in drawn:
        words = "<br>".join(_quoted(part) for part in (box.id, box.says, box.asks, box.takes, *box.does) if part)
        shape = ('["', '"]') if box.asks else ('("', '")')
        lines.append(f"  {names[box.id]}{shape[0]}{words}{shape[1]}")
    lines.append('  done(["The end"])')
    for box in drawn:
        for way in box.ways:
            label = f'|"{_quoted(way.words)}"|' if way.words else ""
            lines.append(f"  {names[box.id]} -->{label} {names[way.to]}")
    return "\n".join(lines) + "\n"


def _line(text: str) -> str:
    return " ".join(text.split())


def _quoted(text: str) -> str:
    """A text inside Mermaid's quotes: it reads HTML there, and `#` begins a name of a character."""
    marks = {"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "&": "#amp;", "`": "#96;"}
    return "".join(marks.get(mark, mark) for mark in _line(text))


def _box(flow: Flow, node: Node, labels: dict[tuple[str, str], str]) -> Box:
    question = node.question
    return Box(
        node.id,
        _text(node.say),
        _text(question.ask) if question is not None else "",
        _takes(question) if question is not None else "",
        tuple(_does(node)),
        tuple(_ways(flow, node, labels)),
    )


def _text(text: Text | None) -> str:
    return "" if not text else _line(text.get("") or next(iter(text.values())))


def _takes(question: Question) -> str:
    if question.choices:
        several = "Several of: " if question.kind is Kind.MANY else ""
        return several + " / ".join(choice.label for choice in question.choices)
    if question.kind is Kind.SCALE:
        return f"A number from {question.minimum:g} to {question.maximum:g}"
    return _TAKES[question.kind]


def _does(node: Node) -> Iterator[str]:
    if node.question is not None and node.question.optional:
        yield "May be skipped"
    yield from (f"Keeps {name} = {expression.source}" for name, expression in node.set)
    yield from (f"Joins the group {group}" for group in node.join)
    yield from (f"Leaves the group {group}" for group in node.leave)
    yield from (f"Labels the conversation {label}" for label in node.label)
    yield from (f"Tells the {who.value}" for who, _ in node.notify)
    if node.run is not None:
        yield f"Goes through the flow {node.run}, and comes back"
    if node.start is not None:
        yield f"Begins the flow {node.start}"


def _ways(flow: Flow, node: Node, labels: dict[tuple[str, str], str]) -> Iterator[Way]:
    total = sum(weight for _, weight in node.random)
    after = END if node.start is not None else flow.following[node.id]
    if node.when is not None:
        yield Way(f"left out unless {in_words(node.when.source, labels)}", flow.following[node.id])
    yield from (Way(f"by chance, {weight} in {total}", target) for target, weight in node.random)
    for branch in node.next:
        if branch.condition is not None:
            yield Way(f"if {in_words(branch.condition.source, labels)}", branch.then)
        else:
            yield Way("otherwise" if len(node.next) > 1 else "", branch.then)
    if not node.random and not node.next:
        yield Way("", after)
    if node.question is not None and node.question.otherwise is not None:
        yield Way("if no reply was understood", node.question.otherwise)


def _call(row: list[Token], *, negated: bool) -> tuple[str, int] | None:
    """What a function at the beginning of a row asks, in words, and how many words and marks it takes."""
    name = row[0].text
    known = name in ("answered", "count", "contains", "days_since") and len(row) > 3 and row[1].text == "("
    if not known:
        return None
    asked = row[2].text
    if name == "answered":
        return f"{asked} was {'not ' if negated else ''}answered", 4
    if name == "contains":
        has = "does not contain" if negated else "contains"
        return f"{asked} {has} {row[4].text}", 6
    return (f"the number of {asked}" if name == "count" else f"the days since {asked}"), 4


def in_words(condition: str, labels: dict[tuple[str, str], str]) -> str:
    """A condition for people: `rating in [poor, very_poor]` as "rating is Poor or Very poor".

    Args:
        condition: as its author wrote it; it was checked when the flow was loaded.
        labels: what a choice is called, by the answer's name and the choice's key.
    """
    said: list[str] = []
    about, listing, negated = "", False, False
    row = tokens(condition)[:-2]
    at = 0
    while at < len(row):
        word, token = row[at].text, row[at]
        call = _call(row[at:], negated=negated) if token.kind == "name" else None
        at += 1
        if call is not None:
            said.append(call[0])
            at += call[1] - 1
            negated = False
        elif token.kind == "name" and word in ("and", "or"):
            said.append(word)
            about = ""
        elif word == "[":
            listing = True
        elif word == "]":
            listing = False
        elif word == "," and listing:
            said.append("or")
        elif token.kind == "name" and word == "not":
            negated = True
        elif token.kind == "name" and word == "in":
            said.append("is not" if negated else "is")
            negated = False
        else:
            if negated:
                said.append("not")
                negated = False
            label = labels.get((about, word), word)
            if label == word and token.kind == "name" and any(name == word for name, _ in labels):
                about = word
            said.append(_WORDS.get(word, label) if token.kind == "mark" else label)
    return _line(" ".join(said).replace("( ", "(").replace(" )", ")").replace(" (", "(").replace(" ,", ","))
