import pytest

from marketplace.billing.models import PayoutAccount
from tests import make
from tests.api.asking import bearer, refused
from tests.billing import earning
from tests.billing.earning import RIPE, earned, paid_out, provider

pytestmark = pytest.mark.django_db
PATHS = ["earnings", "payout-account", "payouts"]


@pytest.fixture
def selat(market, harbour, settings):
    settings.PAYOUT_MINIMUM_MICRO = 10_000
    return provider(earned(harbour, price_micro=2_400_042))


@pytest.fixture
def payee(selat):
    return bearer(make.api_key(selat, make.member(selat, "billing")))


@pytest.fixture
def payout(fake, selat):
    earning.stripe_account(fake, selat)
    paid_out(RIPE)
    return earning.send(RIPE)


def test_what_is_earned_is_told_by_how_far_it_has_got(payee, selat):
    assert payee.get("earnings").json() == {
        "currency": "USD",
        "payable_micro": 0,
        "maturing_micro": 680_010,
        "on_its_way_micro": 0,
        "owed_micro": 0,
    }


def test_a_payout_says_how_its_amount_comes_about(payee, payout):
    told = payee.get(f"payouts/{payout.public_id}").json()
    assert told == payee.get("payouts").json()["results"][0]
    told.pop("created_at")
    assert told == {
        "id": str(payout.public_id),
        "state": "paid",
        "currency": "USD",
        "carried_in_micro": 0,
        "earned_micro": 680_010,
        "netted_micro": 0,
        "amount_micro": 680_000,
        "carried_out_micro": 10,
        "reversed_micro": 0,
        "failure": "",
    }
    [line] = payee.get(f"payouts/{payout.public_id}/rentals").json()["results"]
    assert (line["charged_micro"], line["fee_micro"], line["yours_micro"]) == (
        800_014,
        120_004,
        680_010,
    )
    assert line["what"] == "used"


def test_an_account_is_opened_and_stripes_page_given(fake, payee, selat):
    assert payee.get("payout-account").json()["standing"] == "new"
    answer = payee.post("payout-account/onboarding", {"country": "MY"})
    row = PayoutAccount.objects.get(organisation=selat)
    assert answer.json()["url"].endswith(f"/_fake/onboard/{row.stripe_id}")
    told = payee.get("payout-account").json()
    assert (told["standing"], told["country"], told["can_pay_out"]) == ("onboarding", "MY", False)


def test_a_bad_country_is_refused_and_nothing_opened(fake, payee):
    answer = payee.post("payout-account/onboarding", {"country": "my"})
    refused(answer, 422, "refused")
    assert answer.json()["errors"][0]["pointer"] == "#/country"
    assert not PayoutAccount.objects.exists()


def test_without_stripe_it_is_503(fake, payee):
    fake.faults.append("500")
    answer = payee.post("payout-account/onboarding", {"country": "MY"})
    refused(answer, 503, "stripe-not-reached")


def test_they_are_for_those_who_may_pay_of_that_provider(
    api, outsider, stranger, payee, payout, selat
):
    paths = [*PATHS, f"payouts/{payout.public_id}", f"payouts/{payout.public_id}/rentals"]
    engineer = bearer(make.api_key(selat, make.member(selat, "engineer")))
    for path in paths:
        assert payee.get(path).status_code == 200
        refused(api.get(path), 404, "not-found")
        refused(outsider.get(path), 404, "not-found")
        refused(stranger.get(path), 401, "unauthenticated")
        refused(engineer.get(path), 403, "forbidden")
    other = make.organisation("Other", can_provide=True)
    stranger_provider = bearer(make.api_key(other, make.member(other, "owner")))
    for path in paths[3:]:
        refused(stranger_provider.get(path), 404, "not-found")
    assert stranger_provider.get("payouts").json()["count"] == 0
