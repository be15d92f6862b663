"""Long runs: the demonstration again and again, its worker killed at every state; the big race;
and stories of rentals and money that Hypothesis makes up anew, where tests repeat theirs.

`make soak ROUNDS=3` takes about four minutes a round; the last line is one JSON object.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STORIES = (
    "tests/brokerage/test_machine.py",
    "tests/brokerage/test_bids_machine.py",
    "tests/billing/test_money_machine.py",
)
KILL_AT = ("", "requested", "confirmed", "active")


def run(home: str, kill_at: str) -> dict[str, object]:
    """One demonstration in a home that is kept from run to run, so that books pile up."""
    arguments = ["--kill-worker", kill_at] if kill_at else []
    env = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL")}
    done = subprocess.run(  # noqa: S603  our own command
        [sys.executable, "manage.py", "demo", "--once", *arguments],
        cwd=ROOT,
        env={**env, "DEBUG": "1", "STRAITS_HOME": home},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        print(done.stdout, done.stderr, sep="\n")
        return {"held": False}
    figures: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return figures


def race() -> bool:
    """Sixteen workers on a thousand mixed requests; the tests run it with fewer."""
    return _tests("tests/races/test_market.py", "-k", "sixteen_workers", RACE_REQUESTS="1000")


def stories() -> bool:
    """Stories of rentals, bids and money that no test run has told before."""
    return _tests(*STORIES, OTHER_EXAMPLES="1")


def _tests(*which: str, **env: str) -> bool:
    done = subprocess.run(  # noqa: S603  our own command
        [sys.executable, "-m", "pytest", "-q", *which],
        cwd=ROOT,
        env={**os.environ, **env},
        check=False,
    )
    return done.returncode == 0


def main() -> None:
    rounds = int(os.environ.get("ROUNDS", "1"))
    held: Counter[bool] = Counter()
    print(f"{'round':>6}  {'killed at':<10}{'usage s':>10}{'charged':>10}  held")
    with tempfile.TemporaryDirectory(prefix="straits-soak-") as home:
        for number in range(1, rounds + 1):
            for kill_at in KILL_AT:
                figures = run(home, kill_at)
                held[bool(figures["held"])] += 1
                usage, charged = figures.get("usage_seconds"), figures.get("charged_micro")
                where = kill_at or "-"
                print(f"{number:>6}  {where:<10}{usage!s:>10}{charged!s:>10}  {figures['held']}")
    held[race()] += 1
    for _ in range(rounds):
        held[stories()] += 1
    print(json.dumps({"name": "soak", "runs": held.total(), "held": held[True]}))
    sys.exit(1 if held[False] else 0)


if __name__ == "__main__":
    main()
