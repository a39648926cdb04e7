"""The command line: `sayso up`, `chat`, `export`, `doctor`, `migrate`, `flows …`.

A thin dispatcher. Each command is a module with EXPECTED (the errors whose words are for the person who typed),
`add_arguments(parser)` and `run(arguments, environ) -> exit code`. It is imported only when it is called, because
`sayso up` must not wait for the imports of the others.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
import traceback
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path

from bot.logs import without_numbers

COMMANDS = {
    "up": "start everything on this machine",
    "chat": "talk to a flow in this terminal",
    "export": "write down what was said, counted",
    "doctor": "say what is set up and what is missing",
    "migrate": "bring the store's tables up to date",
    "backup": "write the whole store to one file",
    "restore": "fill an empty store from a backup; who was erased since is erased again",
    "groups": "groups, their keywords and their champions",
    "contacts import": "invite the people of a CSV or XLSX list",
    "broadcasts": "preview, send, follow and stop broadcasts",
    "catch-up": "fetch the texts that came while Sayso was cut off",
    "contacts": "show, erase or report all that is held about one person",
    "answers": "show how replies were sorted under choices",
    "answers sort": "sort one of them under another choice",
    "feeds": "addresses from which a spreadsheet refreshes a shared table",
    "tallies rebuild": "count every answer anew",
    "users": "invite somebody to the console, list the team, take somebody off",
    "flows check": "say what is wrong with flows, and what they cost in every language",
    "flows answers": "show how replies to a question would be understood",
    "flows draw": "draw a flow as a picture (SVG) or as Mermaid text",
    "flows import": "turn an XLSForm, or an export of RapidPro or TextIt, into flows",
    "flows schema": "print the JSON Schema of flow files, for editors",
    "flows simulate": "send a noisy crowd through a flow, and count where it ends",
    "flows test": "play the talks beside flows",
    "flows translate": "make, update and sign off the PO files of flows",
}
"""What each does, in a line. Its module is `bot.commands.` and its words; two words name a command of a group."""
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code. Nothing a person can do to it prints a traceback."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not words or words[0] in ("-h", "--help", "help"):
        print(_overview())
        return 0
    for length in (2, 1):
        name = " ".join(words[:length])
        if name in COMMANDS:
            return _run(name, words[length:])
    group = [name for name in COMMANDS if name.startswith(f"{words[0]} ")]
    asks = words[1:] in ([], ["-h"], ["--help"], ["help"])
    if group and asks:
        print(_overview(group))
        return 0
    known = group or [*COMMANDS, *(name.partition(" ")[0] for name in COMMANDS)]
    near = get_close_matches(" ".join(words[: 2 if group else 1]), known, 1)
    said = f"There is no command `{' '.join(words[:2])[:40]}`{f' — did you mean `{near[0]}`?' if near else '.'}"
    print(f"{said}\n\n{_overview(group or COMMANDS)}", file=sys.stderr)
    return 2


def _run(name: str, words: Sequence[str]) -> int:
    expected: tuple[type[Exception], ...] = ()
    try:
        module = import_module("bot.commands." + re.sub("[ -]", "_", name))
        expected = module.EXPECTED
        parser = argparse.ArgumentParser(prog=f"sayso {name}", description=module.__doc__)
        module.add_arguments(parser)
        code = int(module.run(parser.parse_args(words), os.environ))
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our lines has gone, as `head` does; Python would complain again when it closes its output.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except expected as error:
        print(_words_of(error), file=sys.stderr)
        return 1
    except Exception as error:
        print(_unforeseen(error), file=sys.stderr)
        return 1
    return code


def _words_of(error: BaseException) -> str:
    if isinstance(error, OSError) and error.filename and error.strerror:
        return f"{error.filename}: {error.strerror} — check the name, and your rights to it."
    return str(error)


def _overview(names: Collection[str] = COMMANDS) -> str:
    width = max(map(len, names)) + 2
    lines = [f"  {name:<{width}}{COMMANDS[name]}" for name in names]
    return "\n".join(["Usage: sayso COMMAND", "", *lines, "", "`sayso COMMAND --help` says more about one of them."])


def _unforeseen(error: Exception) -> str:
    """A sentence about a mistake of ours. Where it happened goes to a file; its own words may quote a resident."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    text = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {type(error).__name__}\n{without_numbers(frames)}\n"
    folder = Path(os.environ.get("SAYSO_DATA") or "data").absolute()
    path = (
        folder if folder.is_dir() and os.access(folder, os.W_OK) else Path(tempfile.gettempdir())
    ) / "sayso-errors.log"
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError:
        return f"Something went wrong inside Sayso ({type(error).__name__}), and no log of it could be written."
    return (
        f"Something went wrong inside Sayso ({type(error).__name__}). Where it happened is in {path}: please report it."
    )


if __name__ == "__main__":
    sys.exit(main())
