"""Draw a flow: a picture (SVG) to print, or Mermaid text for documents and wikis that draw it themselves."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from bot.commands.flows_test import replace_file
from bot.rehearsing import NoSuchFlowError, find
from bot.settings import Settings, SettingsError
from flows.authoring.drawing import mermaid
from flows.authoring.picture import svg
from flows.loader import FlowError, load

EXPECTED = (SettingsError, FlowError, NoSuchFlowError, OSError)

_FORMS = {"svg": svg, "mermaid": mermaid}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which flow, how and where to."""
    parser.add_argument("flow", help="a flow's name, or its file")
    parser.add_argument("--format", choices=sorted(_FORMS), default="svg", help="default: svg")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write to this file (default: standard output)")


def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Draw.

    Raises:
        SettingsError, FlowError: a setting or the flow is wrong.
        NoSuchFlowError: there is no such flow.
        OSError: the file cannot be written.
    """
    path = find(arguments.flow, Settings.read(environ, make=False).flows_dir)
    drawing = _FORMS[arguments.format](load(path))
    if arguments.out is None:
        sys.stdout.write(drawing)
        return 0
    replace_file(arguments.out, drawing)
    print(f"Drawn in {arguments.out}.")
    return 0
