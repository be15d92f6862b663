import pytest
from django.utils.timezone import now

from marketplace.accounts.models import ApiKey
from marketplace.billing import services as billing
from marketplace.billing.models import CostStatement
from tests import make
from tests.api.asking import ask, bearer, refused
from tests.billing import papers

pytestmark = pytest.mark.django_db


@pytest.fixture
def things(harbour, alice, api, offer):
    """One of each thing that belongs to `harbour`, by the path it has."""
    at = now()
    make.funded(harbour)
    booked = make.reservation(harbour, offer, at=at, start=at)
    top_up = billing.top_up(
        organisation=harbour,
        by=alice,
        amount_micro=5_000_000,
        payment_method="pm_card_visa",
        key="k",
        at=at,
    )
    CostStatement.objects.create(
        reservation=booked, organisation=harbour, total_micro=0, currency="USD", issued_at=at
    )
    invoice = papers.bare_invoice(harbour)
    note = papers.bare_note(invoice)
    return {
        "reservation": f"reservations/{booked.public_id}",
        "usage": f"reservations/{booked.public_id}/usage",
        "top-up": f"wallet/top-ups/{top_up.public_id}",
        "cost": f"reservations/{booked.public_id}/cost",
        "invoice": f"invoices/{invoice.public_id}",
        "invoice-pdf": f"invoices/{invoice.public_id}/pdf",
        "credit-note": f"credit-notes/{note.public_id}",
        "credit-note-pdf": f"credit-notes/{note.public_id}/pdf",
        "api-key": f"api-keys/{ApiKey.objects.get(created_by=alice).public_id}",
    }


LISTS = ["reservations", "wallet/top-ups", "invoices", "credit-notes", "api-keys"]


@pytest.mark.parametrize("path", LISTS)
def test_a_list_holds_only_ones_own(api, outsider, stranger, things, path):
    assert api.get(path).json()["count"] == 1
    theirs = [one["id"] for one in outsider.get(path).json()["results"]]
    assert not {one["id"] for one in api.get(path).json()["results"]} & set(theirs)
    assert len(theirs) == (1 if path == "api-keys" else 0)
    refused(stranger.get(path), 401, "unauthenticated")


@pytest.mark.parametrize("verb", ["confirm", "cancel", "stop"])
def test_an_outsider_moves_nothing(harbour, outsider, stranger, things, verb):
    booked = harbour.reservations.get()
    refused(outsider.post(f"{things['reservation']}/{verb}"), 404, "not-found")
    refused(stranger.post(f"{things['reservation']}/{verb}"), 401, "unauthenticated")
    assert harbour.reservations.get().state == booked.state == "confirmed"


def test_an_outsider_ends_no_key(api, outsider, stranger, things):
    refused(outsider.delete(things["api-key"]), 404, "not-found")
    refused(stranger.delete(things["api-key"]), 401, "unauthenticated")
    assert not ApiKey.objects.filter(revoked_at__isnull=False).exists()
    assert api.get("organisation").status_code == 200


PATHS = ["organisation", "offers", "wallet", "reservations", "invoices", "wallet/top-ups"]
PATHS += ["credit-notes", "billing-details"]


@pytest.mark.parametrize("path", PATHS)
def test_nothing_but_the_document_is_public(stranger, path, db):
    answer = stranger.get(path)
    refused(answer, 401, "unauthenticated")
    assert answer["WWW-Authenticate"] == 'Bearer realm="Straits"'


RIGHTS = [
    ("viewer", "reservations", 403),
    ("billing", "reservations", 403),
    ("engineer", "reservations", 202),
    ("viewer", "wallet/top-ups", 403),
    ("engineer", "wallet/top-ups", 403),
    ("billing", "wallet/top-ups", 202),
    ("viewer", "api-keys", 403),
    ("engineer", "api-keys", 403),
    ("billing", "api-keys", 403),
    ("viewer", "quotes", 200),
    ("viewer", "invoices", 403),
    ("engineer", "invoices", 403),
    ("billing", "invoices", 409),
]


@pytest.mark.parametrize(("role", "path", "status"), RIGHTS)
def test_a_role_may_do_its_part_and_no_more(harbour, offer, role, path, status):
    make.funded(harbour)
    member = make.member(harbour, role)
    keys = ApiKey.objects.count() + 1
    content = {
        "reservations": ask(offer),
        "quotes": {key: value for key, value in ask(offer).items() if key != "workload"},
        "wallet/top-ups": {"amount_micro": 5_000_000, "payment_method": "pm_card_visa"},
        "api-keys": {"name": "mine"},
        "invoices": {},
    }[path]
    answer = bearer(make.api_key(harbour, member)).post(path, content)
    assert answer.status_code == status, answer.content
    if status == 403:
        problem = refused(answer, 403, "forbidden")
        assert f"your role ({role}) may not" in problem["detail"]
    assert harbour.reservations.count() == (path == "reservations" and status == 202)
    assert harbour.top_ups.count() == (path == "wallet/top-ups" and status == 202)
    assert ApiKey.objects.count() == keys


@pytest.mark.parametrize("verb", ["confirm", "cancel", "stop"])
def test_a_viewer_moves_no_reservation(harbour, things, verb):
    viewer = bearer(make.api_key(harbour, make.member(harbour, "viewer")))
    refused(viewer.post(f"{things['reservation']}/{verb}"), 403, "forbidden")
    assert harbour.reservations.get().state == "confirmed"


def test_who_am_i(api, harbour):
    assert api.get("organisation").json() == {
        "id": str(harbour.public_id),
        "name": "Harbour Light",
        "can_rent": True,
        "can_provide": False,
        "user": "alice@example.test",
        "role": "owner",
        "may": ["manage", "pay", "provide", "rent", "view"],
    }
