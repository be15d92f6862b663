"""Papers that come at once: as many as a party may send, each once; and without the lock."""

import pytest
from django.core.exceptions import ValidationError

from compliance import services
from compliance.models import Party, PartyDocument, PartyEvidence
from compliance.services import papers
from tests import make
from tests.compliance.caseroom import PDF
from tests.make import NOON
from tests.race import all_have_called, together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def party(db):
    return make.party()


@pytest.fixture(autouse=True)
def one_at_most(monkeypatch):
    monkeypatch.setattr(papers, "MOST_PAPERS", 1)


def send_two(party, *contents):
    return together(
        *[
            lambda content=content: services.file_document(
                party=party,
                kind="register",
                name="extract.pdf",
                content=content,
                about="registration",
                by="ada",
                at=NOON,
            )
            for content in contents
        ]
    )


def test_of_two_files_at_once_where_one_may_be_sent_one_is_kept(party):
    outcome = send_two(party, PDF, PDF + b"2")
    assert sorted(type(one).__name__ for one in outcome) == ["PartyDocument", "ValidationError"]
    [refused] = [one for one in outcome if isinstance(one, ValidationError)]
    assert refused.message_dict == {"document": ["1 files at most; write to us."]}
    assert (PartyDocument.objects.count(), PartyEvidence.objects.count()) == (1, 1)


def test_the_same_file_twice_at_once_is_one_paper_that_shows_one_thing(party):
    one, two = send_two(party, PDF, PDF)
    assert one.pk == two.pk
    assert (PartyDocument.objects.count(), PartyEvidence.objects.count()) == (1, 1)


def test_control_without_the_lock_both_are_kept(party, monkeypatch):
    """If this keeps one, the race above proves nothing."""
    monkeypatch.setattr(papers, "_locked", lambda party: Party.objects.get(pk=party.pk))
    monkeypatch.setattr(papers, "_held", all_have_called(papers._held, 2))
    send_two(party, PDF, PDF + b"2")
    assert PartyDocument.objects.count() == 2
