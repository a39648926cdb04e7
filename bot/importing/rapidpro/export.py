"""A whole export: which of its flows can be texts, and what starts them."""

from __future__ import annotations

from pathlib import Path

from bot.importing.json_file import Item, read_json
from bot.importing.rapidpro.building import build
from bot.importing.writing import Draft, ImportRefusedError, Left, named
from flows.files.checks import STOP_WORDS
from flows.text import fold

_OF_TEXTS = ("messaging", "messaging_background", "messaging_offline", "M", "")
_FORMAT = "13"
_LONGEST = 366 * 24 * 60
_TRIGGERS = {
    "C": "a text that nothing else takes is answered with what can be texted",
    "M": "a missed call starts the conversation that the operator chooses",
    "S": "a coordinator plans broadcasts",
}
_SPANS = ((24 * 60, "day"), (60, "hour"), (1, "minute"))


def read(path: Path) -> list[Draft]:
    """The flows of an export.

    Raises:
        ImportRefusedError: it is no export, is damaged, or holds no flow of texts in format 13.
        OSError: the file cannot be read.
    """
    root = read_json(path)
    if not isinstance(root.value, dict) or "flows" not in root.value:
        raise ImportRefusedError(f"{path} is no export of RapidPro or TextIt: it has no `flows`.")
    left: list[Left] = []
    drafts: dict[str, Draft] = {}
    sources: dict[str, Item] = {}
    for flow in root["flows"].each():
        name = flow["name"].text.strip() or "A flow without a name"
        why = _why_not(flow)
        if why:
            left.append(Left(name, path.name, why))
            continue
        taken = {draft.id: draft for draft in drafts.values()}
        id_, expires = named(name, taken, "flow"), _expires(flow)
        drafts[flow["uuid"].text] = Draft(id_, name, "en", keywords=[], expires=expires, source=path.name)
        sources[flow["uuid"].text] = flow
    if not drafts:
        raise ImportRefusedError("\n  ".join([f"{path} holds no flow that can be texts.", *map(str, left)]))
    ids = {uuid: draft.id for uuid, draft in drafts.items()}
    for uuid, draft in drafts.items():
        build(draft, sources[uuid], ids)
    empty = [uuid for uuid, draft in drafts.items() if not draft.nodes]
    for uuid in empty if len(empty) < len(drafts) else ():
        draft = drafts.pop(uuid)
        left += [Left(draft.title, path.name, "nothing of it can be said in a text"), *draft.left]
    left += [*_started(root, drafts, path.name), *_around(root, path.name)]
    first = next(iter(drafts.values()))
    first.left[:0] = left
    return list(drafts.values())


def _why_not(flow: Item) -> str:
    version = flow["spec_version"].text or flow["version"].text
    if flow["action_sets"] or flow["rule_sets"] or version.split(".")[0] != _FORMAT:
        said = f"format {version[:10]}" if version else "an old format"
        return f"it is in {said}, not {_FORMAT}: open it in RapidPro or TextIt, and export it again"
    if flow["type"].text not in _OF_TEXTS:
        return f"it is a flow of {flow['type'].text[:20]}, and not of texts"
    return "" if flow["nodes"] else "it is empty"


def _expires(flow: Item) -> str:
    minutes = min(int(flow["expire_after_minutes"].number), _LONGEST)
    for size, name in _SPANS:
        if minutes > 0 and minutes % size == 0 and minutes // size < 10_000:
            return f"{minutes // size} {name}{'s' if minutes > size else ''}"
    return ""


def _started(root: Item, drafts: dict[str, Draft], where: str) -> list[Left]:
    """Put keywords to their flows; what else starts flows is left."""
    left, taken = [], set()
    for trigger in root["triggers"].each():
        kind = trigger["trigger_type"].text
        words = [word for word in (trigger["keyword"].text, *trigger["keywords"].texts) if word.strip()]
        draft = drafts.get(trigger["flow"]["uuid"].text)
        if kind != "K" or draft is None:
            why = _TRIGGERS.get(kind, "nothing but words people text starts a flow by itself")
            left.append(Left(f"trigger {kind or '?'}", where, why if draft is not None else "its flow is not carried"))
            continue
        for word in words:
            if fold(word) in STOP_WORDS or fold(word) in taken:
                why = "it ends all texts" if fold(word) in STOP_WORDS else "another flow has the same"
                left.append(Left(f"keyword {word[:30]}", where, why))
            else:
                draft.keywords.append(word.strip())
                taken.add(fold(word))
        if trigger["groups"] or trigger["exclude_groups"]:
            left.append(Left(f"keyword {', '.join(words)[:60]}", where, "it worked for some groups only"))
    return left


def _around(root: Item, where: str) -> list[Left]:
    """What stands around the flows."""
    found = [
        Left(f"campaign {each['name'].text[:60]}", where, "plan broadcasts in its place")
        for each in root["campaigns"].each()
    ]
    for group in root["groups"].each():
        if group["query"]:
            found.append(Left(f"group {group['name'].text[:60]}", where, "no group fills itself by a rule"))
    return found
