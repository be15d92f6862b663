import pytest
from django.utils.timezone import now

from tests import make, stock
from tests.api.asking import Client, bearer


@pytest.fixture
def open_market(db):
    """Reference data and a list that is fresh now, since the API reads the clock."""
    stock.reference()
    make.fresh_list(at=now())


@pytest.fixture
def offer(open_market):
    return make.offer(gpus=2, price_micro=2_400_000)


@pytest.fixture
def api(harbour, alice):
    """Alice's key: owner of `harbour`."""
    return bearer(make.api_key(harbour, alice))


@pytest.fixture
def outsider(charlie):
    return bearer(make.api_key(charlie.organisations.get(), charlie))


@pytest.fixture
def stranger():
    return Client()
