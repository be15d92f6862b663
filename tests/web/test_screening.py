"""What an organisation sees of its screening: a word, what we asked, never a reason."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.timezone import now

from compliance import services as compliance
from compliance.models import Case, CaseDocument, CaseEvent
from tests import make
from tests.compliance import caseroom
from tests.compliance.caseroom import PDF

pytestmark = pytest.mark.django_db


@pytest.fixture
def flagged(fresh_market, harbour, alice):
    """A case about harbour: its name is like that of a listed party."""
    harbour.party.legal_name = harbour.party.parent_name = "Pelagik Dawn Systems Ltd"
    harbour.party.save()
    compliance.screen(party=harbour.party, question=None, at=now())
    return Case.objects.get()


@pytest.fixture
def asked(flagged):
    """What an officer asked of harbour."""
    case = compliance.assign_case(case=flagged, by=caseroom.officer(), at=now())
    return compliance.request_information(
        case=case, by=caseroom.officer(), text="Your register extract, please.", at=now()
    )


def answering(asked, text="Here it is.", *files, name="extract.pdf"):
    fields = {f"{asked.public_id}-text": text}
    if files:
        uploads = [SimpleUploadedFile(name, content) for content in files]
        fields[f"{asked.public_id}-document"] = uploads
    return reverse("answer-screening", args=[asked.public_id]), fields


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        ({}, "Cleared"),
        ({"legal_name": "Pelagik Dawn Systems Ltd"}, "Under review"),
        ({"end_use_statement": ""}, "Under review"),
        ({"legal_name": "Pelagic Dawn Systems Ltd"}, "Not available"),
        ({"end_use": "military"}, "Not available"),
    ],
)
def test_the_page_says_one_word_and_no_reason(
    client, fresh_market, harbour, alice, said, facts, word
):
    compliance.amend_party(party=harbour.party, by="x", at=now(), **facts)
    compliance.screen(party=harbour.party, question=None, at=now())
    client.force_login(alice)
    text = said(client.get(reverse("organisation")))
    assert f"Screening {word} " in text
    for told in ("P0", "ofac", "PELAGIC", "match", "risk", "case", "Case"):
        assert told not in text.replace("In any case", "")


def test_asking_reaches_the_officers(client, flagged, alice, said):
    client.force_login(alice)
    answer = client.post(reverse("ask-screening"), {"text": "We are somebody else."})
    assert (answer.status_code, answer["Location"]) == (302, reverse("organisation"))
    event = CaseEvent.objects.get(kind="asked")
    assert (event.case, event.text, event.actor_label) == (
        flagged,
        "We are somebody else.",
        "alice@example.test",
    )
    assert "We are somebody else." in said(client.get(reverse("organisation")))


def test_who_was_refused_at_first_may_ask_and_that_opens_a_case(
    client, fresh_market, harbour, alice
):
    compliance.amend_party(
        party=harbour.party, by="x", at=now(), legal_name="Pelagic Dawn Systems Ltd"
    )
    client.force_login(alice)
    client.post(reverse("ask-screening"), {"text": "A namesake."})
    case = Case.objects.get()
    assert (case.kind, case.risk) == ("name_match", "critical")
    assert list(case.events.order_by("pk").values_list("kind", flat=True)) == ["opened", "asked"]


def test_who_is_cleared_has_nothing_to_ask(client, fresh_market, harbour, alice, said):
    client.force_login(alice)
    assert "Ask for a review" not in said(client.get(reverse("organisation")))
    answer = client.post(reverse("ask-screening"), {"text": "Why?"})
    assert answer.status_code == 422
    assert not Case.objects.exists()


@pytest.mark.parametrize("text", ["", "   ", "x" * 4001])
def test_a_question_of_no_words_is_refused(client, flagged, alice, text):
    client.force_login(alice)
    assert client.post(reverse("ask-screening"), {"text": text}).status_code == 422
    assert not CaseEvent.objects.filter(kind="asked").exists()


def test_a_party_asks_so_often_a_day(client, flagged, alice, said):
    client.force_login(alice)
    statuses = [
        client.post(reverse("ask-screening"), {"text": f"{n}"}).status_code for n in range(6)
    ]
    assert statuses == [302] * 5 + [422]
    assert CaseEvent.objects.filter(kind="asked").count() == 5


def test_a_request_is_answered_with_words_and_files(client, asked, alice, said):
    client.force_login(alice)
    assert "Your register extract, please." in said(client.get(reverse("organisation")))
    url, fields = answering(asked, "Here it is.", PDF, PDF + b" page two")
    assert client.post(url, fields)["Location"] == reverse("organisation")
    page = said(client.get(reverse("organisation")))
    assert "Here it is." in page
    assert "Send the answer" not in page
    assert CaseDocument.objects.filter(by_party=True).count() == 2
    assert Case.objects.get().state == "assigned"
    again, fields = answering(asked, "Another.")
    assert "needs no answer any more" in said(client.post(again, fields, follow=True))
    assert CaseEvent.objects.get(kind="answered").text == "Here it is."


@pytest.mark.parametrize("content", [b"<html><script>", b"PK\x03\x04 zip", b"plain words"])
def test_a_file_that_is_no_document_is_refused_by_what_it_holds(
    client, asked, alice, said, content
):
    client.force_login(alice)
    url, fields = answering(asked, "Here.", content)
    answer = client.post(url, fields)
    assert answer.status_code == 422
    assert "Send a PDF, PNG or JPEG file." in said(answer)
    assert not CaseEvent.objects.filter(kind__in=["answered", "document"]).exists()
    assert not CaseDocument.objects.exists()


def test_too_many_and_too_large_files_are_refused(client, asked, alice, said, monkeypatch):
    client.force_login(alice)
    url, fields = answering(asked, "Here.", *[PDF + bytes([n]) for n in range(6)])
    assert "Send 5 files at most." in said(client.post(url, fields))
    monkeypatch.setattr(compliance, "LARGEST_FILE", 10)
    url, fields = answering(asked, "Here.", PDF)
    assert "extract.pdf is too large." in said(client.post(url, fields))
    assert not CaseDocument.objects.exists()


def test_a_document_is_a_download_and_never_a_page(client, asked, alice):
    client.force_login(alice)
    url, fields = answering(asked, "Here.", PDF, name="page.html")
    client.post(url, fields)
    document = CaseDocument.objects.get()
    answer = client.get(reverse("screening-document", args=[document.public_id]))
    assert answer.content == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="page.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]


def test_what_staff_add_the_party_does_not_see(client, asked, alice, said):
    kept = compliance.add_document(
        case=asked.case, by=caseroom.officer(), name="internal", content=PDF, at=now()
    )
    compliance.note_case(case=asked.case, by=caseroom.officer(), text="Suspicious.", at=now())
    client.force_login(alice)
    page = said(client.get(reverse("organisation")))
    assert "internal" not in page
    assert "Suspicious." not in page
    assert client.get(reverse("screening-document", args=[kept.public_id])).status_code == 404


# --- who gets in


def test_an_outsider_sees_and_answers_nothing(client, asked, alice, charlie, sally, said):
    client.force_login(alice)
    url, fields = answering(asked, "Here.", PDF)
    client.post(url, fields)
    document = reverse("screening-document", args=[CaseDocument.objects.get().public_id])
    other = compliance.request_information(
        case=Case.objects.get(), by=caseroom.officer(), text="And?", at=now()
    )
    url, fields = answering(other, "Mine.")
    client.logout()
    assert client.get(document)["Location"].startswith("/sign-in/")
    assert client.post(url, fields)["Location"] == "/sign-in/?next=/"
    client.force_login(charlie)
    assert client.get(document).status_code == 404
    assert client.post(url, fields).status_code == 404
    assert "register extract" not in said(client.get(reverse("organisation")))
    client.force_login(sally)
    assert client.get(document).status_code == 403
    assert client.post(url, fields).status_code == 403
    assert CaseEvent.objects.filter(kind="answered").count() == 1


@pytest.mark.parametrize("role", ["viewer", "engineer", "billing"])
def test_only_owners_ask_and_answer(client, asked, member_as, role, said):
    client.force_login(member_as(role))
    page = client.get(reverse("organisation"))
    assert "An owner of your organisation can answer." in said(page)
    assert page.content.count(b"<form") == 2  # sign out, language
    url, fields = answering(asked)
    assert client.post(url, fields).status_code == 403
    assert client.post(reverse("ask-screening"), {"text": "x"}).status_code == 403
    assert not CaseEvent.objects.filter(kind__in=["asked", "answered"]).exists()


def test_acts_do_not_answer_to_get(client, asked, alice):
    client.force_login(alice)
    urls = [reverse("ask-screening"), reverse("answer-screening", args=[asked.public_id])]
    assert {client.get(url).status_code for url in urls} == {405}
    assert client.get(reverse("screening-document", args=[make.BOOT])).status_code == 404
