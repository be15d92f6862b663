"""Signatures as standard-webhooks has them, checked with its own example."""

from datetime import UTC, datetime

from marketplace.hooks import signing
from tests.make import NOON

#: of the specification's reference libraries
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE, SECONDS = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330
BODY = b'{"test": 2432232314}'
EXPECTED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_example_of_the_specification():
    at = datetime.fromtimestamp(SECONDS, UTC)
    assert signing.signature(secret=SECRET, message=MESSAGE, at=at, body=BODY) == EXPECTED
    assert signing.headers(keys=[SECRET], message=MESSAGE, at=at, body=BODY) == {
        "webhook-id": MESSAGE,
        "webhook-timestamp": str(SECONDS),
        "webhook-signature": EXPECTED,
    }


def test_each_good_secret_signs():
    second = signing.new_secret()
    header = signing.headers(keys=[second, SECRET], message="m", at=NOON, body=b"{}")
    assert header["webhook-signature"].split() == [
        signing.signature(secret=key, message="m", at=NOON, body=b"{}") for key in (second, SECRET)
    ]


def test_secrets_are_long_and_differ():
    first, second = signing.new_secret(), signing.new_secret()
    assert first != second
    assert first.startswith("whsec_")
    assert len(first) == len("whsec_") + 44
