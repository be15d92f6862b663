import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from marketplace.accounts.models import ApiKey, User
from marketplace.core.models import AuditEvent
from tests import make

pytestmark = pytest.mark.django_db

MODELS = ["user", "organisation", "membership", "apikey"]


@pytest.fixture
def staff(client, sally):
    client.force_login(sally)
    return client


@pytest.fixture
def rows(alice, harbour):
    make.api_key(harbour, alice)
    return {
        "user": alice,
        "organisation": harbour,
        "membership": harbour.memberships.get(),
        "apikey": ApiKey.objects.get(),
    }


@pytest.mark.parametrize("model", MODELS)
def test_staff_look_at_every_row(staff, rows, model):
    listed = staff.get(reverse(f"admin:accounts_{model}_changelist"), {"q": "a"})
    shown = staff.get(reverse(f"admin:accounts_{model}_change", args=[rows[model].pk]))
    assert (listed.status_code, shown.status_code) == (200, 200)


@pytest.mark.parametrize("model", MODELS)
def test_a_customer_looks_at_nothing(client, alice, rows, model):
    client.force_login(alice)
    assert client.get(reverse(f"admin:accounts_{model}_changelist")).status_code == 302


def test_the_digest_of_a_key_is_not_shown(staff, rows):
    page = staff.get(reverse("admin:accounts_apikey_change", args=[rows["apikey"].pk]))
    assert "secret_sha256" not in page.content.decode()


@pytest.mark.parametrize("action", ["change", "delete"])
def test_a_key_is_not_changed_by_hand(staff, rows, action):
    place = reverse(f"admin:accounts_apikey_{action}", args=[rows["apikey"].pk])
    assert staff.post(place, {"name": "taken over", "post": "yes"}).status_code == 403
    assert ApiKey.objects.get().name == "test"


def test_an_organisation_is_neither_added_nor_deleted_by_hand(staff, rows):
    assert staff.get(reverse("admin:accounts_organisation_add")).status_code == 403
    place = reverse("admin:accounts_organisation_delete", args=[rows["organisation"].pk])
    assert staff.post(place, {"post": "yes"}).status_code == 403


def test_staff_add_a_person_in_lower_case(staff):
    answer = staff.post(
        reverse("admin:accounts_user_add"),
        {
            "email": "new@example.test",
            "name": "New",
            "usable_password": "true",
            "password1": "a long enough phrase",
            "password2": "a long enough phrase",
        },
    )
    assert answer.status_code == 302, answer.content
    assert User.objects.get(email="new@example.test").check_password("a long enough phrase")


# --- what staff keep by hand stands in the trail


def trail():
    events = AuditEvent.objects.filter(verb__endswith="by hand").order_by("pk")
    return [(one.verb, one.subject, one.actor_label, one.detail) for one in events]


def test_rights_that_staff_give_and_take_stand_in_the_trail(staff, rows, sally):
    alice = rows["user"]
    page = reverse("admin:accounts_user_change", args=[alice.pk])
    given = {"email": alice.email, "name": alice.name, "is_active": "on", "is_staff": "on"}
    for _ in range(2):
        assert staff.post(page, given).status_code == 302
    alice.refresh_from_db()
    assert alice.is_staff
    subject = f"accounts.User {alice.public_id}"
    what = {"what": [{"changed": {"fields": ["Staff"]}}]}
    assert trail() == [("changed by hand", subject, sally.email, what)]


def test_what_a_group_holds_stands_in_the_trail(staff, sally):
    staff.post(reverse("admin:auth_group_add"), {"name": "Auditors"})
    group = Group.objects.get(name="Auditors")
    subject = f"auth.Group {group.pk}"
    assert trail() == [("added by hand", subject, sally.email, {"what": [{"added": {}}]})]


def test_a_membership_taken_by_hand_stands_in_the_trail(staff, rows, sally, harbour):
    make.member(harbour, "viewer")
    member = harbour.memberships.get(role="viewer")
    url = reverse("admin:accounts_membership_delete", args=[member.pk])
    assert staff.post(url, {"post": "yes"}).status_code == 302
    subject = f"accounts.Membership {member.public_id}"
    assert trail() == [("deleted by hand", subject, sally.email, {"what": str(member)})]


def test_what_is_not_saved_leaves_no_line(staff, rows):
    page = reverse("admin:accounts_user_change", args=[rows["user"].pk])
    assert staff.post(page, {"email": "nonsense"}).status_code == 200
    assert trail() == []
