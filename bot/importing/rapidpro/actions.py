"""What the nodes of an export do besides asking: each action as keys of a node of ours, or listed as left."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.importing.json_file import Item
from bot.importing.rapidpro.expressions import Names, filled, result_key, value
from bot.importing.writing import NotCarriedError, named

Leave = Callable[[str, str], None]

_TOLD = {"send_email": "an email", "open_ticket": "a ticket"}
_WHY_NOT = {
    "call_webhook": "Sayso asks no other service; the way of a failed call is taken",
    "call_resthook": "Sayso asks no other service; the way of a failed call is taken",
    "call_classifier": "Sayso asks no other service; the way of a failed call is taken",
    "send_broadcast": "a coordinator or a champion sends to others",
    "start_session": "a coordinator or a champion starts others",
    "set_contact_language": "people choose their language themselves, by texting LANGUAGE",
    "set_contact_channel": "people are answered where they wrote",
    "set_contact_timezone": "all are in the service's time zone",
    "set_contact_status": "people stop and start by texting STOP and START",
    "transfer_airtime": "Sayso gives nobody money",
}


class Actions:
    """Turns actions into keys of nodes."""

    def __init__(self, names: Names, flows: Mapping[str, str], leave: Leave) -> None:
        self.names = names
        self.flows = flows
        """The flows of the export: what each will be called, by its id there."""
        self.leave = leave
        self.read: dict[str, Callable[[Item], dict[str, Any]]] = {
            "set_contact_field": self._set_contact_field,
            "set_contact_name": self._set_contact_name,
            "set_run_result": self._set_run_result,
            "add_contact_groups": self._add_contact_groups,
            "remove_contact_groups": self._remove_contact_groups,
            "add_input_labels": self._add_input_labels,
            "enter_flow": self._enter_flow,
            "send_email": self._told,
            "open_ticket": self._told,
        }

    def keys(self, action: Item) -> dict[str, Any]:
        """The keys of a node that do what an action did; none where it is left."""
        kind = action["type"].text
        read = self.read.get(kind)
        if read is None:
            self.leave(kind or "(an action of no type)", _WHY_NOT.get(kind, "it has no place in a text conversation"))
            return {}
        try:
            return read(action)
        except NotCarriedError as error:
            self.leave(kind, str(error))
            return {}

    def _set_contact_field(self, action: Item) -> dict[str, Any]:
        field = action["field"]
        return {"set": {f"contact.{named(field['key'].text or field['name'].text, {})}": self._value(action)}}

    def _set_contact_name(self, action: Item) -> dict[str, Any]:
        return {"set": {"contact.first_name": self._value(action)}}

    def _set_run_result(self, action: Item) -> dict[str, Any]:
        name = self.names.results[result_key(action["name"].text)]
        if name in self.names.kinds:
            raise NotCarriedError(f"it would write over the answer `{name}`")
        return {"set": {name: self._value(action)}}

    def _value(self, action: Item) -> str:
        return value(action["value"].text, self.names)

    def _add_contact_groups(self, action: Item) -> dict[str, Any]:
        return {"join": self._listed(action["groups"], "group")}

    def _remove_contact_groups(self, action: Item) -> dict[str, Any]:
        if action["all_groups"]:
            raise NotCarriedError("a flow leaves groups by their names, not all of them")
        return {"leave": self._listed(action["groups"], "group")}

    def _add_input_labels(self, action: Item) -> dict[str, Any]:
        return {"label": self._listed(action["labels"], "label")}

    def _listed(self, items: Item, fallback: str) -> list[str]:
        found = [named(item["name"].text, {}, fallback) for item in items.each() if item["name"].text]
        if not found:
            raise NotCarriedError("it names none")
        return list(dict.fromkeys(found))

    def _told(self, action: Item) -> dict[str, Any]:
        kind = action["type"].text
        subject, body = (filled(action[key].text, self.names)[0] for key in ("subject", "body"))
        self.leave(kind, f"{_TOLD[kind]} becomes an alert that coordinators see in the console")
        return {
            "notify": {
                "coordinator": " - ".join(text for text in (subject, body) if text)[:1600] or "Somebody is waiting."
            }
        }

    def _enter_flow(self, action: Item) -> dict[str, Any]:
        flow = action["flow"]
        other = self.flows.get(flow["uuid"].text)
        if other is None:
            raise NotCarriedError(f"the flow “{flow['name'].text[:60]}” is not in this file, or is none of texts")
        return {"start" if action["terminal"].value is True else "run": other}


def joined(node: dict[str, Any], more: Mapping[str, Any]) -> bool:
    """Put more keys into a node; False where it must be another node: one thing would come in the wrong order."""
    if set(more) & {"say", "run", "start"} or {"run", "start"} & set(node):
        return False
    for key, found in more.items():
        if key == "notify" and key in node:
            return False
        if isinstance(found, dict):
            node.setdefault(key, {}).update(found)
        else:
            node[key] = list(dict.fromkeys([*node.get(key, []), *found]))
    return True
