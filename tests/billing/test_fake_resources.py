"""Each resource of the fake by the official package: form checked both ways, acts as documented."""

import httpx
import pytest
import stripe

from marketplace.billing.fake_stripe import Fake, serve
from marketplace.billing.fake_stripe.resources import checkout, disputes, payment_intents, refunds
from marketplace.billing.fake_stripe.server import OnlyForDevelopment
from tests.billing import stand_in

RETURN = "https://straits.example/wallet/"
PAYMENT = {"amount": 2_500, "currency": "usd", "confirm": True}


@pytest.fixture
def api(fake, stripe_server):
    return stand_in.client(stripe_server[1]).v1


@pytest.fixture
def customer(api):
    return api.customers.create({"name": "Harbour Light", "metadata": {"organisation": "h"}}).id


def save(api, customer, card="pm_card_visa"):
    return api.payment_methods.attach(card, {"customer": customer}).id


def pay(api, **change):
    return api.payment_intents.create({**PAYMENT, "payment_method": "pm_card_visa", **change})


def kinds(fake):
    return [event["type"] for event in fake.events]


def test_a_card_is_saved_charged_later_and_removed(fake, api, customer):
    method = save(api, customer)
    [card] = api.customers.payment_methods.list(customer).data
    assert (card.id, card.card.brand, card.card.last4) == (method, "visa", "4242")
    paid = pay(api, customer=customer, payment_method=method, off_session=True)
    assert (paid.status, paid.customer) == ("succeeded", customer)
    api.payment_methods.detach(method)
    assert api.customers.payment_methods.list(customer).data == []
    with pytest.raises(stripe.InvalidRequestError, match="does not belong to the customer"):
        pay(api, customer=customer, payment_method=method)
    assert fake.complaints == []


def test_a_saved_card_of_another_customer_pays_for_nobody_else(fake, api, customer):
    method = save(api, customer)
    other = api.customers.create({}).id
    with pytest.raises(stripe.InvalidRequestError, match="does not belong to the customer"):
        pay(api, customer=other, payment_method=method)
    assert stand_in.intents(fake) == []


def test_a_setup_intent_saves_the_card_for_off_session(fake, api, customer):
    intent = api.setup_intents.create({"customer": customer, "usage": "off_session"})
    assert intent.status == "requires_payment_method"
    done = api.setup_intents.confirm(intent.id, {"payment_method": "pm_card_mastercard"})
    assert done.status == "succeeded"
    [card] = api.customers.payment_methods.list(customer).data
    assert (card.id, card.card.last4) == (done.payment_method, "4444")
    assert kinds(fake)[-2:] == ["payment_method.attached", "setup_intent.succeeded"]


@pytest.mark.parametrize(
    ("card", "code", "decline_code"),
    [
        ("pm_card_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", None),
        ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", None),
        ("pm_card_chargeDeclinedProcessingError", "processing_error", None),
    ],
)
def test_each_declining_card_says_why(fake, api, card, code, decline_code):
    with pytest.raises(stripe.CardError) as refused:
        pay(api, payment_method=card)
    error = refused.value.error
    assert (error.code, getattr(error, "decline_code", None)) == (code, decline_code)
    assert api.payment_intents.retrieve(error.payment_intent.id).last_payment_error.code == code
    assert api.balance.retrieve().pending[0].amount == 0


def test_off_session_a_card_that_asks_its_owner_is_a_decline_of_its_own(fake, api, customer):
    method = save(api, customer, "pm_card_authenticationRequired")
    with pytest.raises(stripe.CardError) as refused:
        pay(api, customer=customer, payment_method=method, off_session=True)
    intent = refused.value.error.payment_intent
    assert refused.value.code == "authentication_required"
    assert intent.status == "requires_payment_method"
    waits = api.payment_intents.confirm(intent.id, {"payment_method": method, "return_url": RETURN})
    assert waits.status == "requires_action"
    page = waits.next_action.redirect_to_url.url
    assert "is this payment yours" in httpx.get(page).text
    answer = httpx.post(page, data={"choice": "agree"})
    assert (answer.status_code, answer.headers["Location"]) == (303, RETURN)
    assert api.payment_intents.retrieve(intent.id).status == "succeeded"


def test_a_refused_authentication_leaves_the_payment_open(fake, api):
    made = pay(api, payment_method="pm_card_authenticationRequired", return_url=RETURN)
    payment_intents.authenticate(fake, made.id, agreed=False)
    seen = api.payment_intents.retrieve(made.id)
    assert seen.status == "requires_payment_method"
    assert seen.last_payment_error.code == "payment_intent_authentication_failure"


def test_a_payment_can_be_cancelled_until_it_succeeded(fake, api):
    made = pay(api, payment_method="pm_card_authenticationRequired")
    assert api.payment_intents.cancel(made.id).status == "canceled"
    with pytest.raises(stripe.InvalidRequestError, match="status of succeeded"):
        api.payment_intents.cancel(pay(api).id)


def test_checkout_saves_a_card_on_the_hosted_page(fake, api, customer):
    made = api.checkout.sessions.create(
        {
            "mode": "setup",
            "currency": "usd",
            "customer": customer,
            "success_url": RETURN,
            "cancel_url": RETURN,
            "setup_intent_data": {"metadata": {"organisation": "h"}},
        }
    )
    assert (made.status, made.url.startswith(fake.address)) == ("open", True)
    assert "Save a card" in httpx.get(made.url).text
    refused = httpx.post(made.url, data={"choice": "pm_card_chargeDeclined"})
    assert (refused.status_code, "That was refused" in refused.text) == (200, True)
    answer = httpx.post(made.url, data={"choice": "pm_card_visa"})
    assert (answer.status_code, answer.headers["Location"]) == (303, RETURN)
    assert api.checkout.sessions.retrieve(made.id).status == "complete"
    assert [row.card.last4 for row in api.customers.payment_methods.list(customer).data] == ["4242"]
    assert kinds(fake)[-1] == "checkout.session.completed"


def session(api, customer, **change):
    return api.checkout.sessions.create(
        {
            "mode": "payment",
            "customer": customer,
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": "usd",
                        "unit_amount": 2_500,
                        "product_data": {"name": "Money for the wallet"},
                    },
                }
            ],
            "payment_intent_data": {"metadata": {"top_up": "t1"}},
            "success_url": RETURN,
            **change,
        }
    )


def test_checkout_takes_a_payment_and_keeps_our_metadata(fake, api, customer):
    made = session(api, customer)
    assert (made.amount_total, made.payment_intent) == (2_500, None)
    checkout.complete(fake, made.id)
    seen = api.checkout.sessions.retrieve(made.id)
    intent = api.payment_intents.retrieve(seen.payment_intent)
    assert (seen.payment_status, intent.status) == ("paid", "succeeded")
    assert intent.metadata.to_dict() == {"top_up": "t1"}


def test_a_checkout_that_is_over_takes_nothing(fake, api, customer):
    made = session(api, customer)
    assert api.checkout.sessions.expire(made.id).status == "expired"
    assert httpx.post(made.url, data={"choice": "pm_card_visa"}).status_code == 200
    late = session(api, customer, expires_at=fake.now() + 1_800)
    fake.clock = lambda: late.expires_at
    assert checkout.complete(fake, late.id)["status"] == "expired"
    assert stand_in.intents(fake) == []
    with pytest.raises(stripe.InvalidRequestError, match="from 30 minutes to 24 hours"):
        session(api, customer, expires_at=fake.now() + 60)


def test_refunds_never_exceed_what_was_taken(fake, api):
    intent = pay(api).id
    assert api.refunds.create({"payment_intent": intent, "amount": 1_000}).status == "succeeded"
    with pytest.raises(stripe.InvalidRequestError, match=r"\(1501\) is greater than .* \(1500\)"):
        api.refunds.create({"payment_intent": intent, "amount": 1_501})
    assert api.refunds.create({"payment_intent": intent}).amount == 1_500
    with pytest.raises(stripe.InvalidRequestError) as over:
        api.refunds.create({"payment_intent": intent})
    assert over.value.code == "charge_already_refunded"
    assert [row.amount for row in api.refunds.list({"payment_intent": intent}).data] == [
        1_500,
        1_000,
    ]


def test_a_refund_may_take_time_or_come_back(fake, api):
    waits = api.refunds.create(
        {"payment_intent": pay(api, payment_method="pm_card_pendingRefund").id}
    )
    assert waits.status == "pending"
    refunds.settle(fake, waits.id)
    assert api.refunds.retrieve(waits.id).status == "succeeded"
    back = api.refunds.create({"payment_intent": pay(api, payment_method="pm_card_refundFail").id})
    assert (back.status, back.failure_reason) == ("failed", "expired_or_canceled_card")
    assert kinds(fake)[-2:] == ["refund.updated", "refund.failed"]
    moves = [row.amount for row in api.balance_transactions.list({"source": back.id}).data]
    assert moves == [2_500, -2_500]


def test_a_dispute_takes_the_money_and_a_fee_and_gives_back_only_the_money(fake, api):
    intent = pay(api, payment_method="pm_card_createDispute")
    [made] = api.disputes.list({"payment_intent": intent.id}).data
    assert (made.status, made.amount, made.is_charge_refundable) == ("needs_response", 2_500, False)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.refunds.create({"payment_intent": intent.id})
    assert refused.value.code == "charge_disputed"
    api.disputes.update(made.id, {"evidence": {"uncategorized_text": "winning_evidence"}})
    seen = api.disputes.retrieve(made.id)
    assert seen.status == "won"
    assert [(row.amount, row.fee) for row in seen.balance_transactions] == [
        (-2_500, 1_500),
        (2_500, 0),
    ]
    with pytest.raises(stripe.InvalidRequestError, match="already closed"):
        api.disputes.close(made.id)
    assert kinds(fake)[-5:] == [
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.updated",
        "charge.dispute.funds_reinstated",
        "charge.dispute.closed",
    ]


def test_an_inquiry_takes_nothing_until_it_becomes_a_dispute(fake, api):
    intent = pay(api, payment_method="pm_card_createDisputeInquiry")
    [made] = api.disputes.list({"payment_intent": intent.id}).data
    assert (made.status, made.balance_transactions) == ("warning_needs_response", [])
    disputes.escalate(fake, made.id)
    assert api.disputes.close(made.id).status == "lost"
    assert len(api.disputes.retrieve(made.id).balance_transactions) == 1


def test_the_balance_is_the_sum_of_its_transactions_and_matures(fake, api):
    intent = pay(api)
    fee = 103  # 2.9 % of 25.00, and 30 cents, rounded half up
    [moved] = api.balance_transactions.list({"type": "charge"}).data
    assert (moved.amount, moved.fee, moved.net, moved.status) == (2_500, fee, 2_397, "pending")
    api.refunds.create({"payment_intent": intent.id, "amount": 500})
    seen = api.balance.retrieve()
    assert (seen.available[0].amount, seen.pending[0].amount) == (-500, 2_397)
    fake.clock = lambda: moved.available_on
    seen = api.balance.retrieve()
    assert (seen.available[0].amount, seen.pending[0].amount) == (1_897, 0)


def test_the_source_of_a_balance_transaction_can_be_expanded(fake, api):
    intent = pay(api)
    [row] = api.balance_transactions.list({"expand": ["data.source"]}).data
    assert row.source.payment_intent == intent.id


def test_events_are_listed_newest_first_page_by_page_in_their_time(fake, api):
    fake.clock = lambda: 1_000
    pay(api)
    fake.clock = lambda: 2_000
    for _ in range(3):
        pay(api)
    window = {"created": {"gte": 2_000}, "limit": 2}
    first = api.events.list(window)
    assert (len(first.data), first.has_more) == (2, True)
    rest = api.events.list({**window, "starting_after": first.data[-1].id})
    assert (len(rest.data), rest.has_more) == (1, False)
    seen = [row.id for row in first.data + rest.data]
    assert seen == [event["id"] for event in fake.events][:0:-1]
    assert api.events.retrieve(seen[0]).type == "payment_intent.succeeded"


def test_a_slow_answer_is_late_and_a_broken_one_stays_broken_for_its_key(fake, api):
    key = {"idempotency_key": "k"}
    fake.faults.extend(["slow", "broken"])
    assert pay(api).status == "succeeded"
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            api.payment_intents.create({**PAYMENT, "payment_method": "pm_card_visa"}, key)
    assert [made["status"] for made in stand_in.intents(fake)] == ["succeeded"] * 2


def test_ids_of_two_runs_never_meet():
    assert Fake().new_id("pi") != Fake().new_id("pi")


def test_it_serves_nobody_where_there_is_a_key_of_the_real_stripe(settings):
    settings.STRIPE_API_KEY = "sk_live_1"
    with pytest.raises(OnlyForDevelopment), serve(Fake()):
        raise AssertionError


def test_every_page_and_endpoint_it_does_not_have_is_not_found(fake, stripe_server):
    assert httpx.get(f"{stripe_server[1]}/_fake/checkout/cs_nope").status_code == 404
    assert httpx.post(f"{stripe_server[1]}/_fake/nope/x", data={"choice": "y"}).status_code == 404
