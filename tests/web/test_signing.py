import pytest
from django.contrib.auth import get_user
from django.urls import reverse

from compliance.models import Party
from marketplace.accounts.models import Membership, Organisation, User
from tests import make

pytestmark = pytest.mark.django_db

GIVEN = {
    "name": "Ada",
    "email": "Ada@Example.test",
    "password": "correct horse battery",
    "organisation_name": "Harbour Light",
    "legal_name": "Harbour Light Research Ltd",
    "country": "sg",
}


def sign_up(client, **changes):
    return client.post(reverse("sign-up"), {**GIVEN, **changes})


def nobody():
    return not any(model.objects.exists() for model in (User, Organisation, Party, Membership))


def test_signing_up_makes_person_organisation_and_party_and_writes_a_letter(client, letters):
    answer = sign_up(client)
    assert answer["Location"] == reverse("account_email_verification_sent")
    user = User.objects.get()
    assert (user.email_confirmed, get_user(client).is_authenticated) == (False, False)
    assert [one.to for one in letters()] == [["ada@example.test"]]
    assert (user.email, user.name, user.is_staff) == ("ada@example.test", "Ada", False)
    assert user.check_password("correct horse battery")
    membership = Membership.objects.get()
    assert (membership.user, membership.role) == (user, "owner")
    assert (membership.organisation.name, membership.organisation.can_provide) == (
        "Harbour Light",
        False,
    )
    party = membership.organisation.party
    assert (party.legal_name, party.country) == ("Harbour Light Research Ltd", "SG")
    assert (party.kind, party.end_use) == ("organisation", "")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "ada"}, "email"),
        ({"name": ""}, "name"),
        ({"password": "12345678"}, "password"),
        ({"password": "ada@example.test"}, "password"),
        ({"organisation_name": ""}, "organisation_name"),
        ({"organisation_name": "x" * 201}, "organisation_name"),
        ({"legal_name": ""}, "legal_name"),
        ({"legal_name": "Harbour\x07Light"}, "legal_name"),
        ({"country": "XX"}, "country"),
        ({"country": ""}, "country"),
    ],
)
def test_a_bad_sign_up_marks_the_field_and_creates_nothing(client, changes, field):
    answer = sign_up(client, **changes)
    assert answer.status_code == 422
    errors = {**answer.context["person"].errors, **answer.context["party"].errors}
    assert set(errors) == {field}
    assert nobody()
    assert not get_user(client).is_authenticated
    assert f'id="id_{field}_error"' in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_known_address_gets_the_same_answer_and_its_owner_a_letter(client, alice, letters):
    unknown = sign_up(client)
    known = sign_up(client, email="ALICE@example.test")
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    # no message either, which would come as a cookie
    assert set(known.cookies) == set(unknown.cookies)
    assert User.objects.count() == 2
    assert Party.objects.count() == 1
    assert [(one.to, one.subject) for one in letters()] == [
        (["ada@example.test"], "Confirm your address at Straits"),
        (["alice@example.test"], "You have an account at Straits"),
    ]


def test_wrong_facts_are_marked_whether_the_address_is_known_or_not(client, alice):
    for email in ("ada@example.test", "alice@example.test"):
        answer = sign_up(client, email=email, country="XX")
        assert answer.status_code == 422
        assert set(answer.context["party"].errors) == {"country"}
        assert not answer.context["person"].errors


def test_a_password_never_comes_back_in_the_page(client):
    answer = sign_up(client, email="ada")
    assert GIVEN["password"] not in answer.content.decode()


def test_the_page_says_what_the_facts_are_for(client, said):
    text = said(client.get(reverse("sign-up")))
    assert "We compare these names with sanctions lists" in text
    assert "Screening is decision support, not legal advice." in text


def test_who_is_signed_in_does_not_sign_up_again(client, alice):
    client.force_login(alice)
    assert sign_up(client)["Location"] == reverse("home")
    assert User.objects.get() == alice


def test_signing_in_leads_back_to_where_one_was_going(client, alice, harbour):
    sent = {"login": "Alice@example.test", "password": "secret", "next": "/wallet/"}
    answer = client.post(reverse("sign-in"), sent)
    assert (answer.status_code, answer["Location"]) == (302, "/wallet/")
    assert get_user(client) == alice


def test_signing_in_leads_to_no_other_site(client, alice):
    sent = {"login": alice.email, "password": "secret", "next": "https://evil.example/"}
    assert client.post(reverse("sign-in"), sent)["Location"] == reverse("home")


@pytest.mark.parametrize(
    ("login", "password"), [("alice@example.test", "wrong"), ("bob@example.test", "secret")]
)
def test_wrong_credentials_do_not_tell_which_was_wrong(client, alice, said, login, password):
    answer = client.post(reverse("sign-in"), {"login": login, "password": password})
    assert "The email address and/or password you specified are not correct." in said(answer)
    assert not get_user(client).is_authenticated


def test_signing_out_takes_a_post(client, alice):
    client.force_login(alice)
    assert client.get(reverse("sign-out")).status_code == 405
    assert get_user(client) == alice
    assert client.post(reverse("sign-out"))["Location"] == reverse("home")
    assert not get_user(client).is_authenticated


def test_the_organisations_page_shows_the_facts(client, alice, harbour, said):
    client.force_login(alice)
    text = said(client.get(reverse("organisation")))
    assert f"Legal name {harbour.party.legal_name}" in text
    assert "Name in its own script not given" in text
    assert "What the GPUs are for Running models" in text
    assert "Your role: owner" in text
    assert "decision support, not legal advice" in text


def test_a_person_of_two_organisations_acts_for_the_first(client, alice, harbour, said):
    make.organisation("Second", member=alice)
    client.force_login(alice)
    assert "Harbour Light" in said(client.get(reverse("organisation")))
