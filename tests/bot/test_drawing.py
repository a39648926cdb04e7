"""`sayso flows draw`: a picture or Mermaid text, on the screen or in a file."""

from __future__ import annotations

from bot import cli


def test_a_flow_is_drawn_to_a_file_whole(tmp_path, capsys):
    out = tmp_path / "visit.svg"
    assert cli.main(["flows", "draw", "visit", "--out", str(out)]) == 0
    assert capsys.readouterr().out == f"Drawn in {out}.\n"
    assert out.read_text().endswith("</svg>\n")


def test_mermaid_goes_to_the_screen(capsys):
    assert cli.main(["flows", "draw", "visit", "--format", "mermaid"]) == 0
    assert capsys.readouterr().out.startswith("flowchart TD\n")


def test_a_flow_that_is_not_there_and_a_folder_that_is_not_there_are_said(tmp_path, capsys):
    assert cli.main(["flows", "draw", "visti"]) == 1
    assert "There is no flow `visti`" in capsys.readouterr().err
    assert cli.main(["flows", "draw", "visit", "--out", str(tmp_path / "no" / "v.svg")]) == 1
    assert "No such file or directory" in capsys.readouterr().err
