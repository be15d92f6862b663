"""Once a day, chain a digest of everything that was booked and can no longer change."""

from datetime import UTC, datetime, timedelta

from django.db import connection, transaction

from marketplace.core.idempotency import digest
from marketplace.ledger.models import Seal

from . import contents

#: around midnight one server's clock may already show tomorrow
DAY = timedelta(days=1)
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('ledger_seal'))"
#: every transaction below this number has committed or never will
HORIZON = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text"


class HorizonWentBack(Exception):
    """The database counts transactions from a lower number than at the last seal."""


class DayHasNotCome(Exception):
    """The last seal is of a day that lies ahead: until then nothing would be sealed."""


def seal(*, at: datetime) -> Seal | None:
    """Seal what was finished since the last seal, once per UTC day; None when that was done.

    A transaction that is still open is left to the next seal, whatever ids its rows have. Raises
    HorizonWentBack and DayHasNotCome.
    """
    with transaction.atomic():
        _ask(ONE_AT_A_TIME)
        last = Seal.objects.order_by("seq").last()
        today = at.astimezone(UTC).date()
        if last and last.day > today + DAY:
            raise DayHasNotCome(
                f"seal {last.seq} is of {last.day} and today is {today}: which clock was wrong?"
            )
        if last and last.day >= today:
            return None
        upto = int(_ask(HORIZON))
        if last and upto < last.upto_xid:
            raise HorizonWentBack(
                f"transaction numbers went back from {last.upto_xid} to {upto}: was a dump loaded "
                "into a new server? Raise its next number with pg_resetwal above the old one"
            )
        return _write(last, upto, at)


def _write(last: Seal | None, upto: int, at: datetime) -> Seal:
    content = contents.read(since=last.upto_xid if last else 0, upto=upto)
    made = Seal(
        seq=last.seq + 1 if last else 1,
        day=at.astimezone(UTC).date(),
        sealed_at=at,
        upto_xid=upto,
        transactions=content.transactions,
        transfers=content.transfers,
        sums=content.sums,
        prev_sha256=bytes(last.sha256) if last else b"",
    )
    made.sha256 = chained(made, content.sha256)
    made.save(force_insert=True)
    return made


def chained(of: Seal, content_sha256: bytes) -> bytes:
    """The digest of a seal: all it says, the digest of its rows, and the seal before."""
    return digest(
        {
            "seq": of.seq,
            "day": of.day,
            "sealed_at": of.sealed_at.astimezone(UTC),
            "upto_xid": of.upto_xid,
            "transactions": of.transactions,
            "transfers": of.transfers,
            "sums": of.sums,
            "content": content_sha256.hex(),
            "prev": bytes(of.prev_sha256).hex(),
        }
    )


def _ask(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return str(cursor.fetchone()[0])
