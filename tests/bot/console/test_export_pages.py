from __future__ import annotations

import csv
import io

from openpyxl import load_workbook

from storage.team import audit
from tests.stores import KEY


def export(browser, **fields: str):
    return browser.post("/console/exports", flow="visit", **fields)


def test_a_table_for_everybody_hides_small_numbers(answered, bob):
    answer = export(bob, level="shared", format="csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="visit-shared.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))
    whole = {row["choice"]: row["count"] for row in rows if row["question"] == "rating" and row["by"] == "all"}
    assert (whole["very_good"], whole["poor"]) == ("20", "*")


def test_lines_of_single_people_need_a_name_and_a_purpose_that_the_audit_trail_keeps(answered, service, bob):
    refused = export(bob, level="restricted", format="csv", layout="wide", who="Dr Shah")
    assert refused.status_code == 400
    assert "Say what the file is for" in refused.text
    assert "Say who gets this file" not in refused.text
    assert "--purpose" not in refused.text
    answer = export(bob, level="restricted", format="xlsx", layout="wide", who="Dr Shah", purpose="annual review")
    sheet = load_workbook(io.BytesIO(answer.data), read_only=True).worksheets[0]
    assert len(list(sheet.rows)) == 31
    assert "77009" not in answer.data.decode("latin-1")
    with service.database.reading() as db:
        entry = audit.page(db, None, 1)[0]
    assert (entry.actor[:5], entry.action, entry.reason) == ("user:", "exported: wide for Dr Shah", "annual review")


def test_what_is_hidden_is_told_by_number_and_reason(answered, bob):
    page = bob.get("/console/exports/visit/hidden").text
    assert "too few people" in page


def test_the_settings_check_is_a_page(bob, monkeypatch, tmp_path):
    monkeypatch.setenv("SAYSO_DATA", str(tmp_path))
    monkeypatch.setenv("SAYSO_SECRET_KEY", KEY.hex())
    page = bob.get("/console/settings").text
    assert "Helplines" in page
    assert "loaded:" in page
