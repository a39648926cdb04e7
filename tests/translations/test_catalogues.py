"""Catalogues through the months: sentences change, translators work, somebody signs off."""

from __future__ import annotations

from pathlib import Path

import pytest

from translations import catalogues, po
from translations.catalogues import Catalogue, Sentence, State, progress
from translations.files import CatalogueError
from translations.revising import sign_off, update

ASK = Sentence("rating.ask", "How was {organisation}?", "visit.yaml", 3)
GOOD = Sentence("rating.choices.good", "Good", "visit.yaml", 5)
WORDS = Sentence("rating.choices.good.words", "great, fab", "visit.yaml", 5, "Words people write.", optional=True)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cy" / "visit.po"


def translate(path: Path, text: str, translation: str, *, fuzzy: bool = True) -> None:
    catalog = po.read(path, "cy")
    message = next(each for each in catalog if each.id == text)
    message.string = translation
    message.flags = {"fuzzy"} if fuzzy else set()
    po.write(path, catalog)


def states(path: Path, *sentences: Sentence) -> list[State]:
    catalogue = catalogues.load(path, "cy")
    return [catalogue.state(sentence) for sentence in sentences]


def test_a_new_file_holds_every_sentence_with_its_place(path: Path):
    assert update(path, "cy", [ASK, GOOD, WORDS])
    text = path.read_text()
    assert '#: visit.yaml:3\n#, python-brace-format\nmsgctxt "rating.ask"\nmsgid "How was {organisation}?"' in text
    assert "#. Words people write." in text
    assert states(path, ASK, GOOD) == [State.MISSING, State.MISSING]


def test_an_update_without_news_writes_nothing(path: Path):
    update(path, "cy", [ASK, GOOD])
    before = path.read_bytes()
    assert not update(path, "cy", [ASK, GOOD])
    assert path.read_bytes() == before


def test_a_translators_work_and_comments_stay_when_the_flow_moves(path: Path):
    update(path, "cy", [ASK, GOOD])
    translate(path, "Good", "Da", fuzzy=False)
    path.write_text(path.read_text().replace("#: visit.yaml:5", "# asked the nurse\n#: visit.yaml:5"))
    moved = Sentence("rating.choices.good", "Good", "visit.yaml", 50)
    assert update(path, "cy", [ASK, moved])
    text = path.read_text()
    assert "# asked the nurse\n#: visit.yaml:50" in text
    assert states(path, moved) == [State.SIGNED]


def test_a_changed_sentence_keeps_its_old_translation_as_stale_and_tells_what_it_was(path: Path):
    update(path, "cy", [GOOD])
    translate(path, "Good", "Da", fuzzy=False)
    changed = Sentence("rating.choices.good", "Fairly good", "visit.yaml", 5)
    assert states(path, changed) == [State.STALE]
    update(path, "cy", [changed])
    assert "It was: 'Good'" in path.read_text()
    assert states(path, changed) == [State.STALE]
    assert catalogues.load(path, "cy").say("rating.choices.good", "Fairly good") is None
    assert catalogues.load(path, "cy").say("rating.choices.good", "Good") == "Da"  # a run that began before the change
    assert sign_off(path, "cy", "Siân", "2026-11-24") == 0
    translate(path, "Fairly good", "Eitha da", fuzzy=False)
    update(path, "cy", [changed])
    assert states(path, changed) == [State.SIGNED]


def test_a_sentence_that_went_is_kept_as_obsolete_and_comes_back_with_its_translation(path: Path):
    update(path, "cy", [ASK, GOOD])
    translate(path, "Good", "Da")
    update(path, "cy", [ASK])
    assert '#~ msgstr "Da"' in path.read_text()
    assert catalogues.load(path, "cy").say("rating.choices.good", "Good") == "Da"
    assert catalogues.load(path, "cy").say("rating.choices.good", "Good", drafts=False) is None
    update(path, "cy", [ASK, GOOD])
    assert states(path, GOOD) == [State.DRAFT]


def test_a_draft_is_said_only_where_drafts_are_allowed(path: Path):
    update(path, "cy", [GOOD])
    translate(path, "Good", "Da")
    catalogue = catalogues.load(path, "cy")
    assert catalogue.say("rating.choices.good", "Good") == "Da"
    assert catalogue.say("rating.choices.good", "Good", drafts=False) is None


def test_signing_off_takes_the_mark_from_every_draft_and_says_who_answers_for_it(path: Path):
    update(path, "cy", [GOOD])
    translate(path, "Good", "Da")
    assert sign_off(path, "cy", "Siân Jones", "2026-11-24") == 1
    assert "# Signed off by Siân Jones on 2026-11-24." in path.read_text()
    assert states(path, GOOD) == [State.SIGNED]
    assert sign_off(path, "cy", "Siân Jones", "2026-11-25") == 0
    update(path, "cy", [GOOD, ASK])
    assert "# Signed off by Siân Jones on 2026-11-24." in path.read_text()


@pytest.mark.parametrize(
    "wrong", ["Sut oedd {sefydliad}?", "Sut oedd hi?", "{organisation} {organisation}", "{organisation.x}"]
)
def test_a_translation_with_other_names_in_braces_is_an_error_at_its_line(path: Path, wrong: str):
    update(path, "cy", [ASK])
    translate(path, ASK.text, wrong)
    line = path.read_text()[: path.read_text().index('msgid "How')].count("\n") + 1
    with pytest.raises(CatalogueError, match=rf"visit.po:{line}:1: .*names in braces stay as they are"):
        catalogues.load(path, "cy")


def test_what_is_said_instead_of_a_missing_name_may_be_translated(path: Path):
    hello = Sentence("a.say", "Hello {contact.first_name|there}", "a.yaml", 1)
    update(path, "cy", [hello])
    translate(path, hello.text, "Helo {contact.first_name|chi}")
    assert states(path, hello) == [State.DRAFT]


@pytest.mark.parametrize(
    ("good", "ask", "complete", "released", "broken"),
    [
        (("Da", False), ("Sut {organisation}", False), True, True, False),
        (("Da", True), ("Sut {organisation}", False), True, False, False),
        (("Da", True), ("", False), False, False, False),
        (("Da", False), ("", False), False, False, True),
    ],
)
def test_a_language_is_released_when_every_sentence_is_there_and_signed(
    path: Path, good: tuple[str, bool], ask: tuple[str, bool], complete: bool, released: bool, broken: bool
):
    update(path, "cy", [ASK, GOOD, WORDS])
    translate(path, "Good", good[0], fuzzy=good[1])
    translate(path, ASK.text, ask[0], fuzzy=ask[1])
    done = progress(catalogues.load(path, "cy"), [ASK, GOOD, WORDS])
    assert (done.complete, done.released, done.broken) == (complete, released, broken)


def test_where_nobody_has_begun_everything_is_missing(tmp_path: Path):
    assert catalogues.load(tmp_path / "none.po", "cy") == Catalogue("cy")
    assert progress(Catalogue("cy"), [ASK]).missing == 1
