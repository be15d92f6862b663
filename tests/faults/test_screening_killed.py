"""Killed, late or left without a list: nothing is cleared that should not be, nothing is lost."""

from datetime import UTC, date, datetime, timedelta

import pytest

from compliance import services as compliance
from compliance.models import (
    ChipModel,
    Decision,
    EntryName,
    ListEntry,
    ListSnapshot,
    PolicyRule,
    Rescreening,
    ReversePass,
)
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Lease
from marketplace.core import hints
from marketplace.ledger import services as ledger
from tests import make
from tests.compliance import ofac
from tests.crash import killed_after
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db(transaction=True)
MICRO = timedelta(microseconds=1)
DAY = timedelta(hours=24)
NAMED = "VELMORANE HOLDINGS LTD"
#: more than the longest step has
MOST_WRITES = 30


@pytest.fixture(autouse=True)
def no_hints(monkeypatch):
    """The hints are lost too: only the sweeps are left."""
    monkeypatch.setattr(hints, "_send", lambda task, ids: None)


@pytest.fixture
def bring(tmp_path):
    """Bring a list whose first 40 entries are always the same."""
    compliance.load_reference(at=NOON)

    def bring(*parties, at=NOON):
        folder = ofac.write(tmp_path / "list", *ofac.numbered(40), *parties)
        return compliance.import_list(
            source_code="ofac_sdn", folder=folder, published_on=None, at=at
        )

    bring()
    return bring


def everywhere(call):
    """Kill it after its first write, its second, ... until it ends by itself."""
    for writes in range(1, MOST_WRITES):
        killed = killed_after(writes, call)
        yield writes, killed
        if not killed:
            return
    pytest.fail("raise MOST_WRITES: the end was never reached")


def held():
    """The list in force, to the byte, and how much of everything there is."""
    newest = ListSnapshot.objects.order_by("-pk").first()
    entries = ListEntry.objects.in_force().order_by("uid")
    return {
        "snapshot": (newest.pk, bytes(newest.sha256), newest.entry_count),
        "entries": [(uid, bytes(of)) for uid, of in entries.values_list("uid", "content_hash")],
        "names": EntryName.objects.filter(entry__in=entries).count(),
        "all": [model.objects.count() for model in (ListSnapshot, ListEntry, EntryName)],
        "passes": ReversePass.objects.count(),
    }


def test_an_import_that_is_killed_leaves_the_old_list_whole(bring, tmp_path):
    victim = make.party("Velmorane Holdings Limited")
    before, kills = held(), 0
    changed = [ofac.party(39, "COMPANY WITH A NEW NAME"), ofac.party(501, NAMED)]
    folder = ofac.write(tmp_path / "next", *ofac.numbered(38), *changed)

    def again():
        compliance.import_list(
            source_code="ofac_sdn", folder=folder, published_on=None, at=NOON + HOUR
        )

    for writes, killed in everywhere(again):
        if not killed:
            break
        kills += 1
        assert held() == before, f"killed after write {writes}"
        compliance.reverse_screen(at=NOON)
        assert not Rescreening.objects.exists()
    assert kills >= 5, "a snapshot, entries dropped, entries and names added, a pass"
    after = held()
    assert after["snapshot"][2] == 40
    assert after["entries"] != before["entries"]
    compliance.reverse_screen(at=NOON + HOUR)
    assert [row.party for row in Rescreening.objects.all()] == [victim]


def test_a_worker_killed_while_it_looks_for_whom_a_list_means_loses_nobody(bring, monkeypatch):
    monkeypatch.setattr("compliance.services.reverse.CHUNK", 2)
    victims = [make.party("Velmorane Holdings Limited") for _ in range(3)]
    clean = make.party()
    compliance.reverse_screen(at=NOON)
    bring(ofac.party(501, NAMED), at=NOON + HOUR)
    kills = 0
    for writes, killed in everywhere(lambda: sweep_lists(NOON + HOUR)):
        kills += killed
        done = Rescreening.objects.exclude(decision=None)
        # a decision and its mark are there together or not at all
        assert Decision.objects.count() == done.count(), f"killed after write {writes}"
    assert kills >= 3
    sweep_lists(NOON + HOUR)
    rows = Rescreening.objects.order_by("party_id")
    assert [(row.party, row.decision.outcome) for row in rows] == [
        (victim, "deny") for victim in victims
    ]
    assert not Decision.objects.filter(party=clean).exists()
    assert not ReversePass.objects.filter(finished_at=None).exists()


def sweep_lists(at):
    compliance.reverse_screen(at=at)
    compliance.rescreen_waiting(at=at)


@pytest.fixture
def rented(bring):
    """A reservation that runs since NOON, with $10.00 in the wallet."""
    renter = make.organisation("Renter")
    make.funded(renter, 10_000_000)
    row = make.reservation(renter, make.offer(gpus=2), gpus=2)
    make.started(row)
    return row


def test_a_worker_killed_between_a_refusal_and_its_effect_ends_it_the_next_time(bring, rented):
    bring(ofac.party(501, rented.renter.party.legal_name.upper()), at=NOON + HOUR / 2)
    at = NOON + HOUR / 2

    def enforce():
        brokerage.enforce(reservation=fresh(rented), at=at)

    kills, refusals = 0, []
    for writes, killed in everywhere(enforce):
        row = fresh(rented)
        refusals.append(Decision.objects.filter(outcome="deny").count())
        leases = set(Lease.objects.values_list("state", "ended_at"))
        if killed:
            kills += 1
            # not half ended: money, state and leases move together
            assert (row.state, row.ended_at) == ("active", None), f"killed after write {writes}"
            assert leases == {("active", None)}
            assert ledger.balance(account=wallet(row)).held == 4_800_000
        else:
            assert (row.state, row.ended_at, leases) == ("ended", at, {("ended", at)})
            assert row.decision.outcome == "deny"
    assert kills >= 3
    assert refusals[0] <= 1 <= refusals[-1]


def fresh(row):
    return type(row).objects.select_related("offer__machine__site", "renter__party").get(pk=row.pk)


def wallet(row):
    return brokerage.wallet_account(renter=row.renter, currency="USD")


def test_a_worker_killed_between_a_clearance_and_its_effect_holds_nothing_twice(bring):
    renter, offer = make.organisation("Renter"), make.offer()
    make.funded(renter, 10_000_000)
    row = brokerage.request(renter=renter, by=None, ask=make.ask(offer), key="k", at=NOON)
    kills = 0
    for writes, killed in everywhere(lambda: brokerage.broker(reservation=fresh(row), at=NOON)):
        kills += killed
        now = fresh(row)
        if now.state in ("held", "confirmed"):
            assert now.decision.outcome == "allow", f"killed after write {writes}"
        assert ledger.balance(account=wallet(row)).held in (0, 2_400_000)
        assert (ledger.balance(account=wallet(row)).held > 0) == (
            now.state in ("held", "confirmed")
        )
    assert kills >= 3
    assert fresh(row).state == "confirmed"
    assert Lease.objects.count() == 1


# --- the clock at the edge of a rule

MIDNIGHT = datetime(2026, 11, 25, tzinfo=UTC)


@pytest.fixture
def ban(bring):
    """From midnight on the law forbids all of Malaysia; the list stays fresh past that."""
    bring(at=NOON + HOUR)
    PolicyRule.objects.create(
        rule_id="TEST",
        version=1,
        effective_from=date(2026, 11, 25),
        conditions={"fact": "site_country", "in": ["MY"]},
        outcome="deny",
        reason="test",
        citation="test",
    )


def rental(start, end):
    return compliance.Question(ChipModel.objects.get(name="H200 SXM"), "MY", start, end)


def test_a_clearance_ends_exactly_when_the_rule_begins(ban):
    party, question = make.party(), rental(NOON + 2 * HOUR, MIDNIGHT)
    made = compliance.screen(party=party, question=question, at=NOON + HOUR)
    assert (made.outcome, made.valid_until) == ("allow", MIDNIGHT)
    assert compliance.still_valid(decision=made, at=MIDNIGHT - MICRO)
    assert not compliance.still_valid(decision=made, at=MIDNIGHT)
    assert not compliance.still_valid(decision=made, at=MIDNIGHT + MICRO)


@pytest.mark.parametrize(
    ("end", "outcome"), [(-MICRO, "allow"), (MICRO * 0, "allow"), (MICRO, "deny")]
)
def test_a_window_may_reach_up_to_the_rule_and_not_a_microsecond_into_it(ban, end, outcome):
    question = rental(NOON + 2 * HOUR, MIDNIGHT + end)
    made = compliance.screen(party=make.party(), question=question, at=NOON + HOUR)
    assert made.outcome == outcome


@pytest.mark.parametrize(
    ("moment", "outcome"), [(-MICRO, "allow"), (MICRO * 0, "deny"), (MICRO, "deny")]
)
def test_whoever_asks_at_the_edge_is_judged_by_the_law_of_that_moment(ban, moment, outcome):
    at = MIDNIGHT + moment
    # before midnight for what is left of the day, from then on for an hour
    question = rental(at, max(MIDNIGHT, at + HOUR * (moment >= MICRO * 0)))
    assert compliance.screen(party=make.party(), question=question, at=at).outcome == outcome


def test_a_hold_over_the_edge_is_not_confirmed(bring):
    bring(at=NOON + HOUR)
    renter = make.organisation("Renter")
    make.funded(renter, 10_000_000)
    start = MIDNIGHT - timedelta(minutes=2)
    row = make.reservation(renter, make.offer(), start=start, at=start, auto_confirm=False)
    assert row.state == "held"
    PolicyRule.objects.create(
        rule_id="TEST",
        version=1,
        effective_from=date(2026, 11, 25),
        conditions={"fact": "site_country", "in": ["MY"]},
        outcome="deny",
        reason="test",
        citation="test",
    )
    with pytest.raises(brokerage.NotCleared):
        brokerage.confirm(reservation=fresh(row), at=MIDNIGHT - MICRO)
    assert fresh(row).state == "cancelled"
    assert ledger.balance(account=wallet(row)).held == 0


# --- a list that grows old while somebody waits


def test_a_hold_waits_for_a_fresh_list_and_loses_nothing(bring):
    renter = make.organisation("Renter")
    make.funded(renter, 10_000_000)
    asked = NOON + DAY - timedelta(minutes=5)
    row = make.reservation(
        renter, make.offer(), start=NOON + 26 * HOUR, at=asked, auto_confirm=False
    )
    assert row.state == "held"
    stale = NOON + DAY
    with pytest.raises(brokerage.NotClearedNow):
        brokerage.confirm(reservation=fresh(row), at=stale)
    brokerage.enforce(reservation=fresh(row), at=stale)
    waits = fresh(row)
    assert (waits.state, waits.decision.outcome) == ("held", "allow")
    assert ledger.balance(account=wallet(row)).held == 2_400_000
    assert {lease.state for lease in Lease.objects.all()} == {"held"}
    bring(at=stale + MICRO)
    brokerage.confirm(reservation=fresh(row), at=stale + MICRO)
    done = fresh(row)
    assert (done.state, done.decision.decided_at) == ("confirmed", stale + MICRO)


def test_a_hold_that_waits_in_vain_is_given_back_when_it_runs_out(bring):
    renter = make.organisation("Renter")
    make.funded(renter, 10_000_000)
    asked = NOON + DAY - timedelta(minutes=5)
    row = make.reservation(
        renter, make.offer(), start=NOON + 26 * HOUR, at=asked, auto_confirm=False
    )
    over = asked + timedelta(minutes=10)
    with pytest.raises(brokerage.HoldExpired):
        brokerage.confirm(reservation=fresh(row), at=over)
    brokerage.expire(reservation=fresh(row), at=over)
    assert fresh(row).state == "expired"
    assert ledger.balance(account=wallet(row)).held == 0


def test_whoever_the_fresh_list_names_is_not_confirmed(bring):
    renter = make.organisation("Renter")
    make.funded(renter, 10_000_000)
    asked = NOON + DAY - timedelta(minutes=5)
    row = make.reservation(
        renter, make.offer(), start=NOON + 26 * HOUR, at=asked, auto_confirm=False
    )
    bring(ofac.party(501, renter.party.legal_name.upper()), at=NOON + DAY)
    with pytest.raises(brokerage.NotCleared):
        brokerage.confirm(reservation=fresh(row), at=NOON + DAY)
    assert (fresh(row).state, fresh(row).decision.outcome) == ("cancelled", "deny")
