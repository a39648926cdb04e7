"""The values of a run: what answers, variables and attributes of a contact may hold."""

from __future__ import annotations

Plain = str | int | float | bool | None
"""What a variable or a contact attribute may hold."""

Value = Plain | tuple[str, ...]
"""What an answer may hold. A `many` answer is the keys of its choices."""
