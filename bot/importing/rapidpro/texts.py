"""The texts of an export in all their languages: labels, and questions without the choices that were listed in them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from bot.importing.json_file import Item
from bot.importing.rapidpro.expressions import Names, filled
from bot.importing.rapidpro.graph import Step
from bot.importing.rapidpro.questions import Asked, Choice, Leave
from bot.importing.writing import BY_LANGUAGE, Draft, language_code, placeholders
from flows.files.checks import STOP_WORDS
from flows.text import fold

_LISTED = re.compile(r"^\s*[(\[]?(\d{1,2})\s*[.):\]-]\s*(\S.*)$")
_UNSAID = ("", "base", "und")


def _same(text: str) -> str:
    return text


class Texts:
    """Keeps the texts of one flow, with their translations, in its draft."""

    def __init__(self, draft: Draft, flow: Item, names: Names, leave: Leave) -> None:
        self.draft = draft
        self.names = names
        self.leave = leave
        written = flow["language"].text
        self.language = language_code(written)
        self.others = {}
        for name, texts in flow["localization"].items():
            code = language_code(name)
            if code is None:
                leave(name, "its texts are not carried: Sayso does not speak that language")
            elif code != self.language:
                self.others[code] = texts
        if self.language is None and written not in _UNSAID:
            leave(written, "Sayso does not speak the language it is written in; it is kept as English")
        draft.language = self.language or "en"

    def keep(self, context: str, action: Item, change: Callable[[str], str] = _same) -> str:
        """The text of an action, with its translations noted under a context."""
        main, wrong = filled(change(action["text"].text), self.names)
        for why in wrong:
            self.leave("a text", f"shows `...` in place of what is not carried: {why}")
        said = {}
        for code, texts in self.others.items():
            text = filled(change(_nth(texts[action["uuid"].text]["text"], 0)), self.names)[0]
            if text and placeholders(text) != placeholders(main):
                self.leave("a text", f"its translation ({code}) is not carried: it shows other answers")
            elif text:
                said[code] = text
        return self._main(context, main, said)

    def _main(self, context: str, main: str, said: dict[str, str]) -> str:
        """The text in the language of the flow; where that is not its own, in English if it is there."""
        main = main or "..."
        kept = main if self.language else said.pop("en", main)
        self.draft.said[context, kept] = {self.draft.language: kept, **said}
        return kept

    def choices(self, asked: Asked, step: Step, action: Item | None) -> dict[str, Any]:
        """The choices of a question as a flow writes them, each with its label and the words people write for it."""
        labels: dict[str, BY_LANGUAGE] = {}
        taken: set[str] = set()
        for choice in asked.choices:
            label = self._label(choice, action)
            if fold(label[self.draft.language]) in taken | STOP_WORDS:
                label = {self.draft.language: choice.category.name}
            taken.add(fold(label[self.draft.language]))
            labels[choice.key] = label
        found: dict[str, Any] = {}
        for choice in asked.choices:
            context = f"{asked.name}.choices.{choice.key}"
            kept = labels[choice.key][self.draft.language]
            self.draft.said[context, kept] = labels[choice.key]
            others = self._words(choice, step)
            english = [] if self.language else others.pop("en", "").split(", ")
            known = dict.fromkeys((choice.category.name, *choice.words, *english))
            words = [word for word in known if word and fold(word) not in taken]
            taken |= set(map(fold, words))
            if words:
                self.draft.said[f"{context}.words", ", ".join(words)] = others
            found[choice.key] = {"label": kept, "words": words} if words else kept
        return found

    def _label(self, choice: Choice, action: Item | None) -> dict[str, str]:
        """What people read for a choice: the line of the list in the question, the quick reply, or the category."""
        replies = action["quick_replies"] if action is not None else Item(None, "")
        text = action["text"].text if action is not None else ""
        at = next((at for at, reply in enumerate(replies.each()) if _means(_reply(reply), choice)), None)
        id_ = action["uuid"].text if action is not None else ""
        said: dict[str, str] = {}
        for code, texts in self.others.items():
            listed = _line(_nth(texts[id_]["text"], 0), choice)
            reply = _nth(texts[id_]["quick_replies"], at) if at is not None else ""
            label = listed or reply or _nth(texts[choice.category.id]["name"], 0)
            if label.strip():
                said[code] = _plain(label)
        own = _line(text, choice) or (_reply(list(replies.each())[at]) if at is not None else "")
        main = _plain(own) or choice.category.name
        return {self.draft.language: main if self.language else said.get("en", main), **said}

    def _words(self, choice: Choice, step: Step) -> dict[str, str]:
        found = {}
        for code, texts in self.others.items():
            cases = [case for case in step.cases if case.category == choice.category.id]
            words = [
                word
                for case in cases
                for argument in texts[case.id]["arguments"].texts
                for word in (argument.split() if case.test == "has_any_word" else [argument])
                if not word.isdecimal() and fold(word) not in STOP_WORDS
            ]
            if words:
                found[code] = ", ".join(dict.fromkeys(words))
        return found


def without_list(text: str, choices: int) -> str:
    """A question without the lines that list its choices: Sayso lists them itself."""
    lines = text.splitlines()
    left = [line for line in lines if not _LISTED.match(line)]
    return "\n".join(left) if choices and len(lines) - len(left) == choices and "".join(left).strip() else text


def _line(text: str, choice: Choice) -> str:
    found = (_LISTED.match(line) for line in text.splitlines())
    return next((match[2].strip() for match in found if match and int(match[1]) == choice.number), "")


def _means(reply: str, choice: Choice) -> bool:
    said = f" {fold(reply)} "
    return any(f" {fold(word)} " in said for word in (choice.category.name, *choice.words))


def _reply(item: Item) -> str:
    """A quick reply: a text, or an object with one in files of newer versions."""
    return (item["text"] if isinstance(item.value, dict) else item).text


def _nth(texts: Item, at: int) -> str:
    found = list(texts.each())
    return _reply(found[at]) if at < len(found) else ""


def _plain(text: str) -> str:
    return " ".join("".join(mark for mark in text if mark.isprintable() and mark not in "{}").split())
