"""Rows written as one document are the rows that `bulk_create` writes."""

import copy
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from psycopg.types.range import TimestamptzRange

from compliance.models import Decision
from marketplace.core.inserting import insert
from marketplace.ledger.models import Hold
from marketplace.notices.models import Notice
from tests import make
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
KIND = "reservation.confirmed"
ODD = '王小明 O\'Brien "quoted" \\back\\ %s {brace} \n line'
MOMENT = datetime(2026, 2, 28, 23, 59, 59, 999_999, tzinfo=UTC)


def decisions(party):
    known = {"party": party, "chip": make.chip(), "outcome": "allow", "decided_at": MOMENT}
    known |= {"valid_until": MOMENT + HOUR, "created_at": MOMENT}
    for hashed, during, reasons in (
        (b"\x00\xff'\\", TimestamptzRange(NOON, NOON + HOUR), {"told": [ODD, 1, 2.5, None, True]}),
        (b"", TimestamptzRange(NOON, None, "(]"), {}),
        (b"a", TimestamptzRange(None, MOMENT, "[]"), [ODD]),
        (b"b", TimestamptzRange(empty=True), ODD),
        (b"c", None, 10**30),
        (b"d", (NOON, NOON + HOUR), True),
    ):
        yield Decision(party_hash=hashed, during=during, reasons=reasons, snapshots={}, **known)


def stored(rows):
    """What the database holds of these, without what names each."""
    kept = type(rows[0]).objects.filter(pk__in=[row.pk for row in rows]).order_by("pk")
    return [
        {name: _plain(one) for name, one in told.items() if name not in ("id", "public_id")}
        for told in kept.values()
    ]


def _plain(value):
    return bytes(value) if isinstance(value, memoryview) else value


def test_the_same_is_stored_and_each_row_knows_its_key(harbour):
    rows = list(decisions(harbour.party))
    others = [copy.copy(row) for row in rows]
    for row in others:
        row.public_id = uuid.uuid4()
    with CaptureQueriesContext(connection) as asked:
        insert(rows)
    assert len(asked) == 1
    Decision.objects.bulk_create(others)
    assert stored(rows) == stored(others)
    assert [row.pk for row in rows] == sorted(row.pk for row in rows)
    again = Decision.objects.in_bulk([row.pk for row in rows])
    assert [again[row.pk].public_id for row in rows] == [row.public_id for row in rows]
    assert not any(row._state.adding for row in rows)


def test_all_of_them_or_none(harbour):
    wallet = make.funded(harbour)
    facts = {"account": wallet, "placed": 1, "amount": 1}
    with pytest.raises(IntegrityError), transaction.atomic():
        insert([Hold(key=key, **facts) for key in ("a", "b", "a")])
    assert not Hold.objects.filter(key__in=["a", "b"]).exists()


def test_a_conflict_may_be_left_out(harbour):
    facts = {"organisation": harbour, "kind": KIND, "facts": {"of": ODD}, "at": NOON}
    with CaptureQueriesContext(connection) as asked:
        rows = [Notice(key=key, **facts) for key in ("a", "b")]
        insert(rows, ignore_conflicts=True)
        insert([Notice(key=key, **facts) for key in ("b", "c")], ignore_conflicts=True)
        insert([], ignore_conflicts=True)
    assert len(asked) == 2
    assert [row.pk for row in rows] == [None, None]
    held = Notice.objects.filter(organisation=harbour, kind=KIND).order_by("key")
    assert list(held.values_list("key", "facts")) == [(key, {"of": ODD}) for key in "abc"]


def test_what_is_no_plain_value_is_refused(harbour):
    wallet = make.funded(harbour)
    for amount in (F("placed"), timedelta(1), float("nan")):
        with pytest.raises((TypeError, ValueError)):
            insert([Hold(key="odd", account=wallet, placed=1, amount=amount)])
    assert not Hold.objects.filter(key="odd").exists()
