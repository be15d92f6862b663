"""Chaos at length: 150 top-ups, 50 refunds and 50 payouts for each of five seeds, workers dying.

`make bench NAME=chaos`, or SEEDS=1,2 for some of them. What is checked after each is in
tests/chaos.py: one effect for each intent, every wallet exact, nothing that the contract complains
of, and a reconciliation without findings. The last line is one JSON object.
"""

import json
import os
import subprocess
import sys
import time
from unittest import mock

from bench.world import world

PAYMENTS, BACK, OUT = 150, 50, 50
SECONDS = 180.0


def main() -> None:
    """Each seed in a process and a database of its own."""
    if one := os.environ.get("SEED"):
        with world():
            run(int(one))
        return
    seeds = os.environ.get("SEEDS", "1,2,3,4,5").split(",")
    held = sum(_held(one) for one in seeds)
    print(json.dumps({"name": "chaos", "seeds": len(seeds), "held": held}))
    sys.exit(0 if held == len(seeds) else 1)


def _held(seed: str) -> bool:
    command = [sys.executable, "-m", "bench.chaos"]
    done = subprocess.run(command, env={**os.environ, "SEED": seed}, check=False)  # noqa: S603
    return done.returncode == 0


def run(seed: int) -> dict[str, int]:
    """One seed in a database of its own; fails at the first thing that does not hold."""
    from django.conf import settings

    from marketplace.billing.fake_stripe import Fake, serve
    from marketplace.billing.stripe import client
    from tests.billing.stand_in import SECRET
    from tests.chaos_out import ChaosWithPayouts
    from tests.make import NOON

    fake = Fake(clock=NOON.timestamp)
    with serve(fake) as url, mock.patch.object(client, "RETRIES", 0):
        settings.FAKE_STRIPE_URL, settings.STRIPE_WEBHOOK_SECRET = url, SECRET
        began = time.monotonic()
        storm = ChaosWithPayouts(
            fake, seed, payments=PAYMENTS, back=BACK, out=OUT, senders=6, seconds=SECONDS
        )
        storm.run()
        figures = storm.check()
    words = ", ".join(f"{value} {name}" for name, value in figures.items())
    print(f"seed {seed}: {words}; {time.monotonic() - began:.0f} s")
    return figures


if __name__ == "__main__":
    main()
