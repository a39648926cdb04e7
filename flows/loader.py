"""Loading flows: from a YAML file to a checked, frozen `Flow`, or to every mistake in it at once."""

from __future__ import annotations

from pathlib import Path

from flows.definition import Flow
from flows.files.building import build
from flows.files.problems import FlowError, Place, Problems, at
from flows.files.shelf_checks import check_shelf
from flows.files.yaml import read_tree
from flows.wording import Wording

__all__ = ["TALKS", "FlowError", "flow_files", "load", "load_folder", "load_text"]

TALKS = ".talks.yaml"
"""How the name of a file of talks ends, which stands beside its flow."""


def load(path: Path) -> Flow:
    """The flow in a file; its id is the file's name without `.yaml`.

    Raises:
        FlowError: the file cannot be read or is not a good flow; every problem is listed.
    """
    return load_text(source_of(path), path.name)


def source_of(path: Path) -> bytes:
    """What a file of an author holds.

    Raises:
        FlowError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        what = Wording("The file cannot be read: {why} — check its name and rights.", why=error.strerror)
        raise FlowError([at(str(path), Place(1, 1), what)]) from None


def load_text(source: str | bytes, name: str) -> Flow:
    """The flow in a YAML text; `name` is its file name, such as `visit.yaml`.

    Raises:
        FlowError: the text is not a good flow; every problem is listed.
    """
    tree = read_tree(source, name)
    problems = Problems(name)
    flow = build(tree, name.removesuffix(".yaml"), source, problems)
    problems.raise_if_any()
    return flow


def flow_files(folder: Path) -> list[Path]:
    """The flow files of a folder, without talks."""
    return sorted(path for path in folder.glob("*.yaml") if not path.name.endswith(TALKS))


def files_of(path: Path) -> dict[str, Path]:
    """The files of a folder that hold flows, by the flow's id.

    Raises:
        FlowError: there is no such folder.
    """
    if not path.is_dir():
        what = Wording("There is no such folder — set the folder of your flows (`FLOWS_DIR`).")
        raise FlowError([at(str(path), Place(1, 1), what)])
    return {file.name.removesuffix(".yaml"): file for file in flow_files(path)}


def load_each(path: Path) -> tuple[dict[str, Flow], dict[str, FlowError]]:
    """Every good flow of a folder by its id, and what is wrong with the others.

    Raises:
        FlowError: there is no such folder.
    """
    flows: dict[str, Flow] = {}
    broken: dict[str, FlowError] = {}
    for name, file in files_of(path).items():
        try:
            flows[name] = load(file)
        except FlowError as error:
            broken[name] = error
    return flows, broken


def load_folder(path: Path) -> dict[str, Flow]:
    """Every flow of a folder by its id; talks (`*.talks.yaml`) are left out.

    Raises:
        FlowError: some file is not a good flow, or two flows have one keyword; every problem of every file is listed.
    """
    flows, broken = load_each(path)
    problems = [problem for error in broken.values() for problem in error.problems]
    problems += check_shelf(flows)
    if problems:
        raise FlowError(problems)
    return flows
