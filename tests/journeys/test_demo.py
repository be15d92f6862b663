"""The main job as a newcomer runs it: real processes, from the first heartbeat to the invoice."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
#: the test suite's own engines and settings are not the demonstration's
NOT_OURS = ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "PUBLIC_URL", "SECRET_KEY")


def demo(home, *arguments):
    env = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
    done = subprocess.run(  # noqa: S603  our own command
        [sys.executable, "manage.py", "demo", "--once", *arguments],
        cwd=ROOT,
        env={**env, "DEBUG": "1", "STRAITS_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert "WRONG" not in done.stdout
    return done.stdout, json.loads(done.stdout.splitlines()[-1])


def left_running(home):
    """Processes that still name the folder in their command line."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(home) in words and entry.parent.name != str(os.getpid()):
            found.append(words)
    return found


@pytest.mark.parametrize("killed_at", ["", "requested", "confirmed", "active"])
def test_one_rental_from_the_node_to_the_invoice(tmp_path, killed_at):
    """Also when the worker is killed with SIGKILL on the way; another one is started."""
    told, figures = demo(tmp_path, *(["--kill-worker", killed_at] if killed_at else []))
    assert (f"[ok] the worker was killed at {killed_at}" in told) == bool(killed_at)
    assert figures["held"]
    assert (figures["gpus_listed"], figures["lease_seconds"]) == (2, 40.0)
    assert (figures["clearance"], figures["reservation"]) == ("allow", "settled")
    # 2 GPUs, each within the 20 s of its lease; starting may take the node a moment
    assert 30 < figures["usage_seconds"] <= 40
    assert figures["charged_micro"] == figures["provider_micro"] + figures["fee_micro"]
    most = int(figures["usage_seconds"] * 1000) * 2_400_000 // 3_600_000
    assert most - 2 <= figures["charged_micro"] <= most
    assert figures["ledger_balanced"]
    assert figures["stripe_calls"] >= 2  # two top-ups
    assert left_running(tmp_path) == []
