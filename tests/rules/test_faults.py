"""The table of faults is whole and true."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.faults import TESTED

LAST = {"A": 15, "B": 10, "C": 14, "D": 19, "E": 10, "F": 20, "G": 21, "H": 11}
"""The last fault of each group in the catalogue."""
ROOT = Path(__file__).resolve().parents[2]


def test_every_test_named_for_a_fault_is_there():
    missing = []
    for fault, place in TESTED.items():
        path, _, name = place.partition("::")
        tree = ast.parse((ROOT / path).read_text())
        if name not in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}:
            missing.append((fault, place))
    assert missing == []


def test_no_fault_of_these_groups_is_left_out():
    catalogue = {f"{group}{number}" for group, last in LAST.items() for number in range(1, last + 1)}
    tested = {fault.partition(" ")[0] for fault in TESTED}
    assert tested == catalogue
