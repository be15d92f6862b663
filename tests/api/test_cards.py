"""Cards, checkouts and automatic top-ups through the API."""

import pytest
from django.utils.timezone import now

from marketplace.billing.fake_stripe.resources import checkout
from marketplace.billing.models import AutoTopUp, SavedCard, TopUp
from tests.api.asking import places, refused
from tests.billing import stand_in

pytestmark = pytest.mark.django_db
LIMITS = {
    "threshold_micro": 10_000_000,
    "amount_micro": 20_000_000,
    "day_cap_micro": 40_000_000,
    "month_cap_micro": 100_000_000,
}


@pytest.fixture
def card(fake, harbour):
    fake.clock = lambda: now().timestamp()
    return stand_in.give_card(fake, harbour, at=now())


def test_a_page_to_save_a_card_is_opened_once_per_key(api, fake, harbour):
    first, again = (api.post("wallet/cards", {}, key="once") for _ in range(2))
    assert (first.status_code, first.json()) == (201, again.json())
    checkout.complete(fake, first.json()["url"].rsplit("/", 1)[1])
    stand_in.hear_all(fake)
    [told] = api.get("wallet/cards").json()["results"]
    row = SavedCard.objects.get()
    assert told == api.get(f"wallet/cards/{row.public_id}").json()
    assert told == {
        "id": str(row.public_id),
        "payment_method": row.payment_method,
        "brand": "visa",
        "last4": "4242",
        "exp_month": 12,
        "exp_year": 2034,
        "is_default": True,
    }


def test_a_card_is_made_default_and_removed(api, fake, harbour, card):
    second = stand_in.give_card(fake, harbour, "pm_card_mastercard", at=now())
    told = api.post(f"wallet/cards/{second.public_id}/default").json()
    assert (told["last4"], told["is_default"]) == ("4444", True)
    assert api.delete(f"wallet/cards/{card.public_id}").status_code == 204
    refused(api.get(f"wallet/cards/{card.public_id}"), 404, "not-found")
    assert [one["last4"] for one in api.get("wallet/cards").json()["results"]] == ["4444"]


def test_an_outsider_sees_and_changes_nothing(api, outsider, stranger, card):
    place = f"wallet/cards/{card.public_id}"
    assert outsider.get("wallet/cards").json()["results"] == []
    refused(outsider.get(place), 404, "not-found")
    refused(outsider.delete(place), 404, "not-found")
    refused(outsider.post(f"{place}/default"), 404, "not-found")
    refused(stranger.get("wallet/cards"), 401, "unauthenticated")
    card.refresh_from_db()
    assert (card.is_default, card.removed_at) == (True, None)


def test_a_checkout_is_a_top_up_and_a_page(api, fake, harbour):
    fake.clock = lambda: now().timestamp()
    answer = api.post("wallet/checkouts", {"amount_micro": 5_000_000})
    assert answer.status_code == 201, answer.content
    told = answer.json()
    row = TopUp.objects.get()
    assert (told["top_up"]["id"], told["top_up"]["state"]) == (str(row.public_id), "pending")
    checkout.complete(fake, told["url"].rsplit("/", 1)[1])
    stand_in.hear_all(fake, now())
    assert api.get("wallet").json()["posted_micro"] == 5_000_000
    [lot] = api.get("wallet/lots").json()["results"]
    assert (lot["kind"], lot["remaining_micro"], lot["expires_at"]) == ("paid", 5_000_000, None)


def test_a_bad_checkout_names_its_field_before_stripe_is_asked(api, fake):
    problem = refused(api.post("wallet/checkouts", {"amount_micro": 1}), 422, "refused")
    assert places(problem) == ["#/amount_micro"]
    assert (fake.calls, TopUp.objects.count()) == ([], 0)


def test_when_stripe_is_silent_it_is_503(api, fake):
    fake.faults.append("500")
    refused(api.post("wallet/cards", {}), 503, "payments-not-available")


def test_automatic_top_ups_are_allowed_changed_and_ended(api, fake, card):
    nothing = dict.fromkeys(LIMITS, 0) | {"enabled": False, "disabled_reason": ""}
    assert api.get("wallet/automatic-top-ups").json() == nothing
    told = api.put("wallet/automatic-top-ups", LIMITS).json()
    assert told == {"enabled": True, "disabled_reason": "", **LIMITS}
    assert api.get("wallet/automatic-top-ups").json() == told
    assert api.delete("wallet/automatic-top-ups").status_code == 204
    assert AutoTopUp.objects.get().enabled is False


def test_bad_limits_name_their_field(api, fake, card):
    answer = api.put("wallet/automatic-top-ups", LIMITS | {"day_cap_micro": 1})
    assert places(refused(answer, 422, "refused")) == ["#/day_cap_micro"]
    assert not AutoTopUp.objects.exists()
