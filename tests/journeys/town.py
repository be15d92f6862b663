"""A marketplace as its first operator has it: `manage.py up` on an empty database, and around it
what the README says to run. Real processes; nothing here reaches into them but by their doors.
"""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

import psycopg

import compliance
from marketplace.config import engines
from marketplace.config.processes import free_port
from tests.journeys.conftest import NOT_OURS, ROOT

SAMPLE_LIST = Path(compliance.__file__).parent / "data" / "sample_ofac_sdn"
#: a town of minutes needs clocks of seconds; a short rental is worth some cents all the same, and
#: providers are paid as soon as they have earned
QUICK = {
    "DEBUG": "1",
    "SWEEP_SECONDS": "1",
    "HEARTBEAT_SECONDS": "1",
    "SILENT_AFTER_SECONDS": "30",
    "MINIMUM_BILLED_SECONDS": "60",
    "PAYOUT_MATURITY_DAYS": "0",
    "PAYOUT_MINIMUM_MICRO": "10000",
    "LOG_LEVEL": "WARNING",
}
NODE = [sys.executable, "-m", "agents.node.main"]
SIMULATED = ["--allow-simulated-gpus", "--simulate", "h100:2"]
#: seconds that a page or a command may take on a busy machine, and a start with all migrations
PATIENCE, TO_START = 120, 400


class Late(AssertionError):
    """What was waited for did not come."""


def until(what: str, holds: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """Ask until the answer is something; give it."""
    deadline = time.monotonic() + seconds
    while not (found := holds()):
        if time.monotonic() > deadline:
            raise Late(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.1)
    return found


@dataclass
class Town:
    """Where it is, its log, and its commands."""

    home: Path
    url: str
    env: dict[str, str]
    #: address of a container engine for the provider's machine; empty: plain processes
    engine: str = ""
    log: list[str] = field(default_factory=list)
    running: "list[subprocess.Popen[str]]" = field(default_factory=list)

    def start(self, command: list[str], **env: str) -> "subprocess.Popen[str]":
        """Keep a process running; what it says goes into the log."""
        process = subprocess.Popen(  # noqa: S603  our own commands
            command,
            cwd=ROOT,
            env={**self.env, **env},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        Thread(target=self._listen, args=(process,), daemon=True).start()
        self.running.append(process)
        return process

    def _listen(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        with process.stdout:
            self.log.extend(process.stdout)

    def run(self, command: list[str], **env: str) -> str:
        """A command that ends, and well; give what it says."""
        done = subprocess.run(  # noqa: S603  our own commands
            command,
            cwd=ROOT,
            env={**self.env, **env},
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def manage(self, *arguments: str, **env: str) -> str:
        return self.run([sys.executable, "manage.py", *arguments], **env)

    def wait_for(self, text: str, seconds: float = PATIENCE) -> str:
        """The first line of the log with this pattern in it."""

        def look() -> str:
            return next((line for line in list(self.log) if re.search(text, line)), "")

        return str(until(text, look, seconds))

    def link(self, to: str, path: str) -> str:
        """The address in the newest letter to somebody: letters are written to the log."""
        begins, link = f"To: {to}", re.compile(re.escape(self.url + path) + r"\S+")

        def look() -> str:
            lines = list(self.log)
            letters = [n for n, line in enumerate(lines) if line.rstrip().endswith(begins)]
            for begin in letters[-1:]:
                found = link.search("".join(lines[begin:]))
                return found[0] if found else ""
            return ""

        return str(until(f"a letter to {to}", look))

    def ask(self, sql: str, *values: Any) -> list[Any]:
        """What the database holds."""
        server = engines.PostmasterInfo.read_from_pgdata(self.home / "postgres")
        assert server is not None
        with psycopg.connect(server.get_uri(database=engines.DATABASE)) as own:
            return own.execute(sql, values).fetchall()

    def send_task(self, name: str) -> None:
        """Let the worker do now what beat would send later."""
        broker = engines.Redis(self.home).url().replace("unix://", "redis+socket://", 1)
        self.run([sys.executable, "-m", "celery", "--broker", broker, "call", name])

    def node(self, state: Path) -> None:
        """Start the agent that has joined, as a service would."""
        runtime = ["--runtime", "process"]
        if self.engine:
            runtime = ["--engine", self.engine, "--listen", "127.0.0.1"]
            runtime += ["--public-host", "127.0.0.1", "--workspace-gib", "1"]
        command = [*NODE, "run", "--state", str(state), *SIMULATED, *runtime]
        self.start([*command, "--stop-leases-on-exit"])


@contextmanager
def running(home: Path, engine: str = "") -> Iterator[Town]:
    """Have a town with the reference data, a (made-up) list in force, and nobody in it."""
    url = f"http://127.0.0.1:{free_port()}"
    known = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
    own = {"STRAITS_HOME": str(home), "PUBLIC_URL": url, "PYTHONUNBUFFERED": "1"}
    town = Town(home, url, {**known, **own, **QUICK}, engine)
    try:
        town.start([sys.executable, "manage.py", "up"])
        said = town.wait_for("Straits is up at|CommandError", TO_START)
        assert "Straits is up at" in said, "".join(town.log)
        town.manage("import_list", "ofac_sdn", str(SAMPLE_LIST), "--sample", "--diff", "0")
        yield town
    finally:
        for process in reversed(town.running):
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
