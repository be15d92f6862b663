"""The rental: what happens, in order, and what is checked on the way."""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from django.conf import settings
from django.db.models import Sum

from compliance import services as compliance
from marketplace.billing.models import StripeCommand
from marketplace.brokerage.models import Lease, Reservation
from marketplace.catalog import services as catalog
from marketplace.catalog.models import Gpu, Offer
from marketplace.catalog.states import MachineState
from marketplace.config.supervisor import Child
from marketplace.core.money import text_from_micro

from . import books
from .cast import Cast
from .customer import Customer, wait_for

GPUS = 2
LEASE = timedelta(seconds=20)
#: the node learns of the lease with its next beat; a start a little ahead is met on time
START_IN = timedelta(seconds=4)
TOP_UP_MICRO = 50_000_000
PRICE_MICRO = 2_400_000
WORKLOAD = {
    "command": [
        "python3",
        "-c",
        "import os, time\n"
        "print('leased:', os.environ['CUDA_VISIBLE_DEVICES'], flush=True)\n"
        "time.sleep(3600)",
    ],
    "environment": {"EPOCHS": "1"},
}
OVER = ("settled", "refused", "failed", "cancelled", "expired")


@dataclass
class Story:
    """Tells as it goes; `checks` and `figures` are what remains at the end."""

    base: str
    cast: Cast
    say: Callable[[str], None]
    worker: Child
    kill_worker_at: str = ""
    checks: dict[str, bool] = field(default_factory=dict)
    figures: dict[str, Any] = field(default_factory=dict)

    def tell(self) -> None:
        offer = self._list()
        with Customer(self.base, self.cast.renter_key) as renter:
            self._top_up(renter)
            reservation = self._rent(renter, offer)
            self._settle(renter, reservation)
        with Customer(self.base, self.cast.refused_key) as refused:
            self._refuse(refused, offer)
        self._close()

    def check(self, what: str, holds: bool) -> None:
        self.checks[what] = holds
        self.say(f"  [{'ok' if holds else 'WRONG'}] {what}")

    def _list(self) -> Offer:
        self.say("1. The node agent enrols and reports its GPUs through NVML")
        machine = self.cast.machine
        wait_for("the machine coming online", self._machine_is_up)
        gpus = list(machine.gpus.filter(present=True).select_related("chip"))
        for gpu in gpus:
            mark = " (simulated)" if machine.simulated else ""
            self.say(f"  {gpu.nvml_name} {gpu.uuid}{mark}")
        chip = compliance.chip_for(nvml_name=gpus[0].nvml_name)
        assert chip is not None  # noqa: S101  the simulated profile is a known chip
        offer = catalog.list_offer(
            machine=machine,
            chip=chip,
            price_micro_per_gpu_hour=PRICE_MICRO,
            at=datetime.now(UTC),
        )
        self.say(f"  listed: {offer.chip} in {machine.site} at ${text_from_micro(PRICE_MICRO)}/h")
        self.figures["gpus_listed"] = Gpu.objects.rentable().filter(machine=machine).count()
        self.check("both GPUs are listed", self.figures["gpus_listed"] == GPUS)
        return offer

    def _machine_is_up(self) -> bool:
        machine = self.cast.machine
        machine.refresh_from_db()
        present = machine.gpus.filter(present=True).count()
        return machine.state == MachineState.ONLINE and present >= GPUS

    def _top_up(self, renter: Customer) -> None:
        fake = " (the fake Stripe: no money moves)" if os.environ.get("FAKE_STRIPE_URL") else ""
        self.say(f"2. The renter tops up the wallet through Stripe{fake}")
        before = renter.get("wallet")["posted_micro"]
        asked = renter.post(
            "wallet/top-ups",
            {"amount_micro": TOP_UP_MICRO, "payment_method": "pm_card_visa"},
        )
        wait_for(
            "the top-up",
            lambda: renter.get(f"wallet/top-ups/{asked['id']}")["state"] == "succeeded",
        )
        after = renter.get("wallet")["posted_micro"]
        self.check("the wallet grew by exactly $50.00", after - before == TOP_UP_MICRO)

    def _rent(self, renter: Customer, offer: Offer) -> Reservation:
        self.say(f"3. The renter reserves {GPUS} GPUs for {LEASE.seconds} s; a worker brokers it")
        start = datetime.now(UTC) + START_IN
        asked = renter.post(
            "reservations",
            {
                "offer": str(offer.public_id),
                "gpu_count": GPUS,
                "start": start.isoformat(),
                "end": (start + LEASE).isoformat(),
                "workload": WORKLOAD,
            },
        )
        seen: list[str] = []
        killed: list[bool] = []

        def note(state: str) -> bool:
            if state not in seen:
                seen.append(state)
                self.say(f"  {datetime.now(UTC):%H:%M:%S} {state}")
            if self.kill_worker_at == state and not killed:
                killed.append(True)
                self._kill_worker()
            return state in OVER

        note(asked["state"])
        path = f"reservations/{asked['id']}"
        wait_for("the rental", lambda: note(renter.get(path)["state"]), LEASE.seconds + 60)
        if self.kill_worker_at:
            self.check(f"the worker was killed at {self.kill_worker_at}", bool(killed))
        return Reservation.objects.get(public_id=asked["id"])

    def _kill_worker(self) -> None:
        assert self.worker.process is not None  # noqa: S101  it was started
        self.say("  kill -9 to the worker; the supervisor starts another")
        os.killpg(self.worker.process.pid, signal.SIGKILL)

    def _settle(self, renter: Customer, reservation: Reservation) -> None:
        self.say("4. Usage is metered, charged and settled")
        found = books.figures(reservation)
        leases = Lease.objects.filter(assignment__reservation=reservation)
        assert reservation.decision is not None  # noqa: S101  the database's constraint says so
        self.figures |= {
            "clearance": reservation.decision.outcome,
            "reservation": reservation.state,
            "lease_seconds": len(leases) * LEASE.total_seconds(),
            "usage_seconds": found.usage_ms / 1000,
            "charged_micro": found.charged,
            "provider_micro": found.provider,
            "fee_micro": found.fee,
        }
        cost = renter.get(f"reservations/{reservation.public_id}/cost")
        self.say(
            f"  {found.usage_ms / 1000:.3f} GPU-seconds: ${text_from_micro(found.charged)}, of it "
            f"provider ${text_from_micro(found.provider)}, fee ${text_from_micro(found.fee)}"
        )
        self.check("the reservation is settled", reservation.state == "settled")
        self.check("something was used", found.charged > 0)
        self.check("usage lies within the leases", found.usage_ms <= len(leases) * 20_000)
        self.check(
            "charge = price x usage, recomputed", books.recomputed(reservation) == found.charged
        )
        self.check("the cost statement equals the charges", cost["total_micro"] == found.charged)
        self.check("the hold was given back", renter.get("wallet")["held_micro"] == 0)

    def _refuse(self, refused: Customer, offer: Offer) -> None:
        self.say("5. A renter on the sanctions list asks for the same GPUs")
        refused.post(
            "wallet/top-ups", {"amount_micro": 10_000_000, "payment_method": "pm_card_visa"}
        )
        wait_for("the second top-up", lambda: refused.get("wallet")["posted_micro"] >= 10_000_000)
        start = datetime.now(UTC) + timedelta(hours=1)
        asked = refused.post(
            "reservations",
            {
                "offer": str(offer.public_id),
                "gpu_count": 1,
                "start": start.isoformat(),
                "end": (start + LEASE).isoformat(),
                "workload": WORKLOAD,
            },
        )
        path = f"reservations/{asked['id']}"
        wait_for("the refusal", lambda: refused.get(path)["state"] in OVER)
        told = refused.get(path)
        self.say(f"  {told['state']}: {told['reason']}")
        self.check("the listed renter is refused", told["state"] == "refused")
        taken = Lease.objects.filter(assignment__reservation__public_id=asked["id"])
        self.check(
            "and holds nothing", not taken.exists() and not refused.get("wallet")["held_micro"]
        )

    def _close(self) -> None:
        self.say("6. The books")
        checks = books.ledger_checks(settings.CURRENCY)
        for what, holds in checks.items():
            self.check(what, holds)
        self.figures["ledger_balanced"] = all(checks.values())
        self.figures["stripe_calls"] = self._stripe_calls()
        self.check("Stripe was spoken to", self.figures["stripe_calls"] > 0)

    def _stripe_calls(self) -> int:
        address = os.environ.get("FAKE_STRIPE_URL")
        if not address:
            return StripeCommand.objects.aggregate(sent=Sum("attempts"))["sent"] or 0
        told = httpx.get(f"{address}/_fake/calls", timeout=5).json()
        self.check("every call matched Stripe's own types", told["complaints"] == [])
        return int(told["calls"])
