"""`sayso flows import`: forms of other programs become flows that load, and nothing is dropped in silence."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest

from bot import cli
from bot.importing.writing import NotCarriedError
from bot.importing.xlsform_parts import limits
from bot.importing.xpath import Names, bounds, calculation, condition
from flows.loader import load
from tests.shared_data import xlsforms
from translations.entries import entries

SURVEY = (
    ("type", "name", "label::English (en)", "label::French (fr)", "relevant", "constraint", "required", "calculation"),
    ("note", "hello", "Hello!", "Bonjour !", "", "", "", ""),
    ("select_one pet", "Pet", "Which pet?", "Quel animal ?", "", "", "yes", ""),
    ("integer", "age", "How old is ${Pet}?", "Quel âge a ${Pet} ?", "${Pet} = 'big-cat'", ". >= 1 and . < 30", "", ""),
    ("calculate", "seen", "", "", "", "", "", "today()"),
    ("barcode", "code", "Scan it", "Scannez", "", "", "", ""),
    ("text", "why", "Why?", "Pourquoi ?", "pow(2, 3) = 8", "", "", ""),
)  # fmt: skip
CHOICES = (
    ("list_name", "name", "label::English (en)", "label::French (fr)"),
    ("pet", "big-cat", "Cat", "Chat"),
    ("pet", "2", "Dog", "Chien"),
)


ONE_LANGUAGE = (
    ("list_name", "name", "label", "media::image"), ("pet", "big-cat", "Cat", "cat.png"), ("pet", "2", "Dog", ""),
)  # fmt: skip


def form(folder: Path, survey=SURVEY, choices=CHOICES) -> Path:
    book = openpyxl.Workbook()
    for name, rows in (("survey", survey), ("choices", choices)):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    path = folder / "My pets.xlsx"
    book.save(path)
    return path


def test_a_form_becomes_a_flow_with_its_translation_and_a_list_of_what_was_left(tmp_path, capsys):
    assert cli.main(["flows", "import", str(form(tmp_path)), "--out", str(tmp_path / "out")]) == 0
    said = capsys.readouterr().out
    assert "survey row 6: code: a `barcode`" in said
    assert "survey row 7: why: `relevant`" in said
    flow = load(tmp_path / "out" / "my_pets.yaml")
    assert list(flow.nodes) == ["hello", "pet", "age", "seen", "why"]
    age = flow.nodes["age"]
    assert age.when.source == "pet == big_cat"
    assert (age.question.minimum, age.question.maximum, age.question.optional) == (1, 29, True)
    assert age.question.ask[""] == "How old is {pet}?"
    assert not flow.nodes["pet"].question.optional
    french = {entry.context: entry for entry in entries(tmp_path / "out/translations/fr/my_pets.po", "fr")}
    assert french["pet.choices.big_cat"].translation == "Chat"
    assert cli.main(["flows", "check", str(tmp_path / "out" / "my_pets.yaml")]) == 0


EVERYTHING = (
    ("type", "name", "label", "appearance", "readonly", "constraint", "constraint_message", "parameters",
     "media::image", "default", "guidance_hint", "required", "required_message"),
    ("begin_group", "about", "About you", "field-list", "", "", "", "", "", "", "", "", ""),
    ("acknowledge", "ok", "All right?", "", "", "", "", "", "", "", "", "yes", "Please say so"),
    ("integer", "age", "How old?", "", "", ". >= 0 and . <= 120", "0 to 120, please", "", "", "", "", "", ""),
    ("text", "fixed", "Room 4", "", "yes", "", "", "", "", "4", "", "", ""),
    ("text", "code", "Code?", "multiline", "", "regex(., '[A-Z]')", "Capitals", "", "map.png", "", "Ask twice", "", ""),
    ("end_group", "", "", "", "", "", "", "", "", "", "", "", ""),
    ("select_one pet or_other", "Pet", "Which pet?", "", "", "", "", "randomize=true", "", "", "", "", ""),
    ("geopoint", "spot", "Where?", "", "", "", "", "", "", "", "", "", ""),
    ("range", "score", "Score?", "", "", "", "", "start=0 end=10 step=1", "", "", "", "", ""),
    ("image", "pic", "A photo?", "", "", "", "", "", "", "", "", "", ""),
    ("select_one_from_file towns.csv", "town", "Town?", "", "", "", "", "", "", "", "", "", ""),
    ("start", "began", "", "", "", "", "", "", "", "", "", "", ""),
)  # fmt: skip


def test_each_column_and_kind_becomes_something_or_is_listed(tmp_path, capsys):
    assert cli.main(["flows", "import", str(form(tmp_path, EVERYTHING, ONE_LANGUAGE)), "--out", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    for left in (
        "about: the title of a group", "about: its looks (`appearance` field-list)", "ok: it is asked as a question",
        "ok: its message for a question left out", "fixed: nobody may answer it", "fixed: its default",
        "code: `constraint`", "code: its message is not carried: Capitals", "code: its pictures", "code: its guidance",
        "code: its looks (`appearance` multiline)", "Pet_other: it is not asked", "spot: only WhatsApp",
        "town: its choices lie in another file", "began: a form app fills it in", "columns of its choices",
    ):  # fmt: skip
        assert left in said, left
    flow = load(tmp_path / "my_pets.yaml")
    kinds = {name: node.question.kind.value for name, node in flow.nodes.items() if node.question}
    assert kinds == {
        "ok": "yes_no", "age": "number", "code": "text", "pet": "choice", "spot": "location", "score": "scale",
        "pic": "media", "town": "text",
    }  # fmt: skip
    pet, age = flow.nodes["pet"].question, flow.nodes["age"].question
    assert (pet.other, pet.shuffle, [choice.key for choice in pet.choices]) == (True, True, ["big_cat", "choice_2"])
    assert (age.minimum, age.maximum, age.retry_text) == (0, 120, {"": "0 to 120, please"})
    assert flow.nodes["fixed"].say == {"": "Room 4"}
    assert cli.main(["flows", "check", str(tmp_path / "my_pets.yaml")]) == 0


def test_real_forms_become_flows_or_a_sentence_and_never_half_a_file(tmp_path, capsys):
    for path in xlsforms():
        folder = tmp_path / path.stem
        folder.mkdir()
        code = cli.main(["flows", "import", str(path), "--out", str(folder)])
        said = capsys.readouterr()
        assert "Something went wrong inside" not in said.err
        if code:
            assert path.name in said.err
            assert not list(folder.iterdir())
        else:
            assert all(load(file).nodes for file in folder.glob("*.yaml"))


def test_a_flow_that_is_there_is_not_written_over(tmp_path, capsys):
    words = ["flows", "import", str(form(tmp_path)), "--out", str(tmp_path)]
    assert cli.main(words) == 0
    before = (tmp_path / "my_pets.yaml").read_bytes()
    assert cli.main(words) == 1
    assert "is there already" in capsys.readouterr().err
    assert (tmp_path / "my_pets.yaml").read_bytes() == before


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 broken", b"name,label\n"])
def test_a_broken_file_is_refused_in_a_sentence(data: bytes, tmp_path, capsys):
    path = tmp_path / "form.xlsx"
    path.write_bytes(data)
    assert cli.main(["flows", "import", str(path), "--out", str(tmp_path / "out")]) == 1
    said = capsys.readouterr().err
    assert "form.xlsx" in said
    assert "inside Sayso" not in said
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_not_there_and_one_cut_short_are_said_in_words(tmp_path, capsys):
    assert cli.main(["flows", "import", str(tmp_path / "none.json")]) == 1
    assert "none.json is not there" in capsys.readouterr().err
    path = form(tmp_path)
    path.write_bytes(path.read_bytes()[:2000])
    assert cli.main(["flows", "import", str(path)]) == 1
    assert "cannot be read as a spreadsheet: it is damaged" in capsys.readouterr().err


def test_conditions_and_limits_say_the_same_or_are_refused():
    names = Names(keys={"a": {"1": "yes_1"}, "b": {"x": "x"}})
    names.add("a", "a", {"ask": "A?", "choices": {"yes_1": "Yes", "no": "No"}})
    names.add("b", "b", {"ask": "B?", "answer": "many", "choices": {"x": "X", "y": "Y"}})
    names.add("n", "n", {"ask": "N?", "answer": "number"})
    names.add("t", "t", {"ask": "T?", "answer": "text"})
    names.add("c1", "c1", {"set": {"c1": "today"}})
    for source, said in (
        ("${a} = '1' or selected(${b}, 'x')", "a == yes_1 or x in b"),
        ("not(selected(${b}, 'x') and (${n} > '17'))", "not (x in b and (n > 17))"),
        ("${n} != '' and ${t}=''", "answered(n) and not answered(t)"),
        ("string-length(${t}) > 0 and count-selected(${b}) >= 2", "answered(t) and count(b) >= 2"),
        ("${t} = 'a ( b )' or ../t = 'say \"hi\"'", 't == "a ( b )" or t == \'say "hi"\''),
        ("${c1} >= date('2020-01-01') and ${c1} < today()", 'c1 >= "2020-01-01" and c1 < today'),
    ):
        assert condition(source, names) == said
    assert calculation("${n}", names) == "n"
    assert limits("(. >= 0) and (. <= 9)", {"answer": "number"}) == {"min": 0, "max": 9}
    assert limits(". < '2020-01-01'", {"answer": "date"}) == {"latest": "2019-12-31"}
    assert bounds(". >= 0.5", whole=False) == {"min": 0.5}
    assert limits(". <= today()", {"answer": "date"}) == {"past": True}
    assert limits(". >= date('2020-01-01')", {"answer": "date"}) == {"earliest": "2020-01-01"}
    assert limits("count-selected(.) = 2", {"answer": "many"}) == {"at_least": 2, "at_most": 2}
    assert limits("string-length(.) < 100", {"answer": "text"}) == {"max_length": 99}
    for wrong, kind in ((". > today()", "date"), ("regex(., 'a')", "text"), (". < 3", "many"), (". = 1", "yes_no")):
        with pytest.raises(NotCarriedError):
            limits(wrong, {"answer": kind})
    for wrong in (
        "${c} = 1", "${a} = '7'", "count(${b}) > 1", "${n} = ${t}", "${a}", "${b} = 'x'", "${n} -1 > 2",
        "${t} = 'it''s'", "(" * 25 + "${n} > 1" + ")" * 25,
    ):  # fmt: skip
        with pytest.raises(NotCarriedError):
            condition(wrong, names)
    with pytest.raises(NotCarriedError):
        bounds(". < 2.5", whole=False)
    with pytest.raises(NotCarriedError):
        limits(". > '2020-02-30'", {"answer": "date"})


def test_what_a_flow_cannot_hold_is_named_with_the_row_of_the_form(tmp_path, capsys):
    survey = (("type", "name", "label", "constraint"), ("integer", "n", "How many?", ". > 5 and . < 3"))
    assert cli.main(["flows", "import", str(form(tmp_path, survey)), "--out", str(tmp_path / "out")]) == 1
    said = capsys.readouterr().err
    assert "put this right in My pets.xlsx:\n  survey row 2: In `n`, `min` must be smaller" in said
    assert not (tmp_path / "out").exists()


def test_labels_lose_their_looks_and_a_translation_that_shows_other_answers_is_left(tmp_path, capsys):
    survey = (
        ("type", "name", "label::English (en)", "label::Cymraeg (cy)"),
        ("text", "who", "<b>Who</b> are **you**, 2*3*4 a_b_c?", "Pwy wyt ti?"),
        ("text", "why", "Why, ${who}?", "Pam?"),
    )
    assert cli.main(["flows", "import", str(form(tmp_path, survey)), "--out", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "survey row 2: who: bold letters" in said
    assert "why.ask: its translation (cy) is not carried" in said
    flow = load(tmp_path / "my_pets.yaml")
    assert flow.title == "My pets"
    assert flow.nodes["who"].question.ask[""] == "Who are you, 2*3*4 a_b_c?"
    assert cli.main(["flows", "check", str(tmp_path / "my_pets.yaml")]) == 0


def test_a_file_called_as_a_command_and_one_that_unpacks_to_too_much(tmp_path, capsys):
    path = form(tmp_path).rename(tmp_path / "stop.xlsx")
    assert cli.main(["flows", "import", str(path), "--out", str(tmp_path)]) == 0
    assert "stop: as a keyword it would end all texts" in capsys.readouterr().out
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (51 * 1024 * 1024))
    assert cli.main(["flows", "import", str(path)]) == 1
    assert "unpacks to more than 50 MB" in capsys.readouterr().err
