import pytest
from django.utils.dateparse import parse_datetime

from compliance.models import Decision
from marketplace.accounts.models import Organisation
from marketplace.brokerage.models import Lease, Reservation
from marketplace.catalog import services as catalog
from marketplace.ledger.models import Hold
from tests import make
from tests.api.asking import ask, booked, later, places, refused

pytestmark = pytest.mark.django_db

NEVER = "00000000-0000-0000-0000-000000000000"


def nothing_moved():
    return not any(model.objects.exists() for model in (Reservation, Lease, Hold, Decision))


def test_a_request_is_taken_and_brokered_later(api, alice, harbour, offer):
    make.funded(harbour)
    content = ask(offer, gpu_count=2)
    answer = api.post("reservations", content)
    assert answer.status_code == 202, answer.content
    row = Reservation.objects.get()
    assert (row.renter, row.requested_by, row.state) == (harbour, alice, "requested")
    assert answer["Location"] == f"/api/v1/reservations/{row.public_id}"
    told = answer.json()
    now = api.get(f"reservations/{row.public_id}").json()
    assert now == {**told, "progress": [], "endpoints": [], "keeping": None}
    assert parse_datetime(told.pop("start")) == parse_datetime(content["start"])
    assert parse_datetime(told.pop("end")) == parse_datetime(content["end"])
    assert parse_datetime(told.pop("created_at")) == row.created_at
    assert told == {
        "id": str(row.public_id),
        "state": "requested",
        "reason": "",
        "offer": str(offer.public_id),
        "chip": "H100 80GB",
        "country": "MY",
        "gpu_count": 2,
        "together": "offer",
        "auto_confirm": True,
        "if_lost": "ask",
        "price_micro_per_gpu_hour": 2_400_000,
        "cost_micro": 4_800_000,
        "currency": "USD",
        "interruptible": False,
        "evict_at": None,
        "rolling": False,
        "rolls_on": False,
        "roll_refused": "",
        "resumes": None,
        "terms": {
            "min_window_s": 0,
            "max_window_s": None,
            "notice_s": 0,
            "horizon_days": 90,
            "cleaning_s": 0,
            "cancellation": None,
            "spot": None,
        },
        "hold_expires_at": None,
        "due_micro": 0,
        "pay_by": None,
        "ended_at": None,
    }


def test_the_same_key_and_content_is_the_same_reservation(api, harbour, offer):
    make.funded(harbour)
    content = ask(offer)
    first = api.post("reservations", content, key="once")
    again = api.post("reservations", content, key="once")
    assert (again.status_code, again.json()) == (202, first.json())
    assert Reservation.objects.count() == 1


def test_the_same_key_with_other_content_is_refused(api, harbour, offer):
    make.funded(harbour)
    content = ask(offer)
    api.post("reservations", content, key="once")
    answer = api.post("reservations", content | {"gpu_count": 2}, key="once")
    refused(answer, 422, "idempotency-key-reused")
    assert Reservation.objects.get().gpu_count == 1


def test_a_key_belongs_to_its_organisation(api, outsider, harbour, charlie, offer):
    content = ask(offer)
    for renter in (harbour, charlie.organisations.get()):
        make.funded(renter)
    assert api.post("reservations", content, key="once").status_code == 202
    assert outsider.post("reservations", content, key="once").status_code == 202
    assert Reservation.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"offer": "17"}, "#/offer"),
        ({"gpu_count": 0}, "#/gpu_count"),
        ({"gpu_count": 10_001}, "#/gpu_count"),
        ({"start": "2099-01-01T00:00:00"}, "#/start"),
        ({"workload": None}, "#/workload"),
        ({"workload": {"command": []}}, "#/workload"),
        ({"workload": {"command": ["\ud800"]}}, "#/workload"),
        ({"workload": {"command": ["a\0b"]}}, "#/workload"),
        ({"workload": {"command": ["x"], "environment": {"LD_PRELOAD": "x"}}}, "#/workload"),
        ({"auto_confirm": "perhaps"}, "#/auto_confirm"),
        ({"gpus": 1}, "#/gpus"),
    ],
)
def test_an_ask_of_the_wrong_form_names_its_field(api, harbour, offer, changes, pointer):
    make.funded(harbour)
    problem = refused(api.post("reservations", ask(offer, **changes)), 400, "invalid")
    assert places(problem) == [pointer]
    assert nothing_moved()


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"offer": NEVER}, "#/offer"),
        ({"start": later(minutes=-20)}, "#/start"),
        ({"end": later(minutes=2)}, "#/end"),
        ({"end": later(days=91)}, "#/end"),
    ],
)
def test_an_ask_that_cannot_be_met_names_its_field(api, harbour, offer, changes, pointer):
    make.funded(harbour)
    problem = refused(api.post("reservations", ask(offer, **changes)), 422, "refused")
    assert places(problem) == [pointer]
    assert problem["detail"].startswith(pointer.removeprefix("#/") + ": ")
    assert nothing_moved()


def test_a_withdrawn_offer_cannot_be_rented(api, harbour, offer):
    make.funded(harbour)
    catalog.withdraw_offer(offer=offer)
    problem = refused(api.post("reservations", ask(offer)), 422, "refused")
    assert places(problem) == ["#/offer"]
    assert nothing_moved()


def test_too_few_gpus_come_with_offers_that_would_do(api, harbour, offer):
    make.funded(harbour)
    other = make.offer(gpus=3, price_micro=9_000_000)
    problem = refused(api.post("reservations", ask(offer, gpu_count=3)), 409, "not-enough-gpus")
    assert (problem["free"], problem["alternatives"]) == (2, [str(other.public_id)])
    assert nothing_moved()


def test_a_window_that_overlaps_is_refused(api, outsider, harbour, charlie, offer):
    make.funded(charlie.organisations.get())
    taken = booked(harbour, offer, gpus=2)
    problem = refused(outsider.post("reservations", ask(offer)), 409, "not-enough-gpus")
    assert (problem["free"], problem["alternatives"]) == (0, [])
    assert Reservation.objects.get() == taken


def test_too_little_money_is_refused(api, harbour, offer):
    make.funded(harbour, 2_399_999)
    problem = refused(api.post("reservations", ask(offer)), 402, "insufficient-funds")
    assert "2399999 micro-USD available, 2400000 are needed" in problem["detail"]
    assert nothing_moved()


def test_who_only_provides_does_not_rent(api, harbour, offer):
    make.funded(harbour)
    Organisation.objects.filter(pk=harbour.pk).update(can_rent=False)
    refused(api.post("reservations", ask(offer)), 403, "not-a-renter")
    assert nothing_moved()


def test_a_refusal_by_screening_tells_nothing_but_the_public_reason(api, harbour, offer):
    harbour.party.hq_country = "KP"
    harbour.party.save()
    made = booked(harbour, offer)
    assert made.decision.outcome == "deny"
    answer = api.get(f"reservations/{made.public_id}")
    assert answer.json()["state"] == "refused"
    assert answer.json()["reason"] == "not available to your organisation"
    assert "decision" not in answer.content.decode()
    assert not Lease.objects.exists()


def test_the_workload_is_not_read_back(api, harbour, offer):
    secret = {"command": ["train"], "environment": {"TOKEN": "hush"}}
    made = booked(harbour, offer, workload=secret)
    assert "hush" not in api.get(f"reservations/{made.public_id}").content.decode()
    assert "hush" not in api.get("reservations").content.decode()


def test_reservations_are_listed_newest_first_and_by_state(api, harbour, offer):
    first = booked(harbour, offer)
    held = booked(harbour, offer, auto_confirm=False)

    def listed(**query):
        return [one["id"] for one in api.get("reservations", **query).json()["results"]]

    assert listed() == [str(held.public_id), str(first.public_id)]
    assert listed(state="held") == [str(held.public_id)]
    assert listed(state="active") == []


def test_a_gang_is_asked_for_with_together(api, harbour, offer):
    make.funded(harbour)
    make.offer(machine=make.machine(gpus=4, site=offer.machine.site))
    refused(api.post("reservations", ask(offer, gpu_count=4)), 409, "not-enough-gpus")
    answer = api.post("reservations", ask(offer, gpu_count=4, together="site"))
    assert (answer.status_code, answer.json()["together"]) == (202, "site")
    assert Reservation.objects.get().together == "site"


def test_together_is_one_of_four_words(api, harbour, offer):
    make.funded(harbour)
    refused(api.post("reservations", ask(offer, together="near")), 400, "invalid")
    assert not Reservation.objects.exists()
