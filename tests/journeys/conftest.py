"""Running manage.py as a newcomer does: in processes of its own, on engines of its own."""

import os
import subprocess
import sys
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from tests import homes

ROOT = Path(__file__).resolve().parents[2]
#: the test suite's own engines and settings are not the newcomer's
NOT_OURS = ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "PUBLIC_URL", "SECRET_KEY")


@contextmanager
def managing(home):
    """Start `manage.py ...` with this home; whatever is left is killed after."""
    started = []

    def start(*arguments, **environment):
        env = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
        started.append(
            subprocess.Popen(  # noqa: S603  our own command
                [sys.executable, "manage.py", *arguments],
                cwd=ROOT,
                env={**env, "STRAITS_HOME": str(home), "PYTHONUNBUFFERED": "1", **environment},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        )
        return started[-1]

    try:
        yield start
    finally:
        for process in started:
            process.kill()
            process.communicate()


@pytest.fixture
def home():
    with homes.home() as made:
        yield made


@pytest.fixture
def manage(home):
    with managing(home) as start:
        yield start


@pytest.fixture
def left_running(home):
    """Ask for the processes that still name the home in their command line."""
    return partial(left_of, home)


def left_of(home):
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(home) in words and entry.parent.name != str(os.getpid()):
            found.append(words)
    return found
