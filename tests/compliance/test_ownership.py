from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction

from compliance import services
from compliance.models import Decision, Director, ListEntry, ListSource, OwnershipStake, Party
from marketplace.core.models import AuditEvent
from tests import make, stock
from tests.compliance import ofac
from tests.compliance.test_screening import decide, fired
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
LISTED = "Pelagic Dawn Systems Ltd."
DAY = timedelta(days=1)


@pytest.fixture
def ready() -> None:
    stock.reference()
    ofac.import_sample()


def on_the(letters: str) -> None:
    """Pretend that the made-up entry stands on one of the lists of the Consolidated list."""
    ListSource.objects.filter(code="ofac_sdn").update(code="us_csl")
    ListEntry.objects.update(programs=[f"Some List ({letters}) - Some Bureau"])


def ownership(decision: Decision) -> tuple[str, str, str]:
    facts = decision.reasons["facts"]
    groups = ("blocked", "export", "listed")
    return tuple(facts[f"{group}_ownership"] for group in groups)


# --- declarations


def test_a_stake_is_declared_with_evidence_and_ended_once() -> None:
    party = make.party()
    stake = make.stake(party, " Somebody Ltd ", 2500, owner_country="my", by="sally@example.test")
    assert (stake.owner_name, stake.owner_country, stake.share_bps) == ("Somebody Ltd", "MY", 2500)
    services.end_stake(stake=stake, until=NOON.date(), by="sally@example.test", at=NOON)
    stake.refresh_from_db()
    assert stake.until == NOON.date()
    with pytest.raises(ValidationError, match="It ended on 2026-11-24 already"):
        services.end_stake(stake=stake, until=NOON.date(), by="x", at=NOON)
    added, ended = AuditEvent.objects.order_by("pk")
    assert (added.verb, ended.verb) == ("add_stake", "end_stake")
    assert added.actor_label == "sally@example.test"
    assert added.detail["share_bps"] == "2500"
    assert ended.detail == {"ended": str(stake.public_id), "until": "2026-11-24"}


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"owner_name": ""}, "owner_name"),
        ({"owner_name": "  "}, "owner_name"),
        ({"owner_name": "Null\x00"}, "owner_name"),
        ({"owner_country": "ZZ"}, "owner_country"),
        ({"owner_kind": "cat"}, "owner_kind"),
        ({"share_bps": 10_001}, "share_bps"),
        ({"share_bps": 7501}, "share_bps"),
        ({"share_bps": -1}, "share_bps"),
        ({"source": ""}, "source"),
        ({"evidence": " "}, "evidence"),
        ({"since": NOON.date() + DAY}, "since"),
    ],
)
def test_nonsense_is_no_stake(facts: dict[str, Any], field: str) -> None:
    party = make.party()
    make.stake(party, "First Ltd", 2500)
    known = {"owner_name": "Second Ltd", "share_bps": 100, **facts}
    with pytest.raises(ValidationError) as refused:
        make.stake(party, known.pop("owner_name"), **known)
    assert field in refused.value.message_dict
    assert OwnershipStake.objects.count() == AuditEvent.objects.count() == 1


def test_an_owner_is_a_party_or_a_name_never_itself_nor_twice() -> None:
    party, owner = make.party(), make.party("Owner Ltd")
    for bad in ({"owner": party}, {"owner": owner, "owner_name": "Both"}):
        with pytest.raises(ValidationError):
            make.stake(party, bad.pop("owner"), 100, **bad)
    make.stake(party, owner, 100)
    with pytest.raises(ValidationError):
        make.stake(party, owner, 100)
    assert OwnershipStake.objects.count() == 1


def test_directors_come_and_go() -> None:
    party = make.party()
    director = make.director(party)
    with pytest.raises(ValidationError):
        make.director(party)
    with pytest.raises(ValidationError) as refused:
        services.end_director(director=director, until=NOON.date() + DAY, by="x", at=NOON)
    assert "until" in refused.value.message_dict
    services.end_director(director=director, until=NOON.date(), by="x", at=NOON)
    assert Director.objects.get().until == NOON.date()
    assert [event.verb for event in AuditEvent.objects.order_by("pk")] == [
        "add_director",
        "end_director",
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE compliance_ownershipstake SET share_bps = 1",
        "UPDATE compliance_ownershipstake SET share_bps = 1, until = '2026-11-24'",
        "DELETE FROM compliance_ownershipstake",
        "TRUNCATE compliance_ownershipstake CASCADE",
        "UPDATE compliance_director SET name = 'x'",
        "DELETE FROM compliance_director",
    ],
)
def test_a_declaration_is_ended_and_never_edited(statement: str) -> None:
    party = make.party()
    make.stake(party, "Somebody Ltd", 2500)
    make.director(party)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        refused = pytest.raises(DatabaseError, match="is forbidden: its rows are evidence")
        with refused, transaction.atomic():
            cursor.execute(statement)
    assert OwnershipStake.objects.get().share_bps == 2500
    assert Director.objects.get().name == "Grete Holmquistsen"


# --- what voids a clearance


def test_any_change_above_a_party_voids_its_clearance(ready: None) -> None:
    party, owner = make.party(), make.party("Owner Ltd")
    make.stake(party, owner, 10_000)
    changes = [
        lambda: make.director(party),
        lambda: make.stake(owner, "Grandmother", 100, owner_kind="person", owner_country="SG"),
        lambda: services.amend_party(party=owner, by="x", at=NOON, native_name="Eigner"),
        lambda: services.end_stake(stake=party.stakes.get(), until=NOON.date(), by="x", at=NOON),
    ]
    for change in changes:
        decision = decide(party)
        assert decision.outcome == "allow"
        assert services.still_valid(decision=decision, at=NOON)
        change()
        assert not services.still_valid(decision=decision, at=NOON)


def test_what_does_not_stand_above_voids_nothing(ready: None) -> None:
    party = make.party()
    decision = decide(party)
    daughter = make.party("Daughter Ltd")
    make.stake(daughter, party, 100)
    make.director(daughter)
    assert services.still_valid(decision=decision, at=NOON)


def test_the_content_hash_is_one_query(django_assert_num_queries: Any) -> None:
    party = make.party()
    for number in range(3):
        owner = make.party(f"Owner {number} Ltd")
        make.stake(party, owner, 100)
        make.stake(owner, "Somebody Ltd", 100)
    with django_assert_num_queries(1):
        first = party.content_hash
    assert Party.objects.get(pk=party.pk).content_hash == first


# --- the half


def test_half_in_aggregate_through_a_chain_is_denied_with_its_path(ready: None) -> None:
    party, owner = make.party(), make.party("Quay Holdings Ltd")
    make.stake(party, owner, 5000)
    make.stake(owner, LISTED, 5000)
    decision = decide(party)
    assert decision.outcome == "deny"
    assert {"P010-50", "P022"} <= fired(decision)
    assert "P010" not in fired(decision)
    assert ownership(decision) == ("at_least_half", "none", "at_least_half")
    assert decision.reasons["ownership"]["listed"]["blocked"] == {
        "state": "at_least_half",
        "share_bps": 5000,
        "path": [
            "Quay Holdings Ltd holds 50.00 % of Harbour Light Research Ltd",
            f"{LISTED} holds 50.00 % of Quay Holdings Ltd",
        ],
    }
    assert ("owner " + LISTED, "match") in [
        (one["field"], one["band"]) for one in decision.reasons["names"]
    ]


@pytest.mark.parametrize(
    ("share", "outcome", "rule", "state"),
    [
        (4999, "manual_review", "P022", "minority"),
        (1, "manual_review", "P022", "minority"),
        (None, "manual_review", "P019", "unknown"),
    ],
)
def test_less_than_half_or_unknown_is_a_red_flag(
    ready: None, share: int | None, outcome: str, rule: str, state: str
) -> None:
    party = make.party()
    make.stake(party, LISTED, share)
    decision = decide(party)
    assert decision.outcome == outcome
    assert rule in fired(decision)
    assert ownership(decision) == (state, "none", state)


@pytest.mark.parametrize(
    ("day", "outcome", "rule"),
    [
        ("2025-09-28", "manual_review", "P022"),
        ("2025-09-29", "licence_required", "P016"),
        ("2025-11-09", "licence_required", "P016"),
        ("2025-11-10", "manual_review", "P017"),
        ("2026-11-09", "manual_review", "P017"),
        ("2026-11-10", "licence_required", "P018"),
    ],
)
def test_the_affiliates_rule_by_its_dates(day: str, outcome: str, rule: str) -> None:
    now = datetime.fromisoformat(f"{day}T12:00Z")
    services.load_reference(at=NOON)
    ofac.import_sample(at=now)
    on_the("EL")
    party = make.party()
    make.stake(party, LISTED, 5000)
    decision = decide(party, at=now, start=now + HOUR, end=now + 2 * HOUR)
    assert decision.outcome == outcome
    assert rule in fired(decision)
    assert ownership(decision) == ("none", "at_least_half", "at_least_half")


@pytest.mark.parametrize(
    ("letters", "outcome", "rule"),
    [
        ("SDN", "deny", "P010"),
        ("DPL", "deny", "P011"),
        ("EL", "licence_required", "P012"),
        ("MEU", "licence_required", "P013"),
        ("UVL", "manual_review", "P014"),
        ("CMIC", "manual_review", "P015"),
        ("WHAT", "deny", "P010"),
    ],
)
def test_what_a_listing_means_hangs_on_the_list(
    ready: None, letters: str, outcome: str, rule: str
) -> None:
    on_the(letters)
    decision = decide(make.party(LISTED))
    assert (decision.outcome, fired(decision)) == (outcome, {rule})


# --- owners, directors, control


@pytest.mark.parametrize(
    ("owner", "rule"), [("Pelagik Dawn Systems Ltd", "P024"), ("北京某某科技有限公司", "P024")]
)
def test_an_owner_who_may_be_listed_is_looked_at(ready: None, owner: str, rule: str) -> None:
    party = make.party()
    make.stake(party, owner, 100)
    decision = decide(party)
    assert (decision.outcome, fired(decision)) == ("manual_review", {rule})


def test_a_listed_director_is_looked_at_and_a_clear_one_is_not(ready: None) -> None:
    party = make.party()
    make.director(party)
    assert decide(party).outcome == "allow"
    make.director(party, "Ysolde Vellacott-Zarrin")
    decision = decide(party)
    assert (decision.outcome, fired(decision)) == ("manual_review", {"P023"})


def test_control_is_followed_to_a_d5_headquarters(ready: None) -> None:
    party = make.party()
    owner = make.party("Owner Ltd", parent_name="Top Group", parent_hq_country="CN")
    make.stake(party, owner, 5000)
    decision = decide(party)
    assert decision.outcome == "licence_required"
    assert {"P040", "P045"} <= fired(decision)
    facts = decision.reasons["facts"]
    assert (facts["control_hq"], facts["control_chain"]) == ("CN SG", "known")
    assert decision.reasons["ownership"]["control"]["path"] == [
        "Owner Ltd holds 50.00 % of Harbour Light Research Ltd",
        "Top Group holds an unknown share of Owner Ltd and controls it",
    ]


@pytest.mark.parametrize(
    ("facts", "chain"),
    [
        ({"owner_kind": "person", "owner_country": "SG"}, "known"),
        ({"owner_kind": "person"}, "incomplete"),
        ({"owner_kind": "organisation", "owner_country": "SG"}, "incomplete"),
    ],
)
def test_a_named_majority_owner_is_a_top_only_if_a_person(
    ready: None, facts: dict[str, str], chain: str
) -> None:
    party = make.party()
    make.stake(party, "Grete Holmquistsen", 6000, **facts)
    decision = decide(party)
    assert decision.reasons["facts"]["control_chain"] == chain
    known = chain == "known"
    assert (decision.outcome, fired(decision)) == (
        ("allow", {"P090"}) if known else ("manual_review", {"P025"})
    )


def test_owners_in_a_circle_are_no_chain(ready: None) -> None:
    party, owner = make.party(), make.party("Owner Ltd")
    make.stake(party, owner, 6000)
    make.stake(owner, party, 6000)
    decision = decide(party)
    assert decision.reasons["facts"]["control_chain"] == "cyclic"
    assert (decision.outcome, fired(decision)) == ("manual_review", {"P025"})


def test_without_lists_nothing_is_known_of_owners() -> None:
    services.load_reference(at=NOON)
    party = make.party()
    make.stake(party, LISTED, 6000)
    decision = decide(party)
    assert decision.outcome == "deny_temporary"
    assert ownership(decision) == (None, None, None)
