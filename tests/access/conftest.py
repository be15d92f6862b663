from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import transaction

from tests import stock
from tests.access import cast
from tests.access.things import Things


@pytest.fixture
def things(db: Any, harbour: Any, alice: Any, fake: Any) -> Things:
    """Of harbour, which rents and provides, on a day on which a clean renter is cleared.

    Stripe is the fake: some addresses lead there at once.
    """
    stock.market(at_noon=False)
    type(harbour).objects.update(can_provide=True)
    harbour.refresh_from_db()
    return Things(harbour, alice)


@pytest.fixture
def customers(things: Things, harbour: Any, alice: Any, charlie: Any) -> dict[str, Any]:
    charlie.organisations.update(can_provide=True)
    return cast.customers(harbour, alice, charlie)


@pytest.fixture
def people(customers: dict[str, Any]) -> dict[str, Any]:
    call_command("load_staff_roles", verbosity=0)
    return cast.people(customers)


@pytest.fixture
def each() -> Callable[..., dict[str, Any]]:
    """Let every person knock at the same door; what one of them did is undone for the next."""

    def knock(people: dict[str, Any], ask: Callable[[Any], Any]) -> dict[str, Any]:
        found = {}
        for name, person in people.items():
            cache.clear()  # rate limits
            with transaction.atomic():
                found[name] = ask(person)
                transaction.set_rollback(True)
        return found

    return knock
