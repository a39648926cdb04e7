"""Readers for the values of a flow file that are more than one word: choices, texts by channel, branches."""

from __future__ import annotations

from flows.definition import Choice, Kind, Text, Told
from flows.files import schema
from flows.files.problems import Place, Problems, did_you_mean
from flows.files.schema import CHANNELS, NAME_SCHEMA, TEXT_SCHEMA, Table, keys_of, name_is_good, reader, schema_of
from flows.files.yaml import Mapping, Scalar, Sequence, Tree
from flows.wording import Wording

MEDIA_KINDS = ("photo", "voice", "video", "file")
DAILY = "one question a day"
_PRECISIONS = {"100 m": 3, "1 km": 2, "10 km": 1, "3": 3, "2": 2, "1": 1, "0": 0}
_NAMES = {"propertyNames": NAME_SCHEMA}
_CHANNEL_TEXTS: Table = dict.fromkeys(CHANNELS, schema.text)


@reader({"anyOf": [TEXT_SCHEMA, schema_of(_CHANNEL_TEXTS, ["sms"])]})
def channel_text(problems: Problems, tree: Tree, key: str) -> Text | None:
    """A text, or a text for each channel."""
    if not isinstance(tree, Mapping):
        found = schema.text(problems, tree, key)
        return None if found is None else {"": found}
    texts = keys_of(problems, tree, Wording("the texts of `{key}`", key=key), _CHANNEL_TEXTS)
    if "sms" not in texts:
        problems.add(tree.place, "`{key}` has no text for `sms` — every flow must work on any phone.", key=key)
        return None
    return texts


@reader({"enum": list(Kind)})
def kind(problems: Problems, tree: Tree, key: str) -> Kind | None:
    """The word after `answer:`."""
    found = schema.text(problems, tree, key)
    if found is None:
        return None
    if found in set(Kind):
        return Kind(found)
    advice = did_you_mean(found, Kind, Wording("write one of {names}", names=", ".join(Kind)))
    problems.add(tree.place, "`answer: {found}` is not known{advice}", found=found[:60], advice=advice)
    return None


_CHOICE: Table = {"label": schema.text, "words": schema.texts}


@reader(
    {
        "type": "object",
        **_NAMES,
        "minProperties": 2,
        "maxProperties": 40,
        "additionalProperties": {"anyOf": [TEXT_SCHEMA, schema_of(_CHOICE, ["label"])]},
    }
)
def choices(problems: Problems, tree: Tree, key: str) -> tuple[tuple[Place, Choice], ...] | None:
    """Lines of `key: Label` or `key: {label: …, words: […]}`, each with its place."""
    if not isinstance(tree, Mapping):
        problems.add(
            tree.place, "`{key}` must be lines of `name: Label` — a name for the count, a label for people.", key=key
        )
        return None
    if not 2 <= len(tree.entries) <= 40:
        problems.add(tree.place, "`{key}` must hold 2 to 40 choices.", key=key)
    found = []
    for choice_key, (place, value) in tree.entries.items():
        choice = _choice(problems, place, choice_key, value)
        if choice is not None:
            found.append((place, choice))
    return tuple(found)


def _choice(problems: Problems, place: Place, key: str, tree: Tree) -> Choice | None:
    if not name_is_good(problems, place, key):
        return None
    if not isinstance(tree, Mapping):
        label = schema.text(problems, tree, key)
        return None if label is None else Choice(key, label)
    values = keys_of(problems, tree, Wording("the choice `{key}`", key=key), _CHOICE)
    if "label" not in values:
        problems.add(place, "The choice `{key}` has no `label` — write what people read.", key=key)
        return None
    return Choice(key, values["label"], tuple(word for _, word in values.get("words", ())))


_SIDES: Table = {"yes": schema.texts, "no": schema.texts}


@reader(schema_of(_SIDES))
def yes_no_words(problems: Problems, tree: Tree, key: str) -> tuple[tuple[str, tuple[str, ...]], ...] | None:
    """More words for yes and no: `{yes: […], no: […]}`."""
    values = keys_of(problems, tree, Wording("the `{key}` of a yes_no question", key=key), _SIDES)
    return tuple((side, tuple(word for _, word in found)) for side, found in values.items())


@reader({"enum": [DAILY]})
def daily(problems: Problems, tree: Tree, key: str) -> bool | None:
    """The words `one question a day`: the only way of spreading there is."""
    found = schema.text(problems, tree, key)
    if found is not None and found != DAILY:
        problems.add(tree.place, "`{key}` can only be `{daily}`.", key=key, daily=DAILY)
        return None
    return None if found is None else True


@reader({"enum": ["100 m", "1 km", "10 km", 0, 1, 2, 3]})
def precision(problems: Problems, tree: Tree, key: str) -> int | None:
    """How coarse a location is kept, as decimals of a degree."""
    found = schema.text(problems, tree, key)
    if found is not None and found not in _PRECISIONS:
        problems.add(tree.place, "`{key}` must be `100 m`, `1 km`, `10 km`, or 0 to 3 decimals of a degree.", key=key)
        return None
    return None if found is None else _PRECISIONS[found]


_TOLD: Table = dict.fromkeys(Told, schema.text)
_WHO = schema.some_of(Told)


@reader({"anyOf": [*_WHO.schema["anyOf"], {**schema_of(_TOLD), "minProperties": 1}]})
def notify(problems: Problems, tree: Tree, key: str) -> tuple[tuple[Told, str], ...] | None:
    """Who is told: `coordinator`, `champion`, or each with a text."""
    if isinstance(tree, Mapping):
        found = keys_of(problems, tree, Wording("the `{key}` of a node", key=key), _TOLD)
        if not tree.entries:
            problems.add(tree.place, "`{key}` is empty — write `coordinator` or `champion`.", key=key)
        return tuple((Told(who), text) for who, text in found.items())
    return tuple((Told(who), "") for who in _WHO(problems, tree, key) or ())


_WEIGHT = schema.whole_between(1, 1000)


@reader({"type": "object", **_NAMES, "minProperties": 2, "maxProperties": 20, "additionalProperties": _WEIGHT.schema})
def weights(problems: Problems, tree: Tree, key: str) -> tuple[tuple[str, int], ...] | None:
    """Nodes to go to by chance: `{warm: 1, plain: 1}`."""
    if not isinstance(tree, Mapping) or not 2 <= len(tree.entries) <= 20:
        problems.add(tree.place, "`{key}` must be 2 to 20 lines of `node: weight`, as `{warm: 1, plain: 1}`.", key=key)
        return None
    found = []
    for node, (place, value) in tree.entries.items():
        weight = _WEIGHT(problems, value, node)
        if name_is_good(problems, place, node) and weight is not None:
            found.append((node, weight))
    return tuple(found)


_BY = {"type": "string", "pattern": r"^\s*(contact\.)?[a-z][a-z0-9_]{0,59}\s*$"}


@reader({"anyOf": [_BY, {"type": "array", "items": _BY, "maxItems": 20}]})
def breakdown(problems: Problems, tree: Tree, key: str) -> tuple[tuple[Place, str], ...] | None:
    """Names of attributes and saved answers: `[contact.age_band, ethnic_group]`, each with its place."""
    found = schema.texts(problems, tree, key) or ()
    if len(found) > 20:
        problems.add(tree.place, "`{key}` has {count} names; the most is 20.", key=key, count=len(found))
    return tuple((place, word) for place, word in found if name_is_good(problems, place, word.removeprefix("contact.")))


@reader({"type": "object", "additionalProperties": TEXT_SCHEMA})
def settings(problems: Problems, tree: Tree, key: str) -> Tree | None:
    """Lines of `name: value`, read when the names of the flow are known."""
    if not isinstance(tree, Mapping):
        problems.add(tree.place, "`{key}` must be lines of `name: value`, such as `contact.area: area`.", key=key)
        return None
    return tree


@reader(TEXT_SCHEMA)
def condition(problems: Problems, tree: Tree, key: str) -> Tree | None:
    """A condition, read when the names of the flow are known."""
    return None if schema.text(problems, tree, key) is None else tree


BRANCH: Table = {"if": condition, "then": schema.name, "else": schema.name}
_BRANCHES = {
    "type": "array",
    "items": {"anyOf": [schema_of({k: BRANCH[k] for k in keys}, keys) for keys in (("if", "then"), ("else",))]},
}


@reader({"anyOf": [NAME_SCHEMA, {**_BRANCHES, "minItems": 1}]})
def branches(problems: Problems, tree: Tree, key: str) -> Tree | None:
    """A node, `end`, or a list of conditions, read when the names of the flow are known."""
    if isinstance(tree, Mapping) or (isinstance(tree, Sequence) and not tree.items):
        problems.add(
            tree.place, "`{key}` must be a node, `end`, or a list of `- if: … then: …` and one `- else: …`.", key=key
        )
        return None
    if isinstance(tree, Scalar) and schema.name(problems, tree, key) is None:
        return None
    return tree
