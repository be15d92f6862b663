from collections.abc import Iterator
from typing import Any

import pytest

from marketplace.accounts.services import Principal
from marketplace.hooks import services as hooks
from tests.hooks import receiver
from tests.make import NOON


@pytest.fixture
def server() -> Iterator[receiver.Receiver]:
    with receiver.running() as running:
        yield running


@pytest.fixture
def owner(harbour: Any, alice: Any) -> Principal:
    return Principal(alice, harbour, "owner")


@pytest.fixture
def endpoint(owner: Principal, server: receiver.Receiver) -> Any:
    made, made_secret = hooks.create(
        principal=owner, url=server.url, kinds=["reservation.ended", "payout.paid"], at=NOON
    )
    made.shown = made_secret
    return made
