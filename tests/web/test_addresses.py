"""Changing one's e-mail address on the pages: who is asked again, and who gets which letter."""

import re

import pytest
from django.contrib.auth import get_user
from django.test import Client
from django.urls import reverse

from marketplace.accounts.models import User

pytestmark = pytest.mark.django_db(transaction=True)
NEW, OLD = "alice@new.example.test", "alice@example.test"


@pytest.fixture
def shown(client, alice, harbour):
    """Alice, who has just shown her password again."""
    client.force_login(alice)
    client.post(reverse("account_reauthenticate"), {"password": "secret"})
    return client


def ask(client, email=NEW):
    return client.post(reverse("change-address"), {"email": email})


def sent(letters):
    return [(one.to, one.subject) for one in letters()]


def link_in(letter):
    return re.search(r"http://testserver(/security/address/\S+)", letter.body)[1]


def email_of(user):
    return User.objects.get(pk=user.pk).email


def test_who_was_not_asked_for_the_password_is_asked(client, alice, letters):
    client.force_login(alice)
    for answer in (client.get(reverse("change-address")), ask(client)):
        assert answer["Location"].startswith(reverse("account_reauthenticate"))
    assert (email_of(alice), letters()) == (OLD, [])


def test_the_way_there_is_on_the_page_of_security(shown, said):
    page = shown.get(reverse("mfa_index"))
    assert f'href="{reverse("change-address")}"' in page.content.decode()


def test_the_new_address_proves_and_the_old_one_is_told(shown, alice, letters, said):
    assert ask(shown)["Location"] == reverse("mfa_index")
    assert sent(letters) == [
        ([NEW], "Your new address at Straits"),
        ([OLD], "Another address was asked for at Straits"),
    ]
    link = link_in(letters()[0])
    # a scanner of mail opens links
    assert NEW in said(shown.get(link))
    assert email_of(alice) == OLD
    assert shown.post(link)["Location"] == reverse("mfa_index")
    assert (email_of(alice), get_user(shown).email) == (NEW, NEW)
    assert sent(letters)[2:] == [([OLD], "Your address at Straits was changed")]
    assert "You are now known as" in said(shown.get(reverse("mfa_index")))
    again = shown.get(link)
    assert (again.status_code, "does not work any more" in said(again)) == (410, True)


def test_a_stranger_who_got_the_letter_by_a_slip_can_do_nothing(shown, alice, charlie, letters):
    ask(shown)
    link = link_in(letters()[0])
    stranger = Client()
    assert stranger.post(link)["Location"].startswith(reverse("sign-in"))
    stranger.force_login(charlie)
    assert stranger.post(link).status_code == 410
    assert (email_of(alice), email_of(charlie)) == (OLD, "charlie@example.test")


def test_nobody_learns_who_is_here(shown, alice, charlie, letters, said):
    free, taken = ask(shown), ask(shown, charlie.email)
    assert (free.status_code, free["Location"]) == (taken.status_code, taken["Location"])
    assert sent(letters)[2:] == [
        ([charlie.email], "You have an account at Straits"),
        ([OLD], "Another address was asked for at Straits"),
    ]
    assert "/security/address/" not in letters()[2].body
    assert "We sent a link to charlie@example.test" in said(shown.get(reverse("home")))


@pytest.mark.parametrize(
    ("email", "said_of_it"), [(OLD, "your address already"), ("alice", "valid")]
)
def test_what_cannot_be_meant(shown, alice, letters, said, email, said_of_it):
    answer = ask(shown, email)
    assert (answer.status_code, said_of_it in said(answer)) == (422, True)
    assert (email_of(alice), letters()) == (OLD, [])


def test_the_new_address_signs_in_and_the_old_one_does_not(shown, letters):
    ask(shown)
    shown.post(link_in(letters()[0]))
    for email, known in ((OLD, False), (NEW, True)):
        visitor = Client()
        visitor.post(reverse("sign-in"), {"login": email, "password": "secret"})
        assert get_user(visitor).is_authenticated is known


def test_the_record_knows_who_acted_under_the_old_address(shown, harbour, letters, said):
    ask(shown)
    shown.post(link_in(letters()[0]))
    record = said(shown.get(reverse("record")))
    assert f"{OLD} Changed e-mail" in record
    assert f"new: {NEW}; old: {OLD}" in record


def test_at_most_ten_an_hour(shown, letters):
    answers = [ask(shown, f"a{number}@example.test").status_code for number in range(11)]
    assert answers == [302] * 10 + [429]
    assert ["a10@example.test"] not in [one.to for one in letters()]
