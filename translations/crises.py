"""What people in danger write, in every language: `<language>/crisis.yaml`, lists of patterns with commas between."""

from __future__ import annotations

from pathlib import Path

import yaml

from translations.languages import LANGUAGES

_FOLDER = Path(__file__).resolve().parent

KINDS = ("suicide", "child", "abuse", "self_harm", "emergency", "under_16", "look_alikes")
"""The lists of a file. What a pattern may be made of stands in `docs/safeguarding.md`."""


class CrisisFileError(ValueError):
    """A `crisis.yaml` cannot be used; the message names the file and what is wrong."""


def all_crises() -> dict[str, dict[str, tuple[str, ...]]]:
    """The patterns of every language that has a file, by language and kind.

    Raises:
        CrisisFileError: a file is broken; safeguarding must not fail in silence.
    """
    return {code: read(path) for code in LANGUAGES if (path := _FOLDER / code / "crisis.yaml").is_file()}


def read(path: Path) -> dict[str, tuple[str, ...]]:
    """The patterns of one file, by kind.

    Raises:
        CrisisFileError: the file is broken.
    """
    try:
        document = yaml.load(path.read_text("utf-8"), Loader=yaml.CBaseLoader)  # noqa: S506 -- it makes only text
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CrisisFileError(f"{path}: This is not YAML: {error}") from None
    lists = document if isinstance(document, dict) else {"": ""}
    if set(lists) - set(KINDS) or not all(isinstance(text, str) for text in lists.values()):
        raise CrisisFileError(f"{path}: The file holds lists with commas between, named {', '.join(KINDS)}.")
    return {kind: tuple(part.strip() for part in text.split(",") if part.strip()) for kind, text in lists.items()}
