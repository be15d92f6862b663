"""Workspaces that outlive a rental over the API: asked for, told, given up, gone on with."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils.timezone import now

from marketplace.billing import services as billing
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Keeping, Reservation
from marketplace.catalog.models import Offer
from marketplace.ledger.models import Hold
from tests import make
from tests.api.asking import ask, bearer, booked, later, places, refused

pytestmark = pytest.mark.django_db
PRICE, GIB = 100, make.GIB
HOURLY = GIB * PRICE


@pytest.fixture
def offer(open_market):
    return make.offer(gpus=2, price_micro=2_400_000, keep_micro_per_gib_hour=PRICE)


@pytest.fixture
def row(harbour, offer):
    """It runs, and its machine has said how large its workspace is."""
    made = booked(harbour, offer)
    part = make.started(made, at=made.during.lower)
    part.workspace_bytes = GIB << 30
    part.save(update_fields=["workspace_bytes"])
    return made


@pytest.fixture
def kept(row):
    brokerage.keep(reservation=row, hours=24, by=None, key="k", at=now())
    brokerage.stop(reservation=row, by=None, at=now())
    return make.kept(row, at=now())


def path_of(row):
    return f"reservations/{row.public_id}/keeping"


def held():
    return sorted(Hold.objects.values_list("amount", flat=True))


def test_an_offer_tells_its_price(api, offer):
    assert api.get(f"offers/{offer.public_id}").json()["keep_micro_per_gib_hour"] == PRICE
    Offer.objects.update(keep_micro_per_gib_hour=None)
    [told] = api.get("offers").json()["results"]
    assert told["keep_micro_per_gib_hour"] is None


def test_what_it_costs_at_most_is_told_and_nothing_is_asked_for(api, row):
    before = held()
    told = api.post(f"{path_of(row)}/consequence", {"hours": 24}).json()
    assert told == {
        "hours": 24,
        "most_micro": 24 * HOURLY,
        "price_micro_per_gib_hour": PRICE,
        "currency": "USD",
    }
    assert held() == before
    refused(api.get(path_of(row)), 404, "not-found")


def test_it_is_asked_for_once_for_each_key(api, row):
    before = held()
    for _ in range(2):
        answer = api.post(path_of(row), {"hours": 24}, key="k")
        assert answer.status_code == 201, answer.content
    told = answer.json()
    made = Keeping.objects.get()
    assert told == {
        "id": str(made.public_id),
        "reservation": str(row.public_id),
        "state": "wanted",
        "outcome": "",
        "hours": 24,
        "gib": GIB,
        "price_micro_per_gib_hour": PRICE,
        "currency": "USD",
        "most_micro": 24 * HOURLY,
        "so_far_micro": 0,
        "kept_from": None,
        "until": None,
        "answered_ms": 0,
        "ended_at": None,
        "created_at": told["created_at"],
    }
    assert held() == sorted([*before, 24 * HOURLY])
    assert api.get(path_of(row)).json() == told
    assert api.get(f"reservations/{row.public_id}").json()["keeping"] == told
    other = api.post(path_of(row), {"hours": 25}, key="k")
    refused(other, 422, "idempotency-key-reused")
    refused(api.post(path_of(row), {"hours": 24}), 409, "cannot-keep")
    assert Keeping.objects.count() == 1


@pytest.mark.parametrize("hours", [0, 721, "x", None])
def test_hours_that_cannot_be_are_refused_at_their_place(hours, api, row):
    for path in (path_of(row), f"{path_of(row)}/consequence"):
        problem = refused(api.post(path, {"hours": hours}), 400, "invalid")
        assert places(problem) == ["#/hours"]
    assert not Keeping.objects.exists()


def test_what_keeps_nothing_refuses(api, row):
    Offer.objects.update(keep_micro_per_gib_hour=None)
    before = held()
    problem = refused(api.post(path_of(row), {"hours": 24}), 409, "cannot-keep")
    assert problem["detail"] == "its provider keeps no workspaces"
    refused(api.post(f"{path_of(row)}/consequence", {"hours": 24}), 409, "cannot-keep")
    assert held() == before


def test_a_wallet_that_is_empty_refuses(api, row, harbour):
    dear = make.offer(price_micro=billing.wallet(organisation=harbour).available)
    make.reservation(harbour, dear, start=now(), at=now())
    before = held()
    refused(api.post(path_of(row), {"hours": 24}), 402, "insufficient-funds")
    assert (held(), Keeping.objects.count()) == (before, 0)


def test_what_does_not_run_is_not_kept(api, row):
    brokerage.stop(reservation=row, by=None, at=now())
    refused(api.post(path_of(row), {"hours": 24}), 409, "wrong-state")
    assert not Keeping.objects.exists()


def test_the_wish_is_taken_back(api, row):
    api.post(path_of(row), {"hours": 24})
    told = api.delete(path_of(row))
    assert (told.status_code, told.json()["state"]) == (200, "dropped")
    assert 24 * HOURLY not in held()
    refused(api.delete(path_of(row)), 409, "wrong-state")
    assert api.post(path_of(row), {"hours": 2}).json()["most_micro"] == 2 * HOURLY


def test_what_is_kept_is_deleted(api, kept, row):
    brokerage.tally_keepings(at=kept.kept_from + timedelta(minutes=6))
    told = api.get(path_of(row)).json()
    assert (told["state"], told["answered_ms"]) == ("kept", 360_000)
    assert told["so_far_micro"] == HOURLY // 10
    told = api.delete(path_of(row)).json()
    assert (told["state"], told["outcome"]) == ("ended", "deleted")
    assert told["so_far_micro"] == HOURLY // 10
    refused(api.delete(path_of(row)), 409, "wrong-state")


def test_a_rental_goes_on_with_it(api, kept, offer):
    body = ask(offer, start=later(seconds=5), end=later(hours=1), resumes=str(kept.public_id))
    told = api.post("reservations", body)
    assert told.status_code == 202, told.content
    row = Reservation.objects.get(public_id=told.json()["id"])
    assert row.resumes == kept
    assert told.json()["resumes"] == str(kept.public_id)
    assert api.get(path_of(kept.reservation)).json()["state"] == "kept"
    refused(api.delete(path_of(kept.reservation)), 409, "wrong-state")


def test_what_it_cannot_go_on_with_is_refused_at_its_place(api, kept, offer, outsider):
    other = make.offer(gpus=1, keep_micro_per_gib_hour=PRICE)
    for wrong in (
        {"resumes": str(uuid4())},
        {"resumes": str(kept.public_id), "offer": str(other.public_id)},
    ):
        problem = refused(api.post("reservations", ask(offer, **wrong)), 422, "refused")
        assert places(problem) == ["#/resumes"]
    assert Reservation.objects.count() == 1


def test_of_others_it_is_not_there(kept, offer, outsider, charlie):
    theirs = charlie.organisations.get()
    make.funded(theirs)
    refused(outsider.get(path_of(kept.reservation)), 404, "not-found")
    refused(outsider.delete(path_of(kept.reservation)), 404, "not-found")
    refused(outsider.post(path_of(kept.reservation), {"hours": 1}), 404, "not-found")
    wish = ask(offer, resumes=str(kept.public_id))
    problem = refused(outsider.post("reservations", wish), 422, "refused")
    assert problem["errors"] == [
        {
            "pointer": "#/resumes",
            "detail": "is not known; take the id of a keeping of your own",
        }
    ]
    kept.refresh_from_db()
    assert kept.state == "kept"


def test_a_viewer_looks_and_asks_for_nothing(row, harbour):
    viewer = bearer(make.api_key(harbour, make.member(harbour, "viewer")))
    assert viewer.post(f"{path_of(row)}/consequence", {"hours": 24}).status_code == 200
    refused(viewer.post(path_of(row), {"hours": 24}), 403, "forbidden")
    assert not Keeping.objects.exists()
