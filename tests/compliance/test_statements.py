"""End-use statements: what is signed counts, for a year, until it is taken back."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction

from compliance import services, tasks
from compliance.models import (
    ChipModel,
    Decision,
    EndUseStatement,
    EndUseStatementWithdrawn,
    Party,
)
from compliance.services import Question
from marketplace.core.idempotency import KeyReused
from marketplace.core.models import AuditEvent
from tests import make
from tests.compliance import ofac
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SAID = {
    "wording": "2026-11",
    "end_use": "training",
    "text": "Our own models.",
    "end_users": "",
    "signed_name": "Ada Roe",
}


def sign(party, *, at=NOON, key="once", **facts):
    return services.sign_end_use(
        party=party,
        signed_by=UUID(int=7),
        email="ada@example.test",
        key=key,
        at=at,
        **{**SAID, **facts},
    )


@pytest.fixture
def _ready():
    services.load_reference(at=NOON)
    ofac.import_sample()


def decide(party, at=NOON):
    chip = ChipModel.objects.get(name="H200 SXM")
    question = Question(chip, "MY", at + HOUR, at + 3 * HOUR)
    return services.screen(party=party, question=question, at=at)


def fact(party, at=NOON):
    return decide(party, at).reasons["facts"]["end_use_statement"]


def test_signing_makes_the_partys_facts_what_was_signed_and_is_on_the_trail():
    party = make.party(signed=False)
    row = sign(party, end_users="Quay Ltd")
    party.refresh_from_db()
    assert (party.end_use, party.end_use_statement, party.end_users) == (
        "training",
        "Our own models.",
        "Quay Ltd",
    )
    assert (row.signed_at, row.expires_at) == (NOON, NOON + 365 * DAY)
    verbs = list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["amend_party", "sign_end_use"]
    event = AuditEvent.objects.get(verb="sign_end_use")
    assert (event.actor, event.actor_label) == (UUID(int=7), "ada@example.test")
    assert event.detail["signed_name"] == "Ada Roe"
    assert event.subject == f"compliance.EndUseStatement {row.public_id}"


def test_the_same_key_signs_once_and_other_content_is_refused():
    party = make.party(signed=False)
    assert sign(party) == sign(party, at=NOON + DAY)
    with pytest.raises(KeyReused):
        sign(party, text="Something else.")
    assert EndUseStatement.objects.get().signed_at == NOON
    assert Party.objects.get().end_use_statement == "Our own models."


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"wording": "2020-01"}, "wording"),
        ({"end_use": "refused"}, "end_use"),
        ({"end_use": "fun"}, "end_use"),
        ({"end_use": ""}, "end_use"),
        ({"text": "  "}, "text"),
        ({"text": "Null\x00"}, "text"),
        ({"end_users": "Null\x00"}, "end_users"),
        ({"signed_name": ""}, "signed_name"),
        ({"signed_name": "x" * 201}, "signed_name"),
    ],
)
def test_what_cannot_be_signed_is_refused_by_field_and_nothing_moves(facts, field):
    party = make.party(signed=False)
    before = party.content_hash
    with pytest.raises(ValidationError) as refused:
        sign(party, **facts)
    assert field in refused.value.message_dict
    assert not EndUseStatement.objects.exists()
    assert not AuditEvent.objects.exists()
    assert Party.objects.get().content_hash == before


@pytest.mark.usefixtures("_ready")
def test_without_a_signature_the_text_is_not_known_and_a_person_decides():
    party = make.party(signed=False)
    decision = decide(party)
    assert decision.outcome == "manual_review"
    assert decision.reasons["facts"]["end_use_statement"] is None
    assert "P052" in {rule["rule"] for rule in decision.reasons["rules"]}
    sign(party)
    assert (decide(party).outcome, fact(party)) == ("allow", "Our own models.")


@pytest.mark.usefixtures("_ready")
@pytest.mark.parametrize("end_use", ["military", "supercomputer", "chip_making", "surveillance"])
def test_a_signed_end_use_that_nobody_may_have_is_still_denied(end_use):
    party = make.party(signed=False)
    sign(party, end_use=end_use)
    assert decide(party).outcome == "deny"


@pytest.mark.usefixtures("_ready")
def test_a_statement_counts_to_the_moment_it_expires():
    party = make.party(signed=False)
    row = sign(party, at=NOON - 365 * DAY + HOUR)
    cleared = decide(party)
    assert (cleared.outcome, cleared.valid_until) == ("allow", row.expires_at)
    assert row.expires_at == NOON + HOUR
    assert not services.still_valid(decision=cleared, at=row.expires_at)
    assert decide(party, at=row.expires_at).outcome == "manual_review"


@pytest.mark.usefixtures("_ready")
def test_a_withdrawn_statement_no_longer_counts_nor_does_the_one_before():
    party = make.party(signed=False)
    sign(party, key="first")
    row = sign(party, key="second", at=NOON + HOUR)
    cleared = decide(party, at=NOON + HOUR)
    services.withdraw_end_use(statement=row, by="ada", reason=" Wrong. ", at=NOON + HOUR)
    assert not services.still_valid(decision=cleared, at=NOON + HOUR)
    assert fact(party, NOON + HOUR) is None
    again = services.withdraw_end_use(statement=row, by="bob", at=NOON + 2 * HOUR)
    assert (again.withdrawn_by, again.reason, again.withdrawn_at) == (
        "ada",
        "Wrong.",
        NOON + HOUR,
    )
    assert AuditEvent.objects.filter(verb="withdraw_end_use").count() == 1


@pytest.mark.usefixtures("_ready")
@pytest.mark.parametrize(
    "facts", [{"end_use": "research"}, {"end_use_statement": "Other."}, {"end_users": "Quay"}]
)
def test_what_was_changed_after_the_signature_is_not_signed(facts):
    party = make.party(signed=False)
    sign(party)
    services.amend_party(party=party, by="sally", at=NOON, **facts)
    party.refresh_from_db()
    assert fact(party) is None
    assert services.statement_in_force(party=party, at=NOON) is None


@pytest.mark.usefixtures("_ready")
def test_a_decision_replays_with_the_statement_it_rested_on():
    party = make.party(signed=False)
    row = sign(party)
    old = decide(party)
    services.withdraw_end_use(statement=row, by="ada", at=NOON)
    services.amend_party(party=party, by="sally", at=NOON, end_use_statement="Other.")
    assert services.replay(decision=Decision.objects.get(pk=old.pk)) == []


def test_who_reads_the_statement_in_force_sees_what_decisions_see():
    party = make.party(signed=False)
    row = sign(party)
    party.refresh_from_db()
    for at, found in [
        (NOON - HOUR, None),
        (NOON, row),
        (NOON + 364 * DAY, row),
        (NOON + 365 * DAY, None),
    ]:
        assert services.statement_in_force(party=party, at=at) == found
    services.withdraw_end_use(statement=row, by="ada", at=NOON)
    assert services.statement_in_force(party=party, at=NOON) is None


def test_staff_are_reminded_once_of_what_expires_within_a_month():
    soon, late, gone, renewed = (make.party(name, signed=False) for name in "ABCD")
    row = sign(soon, at=NOON - 340 * DAY)
    sign(late, at=NOON - 300 * DAY)
    services.withdraw_end_use(
        statement=sign(gone, at=NOON - 340 * DAY), by="ada", at=NOON - 300 * DAY
    )
    sign(renewed, at=NOON - 340 * DAY)
    sign(renewed, at=NOON - DAY, key="again")
    assert services.remind_of_statements(at=NOON) == 1
    assert services.remind_of_statements(at=NOON + DAY) == 0
    event = AuditEvent.objects.get(verb="end_use_statement_expires")
    assert event.subject.endswith(str(row.public_id))
    assert event.detail == {"party": "A", "expires_at": row.expires_at.isoformat()}


def test_the_sweep_reminds():
    tasks.remind_of_statements()
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("table", ["endusestatement", "endusestatementwithdrawn"])
@pytest.mark.parametrize("act", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_nobody_rewrites_what_was_signed(table, act):
    services.withdraw_end_use(statement=sign(make.party(signed=False)), by="ada", at=NOON)
    with pytest.raises(DatabaseError, match="its rows are evidence"), transaction.atomic():
        connection.cursor().execute(act.format(f"compliance_{table}"))
    assert EndUseStatementWithdrawn.objects.exists()
