import html
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.http import HttpResponse
from django.test import TransactionTestCase

from compliance import services as compliance
from marketplace.accounts.models import Organisation, User
from tests import make

pytest.register_assert_rewrite("tests.billing.stand_in")

from tests.billing import stand_in  # noqa: E402

SAMPLE_LIST = Path(compliance.__file__).parent.parent / "data" / "sample_ofac_sdn"


def _flush_past_the_guards(self: TransactionTestCase) -> None:
    """Evidence tables refuse TRUNCATE, also in tests; only this teardown may switch that off."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
    try:
        _real_teardown(self)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = origin")


_real_teardown = TransactionTestCase._fixture_teardown
TransactionTestCase._fixture_teardown = _flush_past_the_guards  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


@pytest.fixture
def said() -> Callable[[HttpResponse], str]:
    """What a reader sees of a page: its text on one line."""

    def text(answer: HttpResponse) -> str:
        body = re.sub(r"<[^>]+>", " ", answer.content.decode())
        return re.sub(r"\s+", " ", html.unescape(body))

    return text


@pytest.fixture
def alice(db: Any) -> User:
    """Owner of the renting organisation `harbour`."""
    return make.user("alice@example.test", name="Alice")


@pytest.fixture
def harbour(alice: User) -> Organisation:
    return make.organisation("Harbour Light", member=alice)


@pytest.fixture
def charlie(db: Any) -> User:
    """A signed-in outsider, owner of another organisation."""
    outsider = make.user("charlie@example.test", name="Charlie")
    make.organisation("Outsider", member=outsider)
    return outsider


@pytest.fixture
def sally(db: Any) -> User:
    """Staff."""
    return make.user("sally@example.test", is_staff=True, is_superuser=True)


@pytest.fixture
def market(db: Any) -> Any:
    """Reference data and a fresh (made-up) sanctions list at NOON: clean renters are cleared."""
    call_command("load_reference", verbosity=0)
    return compliance.import_list(
        source_code="ofac_sdn", folder=SAMPLE_LIST, published_on=None, at=make.NOON, sample=True
    )


@pytest.fixture(scope="session")
def stripe_server():
    with stand_in.running() as server:
        yield server


@pytest.fixture
def fake(stripe_server: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An empty Stripe account; no test may leave a call of ours that breaks the contract."""
    account = stand_in.use(stripe_server, settings, monkeypatch)
    yield account
    assert account.complaints == []
