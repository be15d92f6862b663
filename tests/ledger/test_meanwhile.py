"""Reports, exports and proofs are of one moment, also while others book."""

import threading
from collections import defaultdict
from uuid import UUID

import pytest
from beancount import loader
from django.db import connection, connections, transaction

from marketplace.ledger import services as ledger
from marketplace.ledger.models import Kind, Transaction
from tests.make import NOON
from tests.race import PATIENCE, together

pytestmark = pytest.mark.django_db(transaction=True)
DAY = NOON.date()


def post(key, amount, *, owner=1):
    pending = ledger.account(kind=Kind.STRIPE_PENDING, currency="USD")
    wallet = ledger.account(kind=Kind.WALLET, owner=UUID(int=owner), currency="USD")
    entries = [ledger.Entry(pending, wallet, amount)]
    return ledger.post(key=key, kind="test", entries=entries, at=NOON)


@pytest.fixture
def busy():
    """After each of the first statements that read, somebody books."""
    post("first", 1)
    read = []

    def meanwhile(execute, sql, params, many, context):
        answer = execute(sql, params, many, context)
        if sql.lstrip("( \n").startswith(("SELECT", "WITH")) and len(read) < 10:
            read.append(sql)
            [made] = together(lambda: post(f"meanwhile:{len(read)}", 1_000))
            assert isinstance(made, Transaction), made
        return answer

    with connection.execute_wrapper(meanwhile):
        yield
    assert len(read) > 1


def test_changes_and_closings_of_a_report_add_up_to_zero(busy):
    sums = defaultdict(int)
    for row in ledger.report(first=DAY, last=DAY):
        sums["change"] += row.change
        sums["closing"] += row.closing
    assert dict(sums) == {"change": 0, "closing": 0}


def test_totals_add_up_to_zero(busy):
    for _ in range(2):
        assert sum(ledger.totals(currency="USD").values()) == 0


def test_books_that_agree_are_not_said_to_disagree(busy):
    assert ledger.verify() == []


@pytest.fixture
def late():
    """Somebody began to book before the last one did, and is done once the rows are being read."""
    begun, read, done = threading.Event(), threading.Event(), threading.Event()

    def book():
        with transaction.atomic():
            post("late", 1_000)
            begun.set()
            assert read.wait(PATIENCE)
        done.set()
        connections.close_all()

    def meanwhile(execute, sql, params, many, context):
        answer = execute(sql, params, many, context)
        if sql.endswith(
            'ORDER BY "ledger_transaction"."event_at" ASC, "ledger_transaction"."id" ASC'
        ):
            read.set()
            assert done.wait(PATIENCE)
        return answer

    post("first", 1)
    thread = threading.Thread(target=book)
    thread.start()
    assert begun.wait(PATIENCE)
    post("last", 1, owner=2)
    with connection.execute_wrapper(meanwhile):
        yield
    thread.join(PATIENCE)
    assert done.is_set()


def test_beancount_accepts_what_is_exported_meanwhile(late, tmp_path):
    target = tmp_path / "books.beancount"
    assert ledger.export_beancount(target=target) == 2
    found, problems, _ = loader.load_file(str(target))
    assert [problem.message for problem in problems] == []
    keys = [one.meta["key"] for one in found if type(one).__name__ == "Transaction"]
    assert keys == ["first", "last"]
