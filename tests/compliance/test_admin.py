from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client
from psycopg.types.range import TimestamptzRange

from compliance import services
from compliance.models import (
    AuditFault,
    Case,
    CaseDeadline,
    ChipModel,
    Director,
    Licence,
    OwnershipStake,
    Party,
    PolicyRule,
)
from marketplace.accounts.models import User
from marketplace.core.models import AuditEvent
from tests import make
from tests.compliance import caseroom, ofac
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
MODELS = list(apps.get_app_config("compliance").get_models())


@pytest.fixture
def staff(sally: User, client: Client) -> Client:
    client.force_login(sally)
    return client


def _draw_on_a_licence(party: Party) -> None:
    """And approve a rule: a row in each table of those two."""
    rule = PolicyRule.objects.first()
    assert rule is not None
    services.approve_rule(rule=rule, actor=make.SECOND, actor_label="ben", at=NOON)
    licence, window = make.licence(party), TimestamptzRange(NOON, NOON + HOUR)
    decision = make.decision(party, outcome="allow_licence", licence=licence, during=window)
    services.draw(decision=decision, rental=make.BOOT, gpus=1, start=NOON, end=NOON + HOUR, at=NOON)
    services.put_back(rental=make.BOOT, until=NOON, at=NOON)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)
def test_every_model_can_be_seen_and_none_made_or_removed(model: Any, staff: Client) -> None:
    services.load_reference(at=NOON)
    ofac.import_sample()
    party = make.party()
    make.stake(party, "Somebody Ltd", 100)
    make.director(party)
    case = caseroom.assigned()
    services.add_document(case=case, by=caseroom.officer(), name="a", content=caseroom.PDF, at=NOON)
    caseroom.decided(case)
    reviewed = Case.objects.get(decision=caseroom.screen(make.party(), chip="A10"))
    caseroom.decided(reviewed, "reviewed")
    services.file_document(
        party=party,
        kind="register",
        name="a",
        content=caseroom.PDF,
        about="registration",
        by="test",
        at=NOON,
    )
    services.add_contact(
        party=party, name="Ada Roe", position="Director", email="a@b.example", by="test", at=NOON
    )
    services.add_identifier(party=party, kind="tax", number="12-3456789", by="test", at=NOON)
    make.party("Pelagic Dawn Systems Ltd")
    services.reverse_screen(at=NOON)
    services.close_flag(flag=make.flag(party), reason="Explained.", by="test", at=NOON)
    statement = party.end_use_statements.get()
    services.withdraw_end_use(statement=statement, by="test", at=NOON)
    services.attest_chip(
        chip=ChipModel.objects.get(name="A10"),
        export_class="below",
        eccn="",
        attested_on=NOON.date(),
        evidence="Letter of the vendor.",
        by="test",
        at=NOON,
    )
    _draw_on_a_licence(party)
    services.seal(at=NOON)
    services.screen(party=party, question=None, at=NOON)
    services.check_audit(at=NOON)
    AuditFault.objects.create(sentence="Made up.", created_at=NOON, seen_at=NOON)
    assert admin.site.is_registered(model)
    place = f"/admin/compliance/{model._meta.model_name}/"
    row = model._default_manager.first()
    assert staff.get(place).status_code == 200
    assert staff.get(f"{place}{row.pk}/change/").status_code == 200
    if model is not Licence:
        assert staff.get(f"{place}add/").status_code == 403
    assert staff.post(f"{place}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    if model not in (Party, CaseDeadline):
        assert staff.post(f"{place}{row.pk}/change/", {}).status_code == 403
    assert model._default_manager.filter(pk=row.pk).exists()


def test_staff_may_correct_a_party_and_it_is_on_the_trail(staff: Client) -> None:
    party = make.party(hq_country="SG")
    facts = {name: getattr(party, name) or "" for name in Party.SCREENED_FIELDS}
    for inline in ("identifiers", "stakes", "directors"):
        facts |= {f"{inline}-TOTAL_FORMS": "0", f"{inline}-INITIAL_FORMS": "0"}
    place = f"/admin/compliance/party/{party.pk}/change/"
    assert staff.post(place, {**facts, "hq_country": "ZZ"}).status_code == 200
    assert not AuditEvent.objects.exists()
    assert staff.post(place, {**facts, "hq_country": "HK"}).status_code == 302
    party.refresh_from_db()
    assert party.hq_country == "HK"
    event = AuditEvent.objects.get()
    assert event.detail == {"hq_country": ["SG", "HK"]}
    assert "sally" in event.actor_label


STAKE = {
    "owner_name": "Quay Holdings Ltd",
    "owner_kind": "organisation",
    "owner_country": "SG",
    "share_bps": "25",
    "since": "2026-01-01",
    "source": "Register",
    "evidence": "Extract no. 7.",
}


def test_staff_declare_and_end_an_owner_and_a_director(staff: Client) -> None:
    party = make.party()
    page = f"/admin/compliance/party/{party.pk}/change/"
    place = f"/admin/compliance/party/{party.pk}"
    assert f"{place}/add-stake/" in staff.get(page).content.decode()
    assert staff.get(f"{place}/add-stake/").status_code == 200
    assert staff.post(f"{place}/add-stake/", STAKE).headers["Location"] == page
    board = {**{key: STAKE[key] for key in ("since", "source", "evidence")}, "name": "Ada Roe"}
    assert staff.post(f"{place}/add-director/", board).headers["Location"] == page
    stake, director = OwnershipStake.objects.get(), Director.objects.get()
    assert (stake.owned, stake.owner_name, stake.share_bps) == (party, "Quay Holdings Ltd", 2500)
    assert (director.party, director.name) == (party, "Ada Roe")
    ends = {
        f"/admin/compliance/party/stakes/{stake.pk}/end/": stake,
        f"/admin/compliance/party/directors/{director.pk}/end/": director,
    }
    shown = staff.get(page).content.decode()
    for end, row in ends.items():
        assert end in shown
        assert staff.post(end, {"until": "2025-12-31"}).status_code == 200
        assert staff.post(end, {"until": "2026-11-01"}).headers["Location"] == page
        row.refresh_from_db()
        assert str(row.until) == "2026-11-01"
        assert end not in staff.get(page).content.decode()
    verbs = [event.verb for event in AuditEvent.objects.order_by("pk")]
    assert verbs == ["add_stake", "add_director", "end_stake", "end_director"]
    assert all("sally" in event.actor_label for event in AuditEvent.objects.all())


def test_the_partys_own_form_changes_no_declaration(staff: Client) -> None:
    party = make.party(hq_country="SG")
    stake = make.stake(party, "Quay Holdings Ltd", 2500)
    facts = {name: getattr(party, name) or "" for name in Party.SCREENED_FIELDS} | {
        "hq_country": "HK",
        "directors-TOTAL_FORMS": "0",
        "directors-INITIAL_FORMS": "0",
        "identifiers-TOTAL_FORMS": "0",
        "identifiers-INITIAL_FORMS": "0",
        "stakes-TOTAL_FORMS": "1",
        "stakes-INITIAL_FORMS": "1",
        "stakes-0-id": str(stake.pk),
        "stakes-0-owned": str(party.pk),
        "stakes-0-share_bps": "1",
        "stakes-0-DELETE": "on",
    }
    place = f"/admin/compliance/party/{party.pk}/change/"
    assert staff.post(place, facts).status_code == 302
    party.refresh_from_db()
    stake.refresh_from_db()
    assert (party.hq_country, stake.share_bps, stake.until) == ("HK", 2500, None)


@pytest.mark.parametrize(
    "facts",
    [{"owner_name": ""}, {"share_bps": "100.01"}, {"evidence": ""}, {"since": "2999-01-01"}],
)
def test_a_wrong_declaration_is_shown_again_and_nothing_is_written(
    staff: Client, facts: dict[str, str]
) -> None:
    party = make.party()
    answer = staff.post(f"/admin/compliance/party/{party.pk}/add-stake/", {**STAKE, **facts})
    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()
    assert not OwnershipStake.objects.exists()
    assert not AuditEvent.objects.exists()


def test_who_is_not_staff_declares_nothing(client: Client, charlie: User) -> None:
    client.force_login(charlie)
    party = make.party()
    answer = client.post(f"/admin/compliance/party/{party.pk}/add-stake/", STAKE)
    assert answer.status_code == 302
    assert not OwnershipStake.objects.exists()


def test_officers_change_how_long_a_risk_may_take(staff: Client) -> None:
    services.load_reference(at=NOON)
    ofac.import_sample()
    caseroom.opened()
    row = CaseDeadline.objects.get()
    place = f"/admin/compliance/casedeadline/{row.pk}/change/"
    assert staff.post(place, {"hours": "0"}).status_code == 200
    assert staff.post(place, {"hours": "8", "risk": "low"}).status_code == 302
    row.refresh_from_db()
    assert (row.risk, row.hours) == ("medium", 8)
