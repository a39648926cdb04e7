"""`sayso flows import` of RapidPro and TextIt exports: flows that check, and a list of all that was left."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import cli
from bot.importing.rapidpro.export import read
from bot.importing.writing import ImportRefusedError, write
from flows.definition import Flow, Kind
from flows.loader import load
from translations.entries import entries

EXPORTS = Path(__file__).parent / "rapidpro"


def imported(name: str, folder: Path) -> dict[str, Flow]:
    assert cli.main(["flows", "import", str(EXPORTS / f"{name}.json"), "--out", str(folder)]) == 0
    assert cli.main(["flows", "check", str(folder)]) == 0
    return {path.stem: load(path) for path in folder.glob("*.yaml")}


def test_a_question_with_a_list_becomes_choices_and_a_loop_becomes_asking_again(tmp_path: Path):
    flow = imported("clinic", tmp_path)["clinic_feedback"]
    rating = flow.nodes["visit_rating"].question
    assert rating is not None
    assert rating.ask == {"": "How was your visit?"}
    assert [(choice.key, choice.label) for choice in rating.choices] == [
        ("good", "Good"), ("so_so", "Not so good"), ("bad", "Bad")
    ]  # fmt: skip
    assert "okay" in rating.choices[1].words
    assert rating.retry_text == {"": "Sorry, please text 1, 2 or 3."}
    assert rating.otherwise == "end"
    assert flow.keywords == ("clinic", "visit")
    assert dict(flow.nodes["label"].notify) == {"coordinator": "Unhappy visitor - {contact.first_name} said: {reason}"}
    assert [name for name, _ in flow.nodes["set"].set] == ["contact.first_name", "contact.last_rating"]
    assert flow.nodes["set"].join == ("clinic_visitors",)


def test_every_text_has_its_translation_and_stands_as_a_draft(tmp_path: Path):
    imported("clinic", tmp_path)
    french = {entry.context: entry for entry in entries(tmp_path / "translations/fr/clinic_feedback.po", "fr")}
    assert french["visit_rating.ask"].translation == "Comment s'est passée votre visite ?"
    assert french["visit_rating.choices.so_so"].translation == "Pas très bien"
    assert french["visit_rating.choices.so_so.words"].translation == "moyen, bof"
    assert french["reason.ask"].translation.startswith("Vous avez dit : {visit_rating}.")
    assert all(entry.translation and entry.fuzzy for entry in french.values() if entry.context != "keywords")


def test_splits_chance_and_other_flows_are_carried(tmp_path: Path):
    flows = imported("registration", tmp_path)
    registration, survey = flows["registration"], flows["vaccine_survey"]
    consent, age = registration.nodes["consent"].question, registration.nodes["age"].question
    assert consent is not None
    assert age is not None
    assert (consent.kind, age.kind, age.minimum, age.maximum) == (Kind.YES_NO, Kind.NUMBER, 5, 110)
    assert registration.nodes["chance"].random == (("wonderful", 1), ("thank_you", 2))
    assert [node.run for node in registration.nodes.values() if node.run] == ["vaccine_survey"]
    sources = [
        branch.condition.source for node in registration.nodes.values() for branch in node.next if branch.condition
    ]
    assert {"young_carers in groups", "language == fr", "contact.distance_km > 10"} <= set(sources)
    kinds = {name: node.question.kind for name, node in survey.nodes.items() if node.question}
    assert kinds == {
        "vaccinated": Kind.YES_NO, "day": Kind.DATE, "card": Kind.MEDIA, "why": Kind.TEXT
    }  # fmt: skip
    assert survey.expires.total_seconds() == 90 * 60


def test_what_cannot_be_carried_is_listed_with_its_place_on_screen_and_in_the_file(tmp_path: Path, capsys):
    imported("registration", tmp_path)
    said = capsys.readouterr().out
    head = (tmp_path / "registration.yaml").read_text() + (tmp_path / "vaccine_survey.yaml").read_text()
    for left in (
        "Phone menu: it is a flow of voice",
        "Old one: it is in format 11.12",
        "campaign Vaccine reminders",
        "node 11: call_webhook",
        "node 21: enter_flow: the flow “Not exported”",
        "node 9: send_msg: its pictures and sounds",
        "node 14: “Text VACCINE to go on later.”",
        "node 8: why: `why` is no number",
    ):
        assert left in said
        assert left in head


def test_a_flow_in_a_language_sayso_lacks_is_said_in_english_where_it_has_it(tmp_path: Path, capsys):
    flow = imported("youth_poll", tmp_path)["kura_ya_vijana"]
    assert "swa: Sayso does not speak" in capsys.readouterr().out
    question = flow.nodes["muhimu"].question
    assert question is not None
    assert question.ask == {"": "What matters most to you?"}
    assert [(choice.label, choice.words) for choice in question.choices][1] == ("Work", ("Kazi", "job"))


def test_nothing_is_written_over_and_nothing_is_written_by_half(tmp_path: Path, capsys):
    (tmp_path / "vaccine_survey.yaml").write_text("mine")
    assert cli.main(["flows", "import", str(EXPORTS / "registration.json"), "--out", str(tmp_path)]) == 1
    assert "is there already" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["vaccine_survey.yaml"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "1:1: This is no JSON"),
        ("{", "1:2: This is no JSON"),
        ("[" * 100_000, "more brackets"),
        ('{"flows": [], "flows": []}', "`flows` stands twice"),
        ('{"flows": [{"name": NaN}]}', "`NaN` is no number"),
        ('{"flows": [{"name": ' + "9" * 5000 + "}]}", "digits"),
        ("[]", "is no export"),
        ('{"version": "13", "flows": []}', "holds no flow"),
        ('{"version": "4", "flows": [{"action_sets": [{}]}]}', "old format"),
        ('{"flows": [{"spec_version": "13.1", "nodes": {"a": 1}}]}', "flows[0].nodes should be a list"),
        ('{"flows": [{"spec_version": "13.1", "nodes": [{"uuid": []}]}]}', "nodes[0].uuid should be a text"),
        ('{"flows": {"a": 1}}', "flows should be a list"),
    ],
)
def test_a_broken_export_is_refused_in_a_sentence(text: str, said: str, tmp_path: Path, capsys):
    path = tmp_path / "export.json"
    path.write_text(text)
    assert cli.main(["flows", "import", str(path), "--out", str(tmp_path / "out")]) == 1
    error = capsys.readouterr().err
    assert said in error
    assert "export.json" in error
    assert "inside Sayso" not in error
    assert not (tmp_path / "out").exists()


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, child in inside for place in _places(child, (*path, key)))]


_WHOLE = {path.stem: json.loads(path.read_text()) for path in sorted(EXPORTS.glob("*.json"))}
_PLACES = {name: _places(value) for name, value in _WHOLE.items()}
_IDS = st.sampled_from(
    sorted({node["uuid"] for whole in _WHOLE.values() for flow in whole["flows"] for node in flow["nodes"]})
)
_WRONG = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=30), st.builds(list),
    st.builds(dict), _IDS,
    st.sampled_from(["@results.x", "@(a(b(c", "{", "stop", "1", "has_number", "\ud800", "\x00", "a" * 2000]),
)  # fmt: skip


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_wrong_in_an_export_it_becomes_flows_that_load_or_a_sentence(data: st.DataObject, tmp_path: Path):
    name = data.draw(st.sampled_from(sorted(_WHOLE)))
    export = copy.deepcopy(_WHOLE[name])
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.sampled_from(_PLACES[name][1:]))
        wrong = data.draw(_WRONG)
        parent = export
        try:
            for key in place[:-1]:
                parent = parent[key]
            parent[place[-1]] = wrong
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took this place away
    file = tmp_path / "export.json"
    file.write_text(json.dumps(export))
    out = tmp_path / str(len(list(tmp_path.iterdir())))
    try:
        paths = write(read(file), out)
    except ImportRefusedError:
        assert not out.exists()
    else:
        assert all(load(path).nodes for path in paths if path.suffix == ".yaml")


@pytest.mark.parametrize("others", [True, False])
def test_a_flow_of_which_nothing_is_left_is_listed_and_the_others_come(others: bool, tmp_path: Path, capsys):
    empty = {
        "uuid": "e", "name": "Only calls", "type": "messaging", "spec_version": "13.1.0", "language": "eng",
        "nodes": [{"uuid": "n", "actions": [{"uuid": "a", "type": "call_webhook"}], "exits": [{"uuid": "x"}]}],
    }  # fmt: skip
    said = {**empty, "uuid": "f", "name": "Hi", "nodes": [{**empty["nodes"][0], "uuid": "m"}]}
    said["nodes"][0]["actions"] = [{"uuid": "b", "type": "send_msg", "text": "Hello."}]
    path = tmp_path / "export.json"
    path.write_text(json.dumps({"version": "13", "flows": [empty, *([said] if others else [])]}))
    code = cli.main(["flows", "import", str(path), "--out", str(tmp_path / "out")])
    out = capsys.readouterr()
    if others:
        assert code == 0
        assert "export.json: Only calls: nothing of it can be said in a text" in out.out
        assert [file.name for file in (tmp_path / "out").iterdir()] == ["hi.yaml"]
    else:
        assert code == 1
        assert out.err.startswith("There is nothing in “Only calls” of export.json that a flow can hold.")
        assert not (tmp_path / "out").exists()
