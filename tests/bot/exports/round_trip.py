"""Random Unicode through every format that holds text, read back by other programs.

    .venv/bin/python -m tests.bot.exports.round_trip 1000000

tries a million strings and says which came back as neither themselves nor their documented clean form.
"""

from __future__ import annotations

import csv
import io
import json
import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pyarrow.parquet
import pyreadstat

from bot.exports.cleaning import clean, guarded
from bot.exports.formats import FORMATS
from bot.exports.sheets import Column, Sheet

AT_ONCE = 20_000
SPECIAL = (
    "=+-@\t\r\n\x00\x0b\x85\u2028\u2029\u202e\u2066\u200b\ufeff\ufffe\uffff"
    "_x0041_'\"<>&;,\ud800\udfff＝＠\U0001f468\u200d"
)
BLOCKS = (
    (0x20, 0x7E), (0x00, 0x24F), (0x300, 0x36F), (0x370, 0x1FFF), (0x2000, 0x2FFF), (0x3000, 0xD7FF),
    (0xD800, 0xDFFF), (0xE000, 0xFFFF), (0x10000, 0x1FFFF), (0x20000, 0x10FFFF),
)  # fmt: skip


def texts(chance: random.Random, count: int) -> Iterator[str]:
    """Short texts of every part of Unicode, and of what has a meaning somewhere."""
    for _ in range(count):
        block = chance.choice(BLOCKS)
        yield "".join(
            chance.choice(SPECIAL) if chance.random() < 0.2 else chr(chance.randint(*block))
            for _ in range(chance.randint(0, 12))
        )


def written(form: str, given: list[str]) -> bytes:
    file = io.BytesIO()
    FORMATS[form].write(file, Sheet("t", [Column("text", "A text")], [[text] for text in given]))
    return file.getvalue()


def from_csv(data: bytes) -> list[str]:
    return [row[0] if row else "" for row in csv.reader(io.StringIO(data.decode(), newline=""))][1:]


def from_xlsx(data: bytes) -> list[str]:
    sheet = openpyxl.load_workbook(io.BytesIO(data), read_only=True).worksheets[0]
    # openpyxl leaves the escape of an underscore as it stands in the file.
    return [(row[0] or "").replace("_x005F_x", "_x") for row in sheet.iter_rows(min_row=2, values_only=True)]


def from_json(data: bytes) -> list[str]:
    return [row["text"] for row in json.loads(data)["rows"]]


def from_parquet(data: bytes) -> list[str]:
    return pyarrow.parquet.read_table(io.BytesIO(data)).column("text").to_pylist()


def from_spss(data: bytes) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.sav"
        path.write_bytes(data)
        frame, _ = pyreadstat.read_sav(path)
    return list(frame["text"])


READERS: dict[str, tuple[Callable[[bytes], list[str]], Callable[[str], str]]] = {
    "csv": (from_csv, lambda text: guarded(clean(text))),
    "xlsx": (from_xlsx, clean),
    "json": (from_json, clean),
    "parquet": (from_parquet, clean),
    "sav": (from_spss, lambda text: clean(text).rstrip(" ")),  # SPSS fills texts up with spaces
}
"""How each format is read back, and the clean form its texts have."""


def differences(form: str, given: list[str]) -> list[str]:
    """The texts that came back as something else."""
    read, cleaned = READERS[form]
    back = read(written(form, given))
    assert len(back) == len(given), form
    return [text for text, found in zip(given, back, strict=True) if found != cleaned(text)]


def main(count: int) -> int:
    chance = random.Random(20261125)
    wrong = 0
    for begin in range(0, count, AT_ONCE):
        given = list(texts(chance, min(AT_ONCE, count - begin)))
        for form in READERS:
            for text in differences(form, given):
                wrong += 1
                print(f"{form}: {text!a}")
        print(f"{begin + len(given):,} texts, {wrong} wrong", file=sys.stderr)
    return min(wrong, 1)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
