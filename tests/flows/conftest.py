"""Hypothesis without a stopwatch and with the same examples every time: a busy machine is no bug."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("sayso", deadline=None, derandomize=True)
settings.load_profile("sayso")
