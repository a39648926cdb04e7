"""A FLOIP Flow Results data package (specification 1.1.0), zipped: `datapackage.json` and a JSON array of rows.

Where the specification contradicts itself we write its normative sections: seven columns, `select_one` and
`select_many`, underscores in names, `choice_order`, times with `+00:00`. What it has no place for (how a question was
left, channel, revision, lawful basis) stands in each row's metadata under a name of ours, as its flow specification
advises for vendors.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping
from typing import IO, Any

from bot.exports.cleaning import clean
from bot.exports.restricted import PERSONAL
from bot.exports.sheets import Cell, Sheet, cells_of

NO_RESPONSE = (
    "Flow Results has no row for a question that was asked and not answered, nor for a personal answer: they are "
    "in the other formats."
)
VENDOR = "uk.sayso"
VERSION = "1.1.0"
FIELDS = (
    ("timestamp", "Timestamp", "datetime"),
    ("row_id", "Row ID", "string"),
    ("contact_id", "Contact ID", "string"),
    ("session_id", "Session ID", "string"),
    ("question_id", "Question ID", "string"),
    ("response", "Response", "any"),
    ("response_metadata", "Response Metadata", "object"),
)
_TYPES = {
    "choice": "select_one", "yes_no": "select_one", "many": "select_many", "number": "numeric", "scale": "numeric",
    "date": "date",
}  # fmt: skip
LANGUAGES = {
    "ar": "ara", "bn": "ben", "cy": "cym", "en": "eng", "es": "spa", "fr": "fra", "gu": "guj", "hu": "hun", "it": "ita",
    "lt": "lit", "pa": "pan", "pl": "pol", "pt": "por", "ro": "ron", "so": "som", "ta": "tam", "tr": "tur", "uk": "ukr",
    "ur": "urd", "zh": "zho",
}  # fmt: skip
"""ISO 639-1 to 639-3, for the languages that ship."""


def write(file: IO[bytes], sheet: Sheet) -> None:
    """Write the package. `sheet.extra` holds `package` (id, created, name, title) and `questions` by id.

    A sheet of tables has no rows that Flow Results could hold: its package describes the questions, has an empty
    array of rows, and brings the tables under our own name.
    """
    questions = sheet.extra["questions"]
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("data.json", "w", force_zip64=True) as data:
            data.write(b"[")
            if sheet.extra.get("layout") == "long":
                for number, row in enumerate(_rows(sheet, questions)):
                    data.write((b",\n" if number else b"\n") + json.dumps(row, ensure_ascii=False).encode())
            data.write(b"\n]\n")
        archive.writestr("datapackage.json", json.dumps(descriptor(sheet), ensure_ascii=False, indent=1))


def descriptor(sheet: Sheet) -> dict[str, Any]:
    """The package's descriptor, as the specification's section on it lists."""
    package, questions = sheet.extra["package"], sheet.extra["questions"]
    vendor: dict[str, Any] = {"about": dict(sheet.about), "notes": list(dict.fromkeys(sheet.notes))}
    if sheet.extra.get("layout") != "long":
        names = [column.name for column in sheet.columns]
        vendor["tables"] = [dict(zip(names, cells_of(row), strict=True)) for row in sheet.rows]
    return {
        "profile": "flow-results-package",
        "flow_results_specification_version": VERSION,
        **package,
        "vendor_metadata": {VENDOR: vendor},
        "resources": [
            {
                "name": f"{package['name']}-data",
                "path": "data.json",
                "access_method": "file",
                "mediatype": "application/json",
                "encoding": "utf-8",
                "schema": {
                    "language": LANGUAGES.get(sheet.about.get("language", "en"), "eng"),
                    "fields": [{"name": name, "title": title, "type": kind} for name, title, kind in FIELDS],
                    "questions": {node: _question(asked) for node, asked in questions.items()},
                },
            }
        ],
    }


def _question(asked: Any) -> dict[str, Any]:
    kind = _TYPES.get(asked.kind, "text")
    options: dict[str, Any] = {}
    if kind.startswith("select"):
        options["choices"] = list(asked.labels)
    elif kind == "numeric" and asked.labels:
        numbers = [float(value) for value in asked.labels]
        options["range"] = [min(numbers), max(numbers)]
    return {
        "type": kind,
        "label": clean(asked.text) or asked.node,
        "type_options": options,
        "is_personal_information": asked.personal or kind == "text",
    }


def _rows(sheet: Sheet, questions: Mapping[str, Any]) -> Iterator[list[Any]]:
    names = [column.name for column in sheet.columns]
    for row in sheet.rows:
        cells = dict(zip(names, cells_of(row), strict=True))
        if cells["value"] is None or cells["value"] == PERSONAL:
            sheet.notes.append(NO_RESPONSE)
            continue
        asked = questions.get(str(cells["question"]))
        kind = _TYPES.get(asked.kind, "text") if asked else "text"
        vendor = {name: cells[name] for name in ("outcome", "channel", "revision", "basis") if cells[name]}
        metadata: dict[str, Any] = {"vendor_metadata": {VENDOR: vendor}}
        if kind == "text":
            metadata["language"] = LANGUAGES.get(str(cells["language"]), "und")
        if kind.startswith("select") and asked:
            metadata["choice_order"] = list(asked.labels)
        yield [
            cells["answered_at"],
            cells["row"],
            cells["person"],
            cells["run"],
            cells["question"],
            _response(cells["value"], kind),
            metadata,
        ]


def _response(value: Cell, kind: str) -> Any:
    if value is None:
        return None
    if kind == "select_many":
        return str(value).split(", ")
    return value if kind == "numeric" else clean(str(value))
