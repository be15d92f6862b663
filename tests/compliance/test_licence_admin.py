"""Staff register, approve and revoke licences and approve rules; each needs its own permission."""

import pytest
from django.contrib.auth.models import Permission
from psycopg.types.range import TimestamptzRange

from compliance import services
from compliance.models import Licence, LicenceEvent, PolicyRule, RuleApproval
from tests import make
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
PLACE = "/admin/compliance/licence/"
FACTS = {
    "number": "d 77",
    "authority": "BIS",
    "eccn": "3A090.a",
    "chip_classes": ["3A090.a"],
    "site_countries": "vn, my",
    "end_uses": ["inference"],
    "valid_from": "2026-11-01",
    "valid_to": "2026-12-31",
    "gpu_hours": "100",
    "gpus_at_once": "",
    "conditions": "No sub-letting.",
    "evidence": "Letter no. 7.",
}
LICENCE = ("view_licence", "add_licence", "approve_licence", "revoke_licence")


def officer(*permissions):
    made = make.user(is_staff=True)
    made.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return made


def test_one_enters_another_approves_and_either_revokes(client):
    ada, ben = officer(*LICENCE), officer(*LICENCE)
    party = make.party()
    client.force_login(ada)
    assert client.get(f"{PLACE}add/").status_code == 200
    assert client.post(f"{PLACE}add/", {**FACTS, "party": party.pk}).status_code == 302
    made = Licence.objects.get()
    assert (made.number, made.site_countries, made.party) == ("D 77", ["MY", "VN"], party)
    assert (made.registered_by, made.registered_by_label) == (ada.public_id, ada.email)
    page, approve = f"{PLACE}{made.pk}/change/", f"{PLACE}{made.pk}/approve/"
    assert approve in client.get(page).content.decode()
    assert "Waits for a second person" in client.get(PLACE).content.decode()
    assert client.get(approve).status_code == 200
    refused = client.post(approve, {"seen": "on"})
    assert "ask a second person" in refused.content.decode()
    assert not LicenceEvent.objects.exists()
    client.force_login(ben)
    assert client.post(approve, {}).status_code == 200
    assert not LicenceEvent.objects.exists()
    assert client.post(approve, {"seen": "on"}).headers["Location"] == page
    event = LicenceEvent.objects.get()
    assert (event.act, event.actor, event.actor_label) == ("approved", ben.public_id, ben.email)
    client.force_login(ada)
    revoke = f"{PLACE}{made.pk}/revoke/"
    assert client.post(revoke, {"reason": "  "}).status_code == 200
    assert LicenceEvent.objects.count() == 1
    assert client.post(revoke, {"reason": "Withdrawn by the authority."}).status_code == 302
    assert LicenceEvent.objects.get(act="revoked").reason == "Withdrawn by the authority."
    assert "Revoked" in client.get(page).content.decode()


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"site_countries": "XX"}, "XX"),
        ({"chip_classes": ["unknown"]}, "not one of the available choices"),
        ({"valid_to": "2026-10-31"}, "licence_dates_in_order"),
        ({"gpu_hours": "0"}, "licence_quantity_positive"),
        ({"evidence": "  "}, "This field is required"),
    ],
    ids=lambda told: str(told)[:20],
)
def test_what_no_licence_says_is_told_and_not_kept(client, facts, told):
    client.force_login(officer(*LICENCE))
    answer = client.post(f"{PLACE}add/", {**FACTS, "party": make.party().pk, **facts})
    assert answer.status_code == 200
    assert told in answer.content.decode()
    assert not Licence.objects.exists()


@pytest.mark.parametrize("lacking", ["add_licence", "approve_licence", "revoke_licence"])
def test_each_act_needs_its_permission(client, lacking):
    made = make.licence(make.party(), approved=False)
    client.force_login(officer(*set(LICENCE) - {lacking}))
    word = lacking.removesuffix("_licence")
    place = f"{PLACE}add/" if word == "add" else f"{PLACE}{made.pk}/{word}/"
    data = {**FACTS, "party": made.party_id, "seen": "on", "reason": "None."}
    assert client.get(place).status_code == 403
    assert client.post(place, data).status_code == 403
    assert Licence.objects.count() == 1
    assert not LicenceEvent.objects.exists()
    assert place not in client.get(f"{PLACE}{made.pk}/change/").content.decode()


def test_nobody_else_gets_there(client, alice):
    made = make.licence(make.party(), approved=False)
    for word in ("approve", "revoke"):
        for who in (None, alice):
            if who:
                client.force_login(who)
            answer = client.post(f"{PLACE}{made.pk}/{word}/", {"seen": "on", "reason": "None."})
            assert answer.status_code == 302
            assert "/login/" in answer.headers["Location"]
        client.logout()
    assert not LicenceEvent.objects.exists()


def test_draws_and_what_is_left_are_shown(client, sally):
    made = make.licence(make.party())
    window = TimestamptzRange(NOON, NOON + HOUR)
    decision = make.decision(made.party, outcome="allow_licence", licence=made, during=window)
    services.draw(decision=decision, rental=make.BOOT, gpus=2, start=NOON, end=NOON + HOUR, at=NOON)
    client.force_login(sally)
    page = client.get(f"{PLACE}{made.pk}/change/").content.decode()
    assert "98.00" in page
    assert str(make.BOOT) in page


RULES = "/admin/compliance/policyrule/"


def approve(client, rule):
    return client.post(RULES, {"action": "approve", "_selected_action": [rule.pk]}, follow=True)


def test_two_officers_approve_a_rule(client):
    services.load_reference(at=NOON)
    rule = PolicyRule.objects.get(rule_id="P001")
    allowed = ("view_policyrule", "approve_policyrule")
    for many, who in enumerate((officer(*allowed), officer(*allowed)), start=1):
        client.force_login(who)
        approve(client, rule)
        assert "You have approved it already" in approve(client, rule).content.decode()
        assert RuleApproval.objects.count() == many
        assert ("P001" in services.unapproved_rules(day=NOON.date())) is (many == 1)
    emails = ", ".join(rule.approvals.order_by("pk").values_list("approver_label", flat=True))
    assert f"by {emails}" in client.get(RULES).content.decode()


def test_without_the_permission_no_rule_is_approved(client):
    services.load_reference(at=NOON)
    client.force_login(officer("view_policyrule"))
    approve(client, PolicyRule.objects.get(rule_id="P001"))
    assert not RuleApproval.objects.exists()
