"""Fetch the texts that the webhook never got while Sayso was cut off, and handle them now."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from datetime import timedelta

from bot.conversations import backfill
from bot.sending.gateways import gateways
from bot.service import build
from bot.settings import Settings, SettingsError
from flows.loader import FlowError
from storage.database import StoreSettingError, StoreUnavailableError

EXPECTED = (SettingsError, FlowError, StoreSettingError, StoreUnavailableError)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How far back."""
    parser.add_argument("--hours", type=int, help="look so many hours back (default: since the last look, and an hour)")


def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Fetch, and say how many texts were new."""
    settings = Settings.read(environ)
    service = build(settings)
    try:
        since = service.now() - timedelta(hours=arguments.hours) if arguments.hours else None
        count = backfill.catch_up(service, gateways(settings), since)
    finally:
        service.close()
    print(f"{count} texts were new." if settings.sends_texts else "No gateway is set up that could be asked.")
    return 0
