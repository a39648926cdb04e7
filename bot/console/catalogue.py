"""The sentences of the console's pages, for translators. Apart, because the web has no use for the extractor."""

from __future__ import annotations

from pathlib import Path

from babel.messages.extract import extract_from_dir

from translations.catalogues import Sentence

FOLDER = Path(__file__).parent
_METHODS = [("**.py", "python"), ("**.html", "jinja2.ext:babel_extract"), ("**.svg", "jinja2.ext:babel_extract")]
_FUNCTIONS = {"_": None, "say": None, "later": None}


def console_sentences() -> list[Sentence]:
    """What the console's pages say, each sentence once."""
    found: dict[str, Sentence] = {}
    for name, line, text, _comments, _context in extract_from_dir(FOLDER, _METHODS, keywords=_FUNCTIONS):
        if text:  # `say` of a catalogue has its context first, which is empty
            found.setdefault(str(text), Sentence("", str(text), f"bot/console/{name}", line))
    return list(found.values())
