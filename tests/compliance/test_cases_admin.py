"""The officers' window: what it shows, who gets in, and that each button does what it says."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.timezone import now

from compliance import services
from compliance.models import Case, CaseDocument, Clearing, ReviewClearance
from marketplace.core import worklist
from tests import make
from tests.compliance import caseroom
from tests.compliance.caseroom import PDF, assigned, officer, opened

pytestmark = pytest.mark.django_db
QUEUE = "/admin/compliance/case/"


@pytest.fixture(autouse=True)
def ready():
    return caseroom.ready()


def page(case):
    return reverse("admin:compliance_case_change", args=[case.pk])


def press(client, case, act, **fields):
    return client.post(reverse("admin:compliance_case_act", args=[case.pk, act]), fields)


def signed_in(client, *permissions):
    by = officer(*permissions)
    client.force_login(by)
    return by


def shown(client, **query):
    """Whose cases the queue lists, in order."""
    return [row.party.legal_name for row in client.get(QUEUE, query).context["cl"].result_list]


def test_the_queue_is_what_waits_the_first_due_first(client):
    signed_in(client)
    opened()
    opened("3M")
    caseroom.decided(opened("Peladawn"))
    assert shown(client) == ["3M", "Pelagik Dawn Systems Ltd"]
    assert shown(client, queue="done") == ["Peladawn"]
    assert sorted(shown(client, queue="all")) == ["3M", "Peladawn", "Pelagik Dawn Systems Ltd"]
    assert shown(client, risk__exact="high") == ["3M"]
    assert shown(client, state__exact="assigned") == []
    by = officer()
    assigned(Case.objects.live().get(party__legal_name="3M"), by=by)
    assert shown(client, state__exact="assigned") == ["3M"]
    assert shown(client, officer=by.email) == ["3M"]


def test_the_queue_asks_as_much_for_twenty_cases_as_for_one(
    client, django_assert_num_queries, django_assert_max_num_queries
):
    signed_in(client)
    opened()
    client.get(QUEUE)
    with django_assert_max_num_queries(20) as first:
        client.get(QUEUE)
    for _ in range(20):
        opened()
    with django_assert_num_queries(len(first)):
        client.get(QUEUE)


def test_a_case_shows_party_and_entry_side_by_side_with_reasons_and_events(client, said):
    signed_in(client)
    case = assigned()
    text = said(client.get(page(case)))
    assert "Decision support, not legal advice." in text
    assert "P020 v1 manual review A name of the party is like that of a listed party" in text
    assert "Legal name and parent name is like PELAGIC DAWN SYSTEMS LTD. score 0.97" in text
    assert "Names Pelagik Dawn Systems Ltd PELAGIC DAWN SYSTEMS LTD . PELAGIC DAWN" in text
    assert "Identifiers 201912345Z not listed Not known" in text
    assert "Why it scores 0.97 words are 98% alike pelagik ~ pelagic 0.95 (worth 0.93)" in text
    assert "NPWMD" in text
    assert "24 Nov 12:00 Opened system" in text
    assert f"Assigned {case.assignee_label}".casefold() in text.casefold()


def test_a_directors_entry_stands_beside_the_director_and_not_the_party(client, said):
    signed_in(client)
    party = make.party()
    make.director(party, "Ysolde Vellacott-Zarrin")
    caseroom.screen(party)
    text = said(client.get(page(Case.objects.get())))
    assert "Names Ysolde Vellacott-Zarrin VELLACOTT-ZARRIN, Ysolde Same Kind person" in text


def test_every_case_can_be_read_whatever_opened_it(client, said):
    signed_in(client)
    for facts, chip in (({"hq_country": "CN"}, "H200 SXM"), ({"country": ""}, ""), ({}, "MI308X")):
        caseroom.screen(make.party(**facts), chip=chip)
    caseroom.decided(verdict="uphold")
    for case in Case.objects.all():
        assert client.get(page(case)).status_code == 200


def test_the_whole_way_by_buttons(client, said):
    case, one = opened(), signed_in(client)
    press(client, case, "assign")
    press(client, case, "note", text="Register extract is fine.")
    press(client, case, "document", document=SimpleUploadedFile("extract.html", PDF))
    press(client, case, "request", text="Your founders?")
    press(client, case, "escalate", text="Ask counsel.")
    press(client, case, "assign")
    press(client, case, "propose", verdict="clear", entries=["0"], reason="Another firm.")
    assert Case.objects.get().state == "proposed"
    press(client, case, "approve", reason="Compared.")
    press(client, case, "approve", reason="Compared again.")
    assert "another officer must" in said(client.get(page(case)))
    assert Case.objects.get().state == "proposed"
    other = signed_in(client)
    press(client, case, "approve", reason="I agree.")
    assert Case.objects.get().state == "decided"
    assert {(one_.approved_by_1, one_.approved_by_2) for one_ in Clearing.objects.all()} == {
        (one.public_id, other.public_id)
    }
    press(client, case, "close", text="Filed.")
    assert list(case.events.order_by("pk").values_list("kind", flat=True)) == [
        "opened", "assigned", "note", "document", "requested", "escalated", "assigned",
        "proposed", "approved", "approved", "decided", "closed",
    ]  # fmt: skip
    assert services.screen(party=case.party, question=None, at=make.NOON).outcome == "allow"


def test_a_review_is_proposed_for_one_chip_or_for_all(client):
    signed_in(client)
    caseroom.screen(make.party(), chip="A10")
    case = assigned(Case.objects.get())
    press(client, case, "propose", verdict="reviewed", rules=["0"], reason="Datasheet.",
          everywhere="on")  # fmt: skip
    for _ in range(2):
        signed_in(client)
        press(client, case, "approve", reason="Yes.")
    given = ReviewClearance.objects.get()
    assert (given.rule_id, given.chip, given.site_country) == ("P044", "", "")


def test_a_rejected_verdict_goes_back(client):
    case = assigned()
    caseroom.propose(case, "uphold")
    signed_in(client)
    press(client, case, "reject", reason="No.")
    assert Case.objects.get().state == "assigned"


@pytest.mark.parametrize(
    ("act", "fields", "told"),
    [
        ("note", {"text": ""}, "This field is required."),
        ("document", {}, "This field is required."),
        ("document", {"document": SimpleUploadedFile("a.pdf", b"<html>")}, "PDF, PNG or JPEG"),
        ("propose", {"verdict": "clear", "reason": "x"}, "Choose the entries to clear"),
        ("propose", {"verdict": "clear", "reason": "x", "entries": ["9"]}, "Select a valid choice"),
        ("propose", {"verdict": "allow", "reason": "x"}, "Select a valid choice"),
        ("close", {"text": "x"}, "Not possible now"),
        ("approve", {"reason": "x"}, "no verdict is proposed"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_happens(client, said, act, fields, told):
    case = assigned()
    signed_in(client)
    press(client, case, act, **fields)
    assert told in said(client.get(page(case)))
    assert Case.objects.get().state == "assigned"
    assert case.events.count() == 2


def test_only_what_is_open_has_a_button(client):
    signed_in(client)
    case = opened()
    acts = lambda: [act for act, _, _ in client.get(page(case)).context["acts"]]  # noqa: E731
    assert acts() == ["assign", "note", "document", "escalate"]
    assigned(case)
    assert acts() == ["assign", "note", "document", "request", "escalate", "propose"]
    caseroom.propose(case, "uphold")
    assert acts() == ["assign", "note", "document", "approve", "reject"]
    signed_in(client, "work_cases")
    assert acts() == ["assign", "note", "document"]
    signed_in(client, "approve_cases")
    assert acts() == ["approve", "reject"]
    caseroom.approve(case)
    caseroom.approve(case)
    assert acts() == []
    signed_in(client)
    assert acts() == ["note", "close"]


# --- who gets in


def test_without_the_permissions_no_case_is_seen_and_no_button_works(client, alice):
    case = assigned()
    kept = services.add_document(case=case, by=officer(), name="a", content=PDF, at=now())
    document = reverse("admin:compliance_case_document", args=[kept.public_id])
    for who, status in ((make.user(is_staff=True), 403), (alice, 302), (None, 302)):
        client.logout()
        if who:
            client.force_login(who)
        assert [client.get(url).status_code for url in (QUEUE, page(case), document)] == [
            status
        ] * 3
        acts = ("assign", "note", "request", "escalate", "propose", "approve", "reject", "close")
        fields = {"text": "x", "reason": "x", "verdict": "uphold"}
        assert {press(client, case, act, **fields).status_code for act in acts} == {status}
    assert case.events.count() == 3
    assert Case.objects.get().state == "assigned"


def test_who_only_works_approves_nothing_and_who_only_approves_works_on_nothing(client):
    case = assigned()
    caseroom.propose(case, "uphold")
    signed_in(client, "work_cases")
    assert press(client, case, "approve", reason="x").status_code == 403
    signed_in(client, "approve_cases")
    assert press(client, case, "note", text="x").status_code == 403
    assert case.events.count() == 3


def test_an_act_that_is_none_and_one_by_get(client):
    signed_in(client)
    case = opened()
    assert press(client, case, "allow").status_code == 403
    assert (
        client.get(reverse("admin:compliance_case_act", args=[case.pk, "assign"])).status_code
        == 405
    )
    assert client.get(f"{QUEUE}999/change/").status_code == 302


def test_a_document_is_downloaded(client):
    signed_in(client)
    case = assigned()
    press(client, case, "document", document=SimpleUploadedFile("a.pdf", PDF))
    kept = CaseDocument.objects.get()
    answer = client.get(reverse("admin:compliance_case_document", args=[kept.public_id]))
    assert (answer.content, answer["Content-Disposition"]) == (PDF, 'attachment; filename="a.pdf"')
    assert answer["X-Content-Type-Options"] == "nosniff"


# --- a place to work in


def test_the_queue_says_what_to_do_first_and_why(client, said, monkeypatch):
    by = signed_in(client)
    assigned(opened(), by=by)
    opened("3M")
    monkeypatch.setattr(worklist, "now", lambda: make.NOON + 50 * make.HOUR)
    text = said(client.get(QUEUE))
    assert "26 h late 25 Nov, 12:00 3M High" in text
    assert "in 22 h 27 Nov, 12:00 Pelagik Dawn Systems Ltd Medium" in text
    assert "Name like a listed one legal name is like ofac_sdn 990001;" in text
    assert shown(client, officer="me") == ["Pelagik Dawn Systems Ltd"]
    assert shown(client, officer="nobody") == ["3M"]
    assert shown(client, due="past") == ["3M"]
    assert shown(client, due="day") == ["Pelagik Dawn Systems Ltd"]


def test_time_left_in_the_words_of_a_reader():
    cases = {
        30: "in 0 min", 60 * 59: "in 59 min", 3600: "in 1 h", 47 * 3600: "in 47 h",
        48 * 3600: "in 2 d", 0: "0 min late", -3600: "1 h late", -72 * 3600: "3 d late",
    }  # fmt: skip
    found = {s: worklist.time_left(make.NOON + timedelta(seconds=s), make.NOON) for s in cases}
    assert found == cases


def test_a_case_leads_to_the_next_that_is_due(client):
    signed_in(client)
    last, first = opened(), opened("3M")
    to = lambda case: client.get(page(case)).context["dossier"].next  # noqa: E731
    assert (to(last), to(first)) == (first, last)
    caseroom.decided(first, "uphold")
    assert to(last) is None


def test_who_owns_the_party_is_drawn_with_the_path_that_counts(client, said):
    signed_in(client)
    party, holding = make.party("Pelagik Dawn Systems HK Ltd"), make.party("Harrow Tern Holdings")
    listed = make.party("Pelagic Dawn Systems Ltd.")
    make.stake(party, holding, 6_200)
    make.stake(party, "Rowan Tessaly Birch", None)
    make.stake(holding, listed, 8_500)
    caseroom.screen(party)
    answer = client.get(page(Case.objects.get(party=party)))
    drawn = answer.context["dossier"].ownership.chart
    kinds = {box.texts[0].text: box.kind for box in drawn.boxes}
    assert kinds == {
        "Pelagik Dawn Systems": "like",
        "Harrow Tern Holdings": "",
        "Rowan Tessaly Birch": "",
        "Pelagic Dawn Systems": "listed",
    }
    assert {one.label: one.marked for one in drawn.arrows} == {
        "62 %": True, "?": False, "85 %": True,
    }  # fmt: skip
    text = said(answer)
    assert "The half rule is met: 62.00 %" in text
    assert "Harrow Tern Holdings holds 62.00 % of Pelagik Dawn Systems HK Ltd" in text
    assert "Rowan Tessaly Birch holds an unknown share of Pelagik Dawn Systems HK Ltd" in text
    assert '<path class="g-edge g-edge--listed"' in answer.content.decode()


def test_what_is_the_same_alike_and_different_is_marked(client):
    signed_in(client)
    party = make.party("Pelagik Dawn Systems Ltd", birth_date="")
    caseroom.screen(party)
    body = client.get(page(Case.objects.get(party=party))).content.decode()
    assert '<mark class="near">Pelagik</mark> <mark class="same">Dawn Systems Ltd</mark>' in body
    [pair] = client.get(page(Case.objects.get())).context["dossier"].pairs
    assert {row.name: row.said for row in pair.rows} == {
        "Names": "alike", "Kind": "same", "Countries": "unknown", "Identifiers": "unknown",
        "Born": "unknown", "Addresses": "unknown", "Programmes": "", "Remarks": "",
    }  # fmt: skip


def test_a_case_asks_as_much_with_twenty_events_as_with_one(
    client, django_assert_num_queries, django_assert_max_num_queries
):
    by = signed_in(client)
    case = opened()
    services.note_case(case=case, by=by, text="One.", at=make.NOON)
    client.get(page(case))
    with django_assert_max_num_queries(30) as first:
        client.get(page(case))
    for number in range(20):
        services.note_case(case=case, by=by, text=f"{number}.", at=make.NOON)
        services.add_document(
            case=case, by=by, name="a", content=PDF + b"%d" % number, at=make.NOON
        )
    with django_assert_num_queries(len(first)):
        client.get(page(case))
