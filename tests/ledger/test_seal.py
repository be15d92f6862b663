"""Seals: what is sealed cannot change unnoticed, what is open is sealed later."""

import threading
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction

from marketplace.ledger import services as ledger
from marketplace.ledger import tasks
from marketplace.ledger.models import Kind, Seal, Transaction, Transfer
from tests.make import NOON
from tests.race import together

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


def post(key, amount, *, credit=Kind.WALLET):
    pending = ledger.account(kind=Kind.STRIPE_PENDING, currency="USD")
    owner = UUID(int=1) if credit == Kind.WALLET else None
    other = ledger.account(kind=credit, owner=owner, currency="USD")
    entries = [ledger.Entry(pending, other, amount)]
    return ledger.post(key=key, kind="test", entries=entries, at=NOON, actor="a", reason="r")


def finished():
    """Wait until the horizon is past all that was booked: an open transaction in any database of
    the server holds it back, so one of a test that runs beside this does."""
    deadline = time.monotonic() + 300
    with connection.cursor() as cursor:
        while True:
            cursor.execute(
                "SELECT coalesce(max(xid) < pg_snapshot_xmin(pg_current_snapshot()), true)"
                " FROM ledger_transaction"
            )
            if cursor.fetchone()[0]:
                return
            assert time.monotonic() < deadline, "some transaction stays open"
            time.sleep(0.05)


def seal(*, at):
    finished()
    return ledger.seal(at=at)


@pytest.fixture
def sealed():
    """Three days; two facts in each of the first two, nothing in the third."""
    for day in range(2):
        for number in range(2):
            post(f"{day}:{number}", 10 * day + number + 1)
        seal(at=NOON + day * DAY)
    seal(at=NOON + 2 * DAY)
    assert ledger.verify() == []


def forge(sql):
    """Change rows as only a superuser can: with the triggers switched off."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql)
        assert cursor.rowcount > 0


def about_seals():
    return [finding for finding in ledger.verify() if "seal" in finding]


def test_a_seal_says_what_it_holds(sealed):
    first, second, third = Seal.objects.order_by("seq")
    pending, wallet = Transfer.objects.values_list("debit", "credit").distinct().get()
    assert (first.transactions, first.transfers) == (2, 2)
    assert first.sums == {str(pending): -3, str(wallet): 3}
    assert second.sums == {str(pending): -23, str(wallet): 23}
    assert (third.transactions, third.transfers, third.sums) == (0, 0, {})
    assert [bytes(row.prev_sha256) for row in (second, third)] == [
        bytes(row.sha256) for row in (first, second)
    ]


def test_a_day_is_sealed_once(sealed):
    post("late", 5)
    assert seal(at=NOON + 2 * DAY + timedelta(hours=1)) is None
    assert seal(at=NOON + DAY) is None
    assert seal(at=NOON + 3 * DAY).transactions == 1


def test_a_day_that_lies_ahead_is_told(sealed):
    """A clock was wrong for a moment: no seal before that day, and nobody would know."""
    with pytest.raises(ledger.DayHasNotCome, match="seal 3 is of 2026-11-26 and today is"):
        seal(at=NOON)
    assert Seal.objects.count() == 3


def test_four_sealers_at_once_make_one_seal():
    post("one", 1)
    finished()
    outcome = together(*[lambda: ledger.seal(at=NOON)] * 4)
    assert sorted(one is None for one in outcome) == [False, True, True, True]
    assert Seal.objects.get().transactions == 1


def test_the_task_seals_today():
    post("one", 1)
    finished()
    before = datetime.now(UTC)
    tasks.seal()
    assert before.date() <= Seal.objects.get().day <= datetime.now(UTC).date()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE ledger_transfer SET amount = amount + 1 WHERE amount = 2",
        "UPDATE ledger_transfer SET debit_id = credit_id, credit_id = debit_id WHERE amount = 2",
        "UPDATE ledger_transfer SET amount = 3 - amount WHERE amount IN (1, 2)",
        "UPDATE ledger_transfer SET id = -id WHERE amount = 2",
        "UPDATE ledger_transaction SET reason = 's' WHERE key = '0:1'",
        "UPDATE ledger_transaction SET actor = 'b' WHERE key = '0:1'",
        "UPDATE ledger_transaction SET kind = 'tesu' WHERE key = '0:1'",
        "UPDATE ledger_transaction SET key = '0:2' WHERE key = '0:1'",
        "UPDATE ledger_transaction SET event_at = event_at + interval '1 us' WHERE key = '0:1'",
        "UPDATE ledger_transaction SET content_sha256 = '\\x00' WHERE key = '0:1'",
        "UPDATE ledger_account SET owner = gen_random_uuid() WHERE kind = 'wallet_paid'",
        "UPDATE ledger_account SET kind = 'stripe_fee' WHERE kind = 'stripe_pending'",
        "UPDATE ledger_seal SET sums = '{}' WHERE seq = 1",
        "UPDATE ledger_seal SET day = day - 1 WHERE seq = 1",
    ],
)
def test_one_changed_value_is_found(sealed, sql):
    forge(sql)
    assert any(finding.startswith("what seal 1 of ") for finding in about_seals())
    with pytest.raises(CommandError, match="disagreements"):
        call_command("verify_ledger")


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("DELETE FROM ledger_transfer WHERE amount = 12", (2, 1)),
        ("DELETE FROM ledger_transaction WHERE key = '1:0'", (1, 1)),
        (
            "INSERT INTO ledger_transfer (transaction_id, debit_id, credit_id, currency, amount)"
            " SELECT transaction_id, debit_id, credit_id, currency, 9"
            " FROM ledger_transfer WHERE amount = 12",
            (2, 3),
        ),
        (
            "INSERT INTO ledger_transaction (public_id, created_at, key, content_sha256, kind,"
            " event_at, actor, reason, xid) SELECT gen_random_uuid(), created_at, 'new',"
            " content_sha256, kind, event_at, '', '', xid FROM ledger_transaction"
            " WHERE key = '1:0'",
            (3, 2),
        ),
    ],
)
def test_a_removed_or_inserted_row_is_found(sealed, sql, found):
    forge(sql)
    assert about_seals() == [
        f"seal 2 holds 2 transactions and 2 transfers, the books have {found[0]} and {found[1]}"
    ]


def test_two_transactions_that_changed_seals_are_found(sealed):
    forge(
        "UPDATE ledger_transaction t SET xid = o.xid FROM ledger_transaction o"
        " WHERE (t.key, o.key) IN (('0:0', '1:0'), ('1:0', '0:0'))"
    )
    assert [finding[:11] for finding in about_seals()] == ["what seal 1", "what seal 2"]


def test_a_seal_that_is_gone_or_was_made_anew_is_found(sealed):
    forge("UPDATE ledger_seal SET sha256 = sha256('') WHERE seq = 1")
    assert "seal 2 does not continue the seal before it" in about_seals()
    forge("DELETE FROM ledger_seal WHERE seq = 2")
    assert "seal 2 is missing" in about_seals()


class Opened:
    """A posting in another connection that has happened but is not committed."""

    def __enter__(self):
        self.booked, self.commit = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self._run)
        self.thread.start()
        assert self.booked.wait(60)
        return self

    def _run(self):
        try:
            with transaction.atomic():
                post("open", 7, credit=Kind.PLATFORM_FEE)
                self.booked.set()
                assert self.commit.wait(60)
        finally:
            connections.close_all()

    def __exit__(self, *_):
        self.commit.set()
        self.thread.join(60)


@pytest.mark.fault(32)
def test_what_is_not_committed_is_in_the_next_seal():
    post("before", 1)
    finished()
    with Opened():
        later = post("after", 2)
        first = ledger.seal(at=NOON)
        assert first.transactions == 1
    assert Transaction.objects.get(key="open").pk < later.pk
    assert ledger.verify() == []
    second = seal(at=NOON + DAY)
    assert second.transactions == 2
    assert sorted(second.sums.values()) == [-9, 2, 7]
    assert ledger.verify() == []


def test_numbers_that_went_back_stop_the_sealing(sealed):
    forge("UPDATE ledger_seal SET upto_xid = upto_xid + 1000000 WHERE seq = 3")
    with pytest.raises(ledger.HorizonWentBack, match="pg_resetwal"):
        seal(at=NOON + 3 * DAY)
    assert Seal.objects.count() == 3


def test_verify_prints_the_last_seal(sealed, capsys):
    call_command("verify_ledger")
    last = Seal.objects.get(seq=3)
    assert f"Seal of 2026-11-26: 3:{bytes(last.sha256).hex()}" in capsys.readouterr().out
