"""Run the processes of the marketplace as children: one log, health checks, clean shutdown."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

#: a child that dies is started again after this long, doubling up to the limit
BACKOFF_SECONDS = 0.5
BACKOFF_LIMIT = 30.0
STOP_SECONDS = 15.0


class NotHealthy(Exception):
    """A child did not become healthy in time, or died before it did; the log says why."""


@dataclass
class Child:
    """A process to keep running. `ready` is asked until it says yes; None: alive is enough."""

    name: str
    command: Sequence[str]
    ready: Callable[[], bool] | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[str] | None" = None
    restarts: int = 0

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Starts children in order, each once the one before is healthy, and keeps them running."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self.children: list[Child] = []
        self.write = write
        self.stopping = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._lock = threading.Lock()

    def say(self, name: str, line: str) -> None:
        with self._lock:
            self.write(f"{name:>8} | {line}")

    def start(self, child: Child, *, within: float) -> None:
        """Start a child and wait until it is healthy. Raises NotHealthy."""
        self._spawn(child)
        self.children.append(child)
        deadline = time.monotonic() + within
        while not (child.ready is None or child.ready()):
            if not child.alive():
                raise NotHealthy(
                    f"{child.name} ended with {child.process and child.process.poll()}"
                )
            if time.monotonic() > deadline:
                raise NotHealthy(f"{child.name} was not healthy after {within:.0f} s")
            time.sleep(0.1)
        if not self._watcher.is_alive():
            self._watcher.start()

    def run(self, child: Child, *, within: float) -> None:
        """Run a child to its end. Raises NotHealthy unless it ends with 0 in time."""
        self._spawn(child)
        assert child.process is not None  # noqa: S101  _spawn set it
        try:
            code = child.process.wait(within)
        except subprocess.TimeoutExpired:
            _signal_group(child, signal.SIGKILL)
            raise NotHealthy(f"{child.name} took more than {within:.0f} s") from None
        if code:
            raise NotHealthy(f"{child.name} ended with {code}")

    def _spawn(self, child: Child) -> None:
        # a session of its own: Ctrl-C reaches only us, and we can signal the whole group
        child.process = subprocess.Popen(  # noqa: S603  our own commands
            list(child.command),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **child.env},
            start_new_session=True,
        )
        threading.Thread(target=self._relay, args=(child, child.process), daemon=True).start()

    def _relay(self, child: Child, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None  # noqa: S101  we asked for a pipe
        with process.stdout:
            for line in process.stdout:
                self.say(child.name, line.rstrip())

    def _watch(self) -> None:
        while not self.stopping.wait(0.2):
            for child in list(self.children):
                if not child.alive() and not self.stopping.is_set():
                    self._restart(child)

    def _restart(self, child: Child) -> None:
        wait = min(BACKOFF_SECONDS * 2**child.restarts, BACKOFF_LIMIT)
        code = child.process.returncode if child.process else None
        self.say(child.name, f"ended with {code}; starting it again in {wait:.1f} s")
        _signal_group(child, signal.SIGKILL)  # what a killed parent left behind
        if not self.stopping.wait(wait):
            child.restarts += 1
            self._spawn(child)

    def stop(self) -> None:
        """Stop all children one after the other, last started first; kill what does not go.

        Each still has those it needs when it says its last words.
        """
        self.stopping.set()
        deadline = time.monotonic() + STOP_SECONDS
        for child in reversed(self.children):
            if child.process is None:
                continue
            child.process.terminate()  # it alone: a worker lets its own children finish
            try:
                child.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.say(child.name, "did not stop; killing it")
            _signal_group(child, signal.SIGKILL)
            child.process.wait()


def _signal_group(child: Child, number: signal.Signals) -> None:
    if child.process is None:
        return
    with suppress(ProcessLookupError):
        os.killpg(child.process.pid, number)


def python(*arguments: str) -> list[str]:
    """A command of this same interpreter."""
    return [sys.executable, *arguments]
