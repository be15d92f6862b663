"""What somebody did to the books with the triggers off is named; books in use are no finding."""

import threading
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, connections, transaction

from marketplace.ledger import services as ledger
from marketplace.ledger.models import Account, Balance, Kind, Seal, Transaction
from tests.ledger.test_seal import DAY, forge, post, seal
from tests.make import NOON

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def wallet():
    post("one", 5)
    wallet = Account.objects.get(kind=Kind.WALLET)
    ledger.place_hold(key="h", account=wallet, amount=2)
    assert ledger.verify() == []
    return wallet


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        (
            "DELETE FROM ledger_balance",
            "account {wallet} has lost its balance, so nothing keeps it above its floor",
        ),
        (
            "UPDATE ledger_balance SET floor = -1000",
            "account {wallet} has its floor at -1000, not at 0",
        ),
        ("DELETE FROM ledger_hold", "account {wallet} shows 2 held, its holds sum to 0"),
        (
            "UPDATE ledger_transfer SET currency = 'EUR'",
            "transfer {transfer} is not of an amount between two accounts of its currency",
        ),
        (
            "UPDATE ledger_account SET currency = 'EUR' WHERE kind = 'stripe_pending'",
            "transfer {transfer} is not of an amount between two accounts of its currency",
        ),
        (
            "DELETE FROM ledger_account WHERE kind = 'stripe_pending'",
            "transfer {transfer} is not of an amount between two accounts of its currency",
        ),
        ("DELETE FROM ledger_transaction", "transfer {transfer} belongs to no transaction"),
        (
            "UPDATE ledger_transaction SET xid = '9000000000000000000'",
            "transaction one bears a number that the database has not given yet",
        ),
    ],
)
def test_what_was_done_to_books_that_no_seal_holds_yet_is_found(wallet, sql, found):
    transfer = Transaction.objects.get().transfers.get()
    forge(sql)
    assert ledger.verify() == [found.format(wallet=wallet.pk, transfer=transfer.pk)]


def test_a_transaction_that_lost_its_transfers_is_found(wallet):
    forge("DELETE FROM ledger_transfer")
    assert ledger.verify() == [
        f"account {wallet.pk} shows 5, its transfers sum to 0",
        "transaction one moves nothing",
    ]


def test_a_payable_that_lost_its_balance_is_found(wallet):
    payable = ledger.account(kind=Kind.PROVIDER_AVAILABLE, owner=UUID(int=2), currency="USD")
    forge(f"DELETE FROM ledger_balance WHERE account_id = {payable.pk}")  # noqa: S608
    assert ledger.verify() == [
        f"account {payable.pk} has lost its balance, so nothing keeps it above its floor"
    ]


def test_books_that_are_written_to_meanwhile_agree(wallet):
    """Before each look somebody else books and sets aside."""
    numbers = iter(range(1_000))

    def book():
        number = next(numbers)
        post(f"meanwhile:{number}", 3)
        ledger.place_hold(key=f"meanwhile:{number}", account=wallet, amount=1)
        connections.close_all()

    def meanwhile(execute, *query):
        thread = threading.Thread(target=book)
        thread.start()
        thread.join(60)
        return execute(*query)

    with connection.execute_wrapper(meanwhile):
        found = ledger.verify()
    assert next(numbers) > 1
    assert found == []
    assert Balance.objects.get(account=wallet).held == Transaction.objects.count() + 1


@pytest.mark.parametrize("number", ["9000000000000000000", "1"])
def test_nobody_books_outside_of_the_next_seal(wallet, number):
    with (
        pytest.raises(IntegrityError, match="transaction x bears a number that is not its own"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO ledger_transaction (public_id, created_at, key, content_sha256, kind,"
            " event_at, actor, reason, xid) SELECT gen_random_uuid(), created_at, 'x',"
            " content_sha256, kind, event_at, '', '', %s::xid8 FROM ledger_transaction",
            [number],
        )
    assert Transaction.objects.get().key == "one"


@pytest.fixture
def kept(wallet, capsys):
    """What verify_ledger printed of the second of two seals."""
    seal(at=NOON)
    post("two", 7)
    seal(at=NOON + DAY)
    call_command("verify_ledger")
    told = capsys.readouterr().out.splitlines()[-1]
    assert told.startswith("Seal of 2026-11-25: 2:")
    return told.rpartition(" ")[2]


def test_a_seal_that_was_kept_is_found_again(kept):
    seal(at=NOON + 2 * DAY)
    call_command("verify_ledger", f"--seal={kept}")


@pytest.mark.fault(34)
def test_a_chain_whose_end_was_cut_with_its_rows_is_found_by_the_kept_seal(kept, capsys):
    forge("DELETE FROM ledger_transfer WHERE amount = 7")
    forge("DELETE FROM ledger_transaction WHERE key = 'two'")
    forge("UPDATE ledger_balance SET posted = posted - 7")
    forge("DELETE FROM ledger_seal WHERE seq = 2")
    assert ledger.verify() == [], "by itself it agrees"
    with pytest.raises(CommandError, match="1 disagreements"):
        call_command("verify_ledger", f"--seal={kept}")
    sha256 = kept.partition(":")[2]
    assert f"seal 2 is not the one that was written down ({sha256})" in capsys.readouterr().out


def test_a_chain_that_was_made_anew_is_found_by_the_kept_seal(kept):
    forge("DELETE FROM ledger_seal")
    seal(at=NOON)
    seal(at=NOON + DAY)
    assert Seal.objects.count() == 2
    assert ledger.verify() == []
    with pytest.raises(CommandError, match="1 disagreements"):
        call_command("verify_ledger", f"--seal={kept}")


@pytest.mark.parametrize("text", ["2", "2:", "2:00", "x:" + "0" * 64, "2:" + "g" * 64])
def test_what_is_no_seal_is_refused(db, text):
    with pytest.raises(CommandError, match="must be SEQ:SHA256, as an earlier run printed it"):
        call_command("verify_ledger", f"--seal={text}")
