import pytest

pytest.register_assert_rewrite("tests.billing.stand_in")

from tests.billing import stand_in  # noqa: E402


@pytest.fixture(scope="session")
def stripe_server():
    with stand_in.running() as server:
        yield server


@pytest.fixture
def fake(stripe_server, settings, monkeypatch):
    """An empty Stripe account; no test may leave a call of ours that breaks the contract."""
    account = stand_in.use(stripe_server, settings, monkeypatch)
    yield account
    assert account.complaints == []


@pytest.fixture
def asked(harbour, alice):
    """A top-up of 25 USD that was asked for at NOON and not sent yet."""
    return stand_in.ask(harbour, by=alice)
