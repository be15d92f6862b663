import pytest
from django.urls import reverse

from marketplace.accounts import services as accounts
from marketplace.accounts.models import Invitation, User
from tests import make

pytestmark = pytest.mark.django_db

PASSWORD = "a long pass phrase"


@pytest.fixture
def link(client, alice, harbour):
    """The link of an invitation for Dora, made on the page; nobody is signed in afterwards."""
    client.force_login(alice)
    wish = {"email": "dora@example.test", "role": "engineer"}
    answer = client.post(reverse("members"), wish)
    assert answer.status_code == 200
    client.logout()
    return answer.context["link"].removeprefix("http://testserver")


def acts_for(email):
    return accounts.principal_of_user(user=User.objects.get(email=email)).organisation


def test_the_link_is_shown_once(client, alice, harbour, link):
    client.force_login(alice)
    page = client.get(reverse("members")).content.decode()
    assert link not in page
    assert "dora@example.test" in page


def test_a_new_person_joins_and_is_signed_in(client, harbour, link):
    assert "dora@example.test" in client.get(link).content.decode()
    answer = client.post(link, {"name": "Dora", "password": PASSWORD})
    assert answer["Location"] == reverse("home")
    assert acts_for("dora@example.test") == harbour
    assert client.get(reverse("members")).status_code == 200
    client.logout()
    assert client.get(link).status_code == 410


def test_a_known_person_signs_in_and_joins(client, harbour, link):
    dora = make.user("dora@example.test")
    page = client.get(link).content.decode()
    assert f"{reverse('sign-in')}?next={link}" in page
    client.force_login(dora)
    assert client.post(link)["Location"] == reverse("home")
    assert acts_for("dora@example.test") == harbour


def test_somebody_else_does_not_join(client, harbour, charlie, link, said):
    client.force_login(charlie)
    answer = client.post(link)
    assert answer.status_code == 410
    assert "for another address" in said(answer)
    assert not harbour.memberships.filter(user=charlie).exists()


def test_a_bad_password_is_told_and_nobody_joins(client, harbour, link):
    answer = client.post(link, {"name": "Dora", "password": "password"})
    assert answer.status_code == 422
    assert "too common" in answer.content.decode()
    assert harbour.members.count() == 1


def test_an_unknown_secret_is_refused(client, db):
    assert client.get(reverse("join", args=["x" * 43])).status_code == 410


def test_an_owner_changes_a_role_removes_and_withdraws(client, alice, harbour, link, said):
    eve = make.member(harbour, "viewer")
    row = harbour.memberships.get(user=eve)
    client.force_login(alice)
    client.post(reverse("change-role", args=[row.public_id]), {"role": "billing"})
    row.refresh_from_db()
    assert row.role == "billing"
    client.post(reverse("change-role", args=[row.public_id]), {"role": "king"})
    row.refresh_from_db()
    assert row.role == "billing"
    client.post(reverse("remove-member", args=[row.public_id]))
    assert not harbour.memberships.filter(user=eve).exists()
    client.post(reverse("withdraw-invitation", args=[Invitation.objects.get().public_id]))
    client.logout()
    assert client.get(link).status_code == 410


def test_the_last_owner_is_told_why_not(client, alice, harbour, said):
    client.force_login(alice)
    row = harbour.memberships.get()
    answer = client.post(reverse("remove-member", args=[row.public_id]), follow=True)
    assert "An organisation always has an owner" in said(answer)
    assert harbour.memberships.get() == row


def test_members_of_others_are_not_there(client, charlie, harbour, link):
    row, invited = harbour.memberships.get(), Invitation.objects.get()
    client.force_login(charlie)
    urls = [
        reverse("change-role", args=[row.public_id]),
        reverse("remove-member", args=[row.public_id]),
        reverse("withdraw-invitation", args=[invited.public_id]),
    ]
    assert [client.post(url).status_code for url in urls] == [404, 404, 404]
    row.refresh_from_db()
    assert row.role == "owner"
    assert Invitation.objects.open().get() == invited


@pytest.mark.parametrize("role", ["viewer", "engineer", "billing"])
def test_who_may_not_manage_looks_and_may_leave(client, alice, harbour, member_as, role):
    me = member_as(role)
    client.force_login(me)
    page = client.get(reverse("members"))
    assert page.content.count(b"<form") == 3  # sign out, leave, language
    wish = {"email": "dora@example.test", "role": "owner"}
    assert client.post(reverse("members"), wish).status_code == 403
    owner = harbour.memberships.get(user=alice)
    assert client.post(reverse("remove-member", args=[owner.public_id])).status_code == 403
    url = reverse("change-role", args=[owner.public_id])
    assert client.post(url, {"role": "viewer"}).status_code == 403
    mine = harbour.memberships.get(user=me)
    assert client.post(reverse("remove-member", args=[mine.public_id]))["Location"] == "/"
    assert list(harbour.members.all()) == [alice]
