"""The fake's side of money out, by the official package: form checked both ways."""

import httpx
import pytest
import stripe

from marketplace.billing.fake_stripe.resources import accounts, balance, payouts
from tests.billing import stand_in

OPEN = {
    "country": "MY",
    "capabilities": {"transfers": {"requested": True}},
    "controller": {
        "fees": {"payer": "application"},
        "losses": {"payments": "application"},
        "requirement_collection": "stripe",
        "stripe_dashboard": {"type": "express"},
    },
}


@pytest.fixture
def api(fake, stripe_server):
    balance.book(fake, "topup", 1_000, source={"id": "tu", "currency": "usd"})
    return stand_in.client(stripe_server[1]).v1


@pytest.fixture
def account(fake, api):
    made = api.accounts.create(OPEN).id
    accounts.enable(fake, made)
    return made


def transfer(api, account, amount=400, **facts):
    return api.transfers.create(
        {"amount": amount, "currency": "usd", "destination": account, **facts}
    )


def available(api):
    return api.balance.retrieve().available[0].amount


def test_an_account_is_onboarded_on_a_page_and_told_by_an_event(fake, api):
    made = api.accounts.create(OPEN)
    assert (made.details_submitted, made.payouts_enabled, made.capabilities.transfers) == (
        False,
        False,
        "inactive",
    )
    assert made.requirements.currently_due[0] == "business_type"
    link = api.account_links.create(
        {
            "account": made.id,
            "type": "account_onboarding",
            "return_url": "https://straits.example/back/",
            "refresh_url": "https://straits.example/back/",
        }
    )
    assert "Tell Stripe who you are" in httpx.get(link.url).text
    answer = httpx.post(link.url, data={"choice": "complete"})
    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        "https://straits.example/back/",
    )
    seen = api.accounts.retrieve(made.id)
    assert (seen.capabilities.transfers, seen.payouts_enabled) == ("active", True)
    assert seen.requirements.currently_due == []
    assert [(one["type"], one["account"]) for one in fake.events] == [("account.updated", made.id)]


def test_a_document_may_be_missing(fake, api):
    made = api.accounts.create(OPEN)
    accounts.restrict(fake, made.id, due=["company.verification.document"])
    seen = api.accounts.retrieve(made.id)
    assert seen.requirements.disabled_reason == "requirements.past_due"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        transfer(api, made.id)
    assert refused.value.code == "insufficient_capabilities_for_transfer"


def test_an_account_without_transfers_is_refused(fake, api):
    with pytest.raises(stripe.InvalidRequestError, match="transfers capability"):
        api.accounts.create({"country": "MY"})


def test_a_transfer_moves_our_balance_and_is_found_by_its_group(fake, api, account):
    made = transfer(api, account, transfer_group="g1")
    assert available(api) == 600
    assert [one.id for one in api.transfers.list({"transfer_group": "g1"}).data] == [made.id]
    assert api.transfers.list({"transfer_group": "g2"}).data == []
    with pytest.raises(stripe.InvalidRequestError) as refused:
        transfer(api, account, 601)
    assert refused.value.code == "balance_insufficient"
    assert available(api) == 600
    assert api.transfers.retrieve(made.id).reversals.data == []


def test_money_of_cards_is_pending_but_for_the_card_that_skips_it(fake, api):
    for card, there in (("pm_card_visa", 1_000), ("pm_card_bypassPending", 1_000 + 2_500 - 103)):
        paid = {"amount": 2_500, "currency": "usd", "payment_method": card, "confirm": True}
        assert api.payment_intents.create(paid).status == "succeeded"
        assert available(api) == there, card


def test_a_reversal_takes_back_what_is_still_there_and_no_more_than_was_sent(fake, api, account):
    made = transfer(api, account)
    api.transfers.reversals.create(made.id, {"amount": 150})
    seen = api.transfers.retrieve(made.id)
    assert (seen.amount_reversed, seen.reversed) == (150, False)
    assert [one.amount for one in seen.reversals.data] == [150]
    with pytest.raises(stripe.InvalidRequestError, match="greater than what is left"):
        api.transfers.reversals.create(made.id, {"amount": 251})
    payouts.pay_out(fake, account, 200)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.transfers.reversals.create(made.id, {"amount": 100})
    assert refused.value.code == "balance_insufficient"
    api.transfers.reversals.create(made.id, {"amount": 50})
    assert len(api.transfers.reversals.list(made.id).data) == 2
    assert available(api) == 800


def test_a_bank_may_send_a_payout_back(fake, api, account):
    transfer(api, account)
    made = payouts.pay_out(fake, account, 400)
    assert fake.connected == {(account, "usd"): 0}
    seen = api.payouts.retrieve(made["id"], options={"stripe_account": account})
    assert seen.status == "in_transit"
    payouts.fail(fake, account, made["id"])
    seen = api.payouts.retrieve(made["id"], options={"stripe_account": account})
    assert (seen.status, seen.failure_code) == ("failed", "account_closed")
    assert fake.connected == {(account, "usd"): 400}
    assert [one["type"] for one in fake.events if one.get("account")][-2:] == [
        "payout.created",
        "payout.failed",
    ]
