"""Evidence waits for its link from the transaction that wrote it, and gets it once."""

import pytest
from django.db import DatabaseError, transaction

from compliance import chain, services
from compliance.models import ChainLink, Content, Decision, PolicyRule, ScoringBand, Unsealed
from marketplace.core import audit
from tests import make
from tests.compliance import tamper, trail
from tests.make import NOON

pytestmark = pytest.mark.django_db


def test_everything_that_is_evidence_is_linked_in_order():
    made = trail.laid()
    rules, bands = PolicyRule.objects.count(), ScoringBand.objects.count()
    assert not Unsealed.objects.exists()
    links = list(ChainLink.objects.order_by("seq"))
    assert [link.seq for link in links] == list(range(1, rules + bands + 6))
    kinds = [link.kind for link in links]
    law = ["rule"] * rules + ["band"] * bands
    assert kinds == [*law, "snapshot"] + ["decision"] * 3 + ["act"]
    assert [link.subject for link in links[-4:-1]] == [one.public_id for one in made]
    assert links[0].prev_sha256 == "0" * 64
    assert [link.prev_sha256 for link in links[1:]] == [link.sha256 for link in links[:-1]]
    assert services.seal(at=NOON) == 0


def test_only_acts_on_compliance_join_the_chain():
    organisation = make.organisation()
    audit.record(verb="renamed", subject=organisation, at=NOON)
    assert not Unsealed.objects.exists()
    audit.record(verb="any_later_verb", subject=organisation.party, at=NOON)
    assert [one.kind for one in Unsealed.objects.all()] == ["act"]


def test_what_is_rolled_back_never_waits():
    party = make.party()
    with transaction.atomic():
        make.decision(party)
        assert Unsealed.objects.count() == 1
        transaction.set_rollback(True)
    assert not Unsealed.objects.exists()


def test_the_hash_is_of_what_postgresql_writes():
    text = '{"a":"1.00","b":"\\u00fc"}'
    assert chain.canonical({"b": "ü", "a": "1.00"}) == text
    link = chain.link(
        seq=1,
        kind="rule",
        subject=make.BOOT,
        payload_sha256="ab",
        prev_sha256=chain.NOTHING_BEFORE,
        sealed_at=NOON,
    )
    assert chain.canonical(link) == (
        '{"kind":"rule","payload_sha256":"ab","prev_sha256":"' + "0" * 64 + '",'
        '"sealed_at":"2026-11-24T12:00:00+00:00","seq":1,'
        '"subject":"00000000-0000-0000-0000-000000000001"}'
    )


def test_more_than_one_batch_is_sealed_in_one_call(monkeypatch):
    monkeypatch.setattr("compliance.services.sealing.BATCH", 2)
    party = make.party()
    made = [make.decision(party) for _ in range(5)]
    tamper.remove(made[0])
    assert services.seal(at=NOON) == 4
    assert list(ChainLink.objects.order_by("seq").values_list("seq", "subject")) == [
        (place, one.public_id) for place, one in enumerate(made[1:], 1)
    ]
    assert Unsealed.objects.get().subject == made[0].public_id


@pytest.mark.parametrize("model", [ChainLink, Content])
def test_links_and_contents_cannot_be_changed_or_removed(model):
    trail.laid()
    row = model.objects.first()
    for act in (lambda: model.objects.filter(pk=row.pk).update(sha256="0"), row.delete):
        with pytest.raises(DatabaseError, match="its rows are evidence"), transaction.atomic():
            act()
    row.refresh_from_db()
    assert row.sha256 != "0"


def test_a_content_is_kept_once_and_under_its_own_hash():
    trail.laid()
    assert Content.objects.count() == 4  # a rulebook and three parties
    first = Decision.objects.order_by("pk").first()
    assert Content.objects.filter(sha256=first.ruleset_hash).count() == 1
    assert chain.sha256(Content.objects.get(sha256=bytes(first.party_hash).hex()).text) == (
        bytes(first.party_hash).hex()
    )
    with pytest.raises(DatabaseError, match="content_named_by_hash"), transaction.atomic():
        Content.objects.create(sha256="0" * 64, text="{}")
