from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from bot.processes.supervisor import Part, Supervisor

SLEEPS = "import time; print('up', flush=True); time.sleep(60)"


class Lines(list[str]):
    """Collects lines, and does something when one of them is seen."""

    def __init__(self, **when: object) -> None:
        super().__init__()
        self.when = when

    def __call__(self, line: str) -> None:
        self.append(line)
        for word, act in self.when.items():
            if line.endswith(word):
                act()


def part(name: str, code: str, **more: object) -> Part:
    return Part(name, [sys.executable, "-S", "-c", code], os.environ, **more)


def interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def test_lines_are_prefixed_and_a_signal_stops_everything():
    lines = Lines(up=interrupt)
    supervisor = Supervisor(lines)
    supervisor.add(part("one", SLEEPS))
    assert supervisor.run() == 0
    assert lines == ["one    │ up"]


def test_a_dead_part_is_started_again():
    lines = Lines()
    ticks = iter(range(0, 10_000_000, 10))

    def write(line: str) -> None:
        lines.append(line)
        if lines.count("one    │ born") == 3:
            interrupt()

    supervisor = Supervisor(write, clock=lambda: next(ticks))
    supervisor.add(part("one", "print('born')"))
    assert supervisor.run() == 0
    assert "one    │ ended (exit code 0) and is started again" in lines


def test_a_vital_part_that_fails_at_its_start_ends_everything_with_what_it_said():
    lines = Lines()
    supervisor = Supervisor(lines)
    supervisor.add(part("other", SLEEPS))
    supervisor.add(part("web", "raise SystemExit('PORT is wrong.')", vital=True))
    assert supervisor.run() == 1
    assert "web    │ PORT is wrong." in lines


def test_parts_that_wait_start_once_something_answers():
    here, there = socket.socketpair()
    lines = Lines(late=interrupt)
    supervisor = Supervisor(lines)
    supervisor.add(part("one", "import time; time.sleep(60)"))
    supervisor.add(part("two", "import time; print('late', flush=True); time.sleep(60)", waits=True))
    supervisor.watch(here.fileno(), supervisor.go_on)
    there.send(b"!")
    assert supervisor.run() == 0
    assert "two    │ late" in lines
    here.close()
    there.close()


def test_the_last_part_outlives_the_others(tmp_path):
    order = tmp_path / "order"
    ends = textwrap.dedent(
        """
        import signal, sys
        def end(*_):
            with open({path!r}, "a") as file: file.write({name!r} + " ")
            sys.exit(0)
        signal.signal(signal.SIGTERM, end)
        print({says!r}, flush=True)
        signal.pause()
        """
    )
    seen = Lines()

    def write(line: str) -> None:
        seen.append(line)
        if len(seen) == 2:
            interrupt()

    supervisor = Supervisor(write)
    supervisor.add(part("queue", ends.format(path=str(order), name="queue", says="q"), last=True))
    supervisor.add(part("web", ends.format(path=str(order), name="web", says="w")))
    assert supervisor.run() == 0
    assert order.read_text() == "web queue "


def test_a_program_that_cannot_be_started_is_said_and_tried_again():
    lines = Lines()
    supervisor = Supervisor(lines)
    supervisor.add(Part("queue", ["/nowhere/valkey-server"], os.environ))
    supervisor.add(part("one", "print('up', flush=True); import time; time.sleep(60)"))
    lines.when = {"up": interrupt}
    assert supervisor.run() == 0
    assert lines[0].startswith("queue  │ cannot be started: No such file")


def test_a_line_without_an_end_and_a_line_of_broken_bytes_are_shown():
    lines = Lines()
    supervisor = Supervisor(lines)
    supervisor.add(part("web", "import os; os.write(1, b'caf\\xe9\\nlast words')", vital=True))
    assert supervisor.run() == 1
    assert lines[:2] == ["web    │ caf�", "web    │ last words"]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_a_supervisor_killed_outright_leaves_no_orphan():
    code = textwrap.dedent(
        """
        import os, sys
        from bot.processes.supervisor import Part, Supervisor
        supervisor = Supervisor(lambda line: print(line, flush=True))
        child = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
        supervisor.add(Part("child", [sys.executable, "-S", "-c", child], os.environ))
        supervisor.run()
        """
    )
    root = Path(__file__).resolve().parents[2]
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=root)
    assert process.stdout is not None
    child = int(process.stdout.readline().rpartition("│")[2])
    process.kill()
    process.wait(120)
    process.stdout.close()
    try:
        handle = os.pidfd_open(child)
    except ProcessLookupError:
        return
    assert select.select([handle], [], [], 120)[0], "the child outlived its supervisor"
    os.close(handle)
