"""The front page of staff: what waits and how the market goes, as far as the role may look."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.safestring import SafeString

from compliance import services as compliance
from compliance.models import Case, Rescreening
from compliance.services.freshness import FRESH
from compliance.states import LIVE, CaseState
from marketplace.billing.models import Dispute, Reconciliation, RentalDispute
from marketplace.billing.states import RENTAL_DISPUTE_OPEN, DisputeState
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.drift import Kind
from marketplace.catalog.models import Gpu, Machine, Trust
from marketplace.catalog.states import MachineState
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Kind as AccountKind
from marketplace.web import charts
from marketplace.web.templatetags.straits import cents

DAYS_BACK, DAYS_AHEAD = 30, 14
DAY = timedelta(days=1)
#: open cases by age: what a bar is called, and from how many days on
AGES = (("under a day", 0), ("1 to 2 days", 1), ("3 to 6 days", 3), ("a week or more", 7))

#: machines are compared each minute; a look that is older than this is missing
LOOKED_WITHIN = timedelta(minutes=10)
#: evidence is read through each day
READ_WITHIN = timedelta(days=2)
#: kinds of drift, as they are counted
KINDS = {
    Kind.MISSING: "Should run and do not",
    Kind.UNKNOWN: "Run and nobody knows them",
    Kind.UNWANTED: "Run and should not",
    Kind.GPUS: "On other GPUs",
    Kind.END: "With another end",
    Kind.GENERATION: "Act on an older wish",
    Kind.STATE: "Last words not taken over",
    Kind.STUCK: "Stuck in a state",
}


class Figure(NamedTuple):
    """A number that leads to the rows it counts; `tone` is a colour of straits.css or empty."""

    label: str
    value: str
    url: str = ""
    note: str = ""
    tone: str = ""

    @property
    def is_word(self) -> bool:
        return any(sign.isalpha() for sign in self.value)


class Chart(NamedTuple):
    """A plot with the words of its axes."""

    title: str
    plot: SafeString
    most: str
    ticks: list[str]


class Panel(NamedTuple):
    title: str
    figures: list[Figure]
    chart: Chart | None = None


Draw = Callable[[datetime], Panel]


def panels(*, may: Callable[[str], bool], at: datetime) -> list[Panel]:
    """Those that may be looked at by whoever holds these permissions, in the order of urgency."""
    return [draw(at) for permissions, draw in PANELS if all(map(may, permissions))]


def _cases(at: datetime) -> Panel:
    since = {name: at - days * DAY for name, days in AGES}
    older = [*since.values(), None]
    bands = {
        f"age_{place}": Count(
            "pk",
            Q(opened_at__lte=older[place])
            & (Q(opened_at__gt=older[place + 1]) if older[place + 1] else Q()),
        )
        for place in range(len(AGES))
    }
    found = Case.objects.filter(state__in=LIVE).aggregate(
        all=Count("pk"),
        overdue=Count("pk", Q(deadline__lte=at)),
        unassigned=Count("pk", Q(state=CaseState.OPEN)),
        proposed=Count("pk", Q(state=CaseState.PROPOSED)),
        **bands,
    )
    queue = _list("compliance_case")
    ages = [found[f"age_{place}"] for place in range(len(AGES))]
    told = ", ".join(f"{count} {name}" for count, (name, _) in zip(ages, AGES, strict=True))
    return Panel(
        "Compliance cases",
        [
            Figure("Open", str(found["all"]), queue),
            _bad("Past their deadline", found["overdue"], f"{queue}?due=past"),
            Figure("Nobody's yet", str(found["unassigned"]), f"{queue}?state__exact=open"),
            Figure("Need a signature", str(found["proposed"]), f"{queue}?state__exact=proposed"),
        ],
        _chart("Open cases by age", ages, [name for name, _ in AGES], told, last_open=False),
    )


def _lists(at: datetime) -> Panel:
    states = compliance.list_states(at=at)
    waiting = Rescreening.objects.filter(decision__isnull=True).count()
    url = _list("compliance_listsnapshot")
    figures = [
        Figure(
            one.code,
            one.state,
            f"{url}?source__id__exact={one.snapshot.source_id}" if one.snapshot else url,
            f"good until {one.expires:%d %b %H:%M}" if one.expires else "never imported",
            "" if one.state == FRESH else "bad",
        )
        for one in states
    ]
    waits = f"{_list('compliance_rescreening')}?decision__isnull=1"
    return Panel(
        "Lists",
        [*figures, Figure("Parties to screen anew", str(waiting), waits)],
    )


def _evidence(at: datetime) -> Panel:
    last, faults = compliance.audit_checked()
    read_at = last and last.finished_at
    return Panel(
        "Evidence",
        [
            Figure(
                "Read through",
                f"{read_at.astimezone(UTC):%d %b %H:%M}" if read_at else "never",
                _list("compliance_auditcheck"),
                f"{last.reached} links" if last else "",
                "" if read_at and read_at > at - READ_WITHIN else "bad",
            ),
            _bad(
                "Reads otherwise than sealed",
                faults,
                f"{_list('compliance_auditfault')}?healed_at__isempty=1",
            ),
        ],
    )


def _supply(at: datetime) -> Panel:
    gpus = Gpu.objects.filter(present=True).aggregate(
        all=Count("pk"),
        online=Count("pk", Q(fit=True, machine__state=MachineState.ONLINE)),
        faulty=Count("pk", ~Q(health="ok")),
    )
    machines = Machine.objects.aggregate(
        offline=Count("pk", Q(state=MachineState.OFFLINE)),
        suspended=Count("pk", Q(state=MachineState.SUSPENDED)),
    )
    first = at.astimezone(UTC).date()
    hours = brokerage.sold_hours(first=first, days=DAYS_AHEAD)
    sold = f"{sum(hours):,.0f} GPU-hours are booked in the next {DAYS_AHEAD} days"
    window, there = _list("catalog_machine"), f"{_list('catalog_gpu')}?present__exact=1"
    return Panel(
        "Supply and demand",
        [
            Figure("GPUs on the market", str(gpus["online"]), there, _of(gpus)),
            _bad("GPUs with a fault", gpus["faulty"], f"{there}&health__in=degraded,failed"),
            _bad("Machines offline", machines["offline"], f"{window}?state__exact=offline"),
            _bad("Suspended", machines["suspended"], f"{window}?state__exact=suspended"),
            _bad("Machines in doubt", Trust.objects.doubted().count(), _list("catalog_trust")),
        ],
        _chart("GPU-hours booked a day", hours, _days(first, DAYS_AHEAD), sold, last_open=False),
    )


def _drift(at: datetime) -> Panel:
    """Where rows and machines differ, by kind, each with the age of its oldest."""
    looked, kinds = brokerage.drift_looked_at(), brokerage.tally_drift()
    window = f"{_list('brokerage_drift')}?sure_at__isempty=0&healed_at__isempty=1"
    people = sum(one.for_people for one in kinds)
    old = looked is None or looked < at - LOOKED_WITHIN
    return Panel(
        "Rows and machines",
        [
            Figure(
                "Compared",
                f"{looked.astimezone(UTC):%d %b %H:%M}" if looked else "never",
                _list("brokerage_machinereport"),
                tone="bad" if old else "",
            ),
            _bad("Somebody has to look", people, f"{window}&mended_by__isempty=1"),
            *(
                _bad(KINDS[one.kind], one.open, f"{window}&kind__exact={one.kind}")._replace(
                    note=f"the oldest since {one.since.astimezone(UTC):%d %b %H:%M}"
                )
                for one in kinds
            ),
        ],
    )


def _revenue(at: datetime) -> Panel:
    today = at.astimezone(UTC).date()
    first = today - (DAYS_BACK - 1) * DAY
    fees = ledger.daily(kind=AccountKind.PLATFORM_FEE, currency=settings.CURRENCY, first=first)
    days = [fees.get(first + place * DAY, 0) for place in range(DAYS_BACK)]
    books = f"{_list('ledger_transfer')}?credit__kind__exact={AccountKind.PLATFORM_FEE}"
    told = f"{cents(sum(days))} of fees in {DAYS_BACK} days, {cents(days[-1])} today"
    return Panel(
        "Revenue",
        [
            Figure("Fees today", cents(days[-1]), books, "from the ledger, so far"),
            Figure("Yesterday", cents(days[-2]), books),
            Figure(f"Last {DAYS_BACK} days", cents(sum(days)), books),
        ],
        _chart("Fees a day", days, _days(first, DAYS_BACK), told, money=True),
    )


def _money(at: datetime) -> Panel:
    newest = Reconciliation.objects.order_by("-made_at", "-pk").first()
    disputes = RentalDispute.objects.filter(state__in=RENTAL_DISPUTE_OPEN).aggregate(
        all=Count("pk"), overdue=Count("pk", Q(decide_by__lte=at))
    )
    banks = Dispute.objects.filter(state__in=[DisputeState.INQUIRY, DisputeState.OPEN]).count()
    findings = Figure("Findings against Stripe", "never compared", tone="bad")
    if newest:
        url = f"{_list('billing_finding')}?reconciliation__id__exact={newest.pk}"
        drift = _bad("Findings against Stripe", newest.findings_count, url)
        findings = drift._replace(note=f"compared {newest.made_at.astimezone(UTC):%d %b %H:%M}")
    rentals = _list("billing_rentaldispute")
    return Panel(
        "Drift and disputes",
        [
            findings,
            Figure("Disputes of rentals", str(disputes["all"]), rentals),
            _bad("Past their ruling", disputes["overdue"], f"{rentals}?due=past"),
            _bad("Disputes of cards", banks, _list("billing_dispute")),
        ],
    )


#: what one must be allowed to look at, and what is drawn then
PANELS: tuple[tuple[tuple[str, ...], Draw], ...] = (
    (("compliance.view_case",), _cases),
    (("compliance.view_listsnapshot", "compliance.view_rescreening"), _lists),
    (("compliance.view_auditcheck", "compliance.view_auditfault"), _evidence),
    (
        ("catalog.view_gpu", "catalog.view_machine", "catalog.view_trust", "brokerage.view_lease"),
        _supply,
    ),
    (("brokerage.view_drift", "brokerage.view_machinereport"), _drift),
    (("ledger.view_transfer",), _revenue),
    (
        ("billing.view_finding", "billing.view_rentaldispute", "billing.view_dispute"),
        _money,
    ),
)


def _list(window: str) -> str:
    return reverse(f"admin:{window}_changelist")


def _bad(label: str, count: int, url: str) -> Figure:
    """A count that ought to be nothing."""
    return Figure(label, str(count), url, tone="bad" if count else "")


def _of(gpus: dict[str, int]) -> str:
    return f"of {gpus['all']} that are there"


def _days(first: date, many: int) -> list[str]:
    """About five words for so many days."""
    step = max(1, many // 5)
    return [f"{first + place * DAY:%d %b}" for place in range(0, many, step)]


def _chart(
    title: str,
    amounts: list[int] | list[float],
    ticks: list[str],
    told: str,
    *,
    last_open: bool = True,
    money: bool = False,
) -> Chart:
    most = max([*amounts, 0])
    plot = charts.bars(amounts, f"{title}: {told}", most=most, last_open=last_open)
    return Chart(title, plot, cents(int(most)) if money else f"{most:,.0f}", ticks)
