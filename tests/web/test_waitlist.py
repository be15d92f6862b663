"""The waitlist over page and API."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from marketplace.brokerage.models import Waiting
from tests import make
from tests.api.asking import bearer, later, places, refused

pytestmark = pytest.mark.django_db
PRICE = 2_400_000


@pytest.fixture
def alice_in(client, alice, harbour):
    client.force_login(alice)
    return client


def typed(offer, **changes):
    soon = now() + timedelta(days=1)
    return {
        "token": "00000000-0000-0000-0000-000000000007",
        "chip": offer.chip_id,
        "gpu_count": "2",
        "hours": "1.5",
        "limit": "2.40",
        "latest": soon.strftime("%Y-%m-%dT%H:%M"),
        "command": "sleep 60",
    } | changes


def asked(offer, **changes):
    return {
        "chip": offer.chip.name,
        "gpu_count": 1,
        "length_s": 3600,
        "earliest": later(minutes=1),
        "latest": later(hours=5),
        "limit_micro_per_gpu_hour": PRICE,
        "workload": {"command": ["sleep", "60"]},
    } | changes


def test_standing_in_line_and_leaving_it(alice_in, offer, said):
    for _ in range(2):
        answer = alice_in.post(reverse("wait"), typed(offer), follow=True)
    row = Waiting.objects.get()
    assert (row.gpu_count, row.length_s, row.limit_micro_per_gpu_hour) == (2, 5400, PRICE)
    text = said(answer)
    assert "H100 80GB for 1 h 30 min Waiting 1 of 1" in text
    alice_in.post(reverse("leave-line", args=[row.public_id]))
    row.refresh_from_db()
    assert row.state == "withdrawn"
    again = alice_in.post(reverse("leave-line", args=[row.public_id]), follow=True)
    assert "It does not wait any more" in said(again)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"latest": "2020-01-01T00:00"}, "Must lie ahead"),
        ({"limit": "0"}, "Write an amount"),
        ({"command": "'"}, "Not a command"),
    ],
)
def test_what_cannot_be_waited_for_is_said_at_its_field(changes, text, alice_in, offer, said):
    answer = alice_in.post(reverse("wait"), typed(offer, **changes))
    assert answer.status_code == 422
    assert text in said(answer)
    assert not Waiting.objects.exists()


def test_others_neither_see_nor_end_it(client, alice, harbour, charlie, offer, said):
    client.force_login(alice)
    client.post(reverse("wait"), typed(offer))
    row = Waiting.objects.get()
    client.force_login(charlie)
    assert "You wait for nothing." in said(client.get(reverse("waitlist")))
    assert client.post(reverse("leave-line", args=[row.public_id])).status_code == 404
    outsider = bearer(make.api_key(charlie.organisations.get(), charlie))
    refused(outsider.get(f"waitlist/{row.public_id}"), 404, "not-found")
    refused(outsider.delete(f"waitlist/{row.public_id}"), 404, "not-found")
    viewer = make.member(harbour, "viewer")
    client.force_login(viewer)
    assert client.post(reverse("wait"), typed(offer)).status_code == 403
    assert client.post(reverse("leave-line", args=[row.public_id])).status_code == 403
    row.refresh_from_db()
    assert row.state == "waiting"


def test_the_api_stands_tells_the_place_and_leaves(alice, harbour, offer):
    api = bearer(make.api_key(harbour, alice))
    content = asked(offer)
    answer = api.post("waitlist", content, key="k")
    told = answer.json()
    assert (answer.status_code, told["state"]) == (201, "waiting"), told
    assert told["place"] == {"position": 1, "of": 1}
    assert told["reservation"] is None
    assert api.post("waitlist", content, key="k").json()["id"] == told["id"]
    assert api.get("waitlist").json()["results"] == [told]
    assert answer["Location"] == f"/api/v1/waitlist/{told['id']}"
    assert api.delete(f"waitlist/{told['id']}").status_code == 204
    assert api.get(f"waitlist/{told['id']}").json()["place"] is None
    refused(api.delete(f"waitlist/{told['id']}"), 409, "wrong-state")


@pytest.mark.parametrize(
    ("changes", "status", "place"),
    [
        ({"chip": "B9000"}, 422, "#/chip"),
        ({"latest": "2020-01-01T00:00:00Z"}, 422, "#/latest"),
        ({"length_s": 1}, 400, "#/length_s"),
        ({"workload": {}}, 400, "#/workload"),
    ],
)
def test_the_api_names_the_place(changes, status, place, alice, harbour, offer):
    api = bearer(make.api_key(harbour, alice))
    slug = {400: "invalid", 422: "refused"}[status]
    problem = refused(api.post("waitlist", asked(offer, **changes)), status, slug)
    assert places(problem) == [place]
    assert not Waiting.objects.exists()
