"""The Flow Results package, opened by frictionless, which knows nothing of ours."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

from frictionless import Dialect, Package, Schema
from frictionless.resources import TableResource

FIELDS = ["timestamp", "row_id", "contact_id", "session_id", "question_id", "response", "response_metadata"]


def test_frictionless_reads_the_package_and_every_row(many, export, tmp_path: Path):
    file = tmp_path / "visit.zip"
    how = ["--level", "restricted", "--for", "Ann", "--purpose", "paper", "--free-text", "all"]
    export("visit", "--format", "flow-results", *how, "--out", str(file))
    with zipfile.ZipFile(file) as archive:
        archive.extractall(tmp_path / "package")
    path = tmp_path / "package" / "datapackage.json"
    given = json.loads(path.read_text(encoding="utf-8"))
    # Of the profile it knows no more than a name, and would fetch it.
    assert not list(Package.metadata_validate({name: value for name, value in given.items() if name != "profile"}))
    (resource,) = given["resources"]
    schema = Schema.from_descriptor({"fields": resource["schema"]["fields"]})
    data = TableResource(
        path=resource["path"], basepath=str(path.parent), encoding=resource["encoding"], schema=schema,
        dialect=Dialect(header=False), format="json",
    )  # fmt: skip
    report = data.validate()
    assert report.valid, report.flatten(["rowNumber", "fieldNumber", "type", "message"])
    rows = data.read_rows()
    assert [field.name for field in schema.fields] == FIELDS
    assert len(rows) == len(json.loads((path.parent / "data.json").read_text(encoding="utf-8"))) > 50
    assert {row["question_id"] for row in rows} <= set(resource["schema"]["questions"])
    assert all(row["timestamp"].tzinfo is not None for row in rows)
