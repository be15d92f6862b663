import pytest
from django.db import DatabaseError, connection, transaction

from marketplace.core import audit
from marketplace.core.models import AuditEvent
from tests.make import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def event(alice):
    return audit.record(
        verb="renamed",
        subject=alice,
        at=NOON,
        actor=alice.public_id,
        actor_label=alice.email,
        detail={"from": "A"},
    )


def test_an_event_says_who_did_what_to_which(event, alice):
    event.refresh_from_db()
    assert event.subject == f"accounts.User {alice.public_id}"
    assert (event.actor, event.actor_label) == (alice.public_id, "alice@example.test")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE core_auditevent SET verb = 'x'",
        "DELETE FROM core_auditevent",
        "TRUNCATE core_auditevent",
    ],
)
def test_the_trail_cannot_be_changed(event, sql):
    with (
        pytest.raises(DatabaseError, match="core_auditevent is forbidden"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
    assert AuditEvent.objects.get().verb == "renamed"
