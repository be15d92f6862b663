"""The calendars of machines, read into memory for placing: a look, without a lock."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from psycopg.types.range import TimestamptzRange

from marketplace.brokerage.barring import barring
from marketplace.brokerage.matching import Free
from marketplace.brokerage.models import Reservation
from marketplace.brokerage.placement import Host, Placed, Strategy, Together, Wish, ours, place
from marketplace.brokerage.pools import Pool
from marketplace.catalog.models import Gpu, Offer
from marketplace.catalog.trust.services import lowest_tier, tier_of
from marketplace.core.moments import TICK

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EVER = datetime.max.replace(tzinfo=UTC)


class Terms(NamedTuple):
    """What must be equal for one machine to stand in for another."""

    site: int
    chip: int
    price: int
    currency: str
    simulated: bool
    min_window_s: int
    max_window_s: int | None
    notice_s: int
    horizon_days: int
    cleaning_s: int
    schedule: int | None
    keep_micro: int | None


#: of a listed offer the columns of its terms, in their order
COLUMNS = (
    "machine__site",
    "chip",
    "price_micro_per_gpu_hour",
    "currency",
    "machine__simulated",
    "min_window_s",
    "max_window_s",
    "notice_s",
    "horizon_days",
    "cleaning_s",
    "schedule",
    "keep_micro_per_gib_hour",
)


class Wanted(NamedTuple):
    """GPUs of an offer, or of its equals in the site."""

    offer: Offer
    gpus: int
    start: datetime
    end: datetime
    together: Together

    @property
    def wish(self) -> Wish:
        end = _us(self.until)
        return Wish(self.gpus, _us(self.start), end, self.offer.machine_id, self.together)

    @property
    def until(self) -> datetime:
        """When its GPUs can be somebody else's again."""
        return self.end + timedelta(seconds=self.offer.cleaning_s)

    @property
    def terms(self) -> Terms:
        offer = self.offer
        return Terms(
            offer.machine.site_id,
            offer.chip_id,
            offer.price_micro_per_gpu_hour,
            offer.currency,
            offer.machine.simulated,
            offer.min_window_s,
            offer.max_window_s,
            offer.notice_s,
            offer.horizon_days,
            offer.cleaning_s,
            offer.schedule_id,
            offer.keep_micro_per_gib_hour,
        )


def wanted(reservation: Reservation) -> Wanted:
    return Wanted(
        reservation.offer,
        reservation.gpu_count,
        reservation.during.lower,
        reservation.during.upper,
        Together(reservation.together),
    )


def least_trusted(asked: Sequence[Wanted], *, at: datetime) -> list[str]:
    """For each the lowest tier of any machine whose GPUs might be taken for it.

    What is asked on the same terms is looked up once.
    """
    lowest = {
        terms: lowest_tier(machines={machine for machine, _ in pairs}, at=at)
        for terms, pairs in _equals(asked).items()
    }
    return [
        tier_of(one.offer.machine, at=at) if one.together == Together.OFFER else lowest[one.terms]
        for one in asked
    ]


class Board:
    """The machines that some wishes may use, with every live lease that touches their windows."""

    def __init__(self, asked: Sequence[Wanted]) -> None:
        self._equals = _equals(asked)
        machines = {(one.offer.machine_id, one.offer.chip_id) for one in asked}
        machines |= {pair for pairs in self._equals.values() for pair in pairs}
        self._hosts = _hosts(machines)
        _fill(self._hosts.values(), asked)
        self._pools: dict[Terms, Pool] = {}

    def hosts(self, asked: Wanted) -> list[Host]:
        """Those that may be used for this, in primary-key order."""
        if asked.together == Together.OFFER:
            pairs = {(asked.offer.machine_id, asked.offer.chip_id)}
        else:
            pairs = self._equals[asked.terms]
        return [self._hosts[pair] for pair in sorted(pairs) if pair in self._hosts]

    def place(self, asked: Wanted, strategy: Strategy = ours) -> Placed | None:
        if asked.together == Together.OFFER:
            return place(self.hosts(asked), asked.wish, strategy)
        if asked.terms not in self._pools:
            self._pools[asked.terms] = Pool(self.hosts(asked))
        return self._pools[asked.terms].place(asked.wish, strategy)

    def take(self, asked: Wanted, placed: Placed) -> None:
        for machine, gpus in placed.items():
            host = self._hosts[machine, asked.offer.chip_id]
            host.take(asked.wish, gpus)
            for pool in self._pools.values():
                pool.noted(host)


def _us(moment: datetime) -> int:
    return (moment - EPOCH) // TICK


def _equals(asked: Sequence[Wanted]) -> dict[Terms, set[tuple[int, int]]]:
    """The (machine, chip) of every listed offer on the same terms, where any would do."""
    terms = {one.terms for one in asked if one.together != Together.OFFER}
    found: dict[Terms, set[tuple[int, int]]] = {one: set() for one in terms}
    if not terms:
        return found
    offers = Offer.objects.listed().filter(
        machine__site__in={one.site for one in terms}, chip__in={one.chip for one in terms}
    )
    for *same, machine in offers.values_list(*COLUMNS, "machine"):
        if (key := Terms(*same)) in found:
            found[key].add((machine, key.chip))
    return found


def _hosts(machines: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Host]:
    wanted = set(machines)
    gpus: dict[tuple[int, int], list[Free]] = defaultdict(list)
    facts: dict[int, tuple[str, TimestamptzRange | None]] = {}
    rows = Gpu.objects.rentable().filter(machine__in={machine for machine, _ in wanted})
    for machine, chip, fabric, upkeep, pk, index in rows.values_list(
        "machine", "chip", "machine__fabric", "machine__upkeep", "pk", "index"
    ):
        if (machine, chip) in wanted:
            gpus[machine, chip].append(Free(pk, index))
            facts[machine] = fabric, upkeep
    return {key: _host(key[0], found, *facts[key[0]]) for key, found in gpus.items()}


def _host(machine: int, gpus: Sequence[Free], fabric: str, upkeep: TimestamptzRange | None) -> Host:
    """In maintenance nobody is placed on it, as if all its GPUs were leased."""
    host = Host(machine, gpus, fabric)
    if upkeep is not None:
        begins, ends = _us(upkeep.lower or EPOCH), _us(upkeep.upper or EVER)
        host.leases += [(begins, ends, gpu.pk) for gpu in gpus]
    return host


def _fill(hosts: Iterable[Host], asked: Sequence[Wanted]) -> None:
    by_gpu = {gpu.pk: host for host in hosts for gpu in host.gpus}
    first, last = min(one.start for one in asked), max(one.until for one in asked)
    # by machine: the list of all GPUs of a large site takes longer to send than to look up
    machines = {host.pk for host in by_gpu.values()}
    # a lease that begins when the last one ends counts too
    for gpu, during, cleaning_s in barring(machines, first, last + TICK, gpus=len(by_gpu)):
        if gpu in by_gpu:
            until = _us(during.upper + timedelta(seconds=cleaning_s))
            by_gpu[gpu].leases.append((_us(during.lower), until, gpu))
