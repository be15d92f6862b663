"""The front page of staff and the pages that no table has: who sees what, and exact figures."""

import html
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from compliance import services as compliance
from compliance.models import AuditCheck, AuditFault, Case, PolicyRule, RuleApproval
from marketplace.billing.models import Finding, Reconciliation
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Drift, MachineReport
from marketplace.core import audit
from marketplace.core.models import AuditEvent
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Account, Kind, Transaction
from tests import make
from tests.access import cast
from tests.billing import kept
from tests.compliance import caseroom
from tests.stock import SAMPLE_LIST

pytestmark = pytest.mark.django_db
PANELS = {
    "officer": ["Compliance cases", "Lists", "Evidence", "Supply and demand", "Rows and machines"],
    "finance": ["Supply and demand", "Rows and machines", "Revenue", "Drift and disputes"],
    "support": ["Supply and demand", "Rows and machines"],
    "superuser": [
        "Compliance cases",
        "Lists",
        "Evidence",
        "Supply and demand",
        "Rows and machines",
        "Revenue",
        "Drift and disputes",
    ],
}
ROOMS = {
    "officer": "Cases Parties Lists Rules Rentals Machines Doubts Trail",
    "finance": "Rentals Machines Doubts Ledger Disputes Trail",
    "support": "Rentals Machines Doubts",
    "superuser": "Cases Parties Lists Rules Rentals Machines Doubts Ledger Disputes Trail",
}


@pytest.fixture
def desk():
    """Rules and a fresh list of today, and one of staff for each role."""
    call_command("load_reference", verbosity=0)
    call_command("load_staff_roles", verbosity=0)
    listed(at=now())
    return {role: _client(cast.staff(role)) for role in cast.STAFF}


def listed(*, at):
    compliance.import_list(
        source_code="ofac_sdn", folder=SAMPLE_LIST, published_on=None, at=at, sample=True
    )


def _client(person):
    client = Client()
    client.force_login(person)
    return client


def test_each_role_sees_its_panels_and_rooms(desk):
    for role, client in desk.items():
        context = client.get(reverse("admin:index")).context
        assert [panel.title for panel in context["panels"]] == PANELS[role], role
        assert " ".join(room.label for room in context["rooms"]) == ROOMS[role], role


def test_nobody_else_sees_the_front_page(client, alice):
    client.force_login(alice)
    assert client.get(reverse("admin:index")).status_code == 302


def figures(client, panel):
    panels = {one.title: one for one in client.get(reverse("admin:index")).context["panels"]}
    return {one.label: one.value for one in panels[panel].figures}


def opened(name, *, at):
    party = make.party(name)
    return Case.objects.get(decision=compliance.screen(party=party, question=None, at=at))


def test_the_cases_of_the_day_in_figures(desk):
    at = now()
    listed(at=at - timedelta(days=4))
    opened("3M", at=at - timedelta(days=4))
    listed(at=at)
    opened("Peladawn", at=at)
    proposed = opened("Pelagik Dawn Systems Ltd", at=at)
    by = caseroom.officer()
    compliance.assign_case(case=proposed, by=by, at=at)
    compliance.propose_verdict(case=proposed, by=by, verdict="uphold", reason="So.", at=at)
    assert figures(desk["officer"], "Compliance cases") == {
        "Open": "3",
        "Past their deadline": "1",
        "Nobody's yet": "2",
        "Need a signature": "1",
    }
    [panel, *_] = desk["officer"].get(reverse("admin:index")).context["panels"]
    told = "2 under a day, 0 1 to 2 days, 1 3 to 6 days, 0 a week or more"
    assert f'aria-label="Open cases by age: {told}"' in panel.chart.plot


def booked(kind, micro, *, key, at, credit=True):
    fee = ledger.account(kind=kind, currency="USD")
    other = ledger.account(kind=Kind.STRIPE_PENDING, currency="USD")
    debit, to = (other, fee) if credit else (fee, other)
    entry = ledger.Entry(debit=debit, credit=to, amount=micro)
    return ledger.post(key=key, kind="test", entries=[entry], at=at)


def test_revenue_is_what_the_ledger_booked_as_fees(desk):
    at = now()
    booked(Kind.PLATFORM_FEE, 5_000_000, key="a", at=at)
    booked(Kind.PLATFORM_FEE, 1_250_000, key="b", at=at, credit=False)
    booked(Kind.PLATFORM_FEE, 2_000_000, key="c", at=at - timedelta(days=1))
    booked(Kind.PLATFORM_FEE, 7_000_000, key="d", at=at - timedelta(days=31))
    booked(Kind.ROUNDING, 9_000_000, key="e", at=at)
    assert figures(desk["finance"], "Revenue") == {
        "Fees today": "$3.75",
        "Yesterday": "$2.00",
        "Last 30 days": "$5.75",
    }


def test_supply_and_demand_count_gpus_and_booked_hours(desk, harbour):
    offer = make.offer(gpus=2)
    make.offer(gpus=1)
    at = now()
    make.funded(harbour)
    start = at.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=2)
    make.reservation(harbour, offer, at=at, start=start, hours=3, gpus=2)
    found = figures(desk["support"], "Supply and demand")
    assert (found["GPUs on the market"], found["GPUs with a fault"]) == ("3", "0")
    [panel, _] = desk["support"].get(reverse("admin:index")).context["panels"]
    assert "6 GPU-hours are booked in the next 14 days" in panel.chart.plot


def drifted(kind, *, since, machine, **facts):
    """A finding that is open, unless told otherwise."""
    known = {"seen_at": now(), "sure_at": now(), "subject": uuid4(), "mended_by": "a sweep"}
    Drift.objects.create(kind=kind, machine=machine, since=since, **{**known, **facts})


def test_drift_by_kind_with_the_oldest_of_each(desk):
    client, at = desk["support"], now()
    assert figures(client, "Rows and machines") == {
        "Compared": "never",
        "Somebody has to look": "0",
    }
    machine = make.machine()
    brokerage.keep_report(machine=machine, reports=[], at=at)
    brokerage.find_drift(at=at)
    drifted("end", machine=machine, since=at - timedelta(hours=5))
    drifted("end", machine=machine, since=at - timedelta(hours=3))
    drifted("gpus", machine=machine, since=at - timedelta(hours=1), mended_by="")
    drifted("unknown", machine=machine, since=at, sure_at=None)
    drifted("missing", machine=machine, since=at, sure_at=at, healed_at=now())
    assert figures(client, "Rows and machines") == {
        "Compared": f"{at:%d %b %H:%M}",
        "Somebody has to look": "1",
        "With another end": "2",
        "On other GPUs": "1",
    }
    [_, panel] = client.get(reverse("admin:index")).context["panels"]
    by_label = {one.label: one for one in panel.figures}
    assert (
        by_label["With another end"].note
        == f"the oldest since {at - timedelta(hours=5):%d %b %H:%M}"
    )
    assert by_label["Compared"].tone == ""
    rows = client.get(by_label["With another end"].url).context["cl"].result_count
    people = client.get(by_label["Somebody has to look"].url).context["cl"].result_count
    assert (rows, people) == (2, 1)
    MachineReport.objects.update(compared_at=at - timedelta(minutes=11))
    [_, panel] = client.get(reverse("admin:index")).context["panels"]
    assert {one.label: one.tone for one in panel.figures}["Compared"] == "bad"


def test_evidence_that_was_not_read_for_long_or_reads_otherwise(desk):
    client, at = desk["officer"], now()
    assert figures(client, "Evidence") == {
        "Read through": "never",
        "Reads otherwise than sealed": "0",
    }
    compliance.seal(at=at)
    check = compliance.check_audit(at=at)
    for place, healed_at in enumerate((None, at)):
        AuditFault.objects.create(
            sentence=f"fault {place}", created_at=at, seen_at=at, healed_at=healed_at
        )
    assert figures(client, "Evidence") == {
        "Read through": f"{at:%d %b %H:%M}",
        "Reads otherwise than sealed": "1",
    }
    [panel] = [
        one
        for one in client.get(reverse("admin:index")).context["panels"]
        if one.title == "Evidence"
    ]
    read, faults = panel.figures
    assert (read.tone, read.note, faults.tone) == ("", f"{check.reached} links", "bad")
    assert [str(row) for row in client.get(faults.url).context["cl"].result_list] == ["fault 0"]
    late = at - timedelta(days=2)
    AuditCheck.objects.update(created_at=late, finished_at=late)
    assert figures(client, "Evidence")["Read through"] == f"{late:%d %b %H:%M}"
    panels = client.get(reverse("admin:index")).context["panels"]
    assert {one.title: one.figures[0].tone for one in panels}["Evidence"] == "bad"


def test_every_figure_leads_to_the_rows_it_counts(desk):
    opened("3M", at=now())
    drifted("gpus", machine=make.machine(), since=now())
    Reconciliation.objects.create(
        made_at=now(), until=now(), movements=1, postings=1, findings_count=2
    )
    assert figures(desk["finance"], "Drift and disputes")["Findings against Stripe"] == "2"
    found = 0
    for panel in desk["superuser"].get(reverse("admin:index")).context["panels"]:
        for figure in panel.figures:
            if figure.url:
                answer = desk["superuser"].get(figure.url)
                assert (answer.status_code, "e=1" in answer.request["QUERY_STRING"]) == (200, False)
                found += 1
    assert found == 23


def test_as_many_questions_for_twenty_of_everything_as_for_one(
    desk, harbour, django_assert_num_queries, django_assert_max_num_queries
):
    def more(many):
        for _ in range(many):
            make.offer()
            opened("Peladawn", at=now())
            booked(Kind.PLATFORM_FEE, 1, key=f"k{Transaction.objects.count()}", at=now())

    client = desk["superuser"]
    more(1)
    client.get(reverse("admin:index"))
    with django_assert_max_num_queries(30) as first:
        client.get(reverse("admin:index"))
    more(20)
    with django_assert_num_queries(len(first)):
        client.get(reverse("admin:index"))


# --- rules, tried out


def test_a_rule_is_tried_on_the_customers_of_today_and_nothing_is_written(desk, harbour, said):
    harbour.party.__class__.objects.filter(pk=harbour.party_id).update(end_use="military")
    rule = _speaking_of(desk)
    before = AuditEvent.objects.count()
    answer = desk["officer"].get(reverse("admin:rule_preview", args=[rule.pk]))
    [change] = answer.context["rehearsal"].changes
    assert (change.label, rule.rule_id in change.rules) == (f"organisation {harbour}", True)
    assert "1 of 1 customers and reservations come out otherwise" in said(answer)
    assert AuditEvent.objects.count() == before


def _speaking_of(desk):
    """The rule that says no to whoever rents for weapons."""
    found = [
        one
        for one in PolicyRule.objects.filter(outcome="deny")
        if "military" in str(one.conditions)
    ]
    return found[0]


def test_a_rule_is_approved_from_its_preview_by_two_and_stands_in_the_trail(desk, said):
    rule = PolicyRule.objects.order_by("pk").first()
    approve = reverse("admin:rule_approve", args=[rule.pk])
    assert "is approved by you" in said(desk["officer"].post(approve, follow=True))
    assert "You have approved it already" in said(desk["officer"].post(approve, follow=True))
    desk["superuser"].post(approve)
    names = RuleApproval.objects.filter(rule=rule).order_by("pk").values_list("approver_label")
    trail = AuditEvent.objects.filter(verb="approve_rule").order_by("pk")
    assert list(names) == list(trail.values_list("actor_label")) != []
    assert {one.subject for one in trail} == {f"compliance.PolicyRule {rule.public_id}"}
    assert len(trail) == 2


# --- the ledger


def test_a_finding_says_how_far_apart_and_leads_to_the_posting(desk, harbour, said):
    make.funded(harbour)
    key = Transaction.objects.get().key
    run = Reconciliation.objects.create(
        made_at=now(), until=now(), movements=1, postings=1, findings_count=1
    )
    Finding.objects.create(
        reconciliation=run, kind="amount", subject=key, note="off",
        stripe_micro=100_010_000, ledger_micro=100_000_000,
    )  # fmt: skip
    answer = desk["finance"].get(reverse("admin:billing_finding_changelist"))
    assert f"{key} $100.01 $100.00 $0.01 off" in said(answer)
    [link] = re.findall(r'href="([^"]+)">Postings', answer.content.decode())
    found = desk["finance"].get(html.unescape(link)).context["cl"].result_list
    assert [one.key for one in found] == [key]


def test_an_account_lists_its_entries_with_the_balance_each_left(desk, harbour, said):
    wallet = make.funded(harbour, 100_000_000)
    payee = ledger.account(kind=Kind.ROUNDING, currency="USD")
    ledger.post(
        key="spent", kind="test", at=make.NOON,
        entries=[ledger.Entry(debit=wallet, credit=payee, amount=30_000_000)],
    )  # fmt: skip
    answer = desk["finance"].get(reverse("admin:ledger_explore", args=[wallet.pk]))
    told = [(one.change, one.after) for one in answer.context["entries"]]
    assert told == [(-30_000_000, 70_000_000), (100_000_000, 100_000_000)]
    assert answer.context["balance"] == 70_000_000
    newest = answer.context["entries"][0].transfer
    older = desk["finance"].get(
        reverse("admin:ledger_explore", args=[wallet.pk]), {"before": newest.pk}
    )
    assert [one.after for one in older.context["entries"]] == [100_000_000]
    assert f"{harbour} wallet USD" in said(answer)


def test_as_many_questions_for_fifty_entries_as_for_one(
    desk, harbour, django_assert_num_queries, django_assert_max_num_queries
):
    wallet = make.funded(harbour)
    page = reverse("admin:ledger_explore", args=[wallet.pk])
    desk["finance"].get(page)
    with django_assert_max_num_queries(20) as first:
        desk["finance"].get(page)
    for _ in range(49):
        make.funded(harbour)
    with django_assert_num_queries(len(first)):
        desk["finance"].get(page)


def test_a_booking_names_what_it_is_for(desk, harbour, said):
    wallet = make.funded(harbour)
    reservation = make.reservation(harbour, make.offer(), at=now(), start=now() + make.HOUR)
    lease = reservation.assignments.get().leases.get()
    payee = ledger.account(kind=Kind.ROUNDING, currency="USD")
    for key in (f"usage:{lease.public_id}:1:1", "usage:nonsense", "elsewhere"):
        ledger.post(
            key=key, kind="charge", at=make.NOON,
            entries=[ledger.Entry(debit=wallet, credit=payee, amount=1_000_000)],
        )  # fmt: skip
    pages = {
        one.key: reverse("admin:ledger_booked", args=[one.pk]) for one in Transaction.objects.all()
    }
    answer = desk["finance"].get(pages[f"usage:{lease.public_id}:1:1"])
    purpose = answer.context["purpose"]
    assert purpose.label == str(reservation)  # which begins with what it is
    assert purpose.url == reverse("admin:brokerage_reservation_change", args=[reservation.pk])
    assert desk["finance"].get(purpose.url).status_code == 200
    assert "its key names no row here" in said(desk["finance"].get(pages["elsewhere"]))
    assert "its key names no row here" in said(desk["finance"].get(pages["usage:nonsense"]))


def test_a_booking_of_a_kept_workspace_leads_to_it(desk, harbour):
    make.funded(harbour)
    row = kept.ended(make.reservation(harbour, make.offer(), at=now(), start=now() + make.HOUR))
    booked = Transaction.objects.get(key=f"keeping:{row.public_id}")
    answer = desk["finance"].get(reverse("admin:ledger_booked", args=[booked.pk]))
    purpose = answer.context["purpose"]
    assert purpose.url == reverse("admin:brokerage_keeping_change", args=[row.pk])
    assert desk["finance"].get(purpose.url).status_code == 200


def test_a_page_leads_to_what_was_done_to_its_row(desk, alice, said):
    audit.record(verb="renamed", subject=alice, at=make.NOON, actor_label="sally@example.test")
    audit.record(verb="renamed", subject=make.user(), at=make.NOON)
    page = reverse("admin:accounts_user_change", args=[alice.pk])
    trail = (
        f"{reverse('admin:core_auditevent_changelist')}"
        f"?subject__exact=accounts.User+{alice.public_id}"
    )
    assert f'href="{trail}">Trail</a>' in desk["officer"].get(page).content.decode()
    assert "sally@example.test" in said(desk["officer"].get(trail))
    assert len(desk["officer"].get(trail).context["cl"].result_list) == 1
    # a line of the trail has none of its own
    line = AuditEvent.objects.filter(subject__endswith=str(alice.public_id)).get()
    own = reverse("admin:core_auditevent_change", args=[line.pk])
    assert "subject__exact" not in desk["officer"].get(own).content.decode()
    # who may not look at the trail is not sent there, nor to a history that knows less
    told = desk["support"].get(page).content.decode()
    assert (">Trail<" in told, ">History<" in told) == (False, False)


def test_of_a_row_that_is_not_there_yet_only_what_is_asked_for_is_shown(desk, said, alice):
    add = said(desk["superuser"].get(reverse("admin:accounts_membership_add")))
    assert "Role:" in add
    assert "Created at:" not in add
    make.organisation("Elsewhere", member=alice)
    change = reverse("admin:accounts_membership_change", args=[alice.memberships.get().pk])
    assert "Created at:" in said(desk["superuser"].get(change))


def test_the_two_boxes_of_a_span_say_what_goes_into_them(desk, said):
    page = desk["superuser"].get(reverse("admin:metering_ownoutage_add"))
    assert "start and end in UTC, such as 2026-11-24 12:00" in said(page)
    boxes = re.findall(r'aria-label="(\w+)" placeholder="(\w+)"', page.content.decode())
    assert boxes == [("Start", "Start"), ("End", "End")]


def test_a_table_goes_by_the_name_that_people_write(desk, said):
    page = said(desk["support"].get(reverse("admin:accounts_apikey_changelist")))
    assert "There are no API keys yet." in page
    assert "Api" not in page


def test_a_room_has_its_own_page(desk, said):
    answer = desk["finance"].get(reverse("admin:app_list", args=["ledger"]))
    assert answer.context["title"] == "Ledger"
    assert "administration" not in said(answer)


# --- who gets in where


def test_the_pages_without_a_table_are_open_to_whoever_may_see_their_rows(desk, harbour, alice):
    wallet = make.funded(harbour)
    rule = PolicyRule.objects.order_by("pk").first()
    booking = Transaction.objects.get()
    pages = {
        reverse("admin:rule_preview", args=[rule.pk]): {"officer", "superuser"},
        reverse("admin:ledger_explore", args=[wallet.pk]): {"finance", "superuser"},
        reverse("admin:ledger_booked", args=[booking.pk]): {"finance", "superuser"},
    }
    for page, may in pages.items():
        found = {role for role, client in desk.items() if client.get(page).status_code == 200}
        assert found == may, page
        refused = {client.get(page).status_code for role, client in desk.items() if role not in may}
        assert refused == {403}
        assert [_client(alice).get(page).status_code, Client().get(page).status_code] == [302, 302]
        assert desk["superuser"].post(page).status_code == 405
    approve = reverse("admin:rule_approve", args=[rule.pk])
    for role in ("finance", "support"):
        assert desk[role].post(approve).status_code == 403
    assert _client(alice).post(approve).status_code == 302
    assert desk["officer"].get(approve).status_code == 405
    assert not RuleApproval.objects.exists()


def test_evidence_stays_evidence(desk, harbour):
    """No page of the explorer takes a change, and the windows of the ledger take none either."""
    wallet = make.funded(harbour)
    assert Account.objects.count() == 2
    url = reverse("admin:ledger_account_change", args=[wallet.pk])
    assert desk["superuser"].post(url, {"kind": Kind.ROUNDING}).status_code == 403
    wallet.refresh_from_db()
    assert wallet.kind == Kind.WALLET
