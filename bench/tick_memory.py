"""The most memory that the billing tick takes, over 1,000 and over 100,000 leases.

By `bench.billing` in a process of its own, for what else a bench holds would count. Each size is
ticked twice, so that what a first tick loads for good is not taken for growth; what is reported is
the peak within the second.
"""

import json
from pathlib import Path

from bench.world import world

SIZES = (1_000, 100_000)
#: written here, the kernel forgets the highest resident size so far (proc(5), clear_refs)
FORGET_PEAK = "5"


def _resident_mb(which: str) -> float:
    """A line of the kernel's about this process: VmRSS, what it has now, or VmHWM, its peak."""
    lines = Path("/proc/self/status").read_text().splitlines()
    [kibibytes] = [line.split()[1] for line in lines if line.startswith(f"{which}:")]
    return round(int(kibibytes) * 1024 / 1e6, 1)


def main() -> None:
    with world():
        from bench.rentals import Rentals
        from marketplace.billing import services as billing
        from marketplace.ledger import services as ledger
        from tests.make import NOON

        rentals = Rentals()

        def peak_mb(leases: int) -> float:
            rentals.add(leases - rentals.made)
            for _ in range(2):
                rentals.use()
                Path("/proc/self/clear_refs").write_text(FORGET_PEAK)
                assert billing.charge_live(at=NOON) > 0  # noqa: S101
            return _resident_mb("VmHWM")

        before = _resident_mb("VmRSS")
        peaks = {f"{leases:,} leases": peak_mb(leases) for leases in SIZES}
        told = {"name": "billing-memory", "unit": "MB at the peak", "before": before, **peaks}
        print(json.dumps(told))
        assert ledger.verify() == []  # noqa: S101  a bench of wrong books means nothing


if __name__ == "__main__":
    main()
