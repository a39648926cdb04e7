"""Keeps a few processes running in one terminal: starts them, prefixes their lines, starts the dead again, stops all.

One thread and one loop. Children die with their parent, even when it is killed outright (Linux). Standard library only:
what is imported here delays the first answer.
"""

from __future__ import annotations

import ctypes
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType
from typing import BinaryIO

FIRST_WAIT = 0.5
LONGEST_WAIT = 30.0
STEADY_SECONDS = 60.0
"""A process that lived this long is taken to be well: its next death is its first again."""
STOP_SECONDS = 6.0
"""From a polite request to end to a kill."""
LONGEST_LINE = 64 * 1024

_SET_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG


@dataclass(frozen=True, slots=True)
class Part:
    """One process to keep running.

    `waits` holds it back until `Supervisor.go_on` is called. `last` lets it stop only when the others are gone.
    `vital`: everything stops when it ends before `go_on`, because it would fail the same way again.
    """

    name: str
    command: Sequence[str]
    environ: Mapping[str, str]
    handles: tuple[int, ...] = ()
    waits: bool = False
    last: bool = False
    vital: bool = False


@dataclass(slots=True)
class _Child:
    part: Part
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    deaths: int = 0
    start_at: float | None = None
    unfinished: bytearray = field(default_factory=bytearray)

    @property
    def output(self) -> BinaryIO | None:
        return None if self.process is None else self.process.stdout  # type: ignore[return-value]  # no text mode is asked for, so it is bytes


class Supervisor:
    """Runs parts until a signal, or until a vital one fails at its start.

    Args:
        write: takes one finished line.
        clock: seconds that only go forward.
    """

    def __init__(self, write: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._write = write
        self._clock = clock
        self._children: list[_Child] = []
        self._selector = selectors.DefaultSelector()
        self._stop_signals = 0
        self._failed = False
        self._gone_on = False
        self._libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

    def add(self, part: Part) -> None:
        """Start a part now, or at `go_on` where it waits."""
        child = _Child(part)
        self._children.append(child)
        if not part.waits or self._gone_on:
            self._start(child)

    def go_on(self) -> None:
        """Start the parts that wait."""
        self._gone_on = True
        for child in self._children:
            if child.process is None and child.start_at is None:
                self._start(child)

    def watch(self, handle: int, ready: Callable[[], None]) -> None:
        """Call `ready` once, when there is something to read from a handle."""
        self._selector.register(handle, selectors.EVENT_READ, ready)

    def run(self) -> int:
        """Keep the parts running; returns the exit code: 0 after a signal, 1 when a vital part failed at its start."""
        wake, restore = self._listen_to_signals()
        try:
            while not self._stop_signals and not self._failed:
                self._wait(self._until_next_start())
                self._look_after_children()
            self.stop()
        finally:
            restore()
            os.close(wake)
        return 1 if self._failed else 0

    def stop(self) -> None:
        """Stop what was started; `run` does so by itself."""
        self._stop([child for child in self._children if not child.part.last])
        self._stop([child for child in self._children if child.part.last])

    # Starting.

    def _start(self, child: _Child) -> None:
        part = child.part
        child.start_at = None
        child.started_at = self._clock()
        try:
            child.process = subprocess.Popen(  # noqa: S603 -- our own commands, no shell
                list(part.command),
                env=dict(part.environ),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=part.handles,
                # A session of its own: Ctrl-C in the terminal then reaches this process only, which stops the rest.
                start_new_session=True,
                preexec_fn=self._die_with_parent(),
            )
        except OSError as error:
            self._say(part.name, f"cannot be started: {error.strerror}")
            self._died(child)
            return
        output = child.output
        assert output is not None  # noqa: S101 -- for the type checker; stdout is a pipe
        os.set_blocking(output.fileno(), False)
        self._selector.register(output, selectors.EVENT_READ, child)

    def _die_with_parent(self) -> Callable[[], None] | None:
        libc, parent = self._libc, os.getpid()
        if libc is None:
            return None

        def ask_the_kernel() -> None:
            libc.prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)
            if os.getppid() != parent:  # it died before we asked
                os._exit(1)

        return ask_the_kernel

    # Looking after them.

    def _until_next_start(self) -> float:
        starts = [child.start_at for child in self._children if child.start_at is not None]
        return max(0.0, min(starts) - self._clock()) if starts else 60.0

    def _wait(self, seconds: float) -> None:
        for key, _ in self._selector.select(seconds):
            if isinstance(key.data, _Child):
                self._read(key.data)
            elif callable(key.data):
                self._selector.unregister(key.fileobj)
                key.data()
            else:
                os.read(key.fd, 4096)

    def _look_after_children(self) -> None:
        now = self._clock()
        for child in self._children:
            if child.process is not None and child.process.poll() is not None:
                code = child.process.returncode
                self._let_go(child)
                if child.part.vital and not self._gone_on:
                    self._failed = True
                    return
                self._say(child.part.name, f"ended ({_reason(code)}) and is started again")
                self._died(child)
            elif child.start_at is not None and child.start_at <= now:
                self._start(child)

    def _died(self, child: _Child) -> None:
        now = self._clock()
        child.process = None
        child.deaths = 1 if now - child.started_at >= STEADY_SECONDS else child.deaths + 1
        child.start_at = now + min(FIRST_WAIT * 2 ** (child.deaths - 1), LONGEST_WAIT)

    def _let_go(self, child: _Child) -> None:
        """Read what is left of a dead child's lines, and forget its pipe."""
        output = child.output
        if output is None:
            return
        _signal_group(child, signal.SIGKILL)  # also what it left behind
        while self._read(child):
            pass
        if child.unfinished:
            self._say(child.part.name, child.unfinished.decode(errors="replace"))
            child.unfinished.clear()
        self._stop_reading(output)
        output.close()
        child.process = None

    def _stop_reading(self, output: BinaryIO) -> None:
        if output in self._selector.get_map():
            self._selector.unregister(output)

    def _read(self, child: _Child) -> bool:
        """Take what a child wrote and show its finished lines; returns whether there was anything."""
        output = child.output
        if output is None or output.closed:
            return False
        try:
            data = os.read(output.fileno(), LONGEST_LINE)
        except BlockingIOError:
            return False
        if not data:
            self._stop_reading(output)
            return False
        child.unfinished += data
        *lines, rest = child.unfinished.split(b"\n")
        if len(rest) > LONGEST_LINE:
            lines.append(rest)
            rest = bytearray()
        child.unfinished = bytearray(rest)
        for line in lines:
            self._say(child.part.name, line.decode(errors="replace"))
        return True

    def _say(self, name: str, line: str) -> None:
        try:
            self._write(f"{name:<6} │ {line}")
        except OSError:  # nobody reads any more: the terminal or the pipe is gone
            self._stop_signals += 1

    # Stopping.

    def _listen_to_signals(self) -> tuple[int, Callable[[], None]]:
        wake, written = os.pipe()
        os.set_blocking(wake, False)
        os.set_blocking(written, False)
        old_wakeup = signal.set_wakeup_fd(written, warn_on_full_buffer=False)
        old = {number: signal.signal(number, self._asked_to_stop) for number in _STOP_SIGNALS}
        old[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: None)  # only to wake the loop
        self._selector.register(wake, selectors.EVENT_READ, None)

        def restore() -> None:
            for number, handler in old.items():
                signal.signal(number, handler)
            signal.set_wakeup_fd(old_wakeup)
            os.close(written)
            self._selector.close()

        return wake, restore

    def _asked_to_stop(self, _signal: int, _frame: FrameType | None) -> None:
        self._stop_signals += 1

    def _stop(self, children: list[_Child]) -> None:
        alive = [child for child in children if child.process is not None and child.process.poll() is None]
        for child in alive:
            _signal_group(child, signal.SIGTERM, only_leader=True)
        patience = self._stop_signals + 1
        until = self._clock() + STOP_SECONDS
        while alive and self._clock() < until and self._stop_signals <= patience:
            self._wait(0.05)
            alive = [child for child in alive if child.process is not None and child.process.poll() is None]
        for child in children:
            if child.process is not None:
                _signal_group(child, signal.SIGKILL)
                child.process.wait()
                self._let_go(child)


_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _signal_group(child: _Child, number: signal.Signals, *, only_leader: bool = False) -> None:
    assert child.process is not None  # noqa: S101 -- for the type checker; callers have looked
    try:
        if only_leader:
            child.process.send_signal(number)
        else:
            os.killpg(child.process.pid, number)
    except ProcessLookupError:
        return


def _reason(code: int) -> str:
    if code < 0:
        return f"signal {signal.Signals(-code).name}"
    return f"exit code {code}"
