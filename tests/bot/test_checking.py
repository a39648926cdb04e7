"""`sayso flows check`: errors, warnings and figures, each at its place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from bot import cli
from bot.catalogues import flow_sentences
from bot.settings import LIBRARY
from flows.loader import load
from translations import po

GOOD = """\
title: A visit
keywords: [visit]
nodes:
  rating:
    ask: "How was it?"
    choices: {good: Good, poor: Poor, dont_know: Don't know}
  bye:
    say: "Thank you."
    next: end
"""


def check(path: Path, capsys, *options: str) -> tuple[int, str]:
    code = cli.main(["flows", "check", str(path), *options])
    return code, capsys.readouterr().out


def document(path: Path, capsys) -> dict:
    [found] = json.loads(check(path, capsys, "--json")[1])
    return found


@pytest.fixture
def visit(tmp_path: Path) -> Path:
    path = tmp_path / "visit.yaml"
    path.write_text(GOOD)
    return path


def test_a_good_flow_is_told_with_what_it_costs(visit: Path, capsys):
    code, said = check(visit, capsys)
    assert code == 0
    assert f"{visit}: en (written): 2 texts of 1 SMS part, GSM-7; a completed run 2 parts, £0.08" in said
    assert "rating 1, bye 1" in said
    assert said.endswith("0 errors, 0 warnings. Nothing is wrong: visit.\n")


def test_figures_for_programs_name_every_message(visit: Path, capsys):
    visit.write_text(GOOD.replace("Thank you.", "Thank you ŵ. " + "x" * 60))
    found = document(visit, capsys)
    [english] = [each for each in found["languages"] if each["language"] == "en"]
    assert english["messages"][-1] == {
        "node": "bye",
        "text": "Thank you ŵ. " + "x" * 60,
        "segments": 2,
        "encoding": "UCS-2",
        "units": 73,
        "forced_by": "ŵ",
    }
    assert english["completed_run"] == [{"texts": 2, "segments": 3, "replies": 2, "pence": 12.6}] * 2
    assert [warning["message"] for warning in found["warnings"]] == [
        "`ŵ` makes this text cost more (UCS-2, 2 SMS parts) — write it without."
    ]


def test_the_cheapest_and_the_dearest_way_are_told(visit: Path, capsys):
    visit.write_text(
        GOOD.replace(
            "  bye:",
            "    next: [{if: rating == poor, then: why}, {else: bye}]\n  why: {ask: Why?, answer: text}\n  bye:",
        )
    )
    english = document(visit, capsys)["languages"][0]
    assert [each["replies"] for each in english["completed_run"]] == [2, 3]


def test_a_flow_that_only_leads_to_others_says_nothing_and_costs_nothing(visit: Path, capsys):
    router = visit.with_name("router.yaml")
    router.write_text("title: R\nkeywords: [go]\nnodes:\n  a: {start: visit}\n")
    assert check(router, capsys)[1].startswith(f"{router}: en (written): it says nothing itself\n")
    assert check(router, capsys, "--json")[0] == 0


def test_a_flow_in_a_language_that_sayso_does_not_speak_is_warned_of(visit: Path, capsys):
    visit.write_text(GOOD.replace("nodes:", "language: de\nnodes:"))
    code, said = check(visit, capsys)
    assert code == 0
    assert f"{visit}:3:1: warning: Sayso does not speak `de`" in said


def test_one_slip_is_one_error(visit: Path, capsys):
    visit.write_text(GOOD.replace('    ask: "How was it?"', '    aks: "How was it?"'))
    assert "1 error, 0 warnings." in check(visit, capsys)[1]


def test_a_file_of_another_name_is_told_what_it_should_be_called(visit: Path, capsys):
    for name, why in (("visit.yml", "ends in `.yaml` — rename it"), ("visit.talks.yaml", "are played by `sayso flows")):
        visit.with_name(name).write_text(GOOD)
        assert cli.main(["flows", "check", str(visit.with_name(name))]) == 1
        assert why in capsys.readouterr().err


def test_an_error_has_file_line_and_column_and_the_flow_is_not_fine(visit: Path, capsys):
    visit.write_text(GOOD.replace("choices", "choises"))
    code, said = check(visit, capsys)
    assert code == 1
    assert f"{visit}:6:5: `choises` is not known in a node — did you mean `choices`?" in said
    assert document(visit, capsys)["errors"][-1] == {
        "file": str(visit),
        "line": 6,
        "column": 5,
        "severity": "error",
        "message": "`choises` is not known in a node — did you mean `choices`?",
    }


def test_flows_beside_each_other_are_checked_together(visit: Path, capsys):
    other = visit.with_name("other.yaml")
    other.write_text(GOOD.replace("[visit]", "[new, VISIT]").replace("next: end", "start: vist"))
    broken = visit.with_name("broken.yaml")
    broken.write_text("title: x")
    code, said = check(visit.parent, capsys)
    assert code == 1
    assert f"{visit}:2:12: The keyword `visit` already starts the flow `other` — choose another one." in said
    assert f"{other}:9:5: There is no flow `vist` — did you mean `visit`?" in said
    assert check(other, capsys)[1].count("error") == 1


def test_flows_that_lead_back_to_each_other_without_a_question_are_refused(visit: Path, capsys):
    visit.write_text("title: A\nnodes:\n  a: {say: Hi, start: other}\n")
    visit.with_name("other.yaml").write_text("title: B\nnodes:\n  b: {say: Ho, start: visit}\n")
    code, said = check(visit.parent, capsys)
    assert code == 1
    assert said.count("leads back to this flow with no question on the way") == 2
    visit.with_name("other.yaml").write_text("title: B\nnodes:\n  b: {ask: Ho, answer: text, start: visit}\n")
    assert check(visit.parent, capsys)[0] == 0


WARNINGS = [
    ("keywords: [visit]", "keywords: [help]", "2:12: warning: The keyword `help` is also a command"),
    ("dont_know: Don't know", "fine: Fine", "4:3: warning: Nobody may skip `rating`"),
    ("good: Good", "good: Start", "6:15: warning: Phone networks act on the word `Start`"),
    ("good: Good", "good: Back", "6:15: warning: `Back` is a command of Sayso"),
    ("good: Good", "good: Good, ok: Fine", "6:5: warning: 4 choices are more than WhatsApp buttons fit (3)"),
    ("good: Good", "good: Good and better than that", "6:5: warning: A label has 25 characters; a WhatsApp button"),
    ("keywords: [visit]", "discreet: true", None),
    ("How was it?", "How old are you?", "4:3: warning: `rating` asks who somebody is before the end"),
    ("Thank you.", "Notwithstanding considerable organisational difficulties, representatives of {organisation} " * 4,
     "1:1: warning: The English needs a reading age of"),
    ("Thank you.", "x" * 400, "9:3: warning: In `en` this text takes 3 SMS parts (GSM-7)"),
]  # fmt: skip


@pytest.mark.parametrize(("was", "written", "warning"), WARNINGS, ids=[written[:40] for _, written, _ in WARNINGS])
def test_what_is_worth_another_thought_is_a_warning_at_its_place(was, written, warning, visit: Path, capsys):
    more = "  why: {ask: Why?, answer: text, optional: true}\n  how: {ask: How?, answer: text, optional: true}\n  bye:"
    visit.write_text(GOOD.replace(was, written, 1).replace("  bye:", more))
    code, said = check(visit, capsys)
    assert code == 0
    assert "warning" not in said.replace("0 warnings", "") if warning is None else warning in said


def test_more_than_five_questions_are_too_many_unless_days_lie_between(visit: Path, capsys):
    many = "".join(f"  q{n}: {{ask: 'Well {n}?', answer: text, optional: true}}\n" for n in range(5))
    visit.write_text(GOOD.replace("  bye:", f"{many}  bye:"))
    assert "11:3: warning: Up to 6 questions are asked" in check(visit, capsys)[1]
    visit.write_text(GOOD.replace("  bye:", f"{many}  bye:").replace("keywords", "days: one question a day\nkeywords"))
    assert "Up to 6" not in check(visit, capsys)[1]


def test_a_location_question_and_a_discreet_flow_are_looked_at(visit: Path, capsys):
    extra = "  spot: {ask: 'Where? {organisation}', answer: location, optional: true}\n  bye:"
    visit.write_text(GOOD.replace("  bye:", extra).replace("keywords", "discreet: true\nkeywords"))
    said = check(visit, capsys)[1]
    assert "8:3: warning: Only WhatsApp can send a location" in said
    assert "8:15: warning: A discreet flow names the organisation here" in said


def test_a_broken_translation_is_an_error_at_its_place(visit: Path, capsys):
    assert cli.main(["flows", "check", str(visit)]) == 0
    folder = visit.parent / "translations" / "cy"
    folder.mkdir(parents=True)
    (folder / "visit.po").write_text('msgid "unterminated\nmsgstr ""\n')
    code, said = check(visit, capsys)
    assert code == 1
    assert "visit.po:1:" in said


def test_the_shelf_is_clean_and_no_text_is_longer_than_it_must_be(capsys):
    assert cli.main(["flows", "check", str(LIBRARY)]) == 0
    said = capsys.readouterr().out
    assert "make it shorter" not in said
    assert said.count("Nobody may skip") == 1  # `matters` has nothing to say without its first answer


def test_a_translation_is_warned_of_only_where_it_is_much_longer_than_its_original(visit: Path, tmp_path: Path, capsys):
    visit.write_text(GOOD.replace("Thank you.", "Thank you. " + "a" * 100))
    flow = load(visit)
    for letters, warned in ((150, False), (220, True)):
        catalogue = Catalog(locale="pa", fuzzy=False)
        for sentence in flow_sentences(flow):
            text = "ਅ" * letters if sentence.context == "bye.say" else sentence.text
            catalogue.add(sentence.text, text, context=sentence.context, flags=["fuzzy"])
        (tmp_path / "translations" / "pa").mkdir(parents=True, exist_ok=True)
        po.write(tmp_path / "translations" / "pa" / "visit.po", catalogue)
        assert ("In `pa` this text takes" in check(visit, capsys)[1]) is warned


@pytest.mark.parametrize("path", ["none", "none.yaml"])
def test_what_is_not_there_is_a_sentence(path: str, tmp_path: Path, capsys):
    assert cli.main(["flows", "check", str(tmp_path / path)]) == 1
    said = capsys.readouterr()
    assert "Traceback" not in said.out + said.err
    assert "There is no file" in said.err or "cannot be read" in said.out


@pytest.mark.parametrize("source", [b"\xff", b"a: &x [*x]", b"[" * 9_000, b"a:\tb", b"nodes: {a: 012}", b"- a", b""])
def test_hostile_files_are_errors_with_a_place(source: bytes, visit: Path, capsys):
    visit.write_bytes(source)
    code, said = check(visit, capsys)
    assert code == 1
    assert f"{visit}:" in said
    assert "Something went wrong" not in said
