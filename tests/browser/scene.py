"""An ordinary day on the market, for pictures: what they show is in the database."""

import math
import random
from datetime import timedelta
from itertools import pairwise
from uuid import uuid4

from django.utils.timezone import now

from agents.gateway import services as gateway
from compliance.models import ChipModel
from marketplace.billing import services as billing
from marketplace.billing.models import SavedCard, TopUp
from marketplace.catalog import joining, liveness
from marketplace.catalog import services as catalog
from marketplace.catalog.models import MachineReading, Site, Telemetry, Trust
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Kind
from marketplace.metering import services as metering
from tests import make
from tests.billing import papers
from tests.browser import staffroom
from tests.make import HOUR, NOON

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
H100, H200, B200, L40S, A100, RTX = (
    *("H100 SXM", "H200 SXM", "B200", "L40S", "A100 80GB SXM/PCIe"),
    "RTX 4090",
)
#: provider; country, site and city; machines: name, GPUs, price a GPU-hour, reliability
MARKET = (
    (
        ("Selat Compute", "MY", "Johor Bahru 1", "Johor Bahru"),
        (
            ("jb1-r01", 8, H100, 2_390_000, 9_870),
            ("jb1-r02", 8, H100, 2_450_000, 9_810),
            ("jb1-r03", 8, H200, 3_150_000, 9_640),
            ("jb1-r04", 4, L40S, 890_000, 9_120),
        ),
    ),
    (
        ("Lion City Cloud", "SG", "Tuas 2", "Singapore"),
        (("tuas-11", 8, H100, 2_780_000, 9_930), ("tuas-12", 8, B200, 5_400_000, 9_420)),
    ),
    (
        ("Mekong GPU", "VN", "Saigon East", "Ho Chi Minh City"),
        (("sge-3", 4, H100, 1_990_000, 8_800),),
    ),
    (
        ("Nusantara Data", "ID", "Batam 3", "Batam"),
        (("bt3-07", 8, A100, 1_240_000, 9_350), ("bt3-08", 8, L40S, 760_000, 9_270)),
    ),
    (("Chao Phraya Compute", "TH", "Bangkok East", "Bangkok"), (("bke-2", 8, RTX, 420_000, None),)),
)
BEFORE_NOW = 3 * HOUR + 10 * MINUTE


class Day:
    """By name what pages are about; `at` is when it is looked at."""

    def __init__(self, renter, owner, staff):
        self.at, self.renter, self.owner, self.staff = now(), renter, owner, staff
        self.chance = random.Random(7)  # noqa: S311  the same day each time
        self.others = [make.organisation(name) for name in ("Pasir Labs", "Orchard Vision")]
        self.case = staffroom.cases(self.at)
        self.machines = dict(self._machines())
        self.provider = self.machines["jb1-r01"].site.operator
        self.siti = make.user("siti@selat.example", name="Siti Rahim")
        self.provider.memberships.create(user=self.siti, role="owner")
        self._money()
        self.invoice = self._invoice()
        self.offers = {name: self._list(*facts) for name, facts in self._prices().items()}
        self.reservation = self._running()
        for name in self.offers:
            self._book(name)
        self.newcomer = self._newcomer()
        self._fees()

    # --- supply

    def _machines(self):
        for (operator, country, site, city), rows in MARKET:
            by = make.organisation(operator, can_rent=False, can_provide=True)
            where = Site.objects.create(name=site, operator=by, country=country, city=city)
            for name, gpus, chip, _, reliability in rows:
                yield name, self._machine(where, name, gpus, chip, reliability)

    def _machine(self, site, name, gpus, chip, reliability):
        seen = {"inventory_at": self.at - MINUTE, "driver_version": "570.86.15"}
        made = make.machine(gpus=0, site=site, name=name, reliability_bps=reliability, **seen)
        kind = ChipModel.objects.get(name=chip)
        for index in range(gpus):
            make.gpu(
                made,
                uuid=f"GPU-{uuid4()}",
                index=index,
                chip=kind,
                nvml_name=kind.nvml_names[0],
                memory_bytes=kind.memory_gb << 30,
            )
        soon = self.at + 20 * HOUR
        Trust.objects.create(
            machine=made,
            consistent_until=soon,
            challenged_until=soon if reliability and reliability > 9_300 else None,
            network_until=soon if reliability else None,
        )
        liveness.note(machine_id=made.pk, at=self.at - timedelta(seconds=8))
        return made

    def _prices(self):
        return {name: (name, chip, price) for _, rows in MARKET for name, _, chip, price, _ in rows}

    def _list(self, name, chip, price):
        """With a dearer and a cheaper price in the weeks before."""
        kind = ChipModel.objects.get(name=chip)
        for days, share in ((80, 118), (52, 109), (23, 96), (6, 100)):
            made = catalog.list_offer(
                machine=self.machines[name],
                chip=kind,
                price_micro_per_gpu_hour=price * share // 1_000_000 * 10_000,
                at=self.at - days * DAY,
            )
        return made

    def _book(self, name):
        """Some hours of the days ahead, on some GPUs."""
        offer, hour = self.offers[name], self.at.replace(minute=0, second=0, microsecond=0) + HOUR
        gpus = list(offer.machine.gpus.order_by("index"))
        begin = 14 if offer == self.reservation.offer else self.chance.randrange(6)
        while begin < 24 * 6:
            end = begin + self.chance.choice((4, 8, 12, 20, 30))
            many = self.chance.choice((len(gpus) // 4, len(gpus) // 2, len(gpus)))
            made = make.bare_reservation(
                self.chance.choice(self.others),
                offer,
                state="confirmed",
                gpu_count=many,
                during=(hour + begin * HOUR, hour + end * HOUR),
            )
            part = made.assignments.create(machine=offer.machine)
            for gpu in gpus[:many]:
                part.leases.create(gpu=gpu, during=made.during, state="confirmed")
            begin = end + self.chance.choice((2, 5, 9, 16))

    def _newcomer(self):
        """A machine that is on its way: named, with a token made."""
        made = joining.add_machine(
            site=self.machines["jb1-r01"].site, name="jb1-r05", by=self.siti, at=self.at
        )
        gateway.issue_token(machine=made, by=self.siti, at=self.at)
        return made

    # --- demand

    def _money(self):
        make.funded(self.renter, 2_500_000_000, at=NOON)
        for days, dollars in ((20, 500), (11, 1_000), (4, 1_000)):
            when = self.at - days * DAY
            TopUp.objects.create(
                organisation=self.renter,
                requested_by=self.owner,
                amount_micro=dollars * 1_000_000,
                currency="USD",
                state="succeeded",
                settled_at=when,
                created_at=when,
                payment_intent=f"pi_{days}",
                idempotency_key=f"scene-{days}",
                request_sha256=b"",
            )
        SavedCard.objects.create(
            organisation=self.renter,
            payment_method="pm_scene",
            brand="visa",
            last4="4242",
            exp_month=12,
            exp_year=2034,
            is_default=True,
        )

    def _invoice(self):
        """Over three rentals of one noon, with tax."""
        papers.record_seller(
            self.staff, name="Straits Pte. Ltd.", address="1 Raffles Place\nSingapore 048616"
        )
        papers.tax_rule(self.staff, source="IRAS, GST: general guide")
        make.fresh_list(at=NOON)  # the newest list counts
        for name, minutes in (("jb1-r01", 50), ("jb1-r03", 35), ("jb1-r04", 58)):
            machine = self.machines[name]
            chip = machine.gpus.first().chip
            made = papers.rented(
                self.renter,
                gpus=4,
                machine=machine,
                chip=chip,
                after=minutes,
                price_micro=self._prices()[name][-1],
                created_at=self.at - 200 * DAY,
            )
            catalog.withdraw_offer(offer=made.offer)
        return papers.invoice(self.renter)

    def _running(self):
        """Four GPUs for half a day, of which some hours have passed."""
        begin = self.at - BEFORE_NOW
        make.fresh_list(at=begin - HOUR)
        made = make.reservation(
            self.renter,
            self.offers["jb1-r01"],
            gpus=4,
            start=begin,
            hours=14,
            at=begin - 4 * MINUTE,
            workload={"template": "ssh", "command": [], "environment": {"RUN": "llm-7b-sft"}},
        )
        part = make.started(made, at=begin + MINUTE)
        part.endpoints = [
            {"name": "ssh", "scheme": "ssh", "host": "jb1-r01.selat.example", "port": 40_022},
        ]
        part.save(update_fields=["endpoints"])
        self._telemetry(part, begin)
        steps = [begin + MINUTE + step * 10 * MINUTE for step in range(19)]
        segments = [make.segment(part, *pair) for pair in pairwise(steps)]
        make.accept(machine=part.machine, segments=segments, at=self.at)
        metering.seal(reservation=made, at=self.at)
        billing.charge(reservation=made, at=self.at)
        return made

    def _telemetry(self, part, begin):
        uuids = [lease.gpu.uuid for lease in part.leases.select_related("gpu").order_by("gpu")]
        for step in range(int(BEFORE_NOW / (5 * MINUTE))):
            start = begin + step * 5 * MINUTE
            Telemetry.objects.create(
                machine=part.machine,
                start=start,
                end=start + 5 * MINUTE,
                gpus={uuid: self._reading(step, place) for place, uuid in enumerate(uuids)},
            )
        MachineReading.objects.create(
            machine=part.machine,
            read_at=self.at,
            kernel_boot=str(uuid4()),
            gpus={uuid: self._reading(37, place) for place, uuid in enumerate(uuids)},
        )

    def _reading(self, step, place):
        warm = min(1.0, (step + 1) / 5)
        load = warm * (91 + 4 * math.sin(step / 2 + place)) - (45 if step in (14, 27) else 0)
        return {
            "gpu_percent": int(load),
            "memory_used_bytes": int((64 + place + warm * 6) * 2**30),
            "power_mw": int(180_000 + load * 4_900),
            "temperature_c": int(38 + load / 4),
        }

    # --- the desk

    def _fees(self):
        """What rentals of a month brought, as the ledger has it."""
        wallet = make.funded(self.others[0], 4_000_000_000, at=self.at - 31 * DAY)
        fee = ledger.account(kind=Kind.PLATFORM_FEE, currency="USD")
        for day in range(30):
            amount = 38_000_000 + day * 1_900_000 + self.chance.randrange(22_000_000)
            ledger.post(
                key=f"scene:{day}",
                kind="fee",
                entries=[ledger.Entry(debit=wallet, credit=fee, amount=amount)],
                at=self.at - (29 - day) * DAY,
            )
