"""A flow as an SVG picture: boxes below one another as written, ways that leap over some in lanes beside them.

One column prints on paper of any size, no text ever lies on another, and read aloud it has the order of the file; that
is why no layout program is asked.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from flows.authoring.drawing import Box, boxes
from flows.definition import END, Flow

_LINE, _PAD, _GAP, _LANE = 18, 10, 26, 14  # pixels
_LETTERS, _WIDTH = 52, 500
_LETTERS_OF_TITLE, _LINE_OF_TITLE = 38, 24


@dataclass(frozen=True, slots=True)
class _Leap:
    """A way drawn beside the boxes, from one height to another."""

    start: int
    stop: int


def svg(flow: Flow) -> str:
    """The picture, a file of its own: text stays text, and a screen reader finds title, description and every box."""
    drawn = [*boxes(flow), Box(END, "The end", "", "", (), ())]
    title = _rows(flow.title, _LETTERS_OF_TITLE)
    tops, height = {}, 36 + _LINE_OF_TITLE * len(title)
    for box in drawn:
        tops[box.id] = height
        height += _height(box, drawn) + _GAP
    leaps = [
        _Leap(tops[box.id] + at, tops[way.to] + _LINE)
        for box in drawn
        for at, way in zip(_heights(box, drawn), _leaping(box, drawn), strict=True)
    ]
    lanes = _lanes(leaps)
    width = 20 + _WIDTH + _LANE * (max(lanes, default=0) + 2)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="title about" xml:lang="{flow.language}" '
        f'width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="14">',
        f'<title id="title">{_clean(flow.title)}</title>',
        f'<desc id="about">{_clean(_described(flow, drawn))}</desc>',
        '<defs><marker id="tip" markerWidth="9" markerHeight="8" refX="8" refY="4" orient="auto">'
        '<path d="M0 0 L8 4 L0 8 z"/></marker></defs>',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
    ]
    for at, row in enumerate(title, 1):
        look = 'font-size="20" font-weight="bold"'
        lines.append(f'<text {_across(row, 20)} y="{10 + _LINE_OF_TITLE * at}" {look}>{_clean(row)}</text>')
    for box, below in zip(drawn, [*drawn[1:], None], strict=True):
        lines += _drawn(box, below, tops, drawn)
    for leap, lane in zip(leaps, lanes, strict=True):
        across = 20 + _WIDTH + _LANE * (lane + 1)
        lines.append(
            f'<path d="M{20 + _WIDTH} {leap.start} H{across} V{leap.stop} H{22 + _WIDTH}" fill="none" '
            'stroke="#005eb8" stroke-width="1.5" marker-end="url(#tip)"/>'
        )
    return "\n".join([*lines, "</svg>"]) + "\n"


def _described(flow: Flow, drawn: list[Box]) -> str:
    """The picture in words: each box, and where it leads."""
    said = [flow.about]
    for box in drawn[:-1]:
        said.append(f"{box.id}: {' '.join(filter(None, (box.says, box.asks, box.takes)))}")
        said += [f"{way.words or 'then'}: {way.to}" for way in box.ways]
    return ". ".join(text.rstrip(".") for text in said if text) + "."


def _drawn(box: Box, below: Box | None, tops: dict[str, int], drawn: list[Box]) -> Iterator[str]:
    top, height = tops[box.id], _height(box, drawn)
    fill, corner = ("#e8f1fa", 4) if box.asks else ("#f0f4f5", 14)
    yield f"<g aria-label={quoteattr(_plain(f'{box.id}: {box.asks or box.says}'))}>"
    yield (f'<rect x="20" y="{top}" width="{_WIDTH}" height="{height}" rx="{corner}" fill="{fill}" stroke="#212b32"/>')
    for number, (text, look) in enumerate(_texts(box, drawn), 1):
        yield f'<text {_across(text, 30)} y="{top + _PAD + number * _LINE - 5}"{look}>{_clean(text)}</text>'
    yield "</g>"
    if below is not None and any(_falls(box, way.to, way.words, drawn) for way in box.ways):
        yield (
            f'<path d="M{20 + _WIDTH // 2} {top + height} V{tops[below.id] - 1}" stroke="#212b32" stroke-width="1.5" '
            'marker-end="url(#tip)"/>'
        )


def _across(text: str, margin: int) -> str:
    """Where a line begins: at the left, or at the right where its first letter is of a script that runs from there."""
    runs = (unicodedata.bidirectional(mark) for mark in text)
    if next((run for run in runs if run in ("L", "R", "AL")), "L") == "L":
        return f'x="{margin}"'
    return f'x="{40 + _WIDTH - margin}" direction="rtl"'


def _falls(box: Box, to: str, words: str, drawn: list[Box]) -> bool:
    """Whether a way simply leads to the box below."""
    ids = [each.id for each in drawn]
    return not words and ids.index(to) == ids.index(box.id) + 1


def _leaping(box: Box, drawn: list[Box]) -> list[_Leaping]:
    return [_Leaping(way.words, way.to) for way in box.ways if not _falls(box, way.to, way.words, drawn)]


@dataclass(frozen=True, slots=True)
class _Leaping:
    words: str
    to: str

    @property
    def text(self) -> str:
        goes = "The end" if self.to == END else self.to
        return f"{self.words[:1].upper()}{self.words[1:]} → {goes}" if self.words else f"Then → {goes}"


def _texts(box: Box, drawn: list[Box]) -> list[tuple[str, str]]:
    """Every line in a box, with how it looks."""
    found = [(row, "") for row in _rows(box.says)]
    if box.id != END:
        found.insert(0, (box.id, ' fill="#4c6272" font-size="12"'))
    found += [(row, ' font-weight="bold"') for row in _rows(box.asks)]
    found += [(row, "") for row in _rows(box.takes)]
    found += [(row, ' font-style="italic"') for text in box.does for row in _rows(text)]
    return found + [(row, ' fill="#005eb8"') for way in _leaping(box, drawn) for row in _rows(way.text)]


def _height(box: Box, drawn: list[Box]) -> int:
    return len(_texts(box, drawn)) * _LINE + 2 * _PAD


def _heights(box: Box, drawn: list[Box]) -> list[int]:
    """How far below the top of a box each of its leaps begins."""
    found, line = [], len(_texts(box, drawn)) - sum(len(_rows(way.text)) for way in _leaping(box, drawn))
    for way in _leaping(box, drawn):
        found.append(_PAD + line * _LINE + _LINE // 2)
        line += len(_rows(way.text))
    return found


def _lanes(leaps: list[_Leap]) -> list[int]:
    """A lane for each leap, so that no two that run past the same height share one; short ones near the boxes."""
    chosen: dict[int, int] = {}
    for at in sorted(range(len(leaps)), key=lambda at: abs(leaps[at].stop - leaps[at].start)):
        low, high = sorted((leaps[at].start, leaps[at].stop))
        taken = {
            lane
            for other, lane in chosen.items()
            if min(leaps[other].start, leaps[other].stop) <= high and low <= max(leaps[other].start, leaps[other].stop)
        }
        chosen[at] = next(lane for lane in range(len(leaps) + 1) if lane not in taken)
    return [chosen[at] for at in range(len(leaps))]


def _rows(text: str, letters: int = _LETTERS) -> list[str]:
    """A text in rows that fit a box; Chinese characters are two letters wide, and a long word is cut."""
    rows, row, used = [], "", 0
    for word in text.split():
        while word:
            wide = _wide(word)
            if used + wide + bool(row) <= letters:
                row, used, word = f"{row} {word}".strip(), used + wide + bool(row), ""
            elif row:
                rows.append(row)
                row, used = "", 0
            else:
                cut = next(at for at in range(len(word), 0, -1) if _wide(word[:at]) <= letters)
                rows.append(word[:cut])
                word = word[cut:]
    return [*rows, row] if row else rows


def _wide(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _plain(text: str) -> str:
    """Without what XML cannot hold."""
    return "".join(letter for letter in text if letter >= " " and letter not in "\ufffe\uffff")


def _clean(text: str) -> str:
    return escape(_plain(text))
