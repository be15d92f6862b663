"""Know your customer: step by step, sent in, decided; and what is wrong with a step."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import now

from compliance.models import Decision, Party, PartyContact, PartyDocument
from compliance.services import ITSELF, file_document, lacks_of
from marketplace.core.models import AuditEvent
from tests import make

pytestmark = pytest.mark.django_db

IDENTITY = {
    "kind": "organisation",
    "legal_name": "Harbour Light Research Ltd",
    "registration_number": "201912345Z",
    "country": "sg",
}
CONTROL = {"hq_country": "SG", "parent_name": "Tove Lindqvarn", "parent_hq_country": "SG"}
OWNER = {
    "owner_name": "Tove Lindqvarn",
    "owner_kind": "person",
    "owner_country": "sg",
    "share_bps": "64.5",
    "since": "2020-01-01",
    "evidence": "Extract of 1 Oct 2026",
}
DIRECTOR = {
    "director": "1",
    "d-name": "Tove Lindqvarn",
    "d-country": "SG",
    "d-since": "2020-01-01",
    "d-evidence": "Extract of 1 Oct 2026",
}
USE = {
    "end_use": "inference",
    "text": "Serving our own models.",
    "end_users": "",
    "signed_name": "Ada Roe",
    "version": "2026-11",
    "signed": "on",
    "token": "5f0c3d1e-7a39-4a53-9f2e-0d6a2c1b7e11",
}
CONTACT = {"name": "Ada Roe", "position": "Director", "email": "Ada@Harbour.example"}


def paper(content=b"%PDF-1.7 an extract", name="extract.pdf"):
    return {"kind": "register", "document": SimpleUploadedFile(name, content)}


@pytest.fixture
def party(harbour):
    """Knows nothing but its name and country, as after signing up."""
    Party.objects.filter(pk=harbour.party_id).update(
        registration_number="",
        hq_country="",
        parent_name="",
        parent_hq_country="",
        end_use="",
        end_use_statement="",
    )
    harbour.party.refresh_from_db()
    return harbour.party


@pytest.fixture
def post(client, alice, party):
    client.force_login(alice)

    def sent(name, fields, *args):
        return client.post(reverse(name, args=args), fields)

    return sent


def fill(post):
    for name, fields, then in (
        ("know-identity", IDENTITY, "know-control"),
        ("know-control", CONTROL, "know-owners"),
        ("know-owners", OWNER, "know-owners"),
        ("know-owners", DIRECTOR, "know-owners"),
        ("know-use", USE, "know-contacts"),
        ("know-contacts", CONTACT, "know-contacts"),
        ("know-documents", paper(), "know-documents"),
    ):
        answer = post(name, fields)
        assert (answer.status_code, answer.get("Location")) == (302, reverse(then)), name


def decided():
    return list(Decision.objects.order_by("pk").values_list("outcome", flat=True))


def test_from_nothing_to_cleared(client, post, party, said):
    call_command("load_reference", verbosity=0)
    make.fresh_list(at=now())
    page = said(client.get(reverse("know")))
    assert "Missing: registration number" in page
    assert "Missing: at least one owner, at least one director" in page
    assert "Missing: an end-use statement that is signed" in page
    fill(post)
    assert decided() == []
    assert post("send-known", {})["Location"] == reverse("know")
    assert decided() == ["allow"]
    page = said(client.get(reverse("know")))
    assert "Cleared" in page
    assert "Missing" not in page
    assert "Sent last on" in page
    party.refresh_from_db()
    assert (party.legal_name, party.country, party.parent_name) == (
        "Harbour Light Research Ltd",
        "SG",
        "Tove Lindqvarn",
    )
    stake = party.stakes.get()
    assert (stake.owner_name, stake.share_bps, stake.source) == (
        "Tove Lindqvarn",
        6450,
        "the party itself",
    )
    assert AuditEvent.objects.filter(verb="send_to_screening").count() == 1


def test_what_is_not_finished_is_not_sent(client, post, party, said):
    post("send-known", {})
    page = said(client.get(reverse("know")))
    assert "Not sent. Missing: registration number" in page
    assert decided() == []
    assert not AuditEvent.objects.exists()


def test_a_listed_owner_is_not_cleared_and_no_attribute_is_named(client, post, party, said, market):
    fill(post)
    Party.objects.filter(pk=party.pk).update(legal_name="Pelagic Dawn Systems Ltd.")
    post("send-known", {})
    assert "allow" not in decided()
    page = said(client.get(reverse("know")))
    assert "Cleared" not in page
    assert "list" not in page.partition("How it stands")[2].partition("The steps")[0].lower()


@pytest.mark.parametrize(
    ("name", "fields", "changes", "field"),
    [
        ("know-identity", IDENTITY, {"legal_name": ""}, "legal_name"),
        ("know-identity", IDENTITY, {"registration_number": "1" * 65}, "registration_number"),
        ("know-identity", IDENTITY, {"kind": "cat"}, "kind"),
        ("know-identity", IDENTITY, {"birth_date": "1971-02-03"}, "birth_date"),
        ("know-identity", IDENTITY, {"kind": "person", "birth_date": "2126-01-01"}, "birth_date"),
        ("know-identity", IDENTITY, {"kind": "person", "birth_date": "31.12.1980"}, "birth_date"),
        ("know-identity", IDENTITY, {"uscc": "91110000MA005UCQ5X"}, "uscc"),
        ("know-identity", IDENTITY, {"lei": "253400WSS48YWMBUA689"}, "lei"),
        ("know-identity", IDENTITY, {"tax": "1" * 65}, "tax"),
        ("know-identity", IDENTITY, {"native_name": "a\x07b"}, "native_name"),
        ("know-control", CONTROL, {"hq_country": "Singapore"}, "hq_country"),
        ("know-control", CONTROL, {"parent_hq_country": "XX"}, "parent_hq_country"),
        ("know-owners", OWNER, {"share_bps": "101"}, "share_bps"),
        ("know-owners", OWNER, {"since": "2126-01-01"}, "since"),
        ("know-use", USE, {"signed": ""}, "signed"),
        ("know-use", USE, {"end_use": "fun"}, "end_use"),
        ("know-contacts", CONTACT, {"email": "ada"}, "email"),
    ],
)
def test_what_is_wrong_is_marked_at_its_place_and_nothing_is_written(
    post, party, name, fields, changes, field
):
    before = party.content_hash
    answer = post(name, {**fields, **changes})
    assert answer.status_code == 422
    form = answer.context["owner" if name == "know-owners" else "form"]
    assert set(form.errors) == {field}
    assert f'id="id_{field}_error"' in answer.content.decode()
    party.refresh_from_db()
    assert party.content_hash == before
    assert not PartyContact.objects.exists()
    assert not AuditEvent.objects.exists()


def test_shares_add_up_to_no_more_than_the_whole(post, party):
    post("know-owners", OWNER)
    answer = post("know-owners", {**OWNER, "owner_name": "Marsh Heron LLP", "share_bps": "36"})
    assert "would add up to 10050" in answer.context["owner"].errors["share_bps"][0]
    assert party.stakes.count() == 1


def test_what_officers_declared_shows_in_nothing_that_the_party_is_told(post, party, client):
    make.stake(party, "Hidden Heron LLP", 6_000, source="register of 1 Oct 2026", at=now())
    make.director(party, "Hidden Heron", source="register of 1 Oct 2026", at=now())
    lacks = lacks_of(party=party, at=now())
    assert lacks["owners"] == ["at least one owner", "at least one director"]
    answer = post("know-owners", OWNER)
    assert answer.status_code == 302
    assert set(party.stakes.values_list("source", "share_bps")) == {
        ("register of 1 Oct 2026", 6_000),
        (ITSELF, 6_450),
    }
    assert "Heron" not in client.get(reverse("know-owners")).content.decode()


def test_a_reseller_says_so_where_it_says_who_directs_it(post, party):
    post("know-control", {**CONTROL, "is_reseller": "on"})
    party.refresh_from_db()
    assert party.is_reseller
    post("know-control", CONTROL)
    party.refresh_from_db()
    assert not party.is_reseller


def test_a_number_that_changes_ends_the_one_before(post, party):
    numbers = {"uscc": "9111 0000 ma005ucq5p", "lei": "253400WSS48YWMBUA688"}
    for _ in range(2):
        post("know-identity", {**IDENTITY, **numbers, "country": "cn"})
    kept = party.identifiers.order_by("pk").values_list("kind", "number", "country", "until")
    assert list(kept) == [
        ("uscc", "91110000MA005UCQ5P", "CN", None),
        ("lei", "253400WSS48YWMBUA688", "CN", None),
    ]
    post("know-identity", {**IDENTITY, "lei": numbers["lei"], "country": "cn"})
    assert party.identifiers.get(kind="uscc").until == now().date()
    assert party.identifiers.get(kind="lei").until is None


@pytest.mark.parametrize(
    ("content", "said_of_it"),
    [
        (b"<html>not what its name says</html>", "Send a PDF, PNG or JPEG file."),
        (b"%PDF-" + b"x" * (10 * 2**20), "extract.pdf is too large."),
        (b"", "The submitted file is empty."),
    ],
)
def test_a_file_of_another_kind_or_size_is_not_kept(post, party, content, said_of_it):
    answer = post("know-documents", paper(content))
    assert answer.context["form"].errors["document"] == [said_of_it]
    assert not PartyDocument.objects.exists()


def test_a_file_is_kept_once_and_only_its_own_organisation_reads_it(client, post, party, charlie):
    for name in ("../extract.exe", "again.pdf"):
        post("know-documents", paper(name=name))
    kept = PartyDocument.objects.get()
    assert (kept.name, kept.media_type, kept.size) == ("extract.pdf", "application/pdf", 19)
    url = reverse("known-document", args=[kept.public_id])
    answer = client.get(url)
    assert (answer.content, answer["Content-Type"]) == (b"%PDF-1.7 an extract", "application/pdf")
    assert answer["Content-Disposition"] == 'attachment; filename="extract.pdf"'
    client.force_login(charlie)
    assert client.get(url).status_code == 404


def test_a_paper_shows_an_owner_where_the_owner_stands(client, post, party, said, charlie):
    post("know-owners", OWNER)
    stake = party.stakes.get()
    page = client.get(reverse("know-owners")).content.decode()
    wanted = f"{reverse('know-documents')}?about=owner:{stake.public_id}"
    assert wanted in page
    form = client.get(wanted).content.decode()
    assert f'<option value="owner:{stake.public_id}" selected>Owner: Tove Lindqvarn' in form
    answer = post("know-documents", {**paper(), "about": f"owner:{stake.public_id}"})
    assert answer.status_code == 302
    assert "Owner: Tove Lindqvarn" in said(client.get(reverse("know-documents")))
    [one] = party.documents.all()
    link = reverse("known-document", args=[one.public_id])
    assert link in client.get(reverse("know-owners")).content.decode()
    client.force_login(charlie)
    assert client.get(link).status_code == 404


def test_an_officers_paper_is_not_there_for_the_party(client, post, party):
    post("know-identity", IDENTITY)
    made = file_document(
        party=party,
        kind="register",
        name="found.pdf",
        content=b"%PDF-1.7",
        about="registration",
        by_party=False,
        by="sally",
        at=now(),
    )
    for name in ("know-documents", "know-owners", "know"):
        assert "found.pdf" not in client.get(reverse(name)).content.decode()
    assert client.get(reverse("known-document", args=[made.public_id])).status_code == 404


def test_a_paper_for_somebody_elses_owner_is_marked_and_not_kept(client, post, party):
    other = make.party("Marsh Heron LLP")
    stake = make.stake(other, "Somebody", 100, source=ITSELF)
    answer = post("know-documents", {**paper(), "about": f"owner:{stake.public_id}"})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"about"}
    assert not PartyDocument.objects.exists()


def test_rows_are_ended_and_stay_on_record(post, party):
    fill(post)
    stake, director, contact = party.stakes.get(), party.directors.get(), party.contacts.get()
    post("end-owner", {}, stake.public_id)
    post("end-director", {}, director.public_id)
    for _ in range(2):
        post("end-contact", {}, contact.public_id)
    for row in (stake, director, contact):
        row.refresh_from_db()
        assert row.until is not None
    assert AuditEvent.objects.filter(verb="end_contact").count() == 1


def test_the_pages_ask_as_often_for_one_row_as_for_twenty(client, post, party):
    fill(post)

    def asked():
        counts = {}
        for name in ("know", "know-owners", "know-contacts", "know-documents"):
            with CaptureQueriesContext(connection) as made:
                assert client.get(reverse(name)).status_code == 200
            counts[name] = len(made)
        return counts

    one = asked()
    for number in range(19):
        make.stake(party, f"Owner {number}", 1, source=ITSELF, at=now())
        make.director(party, f"Director {number}", source=ITSELF, at=now())
        if number < 9:
            post("know-contacts", {**CONTACT, "email": f"{number}@harbour.example"})
        about = f"owner:{party.stakes.latest('pk').public_id}"
        post("know-documents", {**paper(b"%PDF-" + str(number).encode()), "about": about})
    assert asked() == one


def test_what_officers_declared_is_neither_shown_nor_ended_here(client, post, party, said):
    stake, director = make.stake(party, "Found Owner", 1_000), make.director(party, "Found One")
    assert "Found" not in said(client.get(reverse("know-owners")))
    assert post("end-owner", {}, stake.public_id).status_code == 404
    assert post("end-director", {}, director.public_id).status_code == 404
    stake.refresh_from_db()
    assert stake.until is None
