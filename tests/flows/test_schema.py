"""The JSON Schema that editors use: it ships as generated, and refuses the shapes that the loader refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from bot.commands.flows_schema import schema_text
from flows.files.keys import FLOW, NODE, document
from flows.files.problems import Problems
from flows.files.questions import question_of
from flows.files.schema import keys_of, name_is_good
from flows.files.shapes import BRANCH
from flows.files.yaml import Mapping as MappingTree
from flows.files.yaml import Scalar, Sequence, Tree, read_tree
from flows.loader import FlowError, load_text
from tests.flows.surroundings import LIBRARY

VALIDATOR = Draft202012Validator(document())
SHIPPED = Path(__file__).resolve().parents[2] / "flows" / "flow.schema.json"


def test_the_schema_that_ships_is_the_one_the_code_makes():
    assert SHIPPED.read_text("utf-8") == schema_text(), "run: sayso flows schema > flows/flow.schema.json"
    Draft202012Validator.check_schema(document())


@pytest.mark.parametrize("path", [path for path in LIBRARY.glob("*.yaml") if ".talks." not in path.name])
def test_every_flow_of_the_shelf_fits_and_tells_its_editor_where_the_schema_is(path: Path):
    first = path.read_text("utf-8").partition("\n")[0]
    assert first == "# yaml-language-server: $schema=../flow.schema.json"
    assert (path.parent / first.partition("=")[2]).resolve() == SHIPPED
    assert list(VALIDATOR.iter_errors(plain(read_tree(path.read_bytes(), path.name)))) == []


BEYOND = ("the second must be later", "must be smaller than", "more choices than there are", "does nothing")
"""What a schema cannot compare, or could not say in words."""


def plain(tree: Tree) -> Any:
    """The tree as an editor sees it: YAML 1.2."""
    if isinstance(tree, MappingTree):
        return {key: plain(value) for key, (_, value) in tree.entries.items()}
    if isinstance(tree, Sequence):
        return [plain(item) for item in tree.items]
    return scalar(tree)


def scalar(tree: Scalar) -> Any:
    match tree.tag:
        case "null":
            return None
        case "bool":
            return tree.value.lower() == "true"
        case "int":
            return int(tree.value, 0) if tree.value[1:2] in "xob" and len(tree.value) > 2 else int(tree.value)
        case "float":
            return float(tree.value.replace(".inf", "inf").replace(".nan", "nan"))
    return tree.value


def shape_is_good(tree: Tree) -> bool:
    """Whether the readers of the loader take a file, names and conditions that lead nowhere aside."""
    problems = Problems("x.yaml")
    flow = keys_of(problems, tree, "A flow", FLOW)
    if not {"title", "nodes"} <= set(tree.entries if isinstance(tree, MappingTree) else ()):
        return False
    nodes = flow.get("nodes")
    if not isinstance(nodes, MappingTree) or not nodes.entries:
        return False
    for key, (place, node) in nodes.entries.items():
        name_is_good(problems, place, key)
        found = keys_of(problems, node, "A node", NODE)
        question_of(problems, key, place, node, found)
        following = found.get("next")
        for item in following.items if isinstance(following, Sequence) else ():
            branch = keys_of(problems, item, "A line of `next`", BRANCH)
            if set(branch) not in ({"if", "then"}, {"else"}):
                return False
    return not [text for _, text in problems.found if not any(beyond in text for beyond in BEYOND)]


_WORDS = st.sampled_from(["a", "good", "end", "Long label", "text", "many", "1 day", "2 years", "district", "photo"])
_WORDS |= st.sampled_from(["one question a day", "1 km", "2026-01-31", "en", "contact.age", "coordinator", "sms"])
_WORDS |= st.sampled_from(["x" * 70, " ", "", "rating == good", "true", "no", "01", "1e3"])
_SCALARS = _WORDS | st.integers(-3, 2000) | st.booleans() | st.none() | st.floats(0, 5, width=16)
_KEYS = st.sampled_from(
    [*NODE, *FLOW, "label", "words", "sms", "whatsapp", "if", "then", "else", "yes", "no", "champion", "bad key", "é"]
)
_VALUES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=4), max_leaves=8
)
_LIKELY: dict[str, st.SearchStrategy[Any]] = {
    "say": st.just("Hi") | st.fixed_dictionaries({"sms": st.just("Hi")}),
    "choices": st.dictionaries(st.sampled_from(["a", "b", "c", "no"]), _WORDS | _VALUES, min_size=1, max_size=4),
    "random": st.dictionaries(st.sampled_from(["a", "b", "end"]), st.integers(-1, 3), max_size=3),
    "next": st.sampled_from(["a", "end", 3])
    | st.lists(st.dictionaries(st.sampled_from(["if", "then", "else"]), _SCALARS, max_size=3), max_size=3),
    "notify": st.sampled_from(["champion", ["champion"], {"coordinator": "x"}, {}, {"boss": "x"}]),
    "set": st.dictionaries(st.sampled_from(["contact.x", "y", "Z"]), _SCALARS, max_size=2),
    "words": st.dictionaries(st.sampled_from(["yes", "no", "maybe"]), st.lists(_SCALARS, max_size=2), max_size=2),
}
_NODES = st.dictionaries(_KEYS, _VALUES, max_size=3) | st.dictionaries(
    st.sampled_from(list(NODE)), _SCALARS, max_size=5
).flatmap(lambda found: st.fixed_dictionaries({key: _LIKELY.get(key, st.just(value)) for key, value in found.items()}))
_FLOWS = st.fixed_dictionaries(
    {
        "title": st.just("T") | _SCALARS,
        "nodes": st.dictionaries(st.sampled_from(["a", "b", "Bad", "no"]), _NODES, max_size=3),
    },
    optional={key: _VALUES for key in FLOW if key not in ("title", "nodes")},
)


@settings(max_examples=200, phases=(Phase.explicit, Phase.generate))
@given(_FLOWS)
def test_schema_and_loader_refuse_the_same_shapes(flow: dict[str, Any]):
    source = json.dumps(flow)
    tree = read_tree(source, "x.yaml")
    fits = VALIDATOR.is_valid(plain(tree))
    assert fits == shape_is_good(tree), list(VALIDATOR.iter_errors(plain(tree)))
    try:
        load_text(source, "x.yaml")
    except FlowError:
        return
    assert fits, source


@pytest.mark.parametrize(
    "node",
    [
        {"hint": "x", "say": "x"}, {"ask": "x"}, {"ask": "x", "answer": "many"}, {"ask": "x", "answer": "choice"},
        {"ask": "x", "answer": "text", "choices": {"a": "A", "b": "B"}}, {"ask": "x", "answer": "scale", "min": 1},
        {"ask": "x", "answer": "yes_no", "shuffle": True}, {"ask": "x", "choices": {"a": "A", "b": "B"}, "max": 3},
    ],
)  # fmt: skip
def test_an_editor_sees_what_does_not_belong_together(node: dict[str, Any]):
    assert not VALIDATOR.is_valid({"title": "T", "nodes": {"a": node}})
    with pytest.raises(FlowError):
        load_text(json.dumps({"title": "T", "nodes": {"a": node}}), "x.yaml")


def test_the_schema_file_is_plain_json():
    assert json.loads(SHIPPED.read_text("utf-8"))["title"] == "A Sayso flow"
