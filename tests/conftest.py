import html
import os
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.db import connection
from django.http import HttpResponse
from django.test import Client, TransactionTestCase
from hypothesis import HealthCheck, settings

from marketplace.accounts.models import Organisation, User
from marketplace.core import changes
from marketplace.notices.tasks import send_letters
from tests import database, make, order, stock

pytest.register_assert_rewrite("tests.billing.stand_in")

from tests.billing import stand_in  # noqa: E402

# how long an example takes says more of the machine than of the code; the examples are the same in
# every run, so that a change is told by what it breaks, and `make soak` looks for others
settings.register_profile(
    "unhurried",
    deadline=None,
    derandomize="OTHER_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("unhurried")

# a hint that a busy machine delays is late and not lost
changes.PATIENCE = 30

#: made by migrate from the code and changed by no test; to make them anew is most of a flush
KEPT = ("django_migrations", "django_content_type", "auth_permission")


def _flush_past_the_guards(self: TransactionTestCase) -> None:
    """Empty what a test filled, which costs less than Django's flush of every table.

    Evidence tables refuse DELETE, also in tests; only this teardown may switch that off.
    """
    with connection.cursor() as cursor:
        names = set(connection.introspection.table_names(cursor)) - set(KEPT)
        quoted = {name: connection.ops.quote_name(name) for name in sorted(names)}
        filled = " UNION ALL ".join(
            f"SELECT '{name}' WHERE EXISTS (SELECT FROM {table})"  # noqa: S608  our own tables
            for name, table in quoted.items()
        )
        cursor.execute(filled)
        touched = [quoted[name] for [name] in cursor.fetchall()]
        cursor.execute("SET session_replication_role = replica")
        try:
            for table in touched:
                cursor.execute(f"DELETE FROM {table}")  # noqa: S608  our own tables
        finally:
            cursor.execute("SET session_replication_role = origin")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    order.arrange(items, parallel=hasattr(config, "workerinput"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say why a test had a second try, whatever came of that."""
    for report in terminalreporter.getreports("rerun"):
        terminalreporter.write_sep("_", f"first try of {report.nodeid}")
        terminalreporter.write_line(report.longreprtext)


_force_login = Client.force_login


def _sign_in_wholly(self: Client, user: User, *, factor: bool | None = None) -> None:
    """Sign in as at our own door: staff with a second factor, others without, or as told."""
    _force_login(self, user)
    if user.is_staff if factor is None else factor:
        session = self.session
        session["account_authentication_methods"] = [{"method": "mfa", "type": "totp"}]
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()


Client.force_login = _sign_in_wholly  # type: ignore[assignment]
TransactionTestCase._fixture_teardown = _flush_past_the_guards  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker: Any
) -> Iterator[None]:
    """In the place of pytest-django's, which migrates anew for each worker."""
    with django_db_blocker.unblock():
        name = database.create()
        stock.lay()
    yield
    with django_db_blocker.unblock():
        database.drop(name)


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


@pytest.fixture
def said() -> Callable[[HttpResponse], str]:
    """What a reader sees of a page: its text on one line."""

    def text(answer: HttpResponse) -> str:
        body = re.sub(r"</?time\b[^>]*>", "", answer.content.decode())
        body = re.sub(r"<[^>]+>", " ", body)
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
    return stock.market()


@pytest.fixture
def letters(mailoutbox: list[EmailMessage]) -> Callable[[], list[EmailMessage]]:
    """All that was sent by e-mail, once a worker has taken what waits."""

    def sent() -> list[EmailMessage]:
        send_letters()
        return mailoutbox

    return sent


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
