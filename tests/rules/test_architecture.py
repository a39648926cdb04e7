"""The rules of the architecture, as tests."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

from bot.background import Job
from bot.settings import SETTINGS
from tests.stores import KEY

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("bot", "flows", "storage", "translations", "workers")
TOP = {
    *ROOMS, "tests", "bench", "docs", "pyproject.toml", "Procfile", "README.md", "Makefile", "uv.lock", "LICENSE",
    "CHANGELOG.md", ".ci", ".gitignore",
}  # fmt: skip


def modules(*rooms: str) -> list[Path]:
    return [path for room in rooms for path in sorted((ROOT / room).rglob("*.py"))]


def imports(path: Path) -> set[str]:
    """Every module a file imports, wherever in the file."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def tops(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in imports(path)}


def test_every_package_on_disk_is_listed_for_the_wheel():
    listed = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"])
    on_disk = {
        ".".join(path.parent.relative_to(ROOT).parts) for room in ROOMS for path in (ROOT / room).rglob("__init__.py")
    }
    assert listed == on_disk


def test_the_top_level_holds_only_what_a_project_needs():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert {name.partition("/")[0] for name in tracked} <= TOP


def test_every_folder_of_tests_is_a_package():
    folders = {path.parent for path in (ROOT / "tests").rglob("*.py")}
    assert [folder for folder in folders if not (folder / "__init__.py").exists()] == []


def test_sqlalchemy_stays_in_storage():
    users = [path for path in modules(*ROOMS) if tops(path) & {"sqlalchemy", "alembic"}]
    assert {path.relative_to(ROOT).parts[0] for path in users} == {"storage"}


ANSWER_A_TEXT = """
import os, sys
from bot.processes.wsgi import application
from bot.service import build
from bot.settings import Settings
from tests.workers.surroundings import say

application()
assert "experience" in say(build(Settings.read(os.environ)), "visit")[0]
print(*sorted(set(sys.argv[1:]).intersection(sys.modules)))
"""


def test_a_web_process_that_only_answers_texts_loads_nothing_heavy_it_does_not_use(sqlite_stores, tmp_path):
    """They would cost every first answer a second, and every process 30 MiB."""
    heavy = ("flask", "werkzeug", "sqlalchemy.dialects.postgresql", "twilio", "redis", "phonenumbers", "langdetect")
    environ = {"SAYSO_DATA": str(tmp_path), "SAYSO_SECRET_KEY": KEY.hex()}
    with sqlite_stores.empty(tmp_path):
        command = [sys.executable, "-c", ANSWER_A_TEXT, *heavy]
        done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("\n", "")


def test_the_gateway_client_lives_in_its_channel_and_the_queue_client_in_one_file_of_bot():
    users = {str(p.relative_to(ROOT)) for p in modules("bot") if "twilio" in tops(p)}
    assert users == {f"bot/channels/twilio_{noun}.py" for noun in ("api", "failures", "transport")}
    assert [str(p.relative_to(ROOT)) for p in modules("bot") if "rq" in tops(p)] == ["bot/background.py"]


def test_every_job_resolves_and_every_queue_has_a_worker_in_the_procfile():
    procfile = (ROOT / "Procfile").read_text()
    worker = next(line for line in procfile.splitlines() if line.startswith("worker:")).split()
    for job in Job:
        module, _, function = job.function.rpartition(".")
        assert callable(getattr(import_module(module), function)), job
        assert job.queue in worker, f"no worker in the Procfile serves {job.queue}"


def test_every_setting_is_in_the_readme():
    readme = (ROOT / "README.md").read_text()
    assert [setting.name for setting in SETTINGS if f"`{setting.name}`" not in readme] == []


def test_every_environment_variable_read_is_a_setting():
    names = {setting.name for setting in SETTINGS}
    text = "\n".join(path.read_text() for path in modules("bot", "storage", "flows", "translations", "workers"))
    assert set(re.findall(r"[\"']((?:SAYSO|TWILIO)_[A-Z_]+)[\"']", text)) <= names


def test_no_module_of_ours_hides_an_import_in_a_function_without_a_reason():
    hidden = []
    for path in modules(*ROOMS):
        source = path.read_text()
        lines = source.splitlines()
        for function in ast.walk(ast.parse(source)):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                hidden += [
                    f"{path.relative_to(ROOT)}:{node.lineno}"
                    for node in ast.walk(function)
                    if isinstance(node, ast.Import | ast.ImportFrom) and "PLC0415" not in lines[node.lineno - 1]
                ]
    assert hidden == []
