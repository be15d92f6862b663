"""A tier is something to search for and something that a rule may ask for, as of the moment."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from compliance import services as compliance
from compliance.models import PolicyRule
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.placement import Together
from marketplace.catalog.models import Machine, Trust
from marketplace.catalog.query import parse
from tests import make
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
LATER, EARLIER = timedelta(hours=1), timedelta(hours=-1)
RULE = "P900"


def trusted(machine, *, at, contradicted=False, **until):
    """Put a machine's standing there; each is given as a distance from `at`."""
    ends = {f"{kind}_until": at + length for kind, length in until.items()}
    known = {"contradicted": contradicted, **ends}
    # by its key: objects that a test holds on to must not see it before they are read again
    Trust.objects.update_or_create(machine_id=machine.pk, defaults=known)


@pytest.fixture
def offers(db):
    """Offers by what their machines have shown, as of now."""
    at = now()
    shown = {
        "none": {},
        "once": {"consistent": EARLIER, "challenged": LATER},
        "plain": {"consistent": LATER, "network": LATER},
        "fast": {"consistent": LATER, "challenged": LATER, "latency": LATER},
        "best": {"consistent": LATER, "challenged": LATER, "attested": LATER},
        "liar": {"network": LATER, "contradicted": True},
    }
    made = {name: make.offer() for name in shown}
    for name, facts in shown.items():
        trusted(made[name].machine, at=at, **facts)
    return made


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("trust >= challenged", {"fast", "best"}),
        ("trust = attested", {"best"}),
        ("trust < consistent", {"none", "once", "liar"}),
        ("trust in (consistent, attested)", {"plain", "best"}),
        ("not trust >= consistent", {"none", "once", "liar"}),
        ("location >= network", {"plain", "fast"}),
        ("location = contradicted", {"liar"}),
        ("location = declared", {"none", "once", "best"}),
        ("trust >= challenged and location = latency", {"fast"}),
    ],
)
def test_a_query_finds_what_counts_now(offers, text, found):
    query = parse(text)
    start, end = brokerage.window_of(query, at=now())
    rows = brokerage.search(query=query, start=start, end=end)
    assert {name for name, offer in offers.items() if offer in rows} == found


def test_a_machine_of_which_nothing_is_kept_is_unverified_and_declared(db):
    offer = make.offer()
    query = parse("trust = unverified and location = declared")
    assert list(brokerage.search(query=query, start=NOON, end=NOON + HOUR)) == [offer]


def test_the_most_proven_come_first_when_asked(offers):
    query = parse("order by -trust, -location")
    rows = list(brokerage.search(query=query, start=NOON, end=NOON + HOUR))
    assert rows[:3] == [offers["best"], offers["fast"], offers["plain"]]


@pytest.fixture
def offer(market):
    """An offer of a machine that is consistent at noon, for an hour."""
    made = make.offer(machine=make.machine(gpus=2))
    trusted(made.machine, at=NOON, consistent=HOUR)
    return made


def again(row):
    return type(row).objects.get(pk=row.pk)


@pytest.fixture
def rule(market):
    """What is not at least challenged is for a person to decide."""
    return PolicyRule.objects.create(
        rule_id=RULE,
        version=1,
        effective_from=NOON.date(),
        outcome="manual_review",
        reason="The machine has not been challenged.",
        citation="test",
        verification="test",
        conditions={"not": {"fact": "machine_trust", "in": ["challenged", "attested"]}},
        created_at=NOON,
    )


@pytest.fixture
def renter(harbour):
    make.funded(harbour)
    return harbour


def test_without_such_a_rule_the_tier_decides_nothing(renter, offer):
    made = make.reservation(renter, offer)
    assert made.state == "confirmed"
    assert made.decision.reasons["facts"]["machine_trust"] == "consistent"


def test_a_rule_may_require_a_tier(renter, offer, rule):
    made = make.reservation(renter, offer)
    assert (made.state, made.reason) == ("refused", "under review")
    told = [one["rule"] for one in made.decision.reasons["rules"]]
    assert RULE in told
    trusted(offer.machine, at=NOON, challenged=HOUR)
    assert make.reservation(renter, again(offer)).state == "confirmed"


def test_a_rental_that_does_not_say_which_machine_is_not_let_through(renter, offer, rule):
    asked = compliance.Question(offer.chip, "MY", NOON, NOON + HOUR)
    decision = compliance.screen(party=renter.party, question=asked, at=NOON)
    assert not decision.permits


def test_a_tier_that_ended_ends_what_rests_on_it(renter, offer, rule):
    trusted(offer.machine, at=NOON, challenged=HOUR / 2)
    made = make.reservation(renter, again(offer), start=NOON + HOUR)
    assert made.state == "confirmed"
    brokerage.enforce(reservation=again(made), at=NOON + HOUR / 4)
    assert again(made).state == "confirmed"
    brokerage.enforce(reservation=again(made), at=NOON + HOUR / 2)
    assert again(made).state == "cancelled"


def test_a_decision_is_made_again_with_the_tier_of_its_day(renter, offer, rule):
    trusted(offer.machine, at=NOON, challenged=HOUR)
    made = make.reservation(renter, again(offer))
    Trust.objects.all().delete()
    assert compliance.replay(decision=made.decision) == []


def test_where_any_of_several_machines_may_be_taken_the_least_trusted_counts(renter, offer, rule):
    trusted(offer.machine, at=NOON, challenged=HOUR)
    twin = make.machine(gpus=2, site=offer.machine.site)
    make.offer(machine=twin)
    made = make.reservation(renter, again(offer), together=Together.SITE)
    assert made.decision.reasons["facts"]["machine_trust"] == "unverified"
    assert made.state == "refused"
    trusted(twin, at=NOON, consistent=HOUR, challenged=HOUR)
    assert make.reservation(renter, again(offer), together=Together.SITE).state == "confirmed"


def test_a_suspended_machine_rents_nothing_out(renter, offer):
    Machine.objects.update(state="suspended")
    found = brokerage.search(query=parse("count >= 1"), start=NOON, end=NOON + HOUR)
    assert list(found) == []
