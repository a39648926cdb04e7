"""A disk with no room left: an export says so and leaves nothing by half."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

FULL = os.strerror(errno.ENOSPC)


def full(*_: object) -> None:
    raise OSError(errno.ENOSPC, FULL)


@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet", "sav"])
def test_a_file_that_does_not_fit_is_told_and_not_there(few, export, form, tmp_path, monkeypatch):
    monkeypatch.setattr("bot.exports.files.os.fsync", full)
    path = tmp_path / f"out.{form}"
    said = export("visit", "--format", form, "--out", str(path), code=1)
    assert said.startswith(f"{path} cannot be written ({FULL})")
    assert [each.name for each in tmp_path.iterdir()] == ["data"]


def test_an_output_that_does_not_fit_is_told(few):
    with Path("/dev/full").open("wb") as out:
        done = subprocess.run(
            [sys.executable, "-m", "bot.cli", "export", "visit"],
            stdout=out,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert FULL in done.stderr
    assert "inside Sayso" not in done.stderr
    assert "Traceback" not in done.stderr
