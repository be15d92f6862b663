import pytest

from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Reservation
from marketplace.ledger.models import Hold
from tests import make
from tests.api.asking import ask, booked, later, places, refused

pytestmark = pytest.mark.django_db

NEVER = "00000000-0000-0000-0000-000000000000"


def test_a_quote_is_what_will_be_held(api, harbour, offer):
    content = {key: value for key, value in ask(offer, gpu_count=2).items() if key != "workload"}
    assert api.post("quotes", content).json() == {
        "cost_micro": 4_800_000,
        "deposit_micro": None,
        "currency": "USD",
        "price_micro_per_gpu_hour": 2_400_000,
        "free_gpus": 2,
    }
    assert not Reservation.objects.exists()
    assert not Hold.objects.exists()


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [({"offer": NEVER}, "#/offer"), ({"end": later(hours=-1)}, "#/end")],
)
def test_a_quote_that_cannot_be_given_names_its_field(api, offer, changes, pointer):
    content = {key: value for key, value in ask(offer).items() if key != "workload"}
    problem = refused(api.post("quotes", content | changes), 422, "refused")
    assert places(problem) == [pointer]


def test_brokerage_and_the_api_agree_on_what_is_free(api, harbour, offer):
    made = booked(harbour, offer)
    window = made.during
    free = brokerage.free_gpus(offer=offer, start=window.lower, end=window.upper)
    query = {"start": window.lower.isoformat(), "end": window.upper.isoformat()}
    assert api.get(f"offers/{offer.public_id}", **query).json()["free_gpus"] == len(free) == 1


def test_a_quote_counts_what_is_free_together(api, offer):
    for _ in range(2):
        make.offer(machine=make.machine(gpus=1, site=offer.machine.site))
    content = {key: value for key, value in ask(offer).items() if key != "workload"}
    free = {
        how: api.post("quotes", content | {"together": how}).json()["free_gpus"]
        for how in ("offer", "site")
    }
    assert free["site"] == free["offer"] + 2
