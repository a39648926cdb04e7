"""The room is pure: only what loads files may reach a file, and nothing reaches a clock, chance or the network."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOM = Path(__file__).resolve().parents[2] / "flows"
NEVER = {
    "time", "random", "secrets", "os", "io", "socket", "subprocess", "threading", "uuid", "logging", "urllib", "http",
    "shutil", "tempfile", "asyncio", "multiprocessing", "sys", "pathlib",
}  # fmt: skip
READS_FILES = {"loader.py": {"pathlib"}, "transcripts.py": {"pathlib"}}


@pytest.mark.parametrize("path", sorted(ROOM.rglob("*.py")), ids=lambda path: str(path.relative_to(ROOM)))
def test_a_module_reaches_no_clock_no_chance_and_no_network(path: Path):
    tree = ast.parse(path.read_text("utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in imported} & NEVER <= READS_FILES.get(path.name, set())
    called = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert called & {"now", "utcnow", "open", "getenv", "eval", "exec"} == set()
    named = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert named & {"open", "eval", "exec", "__import__", "input", "print"} == set()
