"""`sayso export FLOW`: tables for everybody, or lines of single people for a named person with a reason."""

from __future__ import annotations

import argparse
import getpass
import shlex
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from bot.catalogues import in_language
from bot.disclosure.rules import Rules
from bot.exports import expiry
from bot.exports.files import ExportFileError
from bot.exports.formats import FORMATS
from bot.exports.making import PACK, Source, make
from bot.exports.request import ExportRefusedError, Layout, Level, Request
from bot.exports.restricted import Words
from bot.settings import Settings, SettingsError
from flows.definition import Flow
from flows.files.problems import did_you_mean
from flows.loader import FlowError, files_of, load, load_text
from flows.run import microseconds
from storage.conversations import revisions, shelf_changes
from storage.counting import results
from storage.counting.results import Whom
from storage.database import Database, StoreSettingError, StoreUnavailableError
from storage.secrets import Secrets
from translations.files import CatalogueError
from translations.languages import LANGUAGES

EXPECTED = (
    SettingsError,
    FlowError,
    CatalogueError,
    StoreSettingError,
    StoreUnavailableError,
    ExportRefusedError,
    ExportFileError,
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which flow, for whom, how, and where to."""
    formats = "; ".join(f"{each.name}: {each.meaning}" for each in FORMATS.values())
    parser.add_argument("flow", help="a flow of the shelf, such as visit")
    parser.add_argument(
        "--format",
        choices=(*FORMATS, PACK),
        default="csv",
        help=f"{formats}; {PACK}: all of it, zipped",
    )
    parser.add_argument("--out", default="-", help="the file to write; - (the default) is this terminal")
    parser.add_argument(
        "--level", choices=[*Level], default=None, help="shared (the default): tables, small numbers hidden"
    )
    parser.add_argument(
        "--layout", choices=[*Layout], default=None, help="tables, wide (a line a run), long (a line an answer)"
    )
    parser.add_argument("--rows", action="store_true", help="one line a run: --level restricted --layout wide")
    parser.add_argument("--for", dest="who", default="", help="restricted: the person who gets the file")
    parser.add_argument("--purpose", default="", help="restricted: what for")
    parser.add_argument(
        "--by", default="", help="breakdowns, with commas: channel, language, day, month, revision, group …"
    )
    parser.add_argument("--since", type=_day, default=None, help="the first day, as 2026-11-24")
    parser.add_argument("--until", type=_day, default=None, help="the last day")
    parser.add_argument("--channel", choices=("sms", "whatsapp"), default="", help="only these")
    parser.add_argument("--only-language", choices=[*LANGUAGES], default="", help="only conversations in it")
    parser.add_argument("--group", default="", help="only members of this group")
    parser.add_argument(
        "--language", choices=[*LANGUAGES], default="", help="the language of labels; SAYSO_LANGUAGE if not given"
    )
    parser.add_argument("--labels", action="store_true", help="write labels in place of keys")
    parser.add_argument("--split", action="store_true", help="a column of 0 and 1 for each of several choices")
    parser.add_argument(
        "--free-text",
        choices=[*Words],
        default=Words.NONE,
        help="own words: none (the default), reviewed, or all; masked",
    )
    parser.add_argument("--bom", action="store_true", help="begin a CSV file with the mark that Excel needs")


def _day(text: str) -> str:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date().isoformat()
    except ValueError:
        raise argparse.ArgumentTypeError(f"`{text[:20]}` is no day: write it as 2026-11-24") from None


def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Write one export, from one consistent view of the store. The file appears whole or not at all.

    Raises:
        SettingsError, StoreSettingError, FlowError: a setting or a flow is wrong.
        StoreUnavailableError: the store cannot be read.
        ExportRefusedError: it must not be made, or nobody knows this flow.
        ExportFileError: the file cannot be written.
    """
    settings = Settings.read(environ)
    request = _request(arguments, settings)
    database = Database(settings.database_url, Secrets(settings.secret_key))
    try:
        source = source_of(settings, database, _flow(settings.flows_dir, database, request.flow))
        _binary(request, arguments.out)
        now = datetime.now(UTC)
        notes = make(source, request, arguments.out, now, bom=arguments.bom)
        expiry.delete_expired(database, microseconds(now))
    finally:
        database.close()
    for note in notes:
        print(note, file=sys.stderr)
    return 0


def source_of(settings: Settings, database: Database, flow: Flow | None) -> Source:
    """Where the exports of a flow come from, with the thresholds of the settings."""
    rules = Rules(smallest=settings.smallest_count, base=settings.round_to)
    localise = partial(_in_language, settings.flows_dir)
    return Source(database, flow, localise, rules, timedelta(days=settings.export_days))


def _in_language(folder: Path, flow: Flow, language: str) -> Flow:
    return in_language(flow, language, folder)


def _request(arguments: argparse.Namespace, settings: Settings) -> Request:
    rows = arguments.rows
    level = Level(arguments.level or (Level.RESTRICTED if rows else Level.SHARED))
    layout = Layout(arguments.layout or (Layout.TABLES if level is Level.SHARED and not rows else Layout.WIDE))
    if arguments.format == "flow-results" and level is Level.RESTRICTED:
        layout = Layout.LONG
    if arguments.format == PACK:
        layout = Layout.TABLES
    if level is Level.SHARED:
        _two_dimensions(arguments)
    who, purpose = arguments.who, arguments.purpose
    if level is Level.RESTRICTED:
        who = who or _ask("Who gets this file? ") or (_account() if rows else "")
        purpose = purpose or _ask("What for? ") or ("not said" if rows else "")
    return Request(
        flow=arguments.flow,
        level=level,
        layout=layout,
        form=arguments.format,
        whom=Whom(
            arguments.since or "", arguments.until or "", arguments.channel, arguments.only_language, arguments.group
        ),
        by=tuple(filter(None, (name.strip() for name in arguments.by.split(",")))) or ("channel", "language"),
        language=arguments.language or settings.language,
        labelled=arguments.labels,
        split=arguments.split,
        words=Words(arguments.free_text),
        who=_in_utf8(who),
        purpose=_in_utf8(purpose),
        command=_in_utf8(shlex.join(["sayso", "export", *sys.argv[2:]])) if len(sys.argv) > 2 else "",
    )


def _two_dimensions(arguments: argparse.Namespace) -> None:
    """A table for everybody has the question and one dimension more: the fewer people a number is about, the more it
    tells of each."""
    narrowed = [name for name in ("channel", "only_language", "group") if getattr(arguments, name)]
    if len(narrowed) + bool(narrowed and arguments.by) > 1:
        raise ExportRefusedError(
            "A table for everybody takes one of --channel, --only-language and --group, and no --by beside it. Exact "
            'tables, for a named person: --level restricted --layout tables --for NAME --purpose "WHAT FOR".'
        )


def _in_utf8(text: str) -> str:
    """What was typed, with `?` for each byte that is no UTF-8: files and the store hold nothing else."""
    return text.encode(errors="replace").decode()


def _ask(question: str) -> str:
    """Ask on the terminal; nothing where nobody sits at one."""
    return input(question).strip() if sys.stdin.isatty() and sys.stderr.isatty() else ""


def _account() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "somebody on this machine"


def _binary(request: Request, out: str) -> None:
    if out != _in_utf8(out):
        raise ExportRefusedError("The name of the file is not in UTF-8: choose another.")
    form = FORMATS.get(request.form)
    if out == "-" and (form is None or not form.text) and sys.stdout.isatty():
        raise ExportRefusedError(f"A file of the format {request.form} is no text for a terminal: add --out FILE.")


def _flow(folder: Path, database: Database, name: str) -> Flow | None:
    """The flow as it is offered now: an uploaded revision, else its file, which alone is read. None: not any more.

    Raises:
        ExportRefusedError: it is not offered, and nobody has ever answered it.
    """
    files = files_of(folder)
    with database.reading() as db:
        uploaded = next((each.revision_id for each in shelf_changes.read(db) if each.flow == name), None)
        answered = name in results.flows_answered(db)
    if uploaded is not None:
        return load_text(revisions.get(database, uploaded).source, f"{name}.yaml")
    if name in files:
        return load(files[name])
    if answered:
        return None
    hint = did_you_mean(name, files).removeprefix(" — ").capitalize()
    sentences = [f"There is no flow `{name[:60]}`.", hint, f"There is {', '.join(files) or 'none'}."]
    raise ExportRefusedError(" ".join(filter(None, sentences)))
