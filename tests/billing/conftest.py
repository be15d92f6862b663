import pytest

from tests.billing import stand_in


@pytest.fixture
def asked(harbour, alice):
    """A top-up of 25 USD that was asked for at NOON and not sent yet."""
    return stand_in.ask(harbour, by=alice)
