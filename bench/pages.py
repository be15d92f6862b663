"""Server time of the main pages on a market of 10,000 GPUs.

Machines of eight GPUs with an offer each, two thirds of them leased, thousands of reservations of
one renter, a provider with a tenth of the machines, notices, and the staff's lists. Each page is
asked for by Django's own client, in this process, as the person whom it is for: no network and no
other process, but all of Django, the database and Redis. After two requests to warm it up the
median of ROUNDS is shown, the processor time that Python took of it (which says more on a machine
with neighbours), the time that the database took of one request, and its statements.
"""

import json
import statistics
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from bench.fleet import grow
from bench.report import machine
from bench.world import world

GPUS, ROUNDS, LIMIT_MS = 10_000, 7, 100
NOTICES, BOOKED = 2_000, 60
RENTER = (
    "home",
    "home?q=gpu+~+H100+and+country+in+(MY,+SG)",
    "reservations",
    "waitlist",
    "wallet",
    "wallet-now",
    "invoices",
    "disputes",
    "members",
    "organisation",
    "know",
    "record",
    "keys",
    "webhooks",
    "notices",
    "bell",
    "notice-choices",
    "service-levels",
)
PROVIDER = (
    "provider",
    "provider?page=3",
    "incidents",
    "earnings",
    "payouts",
    "disputes",
    "notices",
)
STAFF = (
    "admin:index",
    "admin:brokerage_reservation_changelist",
    "admin:brokerage_lease_changelist",
    "admin:catalog_machine_changelist",
    "admin:catalog_gpu_changelist",
    "admin:catalog_offer_changelist",
    "admin:compliance_case_changelist",
    "admin:compliance_decision_changelist",
    "admin:accounts_organisation_changelist",
    "admin:core_auditevent_changelist",
    "admin:ledger_transfer_changelist",
    "admin:notices_notice_changelist",
)


class Seen(NamedTuple):
    """Of one page, times in milliseconds."""

    who: str
    page: str
    ms: float
    cpu_ms: float
    database_ms: float
    statements: int


def main() -> None:
    with world():
        people, more = _fill()
        print(f"{'who':<9}{'page':<44}{'ms':>8}{'CPU':>8}{'of which SQL':>14}{'statements':>12}")
        rows = []
        for who, url, name in _pages(people, more):
            rows.append(_measure(who, people[who], url, name))
            _show(rows[-1])
    slow = [f"{row.who} {row.page}" for row in rows if row.ms > LIMIT_MS]
    print(f"{len(rows)} pages, above {LIMIT_MS} ms: {', '.join(slow) or 'none'}")
    print(json.dumps({"name": "pages", "slow": slow, "machine": machine(), "rows": rows}))


def _fill() -> tuple[dict[str, Any], dict[str, list[tuple[str, str]]]]:
    """Everybody who looks, and by who the pages of single things: (address, name)."""
    from django.db import connection
    from django.urls import reverse

    from marketplace.accounts.models import Membership, Organisation
    from marketplace.brokerage.models import Reservation
    from marketplace.catalog.models import Machine, Offer
    from tests import make

    at = datetime.now(UTC)
    make.fresh_list(at=at)
    grow(GPUS, at=at)
    renter = Organisation.objects.get(name="Renter of the bench")
    provider = Organisation.objects.filter(can_provide=True).order_by("pk")[0]
    people = {"renter": make.user("renter@bench.example"), "provider": make.user("p@bench.example")}
    for name, organisation in (("renter", renter), ("provider", provider)):
        Membership.objects.create(user=people[name], organisation=organisation, role="owner")
        _tell(organisation, at)
    people["staff"] = make.user("staff@bench.example", is_staff=True, is_superuser=True)
    offers = list(Offer.objects.order_by("pk")[:BOOKED])
    states = ("settled", "ended", "cancelled")
    booked = [
        make.bare_reservation(renter, offer, state=states[place % len(states)])
        for place, offer in enumerate(offers)
    ]
    one = Machine.objects.filter(site__operator=provider).order_by("pk")[0]
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    print(f"{GPUS} GPUs, {Machine.objects.count()} machines, {Reservation.objects.count()} rentals")
    return people, {
        "renter": [
            (reverse("offer", args=[offers[0].public_id]), "offer"),
            (reverse("reservation", args=[booked[0].public_id]), "reservation"),
            (reverse("reservation-now", args=[booked[0].public_id]), "reservation-now"),
        ],
        "provider": [
            (reverse("provider-machine", args=[one.public_id]), "provider-machine"),
            (reverse("machine-start", args=[one.public_id]), "machine-start"),
            (reverse("plan-upkeep", args=[one.public_id]) + "?look=1", "plan-upkeep"),
        ],
        "staff": [],
    }


def _tell(organisation: Any, at: datetime) -> None:
    from marketplace.notices import services as notices

    events = [
        notices.Event(
            kind="reservation.ended",
            organisation=organisation.pk,
            key=f"bench-{number}",
            facts={"chip": "H100 SXM", "gpu_count": 8, "reason": "the window is over"},
        )
        for number in range(NOTICES)
    ]
    notices.record(events=events, at=at)


def _pages(
    people: dict[str, Any], more: dict[str, list[tuple[str, str]]]
) -> Iterator[tuple[str, str, str]]:
    from django.urls import reverse

    for who, names in (("renter", RENTER), ("provider", PROVIDER), ("staff", STAFF)):
        for name in names:
            route, _, query = name.partition("?")
            yield who, reverse(route) + (f"?{query}" if query else ""), name
        for url, name in more[who]:
            yield who, url, name


def _measure(who: str, person: Any, url: str, name: str) -> Seen:
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    settings.ALLOWED_HOSTS = ["testserver"]
    client = Client()
    client.force_login(person)
    if person.is_staff:
        session = client.session
        session["account_authentication_methods"] = [{"method": "mfa", "type": "totp"}]
        session["account_authentication_methods_user"] = str(person.pk)
        session.save()
    for _ in range(2):
        answer = client.get(url)
        if answer.status_code != 200:
            sys.exit(f"{who} {url}: {answer.status_code}, so nothing can be said of its time")
    times, busy = [], []
    for _ in range(ROUNDS):
        started, used = time.perf_counter(), time.process_time()
        client.get(url)
        busy.append((time.process_time() - used) * 1000)
        times.append((time.perf_counter() - started) * 1000)
    with CaptureQueriesContext(connection) as asked:
        client.get(url)
    database = sum(float(query["time"]) for query in asked.captured_queries) * 1000
    ms, cpu = round(statistics.median(times), 1), round(statistics.median(busy), 1)
    return Seen(who, name, ms, cpu, round(database, 1), len(asked))


def _show(row: Seen) -> None:
    mark = "  <- slow" if row.ms > LIMIT_MS else ""
    print(
        f"{row.who:<9}{row.page:<44}{row.ms:>8.1f}{row.cpu_ms:>8.1f}{row.database_ms:>14.1f}{row.statements:>12}{mark}",
        flush=True,
    )


if __name__ == "__main__":
    main()
