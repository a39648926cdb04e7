"""Reading and writing PO files: what a translator's editor may leave behind."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from translations import po, quick
from translations.entries import entries
from translations.files import MAX_BYTES, CatalogueError

SHIPPED = Path(po.__file__).parent

HEADER = (
    'msgid ""\nmsgstr ""\n"Language: cy\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
)
ENTRY = '#: visit.yaml:3\nmsgctxt "rating.ask"\nmsgid "How was it?"\nmsgstr "Sut oedd hi?"\n'


def problems_of(text: str | bytes) -> list[str]:
    data = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(CatalogueError) as caught:
        po.read_bytes(data, "visit.po", "cy")
    return list(caught.value.problems)


def test_a_good_file_is_read():
    catalog = po.read_bytes((HEADER + ENTRY).encode(), "visit.po", "cy")
    assert catalog.get("How was it?", "rating.ask").string == "Sut oedd hi?"


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_the_line_ends_and_the_mark_of_other_systems_are_read(ending: str, mark: bytes):
    catalog = po.read_bytes(mark + (HEADER + ENTRY).replace("\n", ending).encode(), "visit.po", "cy")
    assert catalog.get("How was it?", "rating.ask").string == "Sut oedd hi?"


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (HEADER + 'msgid "a"\nmsgstr "b\n', "visit.po:8:9: The closing quote is missing"),
        (HEADER + 'msgid "a"\nmsgstr "b" c"\n', "visit.po:8:11: Something stands behind the closing quote"),
        (HEADER + 'msgid "a"\nmsgstr "b\\q"\n', "visit.po:8:10: `\\q` means nothing here"),
        (HEADER + 'msgid "a"\nmsgstr b\n', "visit.po:8:8: A text in quotes is missing"),
        (HEADER + "msgid\nmsgstr\n", "visit.po:7:6: A text in quotes is missing"),
        (HEADER + 'mgsid "a"\nmsgstr "b"\n', "visit.po:7:1: A line begins with `msgctxt`, `msgid`"),
        (HEADER + 'msgstr "b"\n', "visit.po:7:1: `msgstr` stands here, but `msgid` is missing"),
        (HEADER + 'msgid "a"\nmsgid "b"\nmsgstr "c"\n', "visit.po:8:1: `msgid` stands here, but `msgstr` is missing"),
        (HEADER + 'msgid "a"\n', "visit.po:7:1: This entry has no `msgstr`"),
        (HEADER + ENTRY + "\n" + ENTRY, "visit.po:13:1: This entry stands here twice, first in line 8"),
        (HEADER + 'msgid "a"\nmsgid_plural "b"\nmsgstr[0] "c"\n', "visit.po:8:1: Sentences here have one form"),
        (HEADER + 'msgid "a"\nmsgstr[7] "c"\n', "visit.po:8:1: Sentences here have one form"),
        ('"alone"\n', "visit.po:1:1: A text stands alone"),
        (HEADER + 'msgid "a"\nmsgstr "b\x00"\n', "visit.po:8:10: A control character"),
        ('msgid ""\nmsgstr "Language: pl\\n"\n', "visit.po:1:1: The header says `pl`, the folder `cy`"),
        ('msgid ""\nmsgstr "Content-Type: text/plain; charset=latin1\\n"\n', "visit.po:1:1: The header says `latin1`"),
        (
            'msgid ""\nmsgstr "Plural-Forms: nplurals=2; plural=__import__(1)\\n"\n',
            "visit.po:1:1: The header's `Plural",
        ),
        (
            'msgid ""\nmsgstr "Plural-Forms: nplurals=2; plural=(n==1 ? 0 : 1\\n"\n',
            "visit.po:1:1: The header's `Plural",
        ),
        ('msgid ""\nmsgstr "no colon here\\n"\n', "visit.po:1:1: The header line `no colon here`"),
        ('msgid ""\nmsgstr "POT-Creation-Date: yesterday\\n"\n', "visit.po:1:1: The header cannot be read"),
    ],
)
def test_a_broken_file_is_refused_with_its_place_and_what_to_do(broken: str, said: str):
    found = problems_of(broken)
    assert any(problem.startswith(said) for problem in found), found


def test_every_problem_is_named_at_once():
    assert len(problems_of(HEADER + 'msgid "a"\nmsgstr "b\n\nmsgid "c"\nmsgstr "d\\x"\n')) == 2


def test_bytes_that_are_not_utf8_are_named_by_line_and_column():
    assert problems_of((HEADER + 'msgid "a"\nmsgstr "').encode() + b'\xff"\n')[0].startswith(
        "visit.po:8:9: This is not"
    )


def test_an_enormous_file_is_refused_before_it_is_read():
    assert "the most is" in problems_of(b"#" * (MAX_BYTES + 1))[0]


def test_a_missing_file_is_an_error_with_its_name(tmp_path: Path):
    with pytest.raises(CatalogueError, match="cannot be read"):
        po.read(tmp_path / "none.po", "cy")


@given(
    st.one_of(
        st.binary(max_size=300), st.text(max_size=300).map(lambda text: (HEADER + text).encode("utf-8", "replace"))
    )
)
def test_whatever_stands_in_a_file_there_is_a_catalogue_or_a_list_of_problems(data: bytes):
    problems: tuple[str, ...] = ()
    try:
        po.read_bytes(data, "visit.po", "cy")
    except CatalogueError as error:
        problems = error.problems
    assert all(problem.startswith("visit.po:") for problem in problems)


def test_a_write_that_fails_leaves_the_old_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "visit.po"
    path.write_text(HEADER + ENTRY)
    catalog = po.read(path, "cy")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(po, "write_po", full)
    with pytest.raises(OSError, match="No space left"):
        po.write(path, catalog)
    assert path.read_text() == HEADER + ENTRY
    assert list(tmp_path.iterdir()) == [path]


TOOLS = (
    HEADER
    + ENTRY
    + '\n# by hand\n#. a note\n#, fuzzy\nmsgid ""\n"two "\n"lines\\n"\nmsgstr "dwy \\"linell\\""\n\n'
    + ('# kept\n#~ msgctxt "old"\n#~ msgid "gone"\n#~ msgstr "wedi mynd"\n')
)


def test_the_quick_way_reads_what_the_full_parse_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "visit.po"
    path.write_text(TOOLS)
    quickly = entries(path, "cy")
    monkeypatch.setattr(quick, "read", lambda *_: None)
    assert [(e.context, e.text, e.translation, e.fuzzy, e.notes, e.comments, e.obsolete) for e in quickly] == [
        (e.context, e.text, e.translation, e.fuzzy, e.notes, e.comments, e.obsolete) for e in entries(path, "cy")
    ]
    assert len(quickly) == 3


@pytest.mark.parametrize("forms", ["nplurals=2; plural=(n==1 ? 0 : 1", "nplurals=2; plural=(((", "two", ""])
def test_the_quick_way_leaves_a_header_nobody_can_read_to_the_full_parse(forms: str):
    header = HEADER.rstrip() + f'\n"Plural-Forms: {forms}\\n"\n\n'
    assert quick.read(HEADER + ENTRY, "cy") is not None
    assert quick.read(header + ENTRY, "cy") is None


@given(st.text(max_size=300))
def test_the_quick_way_never_reads_what_the_full_parse_refuses(text: str):
    found = quick.read(HEADER + text, "cy")
    if found:
        assert po.read_bytes((HEADER + text).encode(), "visit.po", "cy")


@pytest.mark.parametrize("code", [path.parent.name for path in SHIPPED.glob("*/system.po")])
def test_every_shipped_file_is_read_the_quick_way(code: str):
    for path in (SHIPPED / code).glob("*.po"):
        assert quick.read(path.read_text("utf-8"), code) is not None, path
