"""The program as a person at a keyboard meets it: its words, its exit code, its complaint."""

import os
import subprocess
import sys

SIMULATE = ("--allow-simulated-gpus", "--simulate", "h100:2", "--runtime", "process")


def environment(**more):
    mine = {key: value for key, value in os.environ.items() if key != "FAKENVML_STATE"}
    return {**mine, **more}


def call(*words, **more):
    """Run a command in a process of its own: (exit code, what it printed, what it complained)."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "agents.node.main", *map(str, words)],
        env=environment(**more),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def complaint(code, out, err):
    """The one line that a person gets, without a traceback."""
    [line] = err.splitlines()
    return code, out, line.removeprefix("straits-node: ")


def found(out):
    return {line[6:21].strip(): (line[:5].strip(), line[22:]) for line in out.splitlines()}
