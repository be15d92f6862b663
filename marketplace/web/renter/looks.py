"""How an offer's free hours and its prices are shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.brokerage import services as brokerage
from marketplace.brokerage.services import HOUR, Timetable
from marketplace.catalog.models import Offer
from marketplace.catalog.pricing import window_micro
from marketplace.catalog.services import PricePoint
from marketplace.web import charts
from marketplace.web.forms import dollars

DAYS, DAY = 14, 24
STRIP_HOURS = 72
MOST_WINDOWS = 5
HISTORY = timedelta(days=90)
#: the scale of prices ends on a multiple of this, so that its words are round
PRICE_STEP = 250_000
PRICE_ROWS = charts.GRID_ROWS


@dataclass(frozen=True, slots=True)
class Day:
    """A line of the calendar; `whole` counts the hours in which every GPU is free."""

    name: str
    plot: SafeString
    whole: int


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch in which every GPU is free, and what all of them cost for all of it."""

    start: datetime
    end: datetime
    cost_micro: int

    @property
    def length(self) -> timedelta:
        return self.end - self.start

    @property
    def wish(self) -> dict[str, str]:
        """As the form of the offer's page takes it."""
        hours = self.length / HOUR
        return {"start": self.start.strftime("%Y-%m-%dT%H:%M"), "hours": f"{hours:g}"}


@dataclass(frozen=True, slots=True)
class Calendar:
    gpus: int
    days: list[Day]
    windows: list[Window]


@dataclass(frozen=True, slots=True)
class Prices:
    """A chart of 90 days with the words of its axes, from the top and from the left."""

    plot: SafeString
    rows: list[str]
    columns: list[datetime]


def calendar(offer: Offer, *, at: datetime) -> Calendar:
    """The next two weeks of an offer, a line a day; hours that have begun are not free any more."""
    midnight = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    table = brokerage.timetable(offers=[offer], start=midnight, hours=DAYS * DAY)[offer.pk]
    passed = -((midnight - at) // HOUR)
    ahead = Timetable(midnight, table.gpus, (0,) * passed + table.free[passed:])
    free = ahead.windows(gpus=max(1, ahead.gpus))
    return Calendar(
        ahead.gpus,
        [_day(ahead, number) for number in range(DAYS)],
        [_window(offer, ahead.gpus, *window) for window in free[:MOST_WINDOWS]],
    )


def strips(offers: Sequence[Offer], *, start: datetime) -> dict[int, SafeString]:
    """By offer, how much of it is free in each of the three days from `start`."""
    begin = start.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    tables = brokerage.timetable(offers=offers, start=begin, hours=STRIP_HOURS)
    return {pk: _strip(table) for pk, table in tables.items()}


def prices(points: Sequence[PricePoint], *, at: datetime) -> Prices | None:
    """The prices of the last 90 days; None where none has changed in that time."""
    since = at - HISTORY
    spots = [
        (max(0.0, (point.since - since) / HISTORY), point.price_micro_per_gpu_hour)
        for point, follower in zip(points, [*points[1:], None], strict=True)
        if follower is None or follower.since > since
    ]
    if len(spots) < 2:
        return None
    least, most = _scale([price for _, price in spots])
    told = ngettext(
        "Price per GPU-hour over %(days)s days: from %(first)s to %(last)s, changed once",
        "Price per GPU-hour over %(days)s days: from %(first)s to %(last)s, changed"
        " %(times)s times",
        len(spots) - 1,
    ) % {
        "days": HISTORY.days,
        "first": dollars(spots[0][1]),
        "last": dollars(spots[-1][1]),
        "times": len(spots) - 1,
    }
    step = (most - least) // PRICE_ROWS
    return Prices(
        charts.price_steps(spots, told, least=least, most=most),
        [dollars(most - row * step) for row in range(PRICE_ROWS + 1)],
        [since + HISTORY * part / 3 for part in range(3)],
    )


def _day(table: Timetable, number: int) -> Day:
    free = table.free[number * DAY : (number + 1) * DAY]
    date = table.start + timedelta(days=number)
    name = f"{date:%a} {date.day} {date:%b}"
    whole = sum(bool(table.gpus) and count == table.gpus for count in free)
    some = sum(count > 0 for count in free)
    told = _("%(day)s: all %(gpus)s GPUs free for %(whole)s hours, some for %(some)s") % {
        "day": name,
        "gpus": table.gpus,
        "whole": whole,
        "some": some,
    }
    return Day(name, charts.tide(_levels(free, table.gpus), told, kind="tideday"), whole)


def _strip(table: Timetable) -> SafeString:
    midnight = -table.start.hour % DAY
    always, most = min(table.free), max(table.free)
    told = _("Next %(days)s days: always %(always)s, at best %(most)s of %(gpus)s free") % {
        "days": STRIP_HOURS // DAY,
        "always": always,
        "most": most,
        "gpus": table.gpus,
    }
    return charts.tide(_levels(table.free, table.gpus), told, midnight=midnight)


def _levels(free: Sequence[int], gpus: int) -> list[float]:
    return [count / gpus if gpus else 0 for count in free]


def _window(offer: Offer, gpus: int, start: datetime, end: datetime) -> Window:
    return Window(start, end, window_micro(offer.price_micro_per_gpu_hour, gpus, end - start))


def _scale(prices: Sequence[int]) -> tuple[int, int]:
    """The least and the most of an axis around these prices: round, and never of no height."""
    step = PRICE_STEP * PRICE_ROWS
    return min(prices) // step * step, (max(prices) // step + 1) * step
