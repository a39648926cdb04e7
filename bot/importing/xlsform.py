"""XLSForms (`.xlsx`, `.xls`), read by pyxform, as drafts of flows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bot.importing.spreadsheet import read_spreadsheet
from bot.importing.writing import (
    BY_LANGUAGE,
    Draft,
    Left,
    NotCarriedError,
    language_code,
    named,
    placeholders,
)
from bot.importing.xlsform_parts import (
    ANSWERS,
    CHANGED,
    FILLED_IN,
    asks_for_yes,
    limits,
    range_of,
    unused,
    unused_columns,
    unused_settings,
    without_looks,
)
from bot.importing.xpath import Names, calculation, condition
from flows.files.checks import STOP_WORDS
from flows.text import fold

_OTHER = "other"
_FEWEST, _MOST = 2, 40
"""Choices of one question."""


def read(path: Path) -> Draft:
    """The form in a file.

    Raises:
        ImportRefusedError: it is no XLSForm, or a broken one.
    """
    return _Form(path, *read_spreadsheet(path)).draft


class _Form:
    """One form on its way."""

    def __init__(self, path: Path, form: Mapping[str, Any], rows: Mapping[str, int]) -> None:
        self.rows = rows
        self.lists: Mapping[str, Any] = form.get("choices") or {}
        self.others = {name for name in _names(form) if name.endswith(f"_{_OTHER}") and name not in rows}
        """Rows that pyxform adds below `or_other`: words outside the list are kept with the answer itself."""
        self.names = Names()
        used = sorted({code for text in _texts(form) for code in text if isinstance(text, dict)})
        self.codes = {name: language_code(name) for name in used}
        known = [code for code in self.codes.values() if code]
        main = language_code(str(form.get("default_language", ""))) or (
            "en" if "en" in known or not known else known[0]
        )
        flow_id = named(path.stem, {}, "form")
        self.draft = Draft(flow_id, str(form["title"]), main, keywords=[flow_id.replace("_", "")], source=path.name)
        if fold(flow_id) in STOP_WORDS:
            self.draft.keywords = []
            self.draft.leave(flow_id, "the file's name", "as a keyword it would end all texts: choose another one")
        for name, code in self.codes.items():
            if code is None and name != "default":
                self.draft.leave(name, "survey", "its texts are not carried: Sayso does not speak that language")
        for key in unused_settings(form):
            self.draft.leave(key, "settings", "it means nothing to a text conversation")
        self._children(form.get("children", ()), [])

    def _children(self, children: Any, conditions: list[str]) -> None:
        for child in children:
            kind, name = str(child.get("type", "")), str(child.get("name", ""))
            if name == "meta" and "control" in child:
                continue  # written by pyxform itself, not by the author
            own = [*conditions, *self._relevant(name, child)]
            if kind in ("group", "repeat"):
                if kind == "repeat":
                    self._leave(name, "its questions are asked once, not again and again")
                if child.get("label"):
                    self._leave(name, "the title of a group is not said")
                for why in unused(child):
                    self._leave(name, why)
                self._children(child.get("children", ()), own)
            else:
                self._node(kind, name, child, own)

    def _relevant(self, name: str, child: Mapping[str, Any]) -> Iterator[str]:
        source = str(child.get("bind", {}).get("relevant", ""))
        if source:
            try:
                yield condition(source, self.names)
            except NotCarriedError as error:
                self._leave(name, f"`relevant` {source[:80]!r} is not carried, everybody meets it: {error}")

    def _node(self, kind: str, name: str, child: Mapping[str, Any], conditions: list[str]) -> None:
        if kind == "calculate" and name not in self.rows:
            return  # written by pyxform itself, of a `repeat_count`
        if name in self.others:
            self._leave(name, "it is not asked: words outside the list are kept with the answer before it")
            return
        node_id = named(name, self.draft.nodes)
        bind = child.get("bind", {})
        label = self._said(child.get("label"), name)
        if kind == "calculate":
            try:
                node: dict[str, Any] = {"set": {node_id: calculation(str(bind.get("calculate", "")), self.names)}}
            except NotCarriedError as error:
                self._leave(name, f"the calculation is not carried: {error}")
                return
        elif not label or kind not in (*ANSWERS, "note"):
            app = "a form app fills it in by itself" if kind in FILLED_IN else "it has no label to say"
            self._leave(name, f"a `{kind}` has no place in a text conversation" if label else app)
            return
        elif kind == "note" or asks_for_yes(bind, "readonly"):
            node = {"say": self._keep(f"{node_id}.say", label)}
            if kind != "note":
                self._leave(name, "nobody may answer it (`readonly`): it is said, and not asked")
        else:
            node = self._question(kind, name, node_id, child, label)
            conditions = [*conditions, *(["channel == whatsapp"] if kind == "geopoint" else [])]
        if conditions:
            node["when"] = " and ".join(
                f"({each})" if " or " in each and conditions[1:] else each for each in conditions
            )
        self.draft.nodes[node_id] = node
        self.draft.places[node_id] = self._where(name)
        self.names.add(name, node_id, node)
        for why in unused(child):
            self._leave(name, why)

    def _question(
        self, kind: str, name: str, node_id: str, child: Mapping[str, Any], label: BY_LANGUAGE
    ) -> dict[str, Any]:
        bind = child.get("bind", {})
        node = {"ask": self._keep(f"{node_id}.ask", label), **ANSWERS[kind]}
        if kind in CHANGED:
            self._leave(name, CHANGED[kind])
        if kind in ("acknowledge", "trigger"):
            self.names.keys[name] = {"OK": "yes"}
        if kind == "range":
            node |= range_of(child)
        hint = self._said(child.get("hint"), name)
        if hint:
            node["hint"] = self._keep(f"{node_id}.hint", hint)
        if kind.startswith("select"):
            node |= self._listed(name, node_id, child)
        if not asks_for_yes(bind, "required"):
            node["optional"] = True
        return node | self._limited(name, node_id, node, bind)

    def _limited(self, name: str, node_id: str, node: Mapping[str, Any], bind: Mapping[str, Any]) -> dict[str, Any]:
        """A constraint, and what is said where a reply breaks it."""
        constraint = str(bind.get("constraint", ""))
        found: dict[str, Any] = {}
        if constraint:
            try:
                found = limits(constraint, node)
            except NotCarriedError as error:
                self._leave(name, f"`constraint` {constraint[:80]!r} is not carried: {error}")
        message = self._said(bind.get("jr:constraintMsg"), name)
        if message and found:
            found["retry_text"] = self._keep(f"{node_id}.retry_text", message)
        elif message:
            self._leave(name, f"its message is not carried: {next(iter(message.values()))[:60]}")
        return found

    def _listed(self, name: str, node_id: str, child: Mapping[str, Any]) -> dict[str, Any]:
        """The choices of a question; any words where there are too few or too many of them."""
        choices = child.get("choices") or self.lists.get(str(child.get("itemset")), ())
        columns = unused_columns(choices)
        if columns:
            self._leave(name, f"columns of its choices are not carried: {columns[:80]}")
        found: dict[str, Any] = {"other": True} if f"{name}_{_OTHER}" in self.others else {}
        if found:
            choices = [choice for choice in choices if choice.get("name") != _OTHER]
        if not _FEWEST <= len(choices) <= _MOST:
            where = "its choices lie in another file" if not choices else f"it has {len(choices)} choices"
            self._leave(name, f"{where}: a question has {_FEWEST} to {_MOST}, so any words are taken")
            return {"answer": "text"}
        if dict(child.get("parameters") or {}).get("randomize") == "true":
            found["shuffle"] = True
        found["choices"] = self._choices(name, node_id, choices)
        if "other" in found:
            self.names.keys[name] = {**self.names.keys[name], _OTHER: _OTHER}
        return found

    def _choices(self, name: str, node_id: str, choices: Any) -> dict[str, str]:
        found: dict[str, str] = {}
        keys: dict[str, str] = {}
        for choice in choices:
            original = str(choice.get("name", ""))
            key = named(original, found, "choice")
            label = self._said(choice.get("label"), name) or {self.draft.language: original}
            found[key] = self._keep(f"{node_id}.choices.{key}", label)
            keys[original] = key
        self.names.keys[name] = keys
        return found

    def _said(self, label: Any, name: str) -> dict[str, str]:
        """A label by language code, the form's own language always among them; empty where there is none."""
        texts = {"default": label} if isinstance(label, str) else dict(label or {})
        found = {
            code: str(text) for each, text in texts.items() if (code := self.codes.get(each) or language_code(each))
        }
        first = texts.get("default") or next(iter(found.values()), "")
        if first:
            found.setdefault(self.draft.language, str(first))
        return {code: self._filled(text, name) for code, text in found.items() if text.strip()}

    def _filled(self, text: str, name: str) -> str:
        def placeholder(match: re.Match[str]) -> str:
            try:
                return f"\0{self.names.answer(match[1])}\1"
            except NotCarriedError as error:
                self._leave(name, f"its text shows something that is not there: {error}")
                return "..."

        bare = without_looks(text)
        if bare != " ".join(text.split()):
            self._leave(name, "bold letters, colours and links of its text are not carried")
        plain = re.sub(r"\$\{\s*([\w.-]+)\s*\}", placeholder, bare)
        return plain.replace("{", "(").replace("}", ")").replace("\0", "{").replace("\1", "}")

    def _keep(self, context: str, texts: BY_LANGUAGE) -> str:
        main = texts.get(self.draft.language) or next(iter(texts.values()))
        for code, text in texts.items():
            if placeholders(text) != placeholders(main):
                self.draft.leave(context, "survey", f"its translation ({code}) is not carried: it shows other answers")
        self.draft.said[context, main] = {
            code: text for code, text in texts.items() if placeholders(text) == placeholders(main)
        }
        return main

    def _where(self, name: str) -> str:
        return f"survey row {self.rows[name]}" if name in self.rows else "survey"

    def _leave(self, name: str, why: str) -> None:
        left = Left(name, self._where(name), why)
        if left not in self.draft.left:  # a text is read once for each language
            self.draft.leave(name, left.where, why)


def _texts(item: Any) -> Iterator[Mapping[str, str]]:
    """Every label of a form that has languages."""
    for key in ("label", "hint"):
        if isinstance(item.get(key), dict):
            yield item[key]
    for key in ("children", "choices"):
        nested = item.get(key, ())
        for child in nested if isinstance(nested, list) else ():
            yield from _texts(child)


def _names(item: Any) -> Iterator[str]:
    """The name of every row of a form."""
    for child in item.get("children", ()):
        yield str(child.get("name", ""))
        yield from _names(child)
