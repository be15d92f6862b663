import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from marketplace.billing.models import TopUp
from tests import make
from tests.billing import papers

pytestmark = pytest.mark.django_db


def an_invoice(harbour):
    papers.bare_note(papers.bare_invoice(harbour))


def a_top_up(harbour):
    TopUp.objects.create(
        organisation=harbour,
        amount_micro=1,
        currency="USD",
        payment_method="pm_x",
        idempotency_key=f"k{TopUp.objects.count()}",
        request_sha256=b"",
        created_at=now(),
    )


ROWS = {
    "offers": lambda harbour: make.offer(),
    "reservations": lambda harbour: make.bare_reservation(harbour, make.offer()),
    "invoices": an_invoice,
    "credit-notes": an_invoice,
    "wallet/top-ups": a_top_up,
    "api-keys": lambda harbour: make.api_key(harbour, make.member(harbour, "owner")),
}
#: key, role, count of rows, the page; offers also fetch what screening would say
MOST = {"offers": 12}


@pytest.mark.parametrize("path", ROWS)
def test_a_list_asks_as_often_for_five_rows_as_for_one(api, harbour, path):
    ROWS[path](harbour)
    with CaptureQueriesContext(connection) as one:
        before = api.get(path).json()["count"]
    for _ in range(4):
        ROWS[path](harbour)
    with CaptureQueriesContext(connection) as five:
        assert api.get(path).json()["count"] == before + 4
    assert len(five) == len(one) == MOST.get(path, 4)


def test_usage_asks_as_often_for_five_gpus_as_for_one(api, harbour, open_market):
    at = now()
    make.funded(harbour, 1_000_000_000)
    counts = []
    for gpus in (1, 5):
        made = make.reservation(harbour, make.offer(gpus=gpus), gpus=gpus, at=at, start=at)
        with CaptureQueriesContext(connection) as asked:
            told = api.get(f"reservations/{made.public_id}/usage").json()
        assert told["count"] == gpus
        counts.append(len(asked))
    assert counts == [5, 5]
