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
    "native_name": "",
    "registration_number": "201912345Z",
    "country": "sg",
    "hq_country": "SG",
    "parent_name": "Harbour Light Research Ltd",
    "parent_hq_country": "SG",
    "end_use": "inference",
    "end_use_statement": "Serving our own models.",
}


def sign_up(client, **changes):
    return client.post(reverse("sign-up"), {**GIVEN, **changes})


def nobody():
    return not any(model.objects.exists() for model in (User, Organisation, Party, Membership))


def test_signing_up_makes_person_organisation_and_party_and_signs_in(client):
    answer = sign_up(client)
    assert answer["Location"] == reverse("home")
    user = User.objects.get()
    assert get_user(client) == user
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
    assert party.end_use_statement == "Serving our own models."


def test_numbers_and_a_birth_date_given_at_sign_up_are_kept_and_shown(client, said):
    numbers = {"uscc": "9111 0000 ma005ucq5p", "lei": "253400WSS48YWMBUA688", "tax": "12-345"}
    sign_up(client, country="cn", **numbers)
    party = Party.objects.get()
    stored = party.identifiers.order_by("pk").values_list("kind", "number", "country")
    assert list(stored) == [
        ("uscc", "91110000MA005UCQ5P", "CN"),
        ("lei", "253400WSS48YWMBUA688", "CN"),
        ("tax", "12-345", "CN"),
    ]
    page = said(client.get(reverse("organisation")))
    assert "Unified social credit code 91110000MA005UCQ5P" in page
    assert "Tax number 12-345" in page


def test_a_person_may_sign_up_with_a_birth_date(client):
    sign_up(client, kind="person", birth_date="1971-02-03")
    party = Party.objects.get()
    assert (party.kind, party.birth_date) == ("person", "1971-02-03")


def test_a_firm_with_a_birth_date_is_refused(client):
    answer = sign_up(client, birth_date="1971-02-03")
    assert answer.status_code == 422
    assert "Only a person has one" in answer.content.decode()
    assert nobody()


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
        ({"registration_number": "1" * 65}, "registration_number"),
        ({"kind": "cat"}, "kind"),
        ({"kind": "person", "birth_date": "2126-01-01"}, "birth_date"),
        ({"kind": "person", "birth_date": "31.12.1980"}, "birth_date"),
        ({"uscc": "91110000MA005UCQ5X"}, "uscc"),
        ({"lei": "253400WSS48YWMBUA689"}, "lei"),
        ({"tax": "1" * 65}, "tax"),
        ({"country": "XX"}, "country"),
        ({"hq_country": "Singapore"}, "hq_country"),
        ({"parent_hq_country": ""}, "parent_hq_country"),
        ({"end_use": "fun"}, "end_use"),
        ({"end_use_statement": "x" * 4001}, "end_use_statement"),
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


def test_an_address_that_is_taken_is_refused(client, alice):
    answer = sign_up(client, email="ALICE@example.test")
    assert answer.status_code == 422
    assert "sign in if it is yours" in answer.context["person"].errors["email"][0]
    assert User.objects.get() == alice
    assert not Party.objects.exists()


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
    sent = {"username": "Alice@example.test", "password": "secret", "next": "/wallet/"}
    answer = client.post(reverse("sign-in"), sent)
    assert (answer.status_code, answer["Location"]) == (302, "/wallet/")
    assert get_user(client) == alice


def test_signing_in_leads_to_no_other_site(client, alice):
    sent = {"username": alice.email, "password": "secret", "next": "https://evil.example/"}
    assert client.post(reverse("sign-in"), sent)["Location"] == reverse("home")


@pytest.mark.parametrize(
    ("username", "password"), [("alice@example.test", "wrong"), ("bob@example.test", "secret")]
)
def test_wrong_credentials_do_not_tell_which_was_wrong(client, alice, said, username, password):
    answer = client.post(reverse("sign-in"), {"username": username, "password": password})
    assert "Please enter a correct email and password." in said(answer)
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
