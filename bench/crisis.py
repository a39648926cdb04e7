"""How many cries for help are heard, how many other texts are taken for one, and how long hearing takes."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator

from flows.understanding.crisis import Recogniser
from tests.crises import cases
from tests.shared_data import SharedDataMissingError, language_texts
from translations.crises import all_crises


def run() -> Iterator[str]:
    """Recall and false alarms on the labelled set, and false alarms on news sentences of 19 languages."""
    began = time.perf_counter()
    ear = Recogniser(all_crises())
    yield f"crisis: patterns of 20 languages compiled in {(time.perf_counter() - began) * 1000:.0f} ms, once a process"
    cries = [case for case in cases() if case.danger]
    others = [case for case in cases() if case.danger is None]
    heard = sum(ear.hear(case.text) is not None for case in cries)
    alarms = sum(ear.hear(case.text) is not None for case in others)
    yield f"crisis: {heard} of {len(cries)} labelled cries heard, {alarms} of {len(others)} look-alikes taken for one"
    spent = []
    for case in cases():
        start = time.perf_counter()
        ear.hear(case.text)
        spent.append(time.perf_counter() - start)
    yield f"crisis: {statistics.median(spent) * 1e6:.0f} µs a text (median), {max(spent) * 1e6:.0f} µs at most"
    try:
        news = [text for _, text, _ in language_texts()]
    except SharedDataMissingError as error:
        yield f"crisis: false alarms on news were not measured. {error}"
        return
    alarms = sum(ear.hear(text) is not None for text in news)
    yield f"crisis: {alarms} false alarms in {len(news):,} words and sentences of news in 19 languages"
