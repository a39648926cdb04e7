"""Every example of the reference is a flow, nodes of a flow, or a talk that goes as written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from flows.authoring.playing import play
from flows.authoring.rehearsal import Stage
from flows.authoring.transcripts import load_talks_text
from flows.files.keys import FLOW, NODE
from flows.loader import load_text
from tests.flows.surroundings import WORDS, flow_of

REFERENCE = (Path(__file__).resolve().parents[2] / "docs" / "flows.md").read_text("utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", REFERENCE, re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.split("\n", 1)[0][:40] for example in EXAMPLES])
def test_every_example_is_good(example: str):
    if example.startswith("- talk:"):
        flow = load_text(EXAMPLES[0], "visit.yaml")
        for talk in load_talks_text(example, "visit.talks.yaml"):
            assert play(Stage(flow, WORDS), talk) == []
    elif "title:" in example:
        load_text(example, "example.yaml")
    else:
        assert flow_of(example).nodes


def test_every_key_of_the_language_is_in_the_reference():
    named = set(re.findall(r"[a-z_]+", REFERENCE))
    assert {*FLOW, *NODE} <= named


def test_the_example_of_the_guide_for_authors_loads_and_its_talk_goes_as_written():
    guide = (Path(__file__).resolve().parents[2] / "docs" / "authors.md").read_text("utf-8")
    source, talks = re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL)
    stage = Stage(load_text(source, "bench.yaml"), WORDS)
    assert [play(stage, talk) for talk in load_talks_text(talks, "bench.talks.yaml")] == [[]]
