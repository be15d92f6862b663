"""The chain under threads: one order, no row missed, whoever commits when."""

import threading

import pytest
from django.db import connections, transaction
from django.utils.timezone import now

from compliance import services
from compliance.models import ChainLink, Decision, Unsealed
from tests import make
from tests.make import NOON
from tests.race import PATIENCE, together

pytestmark = pytest.mark.django_db(transaction=True)


def breaks():
    links = ChainLink.objects.order_by("seq")
    prev = "0" * 64
    for place, link in enumerate(links, 1):
        if (link.seq, link.prev_sha256, link.sha256) != (place, prev, link.computed_sha256):
            yield str(link)
        prev = link.sha256


def test_sealers_and_deciders_at_once_make_one_chain(monkeypatch):
    monkeypatch.setattr("compliance.services.sealing.BATCH", 3)
    parties = [make.party(f"Party {number} Ltd") for number in range(4)]

    def decides(party):
        for _ in range(10):
            make.decision(party)
            services.seal(at=now())

    outcome = together(*(lambda party=party: decides(party) for party in parties))
    assert outcome == [None] * 4
    services.seal(at=now())
    assert (Decision.objects.count(), ChainLink.objects.count()) == (40, 40)
    assert not Unsealed.objects.exists()
    assert list(breaks()) == []


def test_a_row_with_a_lower_id_that_commits_later_is_not_missed():
    party = make.party()
    written, go_on = threading.Event(), threading.Event()
    slow = []

    def slowly():
        with transaction.atomic():
            slow.append(make.decision(party))
            written.set()
            assert go_on.wait(PATIENCE)
        connections.close_all()

    thread = threading.Thread(target=slowly)
    thread.start()
    assert written.wait(PATIENCE)
    quick = make.decision(party)
    assert quick.pk > slow[0].pk
    assert services.seal(at=NOON) == 1
    go_on.set()
    thread.join(PATIENCE)
    assert services.seal(at=NOON) == 1
    subjects = ChainLink.objects.order_by("seq").values_list("subject", flat=True)
    assert list(subjects) == [quick.public_id, slow[0].public_id]
