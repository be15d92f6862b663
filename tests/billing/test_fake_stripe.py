"""The fake knows Stripe's contract from the installed package and keeps what Stripe promises."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest
import stripe
from django.core.management import CommandError, call_command

from marketplace.billing.fake_stripe import contract, server, types
from marketplace.billing.fake_stripe.resources import payment_intents
from tests.billing import stand_in
from tests.race import together

PAYMENT = {
    "amount": 2_500,
    "currency": "usd",
    "payment_method": "pm_card_visa",
    "allowed_payment_method_types": ["card"],
    "confirm": True,
    "metadata": {"top_up": "t1"},
}


@pytest.fixture
def api(fake, stripe_server):
    return stand_in.client(stripe_server[1]).v1.payment_intents


def key(name="once"):
    return {"idempotency_key": name}


def kinds(fake):
    return [event["type"] for event in fake.events]


def test_every_endpoint_we_use_keeps_the_contract(fake, api):
    made = api.create({**PAYMENT, "confirm": False})
    assert (made.status, made.amount_received) == ("requires_confirmation", 0)
    assert api.confirm(made.id).status == "succeeded"
    seen = api.retrieve(made.id)
    assert (seen.status, seen.amount_received, seen.livemode) == ("succeeded", 2_500, False)
    assert seen.metadata.to_dict() == {"top_up": "t1"}
    assert fake.complaints == []
    assert kinds(fake) == ["payment_intent.succeeded"]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"amuont": 1}, ".amuont: unknown parameter"),
        ({"amount": "25.00"}, ".amount: expected int, got '25.00'"),
        ({"capture_method": "later"}, ".capture_method: 'later' is not one of"),
        ({"confirm": "yes"}, ".confirm: expected bool, got 'yes'"),
        ({"allowed_payment_method_types": "card"}, "_types: expected a list, got 'card'"),
        ({"payment_method_types": ["card"]}, ".payment_method_types: unknown parameter"),
        ({"automatic_payment_methods": {"enable": True}}, ".enable: unknown parameter"),
    ],
)
def test_a_call_that_breaks_the_contract_is_refused_and_remembered(fake, api, change, complaint):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.create({**PAYMENT, **change})
    assert complaint in str(refused.value)
    assert complaint in "; ".join(fake.complaints)
    assert stand_in.intents(fake) == []
    fake.complaints.clear()


def test_a_missing_parameter_is_refused(fake, api):
    with pytest.raises(stripe.InvalidRequestError, match="currency: missing"):
        api.create({"amount": 1})
    assert fake.complaints == ["/v1/payment_intents.currency: missing"]
    fake.complaints.clear()


def test_an_endpoint_that_the_package_does_not_know_is_refused(fake, stripe_server):
    with pytest.raises(stripe.InvalidRequestError, match="no such endpoint"):
        stand_in.client(stripe_server[1]).raw_request("get", "/v1/nope")
    assert fake.complaints == ["GET /v1/nope: no such endpoint"]
    fake.complaints.clear()


def test_a_post_needs_an_idempotency_key_and_the_version(fake, stripe_server):
    answer = httpx.post(
        f"{stripe_server[1]}/v1/payment_intents", data={"amount": "1", "currency": "usd"}
    )
    assert answer.status_code == 400
    assert fake.complaints == [
        "Stripe-Version is None",
        "/v1/payment_intents: POST without Idempotency-Key",
    ]
    fake.complaints.clear()


def test_an_unknown_object_is_not_found(fake, api):
    with pytest.raises(stripe.InvalidRequestError, match="No such object") as missing:
        api.retrieve("pi_nope")
    assert missing.value.http_status == 404


def test_the_same_key_gives_the_same_payment(fake, api):
    assert api.create(PAYMENT, key()).id == api.create(PAYMENT, key()).id
    assert len(stand_in.intents(fake)) == 1
    assert kinds(fake) == ["payment_intent.succeeded"]


def test_the_same_key_with_other_content_is_refused(fake, api):
    api.create(PAYMENT, key())
    with pytest.raises(stripe.IdempotencyError, match="other parameters"):
        api.create({**PAYMENT, "amount": 9}, key())
    assert [made["amount"] for made in stand_in.intents(fake)] == [2_500]


def test_sixteen_calls_at_once_with_one_key_make_one_payment(fake, stripe_server):
    def create():
        return stand_in.client(stripe_server[1]).v1.payment_intents.create(PAYMENT, key()).id

    assert len(set(together(*[create] * 16))) == 1
    assert len(stand_in.intents(fake)) == 1


def test_a_decline_is_repeated_for_its_key_and_not_for_another(fake, api):
    declining = {**PAYMENT, "payment_method": "pm_card_chargeDeclined"}
    for name in ("a", "a", "b"):
        with pytest.raises(stripe.CardError, match="Your card was declined") as declined:
            api.create(declining, key(name))
        assert declined.value.code == "card_declined"
        assert declined.value.error.payment_intent.status == "requires_payment_method"
    assert len(stand_in.intents(fake)) == 2
    assert kinds(fake) == ["payment_intent.payment_failed"] * 2


def test_a_card_may_ask_its_owner_first(fake, api):
    made = api.create({**PAYMENT, "payment_method": "pm_card_authenticationRequired"})
    assert (made.status, made.amount_received) == ("requires_action", 0)
    assert api.confirm(made.id).status == "requires_action"
    payment_intents.authenticate(fake, made.id)
    assert api.retrieve(made.id).status == "succeeded"
    assert kinds(fake) == ["payment_intent.requires_action"] * 2 + ["payment_intent.succeeded"]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("401", stripe.AuthenticationError),
        ("403", stripe.PermissionError),
        ("409", stripe.APIError),
        ("429", stripe.RateLimitError),
        ("500", stripe.APIError),
    ],
)
def test_a_fault_is_used_up_by_one_call_that_does_nothing(fake, api, fault, error):
    fake.faults.append(fault)
    with pytest.raises(error) as raised:
        api.create(PAYMENT, key())
    assert type(raised.value) is error
    assert stand_in.intents(fake) == []
    assert api.create(PAYMENT, key()).status == "succeeded"


def test_a_dropped_answer_is_an_act_nobody_heard_of(fake, api):
    fake.faults.append("drop")
    with pytest.raises(stripe.APIConnectionError):
        api.create(PAYMENT, key())
    [made] = stand_in.intents(fake)
    assert api.create(PAYMENT, key()).id == made["id"]
    assert len(stand_in.intents(fake)) == 1


def test_its_webhooks_pass_the_packages_own_check(fake, api):
    api.create(PAYMENT)
    payload, signature = server.signed(fake.events[0], "whsec_x")
    event = stripe.Webhook.construct_event(payload, signature, "whsec_x")
    assert (event.type, event.data.object.amount) == ("payment_intent.succeeded", 2_500)


def test_answers_are_held_to_the_contract_too():
    refund = types.neutral(stripe.Refund, id="re_1")
    assert types.check_object(refund, stripe.Refund, "it") == []
    wrong = {**refund, "amount": "12", "livemode": False}
    assert types.check_object(wrong, stripe.Refund, "it") == [
        "it.livemode: not a field of Refund",
        "it.amount: expected int, got '12'",
    ]
    del refund["currency"]
    assert types.check_object(refund, stripe.Refund, "it") == ["it.currency: missing in the answer"]


def test_a_literal_path_wins_over_a_placeholder():
    found = contract.match("GET", "/v1/payment_intents/search")
    assert found == contract.routes()["get", "/v1/payment_intents/search"]
    assert contract.match("GET", "/v1/payment_intents/pi_1") != found
    assert contract.match("PUT", "/v1/payment_intents") is None


def test_it_tells_how_many_calls_it_saw(fake, api, stripe_server):
    api.create(PAYMENT)
    told = httpx.get(f"{stripe_server[1]}/_fake/calls").json()
    assert told == {"calls": 1, "complaints": []}


def test_a_webhook_is_delivered_until_it_is_taken(fake, api, monkeypatch):
    monkeypatch.setattr(server, "ATTEMPTS", (0.0, 0.0, 0.0))
    got, answers, done = [], [500, 200], threading.Event()

    class Taker(BaseHTTPRequestHandler):
        def do_POST(self):
            got.append((self.rfile.read(int(self.headers["Content-Length"])), self.headers))
            self.send_response(answers.pop(0))
            self.end_headers()
            if not answers:
                done.set()

        def log_message(self, *arguments):
            pass

    with HTTPServer(("127.0.0.1", 0), Taker) as taker:
        threading.Thread(target=taker.serve_forever, kwargs={"poll_interval": 0.01}).start()
        url = f"http://127.0.0.1:{taker.server_address[1]}/stripe/webhook"
        fake.on_event = server.Postman(url, stand_in.SECRET).letters.put
        api.create(PAYMENT)
        assert done.wait(60)
        taker.shutdown()
    assert len(got) == 2
    for body, headers in got:
        stripe.Webhook.construct_event(body, headers["Stripe-Signature"], stand_in.SECRET)


def test_it_does_not_start_in_production():
    with pytest.raises(CommandError, match="set STRIPE_API_KEY"):
        call_command("fake_stripe")
