"""How people sign in: letters, second factors, the staff's door. Each change is on the trail."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user
from django.urls import reverse

from marketplace.accounts.models import User
from marketplace.core.models import AuditEvent
from tests import make
from tests.totp import code

pytestmark = pytest.mark.django_db

PASSWORD = "a long pass phrase"


def sign_in(client, user):
    return client.post(reverse("sign-in"), {"login": user.email, "password": "secret"})


def add_app(client):
    """As somebody who is signed in; the secret that the page shows."""
    client.post(reverse("account_reauthenticate"), {"password": "secret"})
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    answer = client.post(reverse("mfa_activate_totp"), {"code": code(secret)})
    assert answer["Location"] == reverse("mfa_view_recovery_codes")
    return secret


def verbs(user):
    return list(AuditEvent.objects.filter(actor=user.public_id).values_list("verb", flat=True))


def path_in(letter):
    return re.search(r"http://testserver(\S+)", letter.body)[1]


@pytest.mark.django_db(transaction=True)
def test_a_link_confirms_by_a_button_and_once(client, letters, said):
    eve = make.user("eve@example.test", confirmed=False)
    client.force_login(eve)
    assert "Your address is not confirmed." in said(client.get(reverse("home")))
    client.post(reverse("send-confirmation"))
    link = path_in(letters()[0])
    # a scanner of mail opens links
    assert "Confirm your address" in said(client.get(link))
    assert not User.objects.get().email_confirmed
    client.post(link)
    assert User.objects.get().email_confirmed
    assert verbs(eve) == ["confirmed e-mail"]
    assert "does not work any more" in said(client.get(link))
    assert client.post(link).status_code == 404
    assert "not confirmed" not in said(client.get(reverse("home")))


@pytest.mark.django_db(transaction=True)
def test_a_link_is_sent_once_a_minute(client, letters):
    client.force_login(make.user(confirmed=False))
    for _ in range(2):
        client.post(reverse("send-confirmation"))
    assert len(letters()) == 1


@pytest.mark.django_db(transaction=True)
def test_a_forgotten_password_is_replaced_by_a_letter(client, alice, letters, said):
    known = client.post(reverse("account_reset_password"), {"email": alice.email})
    unknown = client.post(reverse("account_reset_password"), {"email": "bob@example.test"})
    assert known["Location"] == unknown["Location"] == reverse("account_reset_password_done")
    assert [one.subject for one in letters()] == [
        "A new password at Straits",
        "No account at Straits",
    ]
    form = client.get(path_in(letters()[0]))["Location"]
    short = client.post(form, {"password1": "secret", "password2": "secret"})
    assert "too short" in said(short)
    client.post(form, {"password1": PASSWORD, "password2": PASSWORD})
    assert User.objects.get(pk=alice.pk).check_password(PASSWORD)
    assert verbs(alice) == ["reset password"]
    assert "does not work any more" in said(client.get(path_in(letters()[0])))


def test_a_password_is_changed_only_with_the_old_one(client, alice):
    client.force_login(alice)
    url, new = reverse("account_change_password"), {"password1": PASSWORD, "password2": PASSWORD}
    client.post(url, {**new, "oldpassword": "wrong"})
    assert (User.objects.get().check_password("secret"), verbs(alice)) == (True, [])
    client.post(url, {**new, "oldpassword": "secret"})
    assert (User.objects.get().check_password(PASSWORD), verbs(alice)) == (
        True,
        ["changed password"],
    )
    assert get_user(client) == alice


def test_an_app_is_added_asked_for_and_removed(client, alice, harbour):
    sign_in(client, alice)
    secret = add_app(client)
    assert verbs(alice) == ["added authenticator"]
    kept = Authenticator.objects.get(type="totp").data["secret"]
    assert secret not in kept
    client.logout()
    assert sign_in(client, alice)["Location"] == reverse("mfa_authenticate")
    assert not get_user(client).is_authenticated
    client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert not get_user(client).is_authenticated
    # a code counts once, so the next one
    client.post(reverse("mfa_authenticate"), {"code": code(secret, steps=1)})
    assert get_user(client) == alice
    asked = client.post(reverse("mfa_deactivate_totp"))["Location"]
    assert asked.startswith(reverse("account_reauthenticate"))
    assert Authenticator.objects.count() == 2
    client.post(reverse("account_reauthenticate"), {"password": "secret"})
    client.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.exists()
    assert verbs(alice) == ["added authenticator", "removed authenticator"]


def test_a_recovery_code_lets_in_once(client, alice):
    sign_in(client, alice)
    add_app(client)
    [first, *_] = client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]
    for lets_in in (True, False):
        client.logout()
        sign_in(client, alice)
        client.post(reverse("mfa_authenticate"), {"code": first})
        assert get_user(client).is_authenticated is lets_in


def test_an_address_that_is_not_confirmed_takes_no_factor(client, said):
    eve = make.user("eve@example.test", confirmed=False)
    sign_in(client, eve)
    assert client.get(reverse("mfa_activate_totp"))["Location"] == reverse("mfa_index")
    assert not Authenticator.objects.exists()


def test_an_old_session_shows_who_is_there_before_it_changes_a_factor(client, alice):
    client.force_login(alice)
    there = client.get(reverse("mfa_activate_totp"))["Location"]
    assert there.startswith(reverse("account_reauthenticate"))
    assert client.post(there, {"password": "wrong"}).status_code == 200
    assert client.post(there, {"password": "secret"})["Location"] == reverse("mfa_activate_totp")


def test_staff_come_in_by_our_door_with_a_second_factor(client, sally, said):
    index = reverse("admin:index")
    there = client.get(index, follow=True).redirect_chain
    assert there[-1][0] == f"/sign-in/?next={index}"
    assert client.post(there[-1][0], {"login": sally.email, "password": "secret"}).url == index
    for page in (index, reverse("admin:accounts_user_changelist")):
        setting_up = client.get(page)["Location"]
        assert setting_up.startswith(reverse("mfa_activate_totp"))
    add_app(client)
    assert client.get(index).status_code == 200
    assert client.get(reverse("admin:password_change")).url == reverse("account_change_password")
    assert client.post(reverse("mfa_deactivate_totp")).status_code == 200
    assert Authenticator.objects.filter(type="totp").exists()


def test_a_session_from_before_the_factor_does_not_open_the_admin(client, sally):
    client.force_login(sally, factor=False)
    Authenticator.objects.create(user=sally, type="totp", data={})
    asked = client.get(reverse("admin:index"))["Location"]
    assert asked.startswith(reverse("mfa_reauthenticate"))


def test_the_admin_has_no_door_of_its_own(client, alice):
    sent = {"username": alice.email, "password": "secret"}
    assert client.post(reverse("admin:login"), sent).status_code == 302
    assert not get_user(client).is_authenticated
    client.force_login(alice)
    assert client.get(reverse("admin:login")).status_code == 403


def test_an_organisation_lets_nobody_act_without_a_factor(client, alice, harbour):
    Authenticator.objects.create(user=alice, type="totp", data={})
    client.force_login(alice, factor=True)
    client.post(reverse("require-factor"), {"required": "1"})
    assert client.get(reverse("wallet")).status_code == 200
    bob = make.member(harbour, "billing")
    client.force_login(bob)
    asked = client.get(reverse("wallet"))["Location"]
    assert asked == f"{reverse('mfa_activate_totp')}?next=%2Fwallet%2F"
    assert client.get("/api/v1/wallet").status_code == 403
    secret = make.api_key(harbour, bob)
    answer = client.get("/api/v1/wallet", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 200
