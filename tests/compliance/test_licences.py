"""The register of licences, and what a licence in it makes of a decision."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction

from compliance import services
from compliance.models import ChipModel, Decision, Licence, LicenceDraw, LicenceEvent, PolicyRule
from compliance.services import Question
from tests import make
from tests.compliance import ofac
from tests.make import HOUR, NOON, REGISTRAR, SECOND

pytestmark = pytest.mark.django_db
RENTAL, OTHER = UUID(int=7), UUID(int=8)
MIDNIGHT = datetime(2026, 11, 25, tzinfo=UTC)


@pytest.fixture
def ready():
    services.load_reference(at=NOON)
    return ofac.import_sample()


@pytest.fixture
def party(ready):
    return make.party()


def ask(party, *, at=NOON, **facts):
    """H200s in Vietnam for two hours: what needs a licence by rule P042."""
    known = {
        "chip": ChipModel.objects.get(name="H200 SXM"),
        "site_country": "VN",
        "start": NOON + HOUR,
        "end": NOON + 3 * HOUR,
        "rental": RENTAL,
    }
    return services.screen(party=party, question=Question(**{**known, **facts}), at=at)


def fired(decision):
    return {rule["rule"] for rule in decision.reasons["rules"]}


def draw(decision, *, rental=RENTAL, gpus=1, hours=2):
    start = decision.during.lower
    services.draw(
        decision=decision, rental=rental, gpus=gpus, start=start, end=start + hours * HOUR, at=NOON
    )


def revoke(licence, *, at=NOON):
    services.revoke_licence(
        licence=licence, reason="Withdrawn.", actor=SECOND, actor_label="ben", at=at
    )


# --- the register


def test_what_is_entered_is_kept_in_one_form(party):
    made = make.licence(
        party, number=" d 123 ", site_countries=["vn", "MY"], end_uses=["training", "inference"]
    )
    made.refresh_from_db()
    assert (made.number, made.site_countries) == ("D 123", ["MY", "VN"])
    assert (made.end_uses, made.granted_to) == (["inference", "training"], party.legal_name)
    assert (made.registered_by, made.registered_by_label) == (REGISTRAR, "ada@example.test")


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"chip_classes": ["unknown"]}, "chip_classes"),
        ({"chip_classes": []}, "chip_classes"),
        ({"end_uses": ["military"]}, "end_uses"),
        ({"end_uses": ["research", "supercomputer"]}, "end_uses"),
        ({"site_countries": ["XX"]}, "site_countries"),
        ({"site_countries": []}, "site_countries"),
        ({"valid_to": date(2026, 10, 31)}, "__all__"),
        ({"gpu_hours": 0}, "__all__"),
        ({"gpus_at_once": 0}, "__all__"),
        ({"evidence": "  "}, "evidence"),
        ({"number": " "}, "number"),
    ],
)
def test_what_no_licence_says_is_refused(party, facts, field):
    with pytest.raises(ValidationError) as refused:
        make.licence(party, **facts)
    assert list(refused.value.message_dict) == [field]
    assert not Licence.objects.exists()


def test_whoever_registered_it_does_not_approve_it(party):
    made = make.licence(party, approved=False)
    with pytest.raises(ValidationError, match="ask a second person"):
        services.approve_licence(licence=made, actor=REGISTRAR, actor_label="ada", at=NOON)
    with pytest.raises(IntegrityError, match="licence_approved_by_another"), transaction.atomic():
        LicenceEvent.objects.create(
            licence=made, act="approved", actor=REGISTRAR, actor_label="x", at=NOON
        )
    assert not LicenceEvent.objects.exists()
    assert ask(party).outcome == "licence_required"


def test_each_act_is_done_once(party):
    made = make.licence(party)
    with pytest.raises(ValidationError, match="This was done already"):
        services.approve_licence(licence=made, actor=SECOND, actor_label="ben", at=NOON)
    revoke(made)
    with pytest.raises(ValidationError, match="This was done already"):
        revoke(made)
    assert sorted(made.events.values_list("act", flat=True)) == ["approved", "revoked"]


def test_revoking_needs_a_reason_and_ends_approving(party):
    made = make.licence(party, approved=False)
    with pytest.raises(ValidationError, match="Say why"):
        services.revoke_licence(licence=made, reason=" ", actor=SECOND, actor_label="b", at=NOON)
    assert not made.events.exists()
    revoke(made)
    with pytest.raises(ValidationError, match="It is revoked"):
        services.approve_licence(licence=made, actor=SECOND, actor_label="ben", at=NOON)


def test_one_number_is_in_force_once_whoever_it_names(party):
    first = make.licence(party, number="D9")
    again = make.licence(make.party("Other Ltd"), number="d9 ", approved=False)
    with pytest.raises(ValidationError, match="A licence of this number is in force already"):
        services.approve_licence(licence=again, actor=SECOND, actor_label="ben", at=NOON)
    assert again.events.count() == 0
    revoke(first)
    services.approve_licence(licence=again, actor=SECOND, actor_label="ben", at=NOON)
    assert again.events.get().act == "approved"


@pytest.mark.parametrize("model", [Licence, LicenceEvent, LicenceDraw])
def test_nothing_of_it_is_rewritten(party, model):
    make.licence(party)
    draw(ask(party))
    for act in (
        lambda rows: rows.update(public_id=RENTAL),
        lambda rows: rows._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError, match="is forbidden"), transaction.atomic():
            act(model.objects.all())
    assert model.objects.count() == 1


# --- what it makes of a decision


def test_a_licence_allows_what_needs_one(party):
    assert ask(party).outcome == "licence_required"
    made = make.licence(party)
    decision = ask(party)
    assert (decision.outcome, decision.licence) == ("allow_licence", made)
    assert decision.permits
    assert {"P042", "P080"} <= fired(decision)
    assert decision.reasons["facts"]["licence"] == "covers"
    assert decision.reasons["licence"] == {
        "gpus": 1,
        "considered": [
            {
                "licence": str(made.public_id),
                "number": made.number,
                "used": {"gpu_us": 0, "at_once": 0, "own": False},
                "enough": True,
            }
        ],
    }
    assert services.public_reason(decision) == "available to your organisation"


def test_where_none_is_needed_none_is_named(party):
    make.licence(party, site_countries=["MY", "VN"])
    decision = ask(party, site_country="MY")
    assert (decision.outcome, decision.licence) == ("allow", None)


@pytest.mark.parametrize(
    "facts",
    [
        {"chip_classes": ["3A090.b"]},
        {"site_countries": ["MY"]},
        {"end_uses": ["training"]},
        {"valid_from": date(2026, 11, 25)},
        {"valid_to": date(2026, 11, 23)},
        {"gpu_hours": 1},
        {"approved": False},
    ],
    ids=lambda facts: next(iter(facts)),
)
def test_a_licence_that_lacks_one_thing_covers_nothing(party, facts):
    make.licence(party, **facts)
    decision = ask(party)
    assert (decision.outcome, decision.licence) == ("licence_required", None)
    assert services.public_reason(decision) == "under review"


def test_another_partys_licence_covers_nothing(party):
    make.licence(make.party("Other Ltd"))
    assert ask(party).outcome == "licence_required"


def test_a_party_that_changed_its_name_is_not_the_one_it_was_granted_to(party):
    make.licence(party)
    services.amend_party(party=party, by="sally", at=NOON, legal_name="Quiet Bay Computing Ltd")
    assert ask(party).outcome == "licence_required"


@pytest.mark.parametrize(
    ("end", "outcome"),
    [
        (MIDNIGHT, "allow_licence"),
        (MIDNIGHT + timedelta(microseconds=1), "licence_required"),
    ],
)
def test_it_must_cover_every_day_of_the_window(party, end, outcome):
    make.licence(party, valid_to=date(2026, 11, 24))
    assert ask(party, end=end).outcome == outcome


@pytest.mark.parametrize(("gpus", "outcome"), [(4, "allow_licence"), (5, "licence_required")])
def test_it_must_have_enough_left(party, gpus, outcome):
    make.licence(party, gpu_hours=8)
    decision = ask(party, gpus=gpus)
    assert decision.outcome == outcome
    [considered] = decision.reasons["licence"]["considered"]
    assert considered["enough"] is (outcome == "allow_licence")


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        ({"hq_country": "CN"}, "manual_review"),
        ({"country": "IR"}, "deny"),
        ({"legal_name": "Pelagic Dawn Systems Limited"}, "deny"),
        ({"legal_name": "Pelagik Dawn Systems Ltd"}, "manual_review"),
        ({"registration_number": ""}, "licence_required"),
        ({"end_use_statement": ""}, "licence_required"),
    ],
)
def test_whatever_else_stands_against_it_still_wins(ready, facts, outcome):
    party = make.party(**facts)
    make.licence(party)
    decision = ask(party)
    assert (decision.outcome, decision.licence) == (outcome, None)
    assert decision.reasons["facts"]["licence"] == "covers"


def test_with_a_stale_list_it_allows_nothing(party):
    make.licence(party)
    late = NOON + 25 * HOUR
    decision = ask(party, at=late, start=late, end=late + HOUR)
    assert decision.outcome == "deny_temporary"


def test_the_rule_that_lets_licences_count_can_end(party):
    make.licence(party)
    rule = PolicyRule.objects.get(rule_id="P080")
    PolicyRule.objects.create(
        rule_id="P080",
        version=2,
        supersedes=rule,
        effective_from=date(2026, 11, 25),
        effective_to=date(2026, 11, 25),
        conditions={"fact": "asked", "is": "party"},
        outcome=rule.outcome,
        reason="Suspended.",
        citation="test",
    )
    assert ask(party, end=MIDNIGHT).outcome == "allow_licence"
    assert ask(party, end=MIDNIGHT + HOUR).outcome == "licence_required"


def test_a_party_on_its_own_is_not_licensed(ready):
    party = make.party(hq_country="CN")
    make.licence(party)
    decision = services.screen(party=party, question=None, at=NOON)
    assert (decision.outcome, decision.reasons["licence"]) == ("manual_review", None)


def test_before_anybody_asks_it_is_available(party):
    chip = ChipModel.objects.get(name="H200 SXM")
    asked = [Question(chip, "VN", NOON, NOON + hours * HOUR) for hours in (100, 101)]
    make.licence(party)
    assert services.preview(party=party, questions=asked, at=NOON) == ["available", "under review"]


def test_the_one_that_ends_first_is_used_up_first(party):
    make.licence(party, number="LATE")
    make.licence(party, number="SOON", valid_to=date(2026, 11, 30), gpu_hours=2)
    decision = ask(party)
    assert decision.licence.number == "SOON"
    draw(decision)
    assert ask(party, rental=OTHER).licence.number == "LATE"
    assert ask(party, rental=RENTAL).licence.number == "SOON"


# --- how long it stands


def test_a_decision_ends_with_its_licence_to_the_microsecond(party):
    make.licence(party, valid_to=date(2026, 11, 24))
    decision = ask(party)
    assert decision.valid_until == MIDNIGHT
    assert services.still_valid(decision=decision, at=MIDNIGHT - timedelta(microseconds=1))
    assert not services.still_valid(decision=decision, at=MIDNIGHT)


def test_a_revoked_licence_voids_the_decision(party):
    made = make.licence(party)
    decision = ask(party)
    assert services.still_valid(decision=decision, at=NOON)
    revoke(made)
    assert not services.still_valid(decision=decision, at=NOON)
    assert ask(party).outcome == "licence_required"


def test_drawing_on_it_voids_no_decision(party):
    make.licence(party)
    decision = ask(party)
    draw(decision)
    assert services.still_valid(decision=decision, at=NOON)


# --- replay


def test_a_decision_under_licence_replays_when_it_is_drawn_on_and_revoked(party):
    made = make.licence(party, gpu_hours=4)
    first = ask(party)
    draw(first)
    second = ask(party, rental=OTHER)
    draw(second, rental=OTHER)
    third = ask(party, rental=UUID(int=9))
    revoke(made)
    assert [one.outcome for one in (first, second, third)] == [
        "allow_licence",
        "allow_licence",
        "licence_required",
    ]
    for one in (first, second, third):
        assert services.replay(decision=Decision.objects.get(pk=one.pk)) == []


def test_an_old_decision_without_licences_replays(party):
    old = ask(party)
    make.licence(party)
    assert services.replay(decision=Decision.objects.get(pk=old.pk)) == []


def test_a_decision_names_its_licence_or_none(party):
    made = make.licence(party)
    for facts in ({"outcome": "allow_licence"}, {"outcome": "allow", "licence": made}):
        with (
            pytest.raises(IntegrityError, match="decision_names_its_licence"),
            transaction.atomic(),
        ):
            make.decision(party, **facts)
    assert not Decision.objects.exists()
