"""How well the language of a short text is guessed, and how quickly catalogues and the whole shelf are read."""

from __future__ import annotations

import time
from collections.abc import Iterator

from bot.catalogues import in_language
from bot.conversations.detection import guess
from bot.settings import LIBRARY
from flows.loader import load_folder
from tests.shared_data import SharedDataMissingError, language_texts
from translations.languages import LANGUAGES


def run() -> Iterator[str]:
    """Right and false switches over all twenty languages, and the time of a cold shelf in all of them."""
    began = time.perf_counter()
    flows = load_folder(LIBRARY)
    read = time.perf_counter() - began
    spoken = sum(in_language(flow, code, LIBRARY).language == code for flow in flows.values() for code in LANGUAGES)
    took = time.perf_counter() - began
    yield f"languages: {len(flows)} flows read in {read * 1000:.0f} ms, with every catalogue in {took * 1000:.0f} ms"
    yield f"languages: {spoken} of {len(flows) * len(LANGUAGES)} flows and languages can be spoken"
    try:
        texts = language_texts()
    except SharedDataMissingError as error:
        yield f"languages: guesses were not measured. {error}"
        return
    foreign = [(language, text) for language, text, _ in texts if language != "en"]
    guess("warm up the profiles", "en", LANGUAGES)
    began = time.perf_counter()
    guessed = [guess(text, "en", LANGUAGES) for _, text in foreign]
    each = (time.perf_counter() - began) / len(foreign)
    right = sum(found == language for found, (language, _) in zip(guessed, foreign, strict=True))
    third = sum(found not in (language, None) for found, (language, _) in zip(guessed, foreign, strict=True))
    false = sum(guess(text, language, LANGUAGES) is not None for language, text, _ in texts)
    yield (
        f"languages: of {len(foreign):,} texts in another language than ours {right / len(foreign):.1%} guessed right, "
        f"{third / len(foreign):.2%} wrong; of {len(texts):,} in ours {false / len(texts):.2%} taken for another; "
        f"{each * 1e6:.0f} µs a guess"
    )
