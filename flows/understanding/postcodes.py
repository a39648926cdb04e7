"""UK postcodes as people write them: `e13`, `E8 1AB`, `sw1a1aa`, with O for 0 and spaces anywhere."""

from __future__ import annotations

import re

from flows.definition import Question
from flows.understanding.reading import Reply, lead_in, lead_out, read, step_in
from flows.understanding.understood import REJECTED, SEVERAL, Understood, Verdict
from flows.words import Words

# Royal Mail's postcode areas, and Guernsey, Jersey and Man.
_AREAS = """
AB AL B BA BB BD BF BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX FK
FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP
NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W
WA WC WD WF WN WR WS WV YO ZE
"""
AREAS = frozenset(_AREAS.split())
# Districts with a letter at the end exist only in the middle of London (BS 7666 and Royal Mail's PAF guide).
_LETTERED = re.compile(r"E1W|N1[CP]|NW1W|SE1P|SW1[A-Y]|EC[1-4][A-Y]|WC[12][A-Y]|W1[A-W]")
_PLAIN_DISTRICT = re.compile(r"([A-Z]{1,2})([0-9OIL]{1,2})")
_INWARD = re.compile(r"[0-9OIL][ABD-HJLNP-UW-Z]{2}")
_DIGITS = str.maketrans("OIL", "011")
_MOTORWAY = re.compile(r"M[0-9]{1,2}")

SHORTEST, LONGEST = 5, 7
"""Characters of a whole postcode without its space."""

MAX_PIECES = 6
"""Pieces a postcode is written in, as `s w 1 a 1 aa`: letters and figures are pieces of their own."""


class PostcodeMatcher:
    """Finds the postcode in a reply."""

    def __init__(self, question: Question, words: Words) -> None:
        self.words = words
        self.full = question.keep == "full"

    def understand(self, text: str) -> Understood:
        """What a reply means."""
        reply = read(text, (), {})
        if not reply.words:
            return REJECTED
        start, hedged = lead_in(reply, self.words)
        end, hedged_after = lead_out(reply, self.words, start)
        sure = not (hedged or hedged_after or "?" in reply.text)
        # A language's small words ("la", "de") are areas too: they are taken away step by step.
        at = 0
        while at < end:
            for last in {len(reply.words), end}:
                found = _joined(reply.words[at:last])
                if found is not None:
                    return self._whole(found, sure=sure)
            after, _ = step_in(reply, self.words, at)
            if after == at:
                break
            at = after
        return self._inside(reply, start, end, sure=sure)

    def _whole(self, found: tuple[str, str], *, sure: bool) -> Understood:
        outward, inward = found
        return self._take(outward, inward, sure=sure and (inward != "" or not self._is_lookalike(outward)))

    def _is_lookalike(self, outward: str) -> bool:
        """Whether a district reads like text-speak or a motorway."""
        return outward.lower() in self.words.textspeak or _MOTORWAY.fullmatch(outward) is not None

    def _inside(self, reply: Reply, start: int, end: int, *, sure: bool) -> Understood:
        """A whole postcode among other words; half of one there may be a road."""
        found: dict[tuple[str, str], tuple[int, int]] = {}
        at = start
        while at < end:
            piece, length = self._piece(reply, at, end)
            if piece is not None:
                found[piece] = at, at + length
            at += length
        full = [piece for piece in found if piece[1]]
        if len(full) > 1:
            return SEVERAL
        if full:
            before = reply.words[start : found[full[0]][0]]
            denied = any(word in self.words.negating or word in self.words.unreal for word in before)
            return self._take(*full[0], sure=sure and not denied and len(found) == 1)
        return self._half(reply, found, start, sure=sure)

    def _half(
        self, reply: Reply, found: dict[tuple[str, str], tuple[int, int]], start: int, *, sure: bool
    ) -> Understood:
        """The only district among other words: taken where it comes first with a mark or the next figure behind it."""
        if len(found) != 1:
            return REJECTED
        (outward, _), (at, end) = next(iter(found.items()))
        if self._is_lookalike(outward) or any(word in self.words.negating for word in reply.words):
            return REJECTED
        behind = reply.phrase(end, 1)
        sector = len(behind) == 1 and behind.isdecimal() and len(outward) > 2  # but "e1 2" may be e12
        first = at == start and (end in reply.breaks or sector)
        return self._take(outward, "", sure=sure and first)

    def _piece(self, reply: Reply, at: int, end: int) -> tuple[tuple[str, str] | None, int]:
        for length in range(min(MAX_PIECES, end - at), 0, -1):
            found = _joined(reply.words[at : at + length])
            glued = all(reply.mark_after(each) == "" for each in range(at, at + length - 1))
            if found is not None and (found[1] or glued):
                return found, length
        return None, 1

    def _take(self, outward: str, inward: str, *, sure: bool) -> Understood:
        value = f"{outward} {inward}" if self.full and inward else outward
        return Understood(Verdict.ACCEPTED if sure else Verdict.UNSURE, value, value)


def _joined(pieces: list[str]) -> tuple[str, str] | None:
    """The postcode that some pieces of a text make, where nobody would read them as something else."""
    if len(pieces) > MAX_PIECES:
        return None
    code = "".join(pieces)
    found = split_postcode(code)
    if found is None:
        return None
    if found[1]:
        return None if code[-3].isalpha() and len(pieces[-1]) < 3 else found  # "e1 or e2" holds no "0RE"
    numbers = sum(piece.isdecimal() for piece in pieces)
    return found if numbers < 2 else None  # "b4 8"


def split_postcode(text: str) -> tuple[str, str] | None:
    """Both halves of a postcode written without spaces, the second empty where left out; None for other words."""
    code = text.upper().replace("-", "")
    if not code.isascii() or not code.isalnum() or len(code) > LONGEST:
        return None
    if len(code) >= SHORTEST and _INWARD.fullmatch(code[-3:]):
        outward = _outward(code[:-3])
        if outward is not None:
            return outward, code[-3].translate(_DIGITS) + code[-2:]
    outward = _outward(code)
    return (outward, "") if outward is not None else None


def _outward(code: str) -> str | None:
    """The district as it is printed, or None where there is none of that shape."""
    if _LETTERED.fullmatch(code):
        return code
    match = _PLAIN_DISTRICT.fullmatch(code)
    if match is None or not any(map(str.isdigit, match.group(2))):
        return None
    digits = match.group(2).translate(_DIGITS)
    exists = match.group(1) in AREAS and (digits[0] != "0" or digits == "0")
    return match.group(1) + digits if exists else None
