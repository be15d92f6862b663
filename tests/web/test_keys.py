import pytest
from django.urls import reverse
from django.utils.timezone import now

from marketplace.accounts import services as accounts
from marketplace.accounts.models import ApiKey

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice_in(client, alice, harbour):
    client.force_login(alice)
    return client


def test_a_secret_is_shown_once_and_works(alice_in, alice, harbour, said):
    answer = alice_in.post(reverse("keys"), {"name": "ci"})
    assert answer.status_code == 200
    secret = answer.context["secret"]
    assert secret in said(answer)
    assert "no-store" in answer["Cache-Control"]
    principal = accounts.principal_of_key(secret=secret, at=now())
    assert (principal.user, principal.organisation) == (alice, harbour)
    again = said(alice_in.get(reverse("keys")))
    assert secret not in again
    assert f"ci {secret[:12]}…" in again


@pytest.mark.parametrize("name", ["", " ", "x" * 81])
def test_a_key_without_a_proper_name_is_not_made(alice_in, name):
    answer = alice_in.post(reverse("keys"), {"name": name})
    assert answer.status_code == 422
    assert "name" in answer.context["form"].errors
    assert not ApiKey.objects.exists()


def test_an_ended_key_no_longer_works(alice_in, said):
    secret = alice_in.post(reverse("keys"), {"name": "ci"}).context["secret"]
    url = reverse("revoke-key", args=[ApiKey.objects.get().public_id])
    answer = alice_in.post(url, follow=True)
    assert "The key ci no longer works." in said(answer)
    assert accounts.principal_of_key(secret=secret, at=now()) is None
    assert url not in answer.content.decode()


@pytest.mark.parametrize("role", ["engineer", "billing", "viewer"])
def test_only_owners_manage_keys(client, member_as, role):
    client.force_login(member_as(role))
    assert client.get(reverse("keys")).status_code == 403
    assert client.post(reverse("keys"), {"name": "ci"}).status_code == 403
    assert not ApiKey.objects.exists()


def test_a_key_is_made_for_some_acts_some_days_and_so_many_requests(alice_in, said):
    wish = {"name": "ci", "scopes": ["view", "rent"], "days": "30", "per_minute": "20"}
    answer = alice_in.post(reverse("keys"), wish)
    key = ApiKey.objects.get()
    assert (key.scopes, key.per_minute) == (["view", "rent"], 20)
    assert (key.expires_at - key.created_at).days == 30
    assert "view, rent 20 requests a minute" in said(answer)
