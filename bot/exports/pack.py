"""The evidence pack: a zip in which every number can be explained from what lies beside it."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import IO

from bot import sentences
from bot.conversations import crisis_sentences
from bot.disclosure.suppression import Shown
from bot.disclosure.tables import Table
from bot.exports import codebook, dispositions, tables
from bot.exports.cleaning import clean, guarded
from bot.exports.formats import FORMATS
from bot.exports.reading import Reader
from bot.exports.request import Layout, Level
from bot.exports.sheets import Cell, Sheet
from bot.languages import FALLBACK, saying
from flows.authoring.drawing import mermaid
from flows.authoring.picture import svg
from flows.definition import Flow
from storage.community import consents

GROUP = "group:"
"""How a scope of the consent ledger begins that is about a group."""
CARRIER = "carrier"
"""Stands for a wording where the phone company ended the texts."""
README = """Evidence pack of the conversation `{flow}`: {title}

Level: {level}. Made {made_at} by this command:

    {command}

data-tables.csv, .json, .xlsx  counts by question and answer{rows}
codebook.csv                   every column and every value of every file, in words
dispositions.csv               how far people came, with the names survey researchers use
suppression-log.csv            how many counts are hidden in data-tables, by question, breakdown and reason
consent-wordings.csv           what people agreed to or refused, word by word, by wording revision and language
revisions/                     every published state of the conversation (YAML), and a drawing of each (SVG, Mermaid)
SHA256SUMS                     the hash of every file: `sha256sum --check SHA256SUMS`

{notes}
"""


class _Archive:
    """A zip that remembers the hash of everything put into it."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._zip = archive
        self.sums: list[str] = []

    def add(self, name: str, data: bytes) -> None:
        self._zip.writestr(name, data)
        self.sums.append(f"{hashlib.sha256(data).hexdigest()}  {name}")

    def table(self, name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(header)
        writer.writerows([[guarded(clean(cell)) if isinstance(cell, str) else cell for cell in row] for row in rows])
        self.add(name, text.getvalue().encode())

    def sheet(self, form: str, name: str, sheet: Sheet) -> None:
        """A file that may be large: hashed while it is written."""
        with self._zip.open(name + FORMATS[form].ending, "w", force_zip64=True) as file:
            hashing = _Hashing(file)
            FORMATS[form].write(hashing, sheet)  # type: ignore[arg-type]  # written to only
        self.sums.append(f"{hashing.sum.hexdigest()}  {name}{FORMATS[form].ending}")

    def finish(self) -> None:
        """The sums go in last."""
        self._zip.writestr("SHA256SUMS", "\n".join(self.sums) + "\n")


class _Hashing:
    """A file to write to that keeps the hash of what was written."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.sum = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.sum.update(data)
        return self._file.write(data)

    def flush(self) -> None:
        self._file.flush()


def write(file: IO[bytes], reader: Reader) -> list[Shown]:
    """Write the pack; returns the tables in it that the ledger must note.

    Raises:
        Refused: an earlier table is in the way.
    """
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        return _write(_Archive(archive), reader)


def _write(archive: _Archive, reader: Reader) -> list[Shown]:
    request = reader.request
    shared = request.level is Level.SHARED
    handed_on: list[Shown] = []
    if shared:
        sheet, found, shown, new = reader.table_sheet()
        handed_on = [*shown] if new else []
        hidden = tables.log(found, shown)
    else:
        sheet, found, hidden = reader.exact_sheet(), reader.exact(), iter(())
    lines = list(sheet.rows)
    columns = list(sheet.columns)
    for form in ("csv", "json", "xlsx"):
        sheet.rows = iter(lines)
        archive.sheet(form, "data-tables", sheet)
    if not shared:
        for layout, name in ((Layout.WIDE, "data-conversations"), (Layout.LONG, "data-answers")):
            rows = _rows(reader, layout)
            columns += rows.columns
            archive.sheet("csv", name, rows)
    if shared:
        columns = [*columns, codebook.counts(reader.rules)]
    archive.table("codebook.csv", codebook.HEADER, codebook.lines(columns, found, reader.questions))
    people = dispositions.counted(reader.db, request.flow, request.whom)

    def show(made: Table) -> Shown | tables.Openly:
        if not shared:
            return tables.Openly(made)
        view, noted = reader.beside(made)
        handed_on.extend([] if noted else [view])
        return view

    archive.table("dispositions.csv", codebook.names("dispositions.csv"), dispositions.rows(*people, show))
    archive.table("suppression-log.csv", codebook.names("suppression-log.csv"), hidden)
    archive.table("consent-wordings.csv", codebook.names("consent-wordings.csv"), wordings(reader))
    for flow in reader.revisions:
        archive.add(f"revisions/{flow.revision[:12]}.yaml", flow.source.encode())
        archive.add(f"revisions/{flow.revision[:12]}.svg", svg(flow).encode())
        archive.add(f"revisions/{flow.revision[:12]}.mmd", mermaid(flow).encode())
    archive.add("README.txt", _readme(reader, shared=shared).encode())
    archive.finish()
    return handed_on


def _rows(reader: Reader, layout: Layout) -> Sheet:
    request = reader.request
    reader.request = replace(request, layout=layout)
    try:
        return reader.rows(reader.runs())
    finally:
        reader.request = request


def _readme(reader: Reader, *, shared: bool) -> str:
    request = reader.request
    return README.format(
        flow=request.flow,
        title=reader.flow.title if reader.flow else request.flow,
        level=request.level,
        made_at=reader.made_at,
        command=request.command,
        rows=""
        if shared
        else "\ndata-conversations.csv         one line a conversation"
        "\ndata-answers.csv               one line an answer",
        notes="\n".join(dict.fromkeys(reader.notes)),
    )


def wordings(reader: Reader) -> Iterable[Sequence[Cell]]:
    """Every wording in the consent ledger of this flow's people, in full. To everybody only those that so many people
    were told that they may be counted, and not what people did, nor which group it was about."""
    flows = {flow.revision: flow for flow in reader.revisions}
    shared = reader.request.level is Level.SHARED
    fewest = reader.rules.smallest if shared else 1
    told = set()
    for scope, kind, wording, language in consents.wordings(reader.db, reader.request.flow, fewest, apart=not shared):
        if shared and scope.startswith(GROUP):
            scope = GROUP.rstrip(":")
        if (scope, kind, wording, language) in told:
            continue
        told.add((scope, kind, wording, language))
        flow = flows.get(wording)
        text = _question_of(reader.localise(flow, language), scope) if flow else _sentence_of(wording, language)
        yield scope, kind, wording[:16], language, text


def _question_of(flow: Flow, scope: str) -> str:
    for node in flow.nodes.values():
        if node.question is not None and node.question.consent == scope:
            return node.question.ask.get("") or next(iter(node.question.ask.values()), "")
    return ""


def _sentence_of(wording: str, language: str) -> str:
    """The sentence of ours whose hash the ledger keeps."""
    if wording == CARRIER:
        return "(no wording of ours: the phone company said that they have blocked our texts)"
    return _sentences(language).get(wording, "(a wording of an earlier version of Sayso)")


@lru_cache(maxsize=32)
def _sentences(language: str) -> Mapping[str, str]:
    """Every sentence that consent is asked or ended with, by its hash; in English too, said where drafts are not."""
    found = {}
    for words in (saying(FALLBACK), saying(language)):
        for name, text in (*vars(sentences).items(), *vars(crisis_sentences).items()):
            if name.isupper() and isinstance(text, str):
                said = words.say(text)
                found[hashlib.sha256(said.encode()).hexdigest()[:16]] = said
    return found
