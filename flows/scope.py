"""What the conditions and placeholders of a run can name, looked up only when asked for."""

from __future__ import annotations

from collections.abc import Set
from datetime import datetime

from flows.run import Context, Run
from flows.values import Value


class Scope:
    """The values a condition compares. Attributes set in this turn go before what the caller knew."""

    def __init__(self, run: Run, context: Context, now: datetime) -> None:
        self.run = run
        self.context = context
        self.time = now
        self.contact: dict[str, Value] = {}

    def get(self, name: str, /) -> Value | Set[str]:
        """A saved answer, variable, `contact.x`, `groups`, `channel`, `language` or `today`; None where unknown."""
        if name.startswith("contact."):
            attribute = name[8:]
            return self.contact[attribute] if attribute in self.contact else self.context.contact.get(attribute)
        if name in self.run.answers:
            return self.run.answers[name]
        if name in self.run.variables:
            return self.run.variables[name]
        match name:
            case "channel":
                return self.context.channel
            case "language":
                return self.run.language
            case "groups":
                return self.context.groups
            case "today":
                return self.time.date().isoformat()
        return None


class Shown:
    """The same names as texts show them: a choice by its label, and who is speaking."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def get(self, name: str, /) -> Value:
        """The value of a placeholder; None where unknown."""
        label = self.scope.run.labels.get(name)
        if label is not None:
            return label
        if name == "organisation":
            return self.scope.context.organisation
        if name == "group":
            return min(self.scope.context.groups, default=None)
        value = self.scope.get(name)
        return value if value is None or isinstance(value, str | int | float) else None
