"""What rented GPUs did, as their machines' agents read it: charts and the latest figures."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from statistics import fmean
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from marketplace.brokerage.models import Lease
from marketplace.catalog.health import noticing
from marketplace.catalog.health import services as health
from marketplace.catalog.models import Gpu, Telemetry
from marketplace.web import charts
from marketplace.web.charts import Spread

from .gpus import last_readings

GIB = 1 << 30
#: the charts reach back so far; agents roll five minutes up into a row
SPAN, STEP = timedelta(hours=12), timedelta(minutes=5)
#: the scale of power ends on a multiple of this
WATTS_STEP = 100
#: as the protocol calls them
UTILISATION, MEMORY, POWER = "gpu_percent", "memory_used_bytes", "power_mw"
Series = list[float | None]


@dataclass(frozen=True, slots=True)
class Chart:
    """All GPUs together: a plot, the words of its axis from the top, and what it says."""

    name: str
    plot: SafeString
    rows: list[str]
    says: str


@dataclass(frozen=True, slots=True)
class Load:
    """One leased GPU: its utilisation over time, and what it showed last."""

    gpu: Gpu
    plot: SafeString | None
    reading: Mapping[str, Any]
    notices: list[str]

    @property
    def memory(self) -> str:
        used = self.reading.get(MEMORY)
        if used is None:
            return ""
        all_of_it = self.gpu.memory_bytes // GIB
        return _("%(used)s of %(all)s GiB") % {"used": used // GIB, "all": all_of_it}

    @property
    def watts(self) -> str:
        power = self.reading.get(POWER)
        return "" if power is None else f"{power // 1000} W"


@dataclass(frozen=True, slots=True)
class Loads:
    """`marks` are the moments under the charts, from the left."""

    charts: list[Chart]
    gpus: list[Load]
    marks: list[datetime]


@dataclass(frozen=True, slots=True)
class Scale:
    """The axis of a chart: up to `most` as the protocol counts, `top` as a reader does."""

    name: str
    most: float
    unit: str
    top: int
    rows: int

    def number(self, level: float) -> int:
        return round(level * self.top)

    def told(self, level: float) -> str:
        return f"{self.number(level)} {self.unit}"

    def words(self) -> list[str]:
        """From the top."""
        below = [f"{self.top * row // self.rows}" for row in reversed(range(self.rows))]
        return [f"{self.top} {self.unit}", *below]


class Grid:
    """A stretch of time in even steps."""

    def __init__(self, start: datetime, end: datetime) -> None:
        self.start = start
        self.steps = max(1, ceil((end - start) / STEP))
        self.step = (end - start) / self.steps

    def series(self, rows: Iterable[Telemetry], uuid: str, key: str) -> Series:
        """What the rows say of one GPU, step by step; None where they say nothing."""
        found: Series = [None] * self.steps
        for row in rows:
            level = row.gpus.get(uuid, {}).get(key)
            first = max(0, round((row.start - self.start) / self.step))
            last = min(self.steps, max(first + 1, round((row.end - self.start) / self.step)))
            found[first:last] = [level] * (last - first)
        return found


def loads(leases: Iterable[Lease], *, at: datetime) -> Loads | None:
    """The last twelve hours of what runs or ran; None where nothing was told of it."""
    ran = [lease for lease in leases if lease.started_at is not None]
    end = max((lease.ended_at or at for lease in ran), default=at)
    start = max(end - SPAN, min((lease.started_at or at for lease in ran), default=at))
    machines = {lease.gpu.machine for lease in ran}
    rows: defaultdict[int, list[Telemetry]] = defaultdict(list)
    for row in health.readings(machines=machines, start=start, end=end):
        rows[row.machine_id].append(row)
    uuids = {lease.gpu.uuid for lease in ran}
    if end <= start or not any(uuids & row.gpus.keys() for told in rows.values() for row in told):
        return None
    grid, last = Grid(start, end), last_readings(machines)
    series = {
        (lease.gpu.uuid, key): grid.series(rows[lease.gpu.machine_id], lease.gpu.uuid, key)
        for lease in ran
        for key in (UTILISATION, MEMORY, POWER)
    }
    return Loads(
        _charts([lease.gpu for lease in ran], series),
        [
            _load(lease, series[lease.gpu.uuid, UTILISATION], last.get(lease.gpu.uuid, {}))
            for lease in ran
        ],
        [start + (end - start) * part / 4 for part in range(4)],
    )


def _charts(gpus: Sequence[Gpu], series: Mapping[tuple[str, str], Series]) -> list[Chart]:
    memory = max(gpu.memory_bytes for gpu in gpus)
    most = max((one or 0 for gpu in gpus for one in series[gpu.uuid, POWER]), default=0)
    watts = (ceil(most / 1000 / WATTS_STEP) or 1) * WATTS_STEP
    kinds = [
        (UTILISATION, Scale(_("Utilisation"), 100, "%", 100, 4)),
        (MEMORY, Scale(_("Memory"), memory, "GiB", memory // GIB, 2)),
        (POWER, Scale(_("Power"), watts * 1000, "W", watts, 2)),
    ]
    made = (_chart([series[gpu.uuid, key] for gpu in gpus], scale) for key, scale in kinds)
    return [chart for chart in made if chart is not None]


def _chart(series: Sequence[Series], scale: Scale) -> Chart | None:
    spreads = [_spread(step, scale.most) for step in zip(*series, strict=True)]
    known = [spread for spread in spreads if spread is not None]
    if not known:
        return None
    mean = fmean(spread.mean for spread in known)
    lowest, highest = min(one.least for one in known), max(one.most for one in known)
    says = _("mean %(mean)s, %(lowest)s to %(highest)s") % {
        "mean": scale.told(mean),
        "lowest": scale.number(lowest),
        "highest": scale.told(highest),
    }
    label = _("%(what)s of all GPUs: %(levels)s") % {"what": scale.name, "levels": says}
    plot = charts.band(spreads, label, kind="lg" if scale.rows == 4 else "md")
    return Chart(scale.name, plot, scale.words(), says)


def _spread(levels: Sequence[float | None], scale: float) -> Spread | None:
    known = [level / scale for level in levels if level is not None]
    return Spread(min(known), fmean(known), max(known)) if known else None


def _load(lease: Lease, series: Series, reading: Mapping[str, Any]) -> Load:
    spreads = [_spread([level], 100) for level in series]
    known = [spread.most for spread in spreads if spread is not None]
    runs = lease.ended_at is None
    plot = None
    if known:
        label = _("Utilisation of GPU %(index)s: at most %(percent)s %%") % {
            "index": lease.gpu.index,
            "percent": round(max(known) * 100),
        }
        plot = charts.band(spreads, label, kind="gpu")
    # what it shows now is the next renter's, once this one is gone
    now = reading if runs else {}
    return Load(lease.gpu, plot, now, list(noticing.notices(now)))
