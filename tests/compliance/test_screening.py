import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from compliance import index as indexes
from compliance import services
from compliance.index import index_for
from compliance.matching import Bands
from compliance.models import (
    ChipModel,
    CountryGroup,
    Decision,
    ListSnapshot,
    ListSource,
    Outcome,
    Party,
    PolicyRule,
)
from compliance.services import Question
from tests import make
from tests.compliance import ofac
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready() -> ListSnapshot:
    """Rules, groups and chips as shipped, and the made-up list, imported at noon."""
    services.load_reference(at=NOON)
    return ofac.import_sample()


def question(**facts: Any) -> Question:
    known = {
        "chip": ChipModel.objects.filter(name="H200 SXM").first(),
        "site_country": "MY",
        "start": NOON + HOUR,
        "end": NOON + 3 * HOUR,
    }
    return Question(**{**known, **facts})


def decide(party: Party | None = None, *, at: datetime = NOON, **facts: Any) -> Decision:
    return services.screen(party=party or make.party(), question=question(**facts), at=at)


def fired(decision: Decision) -> set[str]:
    return {rule["rule"] for rule in decision.reasons["rules"]}


def test_a_clear_party_is_allowed_for_a_day(ready: ListSnapshot) -> None:
    party = make.party()
    decision = decide(party)
    assert (decision.outcome, fired(decision)) == ("allow", {"P090"})
    assert decision.valid_until == NOON + 24 * HOUR
    assert bytes(decision.party_hash) == party.content_hash
    assert decision.snapshots == {"ofac_sdn": str(ready.public_id)}
    assert decision.scorer == Bands().scorer
    assert re.fullmatch(r"straits-names-5 [0-9a-f]{12} 0\.98/0\.83/0\.82", decision.scorer)
    assert len(decision.ruleset_hash) == 64
    assert (decision.during.lower, decision.during.upper) == (NOON + HOUR, NOON + 3 * HOUR)
    assert (decision.chip.name, decision.site_country) == ("H200 SXM", "MY")
    assert Decision.objects.get() == decision


def test_a_listed_name_is_refused_with_its_entry(ready: ListSnapshot) -> None:
    decision = decide(make.party("Pelagic Dawn Systems Limited"))
    assert decision.outcome == "deny"
    assert fired(decision) == {"P010"}
    [legal, parent] = decision.reasons["names"]
    assert (legal["field"], legal["band"], parent["field"]) == (
        "legal_name",
        "match",
        "parent_name",
    )
    [match] = legal["matches"]
    assert (match["source"], match["uid"], match["score"]) == ("ofac_sdn", "990001", 1.0)
    assert match["listed_name"] == "PELAGIC DAWN SYSTEMS LTD."
    assert "with score 1.00: the same words." in decision.reasons["sentence"]
    citations = [rule["citation"] for rule in decision.reasons["rules"]]
    assert citations == ["31 CFR ch. V; asset freezes of the UN, the EU and the UK"]


@pytest.mark.parametrize(
    ("facts", "outcome", "rule"),
    [
        ({"legal_name": "Pelagik Dawn Systems Ltd"}, "manual_review", "P020"),
        ({"legal_name": "Peladawn"}, "manual_review", "P020"),
        ({"native_name": "PELAGIC DAWN SYSTEMS LTD."}, "deny", "P010"),
        ({"parent_name": "Thaddeus Ilario Quorvane"}, "deny", "P010"),
        ({"legal_name": "3M"}, "manual_review", "P021"),
        ({"legal_name": "北京某某科技有限公司"}, "manual_review", "P021"),
        ({"native_name": "某"}, "manual_review", "P021"),
        ({"registration_number": ""}, "manual_review", "P002"),
        ({"registration_number": "  "}, "manual_review", "P002"),
        ({"country": ""}, "manual_review", "P002"),
        ({"hq_country": ""}, "manual_review", "P002"),
        ({"hq_country": "XX"}, "manual_review", "P002"),
        ({"parent_name": ""}, "manual_review", "P002"),
        ({"parent_hq_country": ""}, "manual_review", "P002"),
        ({"country": "KP"}, "deny", "P030"),
        ({"hq_country": "IR"}, "deny", "P030"),
        ({"parent_hq_country": "CU"}, "deny", "P030"),
        ({"hq_country": "RU"}, "deny", "P031"),
        ({"country": "UA"}, "manual_review", "P032"),
        ({"hq_country": "CN"}, "licence_required", "P040"),
        ({"parent_hq_country": "MO"}, "licence_required", "P040"),
        ({"parent_hq_country": "HK"}, "licence_required", "P040"),
        ({"country": "CN"}, "manual_review", "P045"),
        ({"end_use": "military"}, "deny", "P050"),
        ({"end_use": "supercomputer"}, "deny", "P054"),
        ({"end_use": "chip_making"}, "deny", "P055"),
        ({"end_use": "surveillance"}, "deny", "P056"),
        ({"end_use": "refused"}, "deny", "P051"),
        ({"end_use": ""}, "manual_review", "P052"),
        ({"end_use_statement": ""}, "manual_review", "P052"),
    ],
)
def test_what_a_party_may_not_be(
    ready: ListSnapshot, facts: dict[str, str], outcome: str, rule: str
) -> None:
    decision = decide(make.party(**facts))
    assert decision.outcome == outcome
    assert rule in fired(decision)


@pytest.mark.parametrize(
    ("chip", "site", "hq", "outcome", "rule"),
    [
        (None, "MY", "SG", "manual_review", "P044"),
        ("MI308X", "MY", "SG", "manual_review", "P044"),
        ("A10", "MY", "SG", "manual_review", "P044"),
        ("T4", "MY", "SG", "allow", "P090"),
        ("A30", "MY", "SG", "allow", "P090"),
        ("A30", "MY", "CN", "licence_required", "P040"),
        ("T4", "MY", "CN", "manual_review", "P045"),
        ("H20", "MY", "SG", "manual_review", "P044"),
        ("H20", "MY", "CN", "licence_required", "P041"),
        ("Ascend 910B", "MY", "SG", "deny", "P043"),
        ("H200 SXM", "VN", "SG", "licence_required", "P042"),
        ("T4", "VN", "SG", "allow", "P090"),
        ("H200 SXM", "SG", "SG", "allow", "P090"),
        ("H200 SXM", "KP", "SG", "deny", "P030"),
        ("T4", "", "SG", "manual_review", "P046"),
        ("T4", "ZZ", "SG", "manual_review", "P046"),
        ("T4", "US", "SG", "manual_review", "P046"),
    ],
)
def test_what_may_be_rented_where(
    ready: ListSnapshot, chip: str | None, site: str, hq: str, outcome: str, rule: str
) -> None:
    model = ChipModel.objects.get(name=chip) if chip else None
    decision = decide(make.party(hq_country=hq), chip=model, site_country=site)
    assert decision.outcome == outcome
    assert rule in fired(decision)


def test_a_party_alone_can_be_clear_but_that_is_no_rental(ready: ListSnapshot) -> None:
    decision = services.screen(party=make.party(), question=None, at=NOON)
    assert (decision.outcome, fired(decision)) == ("allow", {"P091"})
    assert (decision.chip, decision.site_country, decision.during) == (None, "", None)
    chinese = services.screen(party=make.party(hq_country="CN"), question=None, at=NOON)
    assert (chinese.outcome, fired(chinese)) == ("manual_review", {"P045"})


def test_a_person_has_neither_register_nor_parent(ready: ListSnapshot) -> None:
    facts = {"registration_number": "", "parent_name": "", "parent_hq_country": ""}
    person = make.party("Grete Holmquistsen", kind="person", **facts)
    assert decide(person).outcome == "allow"
    named = make.party("Ysolde Vellacott-Zarrin", kind="person", **facts)
    assert decide(named).outcome == "deny"


# --- fail closed


def test_no_list_allows_nothing() -> None:
    services.load_reference(at=NOON)
    decision = decide()
    assert (decision.outcome, fired(decision)) == ("deny_temporary", {"P001"})
    assert decision.reasons["facts"]["lists"] == "missing"
    assert decision.snapshots == {}


def test_no_rules_allow_nothing() -> None:
    ofac.import_sample()
    assert decide(chip=make.chip()).outcome == "manual_review"


def test_a_list_is_fresh_to_the_second(ready: ListSnapshot) -> None:
    party, second = make.party(), timedelta(seconds=1)
    last = decide(party, at=NOON + 24 * HOUR - second, start=NOON + 25 * HOUR, end=NOON + 26 * HOUR)
    assert last.outcome == "allow"
    assert last.valid_until == NOON + 24 * HOUR
    for late in (NOON + 24 * HOUR, NOON + 24 * HOUR + second):
        decision = decide(party, at=late, start=NOON + 25 * HOUR, end=NOON + 26 * HOUR)
        assert decision.outcome == "deny_temporary"
        assert decision.reasons["facts"]["lists"] == "stale"


def test_a_list_from_the_future_is_not_fresh(ready: ListSnapshot) -> None:
    assert decide(at=NOON - timedelta(minutes=5)).outcome == "allow"
    assert decide(at=NOON - timedelta(minutes=5, seconds=1)).outcome == "deny_temporary"


def test_a_stale_list_still_refuses_whom_it_names(ready: ListSnapshot) -> None:
    late = NOON + 48 * HOUR
    party = make.party("Pelagic Dawn Systems Ltd")
    decision = decide(party, at=late, start=late, end=late + HOUR)
    assert (decision.outcome, fired(decision)) == ("deny", {"P001", "P010"})


def test_every_mandatory_list_counts(ready: ListSnapshot) -> None:
    other = ListSource.objects.create(code="uk_sl", title="UK")
    assert decide().outcome == "deny_temporary"
    other.mandatory = False
    other.save()
    assert decide().outcome == "allow"


def test_made_up_lists_screen_nobody_where_they_are_off(ready: ListSnapshot, settings: Any) -> None:
    settings.SAMPLE_LISTS = False
    decision = decide()
    assert decision.outcome == "deny_temporary"
    assert decision.reasons["facts"]["lists"] == "missing"


def test_a_window_that_ends_before_it_starts_is_no_question(ready: ListSnapshot) -> None:
    with pytest.raises(ValueError, match="before it starts"):
        decide(start=NOON, end=NOON)
    assert not Decision.objects.exists()


def test_what_is_stored_is_screened_not_what_the_caller_holds(ready: ListSnapshot) -> None:
    party = make.party("Pelagic Dawn Systems Ltd")
    party.legal_name = "Something Innocent Ltd"
    assert decide(party).outcome == "deny"


# --- rules in time


def ban(first: datetime, last: datetime | None = None) -> PolicyRule:
    return PolicyRule.objects.create(
        rule_id="T900",
        effective_from=first.date(),
        effective_to=last and last.date(),
        conditions={"fact": "site_country", "is": "MY"},
        outcome="deny",
        reason="A ban made for a test.",
        citation="none",
    )


def test_a_window_is_decided_on_both_sides_of_a_rule(ready: ListSnapshot) -> None:
    ban(datetime(2026, 12, 1, tzinfo=UTC))
    midnight = datetime(2026, 12, 1, tzinfo=UTC)
    start, party = midnight - 5 * HOUR, make.party()
    assert decide(party, start=start, end=midnight).outcome == "allow"
    across = decide(party, start=start, end=midnight + timedelta(microseconds=1))
    assert across.outcome == "deny"
    assert [(rule["rule"], rule["on"]) for rule in across.reasons["rules"]] == [
        ("P090", "2026-11-24"),
        ("T900", "2026-12-01"),
    ]


def test_days_that_have_passed_are_not_judged_again(ready: ListSnapshot) -> None:
    ban(NOON - 72 * HOUR, NOON - 24 * HOUR)
    party, window = make.party(), {"start": NOON - 48 * HOUR, "end": NOON + 48 * HOUR}
    assert decide(party, **window).outcome == "allow"
    ListSnapshot.objects.create(
        source=ready.source, sha256=b"", imported_at=NOON - 25 * HOUR, entry_count=1,
        added=0, changed=0, dropped=0, sample=True,
    )  # fmt: skip
    assert decide(party, at=NOON - 24 * HOUR, **window).outcome == "deny"


def test_a_clearance_ends_at_the_midnight_that_changes_the_law(ready: ListSnapshot) -> None:
    ban(datetime(2026, 11, 25, tzinfo=UTC))
    decision = services.screen(party=make.party(), question=None, at=NOON)
    assert decision.outcome == "allow"
    assert decision.valid_until == datetime(2026, 11, 25, tzinfo=UTC)


# --- what ends a clearance


def test_a_clearance_holds_until_something_changes(ready: ListSnapshot) -> None:
    decision = decide()
    assert services.still_valid(decision=decision, at=NOON)
    assert services.still_valid(decision=decision, at=NOON + 24 * HOUR - timedelta(seconds=1))
    assert not services.still_valid(decision=decision, at=NOON + 24 * HOUR)
    assert not services.still_valid(decision=decision, at=NOON - timedelta(seconds=1))


def test_what_was_never_a_clearance_does_not_stand(ready: ListSnapshot) -> None:
    for facts in ({"end_use": ""}, {"hq_country": "CN"}, {"end_use": "military"}):
        decision = decide(make.party(**facts))
        assert decision.outcome != "allow"
        assert decision.valid_until > NOON
        assert not services.still_valid(decision=decision, at=NOON)


def test_a_changed_party_ends_it(ready: ListSnapshot) -> None:
    decision = decide()
    services.amend_party(party=decision.party, by="staff", at=NOON, end_use="training")
    assert not services.still_valid(decision=decision, at=NOON)


def test_a_new_import_ends_it(ready: ListSnapshot) -> None:
    decision = decide()
    ofac.import_sample(at=NOON + HOUR)
    assert not services.still_valid(decision=decision, at=NOON + HOUR)


def test_a_new_rule_a_moved_country_and_a_reclassified_chip_end_it(ready: ListSnapshot) -> None:
    decision = decide()
    with transaction.atomic():
        ban(datetime(2027, 1, 1, tzinfo=UTC))
        assert not services.still_valid(decision=decision, at=NOON)
        transaction.set_rollback(True)
    assert services.still_valid(decision=decision, at=NOON)
    group = CountryGroup.objects.create(
        group="EMBARGO", country="SG", effective_from="2027-01-01", source="test"
    )
    assert not services.still_valid(decision=decision, at=NOON)
    group.delete()
    assert services.still_valid(decision=decision, at=NOON)
    ChipModel.objects.filter(name="T4").update(export_class="near")
    assert not services.still_valid(decision=decision, at=NOON)


def test_a_list_that_became_mandatory_ends_it(ready: ListSnapshot) -> None:
    decision = decide()
    ListSource.objects.create(code="uk_sl", title="UK")
    assert not services.still_valid(decision=decision, at=NOON)


# --- evidence, words, index


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE compliance_decision SET outcome = 'allow'",
        "DELETE FROM compliance_decision",
        "TRUNCATE compliance_decision CASCADE",
        "UPDATE compliance_policyrule SET outcome = 'allow'",
        "DELETE FROM compliance_policyrule",
    ],
)
def test_decisions_and_rules_cannot_be_rewritten(ready: ListSnapshot, statement: str) -> None:
    decision = decide(make.party("Pelagic Dawn Systems Ltd"))
    with connection.cursor() as cursor:
        # the test's own rows still have deferred foreign keys, which would stop TRUNCATE first
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        refused = pytest.raises(DatabaseError, match="is forbidden: its rows are evidence")
        with refused, transaction.atomic():
            cursor.execute(statement)
    assert Decision.objects.get().outcome == decision.outcome == "deny"
    assert PolicyRule.objects.get(rule_id="P010").outcome == "deny"


def test_renters_learn_an_outcome_and_never_a_reason(ready: ListSnapshot) -> None:
    party = make.party()
    told = {
        outcome: services.public_reason(make.decision(party, outcome=outcome))
        for outcome in set(Outcome.values) - {"allow_licence"}
    }
    licence = make.licence(party)
    licensed = make.decision(party, outcome="allow_licence", licence=licence)
    assert services.public_reason(licensed) == told["allow"]
    assert told == {
        "allow": "available to your organisation",
        "manual_review": "under review",
        "licence_required": "under review",
        "deny_temporary": "not available at the moment",
        "deny": "not available to your organisation",
    }


def test_the_index_is_built_once_per_snapshot(
    ready: ListSnapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = []
    real = indexes.Index
    monkeypatch.setattr(indexes, "Index", lambda names: built.append(1) or real(names))
    first = index_for([ready])
    assert index_for([ready]) is first
    again = ofac.import_sample(at=NOON + HOUR)
    assert index_for([again]) is not first
    assert len(built) == 2
    assert len(first.names) == 43
