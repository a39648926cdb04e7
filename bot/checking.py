"""Read flow files and say what is wrong with them, with line and column."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from bot.settings import Settings, SettingsError
from flows.loader import FlowError, load, load_folder

EXPECTED = (SettingsError, FlowError)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to check."""
    parser.add_argument("path", nargs="?", type=Path, help="a flow file or a folder of them (default: FLOWS_DIR)")


def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Check, and say how many flows are well.

    Raises:
        SettingsError: a setting is wrong.
        FlowError: some flow has a mistake; every mistake is listed.
    """
    path = arguments.path or Settings.read(environ, make=False).flows_dir
    flows = [load(path)] if path.is_file() else list(load_folder(path).values())
    names = ", ".join(flow.id for flow in flows) or "none found"
    print(f"Nothing is wrong: {names}.")
    return 0
