"""Papers show what a party declares: kept for good, and part of what a decision rests on."""

import hashlib
import json

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from compliance import services
from compliance.models import Director, OwnershipStake, Party, PartyDocument, PartyEvidence
from compliance.services import ITSELF
from marketplace.core.models import AuditEvent
from tests import make
from tests.compliance import caseroom
from tests.compliance.caseroom import PDF
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db


def send(party, about="", *, content=PDF, name="register.pdf"):
    return services.file_document(
        party=party, kind="owners", name=name, content=content, about=about, by="ada", at=NOON
    )


def shown(party):
    rows = services.evidence_of(party=party)
    return [(one.fact, one.declared, one.document.name) for one in rows]


def evidence_in(party):
    return json.loads(Party.objects.get(pk=party.pk).content()).get("evidence")


@pytest.fixture
def party():
    made = make.party("Harbour Light Research Ltd", parent_name="Tove Lindqvarn")
    make.stake(made, "Tove Lindqvarn", 10_000, source=ITSELF)
    make.director(made, "Grete Holmquistsen", source=ITSELF)
    return made


def keys(party):
    return [one.key for one in services.declarations_of(party=party)]


def test_each_declaration_can_carry_papers(party):
    stake, director = party.stakes.get(), party.directors.get()
    owner, seat = f"owner:{stake.public_id}", f"director:{director.public_id}"
    assert keys(party) == ["registration", "headquarters", "parent", owner, seat]
    for number, key in enumerate(keys(party)):
        send(party, key, content=PDF + bytes([number]), name=f"{number}.pdf")
    assert shown(party) == [
        ("registration", "201912345Z, SG", "0.pdf"),
        ("headquarters", "SG", "1.pdf"),
        ("parent", "Tove Lindqvarn, SG", "2.pdf"),
        ("owner", "Tove Lindqvarn", "3.pdf"),
        ("director", "Grete Holmquistsen", "4.pdf"),
    ]
    assert PartyEvidence.objects.get(fact="owner").stake == stake
    assert PartyEvidence.objects.get(fact="director").director == director
    acts = AuditEvent.objects.filter(verb="file_evidence").order_by("pk")
    assert [one.detail["shows"] for one in acts] == keys(party)
    assert acts[3].detail["sha256"] == hashlib.sha256(PDF + bytes([3])).hexdigest()


def test_one_file_shows_several_and_each_once(party):
    for key in ("registration", "parent", "registration"):
        send(party, key)
    assert PartyDocument.objects.count() == 1
    assert [fact for fact, *_ in shown(party)] == ["registration", "parent"]


def test_a_paper_of_an_earlier_fact_is_told_from_one_of_today(party):
    send(party, "parent")
    services.amend_party(party=party, by="ada", at=NOON, parent_name="Marsh Heron LLP")
    send(party, "parent")
    assert [declared for _, declared, _ in shown(party)] == [
        "Tove Lindqvarn, SG",
        "Marsh Heron LLP, SG",
    ]


def test_what_is_not_the_partys_own_declaration_carries_nothing(party):
    theirs = make.party("Marsh Heron LLP", parent_name="")
    foreign = make.stake(theirs, "Somebody", 100, source=ITSELF)
    found = make.stake(party, "Found Owner", 100, source="register of 1 Oct 2026")
    over = party.directors.get()
    services.end_director(director=over, until=NOON.date(), by="ada", at=NOON)
    before = party.content_hash
    for key in (
        f"owner:{foreign.public_id}",
        f"owner:{found.public_id}",
        f"director:{over.public_id}",
        "owner",
        "parent_name",
    ):
        with pytest.raises(ValidationError, match="not declared") as refused:
            send(party, key)
        assert list(refused.value.message_dict) == ["about"]
    with pytest.raises(ValidationError, match="not declared"):
        send(theirs, "parent")
    assert not PartyDocument.objects.exists()
    assert not PartyEvidence.objects.exists()
    assert party.content_hash == before


def test_the_database_refuses_a_paper_of_another_party(party):
    """Past the service, as a slip in later code would: one thing, of the same party."""
    paper = send(make.party("Marsh Heron LLP"))
    stake, director = OwnershipStake.objects.get(), Director.objects.get()

    def row(**what):
        with transaction.atomic():
            PartyEvidence.objects.create(
                document=paper, declared="x", filed_by="ada", filed_at=NOON, **what
            )

    for what in ({"fact": "owner", "stake": stake}, {"fact": "director", "director": director}):
        with pytest.raises(IntegrityError, match="are of two parties"):
            row(**what)
    for what in (
        {"fact": "owner"},
        {"fact": "director"},
        {"fact": "parent", "stake": make.stake(paper.party, "Own", 1)},
        {"fact": "owner", "director": make.director(paper.party)},
    ):
        with pytest.raises(IntegrityError, match="evidence_of_one_thing"):
            row(**what)
    assert not PartyEvidence.objects.exists()
    row(fact="owner", stake=make.stake(paper.party, "Other", 1))  # the control
    assert PartyEvidence.objects.count() == 1


def test_a_file_is_named_by_what_it_holds(party):
    send(party)
    query = """
    INSERT INTO compliance_partydocument (public_id, created_at, kind, name, media_type, size,
      sha256, content, by_party, uploaded_by, uploaded_at, party_id)
    SELECT gen_random_uuid(), created_at, kind, name, media_type, %s, %s, content, true,
      uploaded_by, uploaded_at, %s FROM compliance_partydocument
    """
    other, digest = make.party("Marsh Heron LLP"), hashlib.sha256(PDF).hexdigest()
    with connection.cursor() as cursor:
        for size, sha256 in ((len(PDF), "0" * 64), (len(PDF) - 1, digest)):
            with pytest.raises(IntegrityError, match="party_document_named"), transaction.atomic():
                cursor.execute(query, [size, sha256, other.pk])
        cursor.execute(query, [len(PDF), digest, other.pk])
    assert PartyDocument.objects.count() == 2


def test_what_papers_show_is_in_what_a_decision_rests_on(party):
    caseroom.ready()
    decision = caseroom.screen(party)
    assert evidence_in(party) is None
    send(party)
    assert services.still_valid(decision=decision, at=NOON) == decision.permits
    assert evidence_in(party) is None  # a file that shows nothing in particular
    key = f"owner:{party.stakes.get().public_id}"
    send(party, key)
    [one] = evidence_in(party)
    assert (one["fact"], one["declared"]) == ("owner", "Tove Lindqvarn")
    assert one["sha256"] == hashlib.sha256(PDF).hexdigest()
    later = caseroom.screen(party)
    assert bytes(later.party_hash) != bytes(decision.party_hash)
    assert services.replay(decision=decision) == []
    assert services.replay(decision=later) == []
    services.end_stake(stake=party.stakes.get(), until=NOON.date(), by="ada", at=NOON)
    assert evidence_in(party) is None


def test_an_allowing_decision_is_void_once_another_paper_is_there():
    caseroom.ready()
    party = make.party()
    decision = caseroom.screen(party)
    assert decision.permits
    assert services.still_valid(decision=decision, at=NOON + HOUR)
    send(party, "headquarters")
    assert not services.still_valid(decision=decision, at=NOON + HOUR)


def test_a_review_outlives_a_paper_and_dies_with_the_declared_fact(party):
    def facts():
        return Party.facts_hash(Party.objects.get(pk=party.pk).content())

    before = facts()
    send(party, "parent")
    assert facts() == before
    services.amend_party(party=party, by="ada", at=NOON, parent_name="Marsh Heron LLP")
    assert facts() != before


def test_an_officer_sees_papers_beside_each_owner_and_reads_them(party, client, said):
    caseroom.ready()
    case = caseroom.opened("Pelagik Dawn Systems Ltd")
    party = case.party
    make.stake(party, "Tove Lindqvarn", 5_000, source=ITSELF)
    make.stake(party, "Found Owner", 100, source="register of 1 Oct 2026")
    send(party, f"owner:{party.stakes.get(source=ITSELF).public_id}")
    send(party, "parent")
    services.amend_party(party=party, by="ada", at=NOON, parent_name="Marsh Heron LLP")
    by = caseroom.officer("work_cases")
    client.force_login(by)
    page = said(client.get(reverse("admin:compliance_case_change", args=[case.pk])))
    told = page.partition("What shows it")[2].partition("Party, as given")[0]
    assert "Tove Lindqvarn Owner the party itself: Register extract no. 7. register.pdf" in told
    assert "Found Owner Owner register of 1 Oct 2026: Register extract no. 7. none" in told
    assert "of what was declared then: Pelagik Dawn Systems Ltd, SG" in told
    assert told.count("from the party") == 2
    url = reverse("admin:party-document", args=[PartyDocument.objects.get().public_id])
    answer = client.get(url)
    assert (answer.status_code, answer.content) == (200, PDF)
    assert answer["Content-Disposition"] == 'attachment; filename="register.pdf"'
    client.force_login(caseroom.officer("add_redflag"))
    assert client.get(url).status_code == 403


def test_an_officers_paper_is_evidence_and_shows_in_nothing_that_the_party_is_told(party, client):
    found = make.stake(party, "Found Owner", 0, source="register of 1 Oct 2026")
    client.force_login(caseroom.officer("change_party", "view_party"))
    url = reverse("admin:compliance_add_paper", args=[party.pk])
    assert "Owner: Found Owner" in client.get(url).content.decode()

    def post(content=PDF, about=f"owner:{found.public_id}"):
        file = SimpleUploadedFile("found.pdf", content)
        return client.post(url, {"kind": "owners", "about": about, "document": file})

    for refused in (post(b"<html>"), post(about="owner:7")):
        assert refused.status_code == 200
        assert refused.context["form"].errors
    assert not PartyDocument.objects.exists()
    before = party.content_hash
    assert post().status_code == 302
    row = PartyEvidence.objects.get()
    assert (row.stake, row.document.by_party, row.document.kind) == (found, False, "owners")
    assert Party.objects.get(pk=party.pk).content_hash != before
    assert list(services.papers_of(party=party)) == []
    assert list(services.evidence_of(party=party)) == []
    assert (
        "an extract of the register of companies"
        in (services.lacks_of(party=party, at=NOON)["documents"])
    )
    # the same file from the party is its own, and does not tell it that we had it
    services.file_document(
        party=party, kind="register", name="own.pdf", content=PDF, by="ada", at=NOON
    )
    [own] = services.papers_of(party=party)
    assert (own.name, own.by_party) == ("own.pdf", True)
    assert "documents" not in services.lacks_of(party=party, at=NOON)


def test_only_who_may_change_a_party_adds_a_paper(party, client):
    client.force_login(caseroom.officer("view_party"))
    url = reverse("admin:compliance_add_paper", args=[party.pk])
    file = SimpleUploadedFile("found.pdf", PDF)
    assert client.post(url, {"kind": "owners", "document": file}).status_code == 403
    assert not PartyDocument.objects.exists()
