"""All machines of a provider at a glance: how they are, what they ask, who has them when."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from marketplace.accounts.models import Organisation
from marketplace.billing.models import Charge
from marketplace.brokerage.models import Lease
from marketplace.brokerage.states import LeaseState
from marketplace.catalog import liveness
from marketplace.catalog.models import Gpu, Machine, Offer
from marketplace.catalog.states import Health, MachineState
from marketplace.catalog.trust import services as trust
from marketplace.web import charts

DAYS = 7
AHEAD = timedelta(days=DAYS)
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Row:
    """A machine's line. Money is micro-units; `share` is how much of the days ahead is booked."""

    machine: Machine
    seen: datetime | None
    tier: str
    price: int | None
    plot: SafeString
    share: float
    earned: int

    @property
    def unwell(self) -> int:
        return int(getattr(self.machine, "unwell", 0))


@dataclass(frozen=True, slots=True)
class Fleet:
    """The lines of a page and, over all machines, what they come to."""

    rows: list[Row]
    days: list[datetime]
    machines: int
    online: int
    gpus: int
    unwell: int
    booked_hours: int
    hours: int
    earned: int

    @property
    def share(self) -> float:
        return self.booked_hours / self.hours if self.hours else 0


def own_machines(of: Organisation) -> QuerySet[Machine]:
    """With how many GPUs each has, and how many of them are not well."""
    rows = Machine.objects.filter(site__operator=of).select_related("site", "trust")
    present = Q(gpus__present=True)
    return rows.annotate(
        gpu_count=Count("gpus", filter=present),
        unwell=Count("gpus", filter=present & ~Q(gpus__health=Health.OK)),
        chip_name=Max("gpus__chip__name", filter=present),
    )


def last_seen(machines: Sequence[Machine]) -> dict[int, datetime | None]:
    """By machine; None when it was never heard."""
    heard = liveness.last_seen(machine_ids=[machine.pk for machine in machines])
    return {pk: _moment(seconds) for pk, seconds in heard.items()}


def _moment(seconds: float | None) -> datetime | None:
    # Redis keeps fractions of a second that nobody wants to read
    return None if seconds is None else datetime.fromtimestamp(int(seconds), UTC)


def fleet(of: Organisation, machines: Sequence[Machine], *, at: datetime) -> Fleet:
    """A fixed number of questions, however many machines there are."""
    seen, prices, earned = last_seen(machines), _prices(machines), _earned(of, at)
    taken = _taken(machines, at)
    rows = [
        Row(
            machine,
            seen[machine.pk],
            trust.tier_of(machine, at=at),
            prices.get(machine.pk),
            _plot(machine, taken[machine.pk], at),
            _share(machine, taken[machine.pk], at),
            earned.get(machine.pk, 0),
        )
        for machine in machines
    ]
    return Fleet(
        rows,
        [at + timedelta(days=day) for day in range(DAYS)],
        **_sums(of),
        booked_hours=_booked_hours(of, at),
        earned=sum(earned.values()),
    )


def _sums(of: Organisation) -> dict[str, int]:
    mine = Machine.objects.filter(site__operator=of)
    online = Q(state=MachineState.ONLINE)
    found = mine.aggregate(machines=Count("pk"), online=Count("pk", filter=online))
    present = Gpu.objects.filter(machine__site__operator=of, present=True)
    gpus = present.aggregate(gpus=Count("pk"), unwell=Count("pk", filter=~Q(health=Health.OK)))
    return {**found, **gpus, "hours": gpus["gpus"] * DAYS * 24}


def _prices(machines: Iterable[Machine]) -> dict[int, int]:
    """The least that each asks, in micro-units per GPU-hour."""
    rows = Offer.objects.listed().filter(machine__in=machines).values("machine")
    least = rows.annotate(price=Min("price_micro_per_gpu_hour"))
    return {row["machine"]: row["price"] for row in least}


def _earned(of: Organisation, at: datetime) -> dict[int, int]:
    """By machine, what charges of this month (UTC) gave its provider."""
    month = at.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    rows = Charge.objects.filter(lease__gpu__machine__site__operator=of, charged_at__gte=month)
    sums = rows.values(machine=F("lease__gpu__machine")).annotate(yours=Sum("provider_micro"))
    return {row["machine"]: row["yours"] for row in sums}


def _ahead(at: datetime) -> QuerySet[Lease]:
    return Lease.objects.live().filter(during__overlap=(at, at + AHEAD))


def _taken(machines: Iterable[Machine], at: datetime) -> defaultdict[int, list[Lease]]:
    found: defaultdict[int, list[Lease]] = defaultdict(list)
    for lease in _ahead(at).filter(gpu__machine__in=machines).select_related("gpu"):
        found[lease.gpu.machine_id].append(lease)
    return found


def _within(lease: Lease, at: datetime) -> tuple[datetime, datetime]:
    return max(at, lease.during.lower), min(at + AHEAD, lease.during.upper)


def _share(machine: Machine, leases: Iterable[Lease], at: datetime) -> float:
    gpus = int(getattr(machine, "gpu_count", 0))
    taken = sum((end - begin) / AHEAD for begin, end in (_within(one, at) for one in leases))
    return min(1.0, taken / gpus) if gpus else 0.0


def _booked_hours(of: Organisation, at: datetime) -> int:
    rows = _ahead(at).filter(gpu__machine__site__operator=of).only("during")
    return int(sum((end - begin) / HOUR for begin, end in (_within(row, at) for row in rows)))


def _plot(machine: Machine, leases: Sequence[Lease], at: datetime) -> SafeString:
    """Leases of one window are one bar, however many GPUs it takes."""
    windows = {(*_within(one, at), one.state != LeaseState.HELD) for one in leases}
    stretches = [
        ((begin - at) / AHEAD, (end - at) / AHEAD, sure) for begin, end, sure in sorted(windows)
    ]
    label = _("%(machine)s, the next %(days)s days: %(leases)s GPU bookings") % {
        "machine": machine.name,
        "days": DAYS,
        "leases": len(leases),
    }
    return charts.spans(stretches, label, days=DAYS)
