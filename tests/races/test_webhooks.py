"""Two senders at once make one request; a letter is handed over once."""

import pytest
from django.core import mail
from django.core.mail import EmailMessage

from marketplace.accounts.services import Principal
from marketplace.hooks import services as hooks
from marketplace.hooks.models import Attempt, Delivery
from marketplace.hooks.services import delivering
from marketplace.notices import services as notices
from marketplace.notices.models import Letter, Notice
from tests.hooks import receiver
from tests.make import NOON
from tests.notices.telling import tell
from tests.race import all_have_called, together

pytestmark = pytest.mark.django_db(transaction=True)
SENDERS = 6


@pytest.fixture
def server():
    with receiver.running() as running:
        yield running


@pytest.fixture
def delivery(harbour, alice, server):
    owner = Principal(alice, harbour, "owner")
    hooks.create(principal=owner, url=server.url, kinds=["reservation.ended"], at=NOON)
    hooks.pass_on(notice=tell(harbour, "reservation.ended"), at=NOON)
    return Delivery.objects.get()


def send(delivery, at=NOON):
    return [lambda: hooks.deliver(delivery=delivery, at=at)] * SENDERS


def test_many_senders_make_one_request(delivery, server):
    assert together(*send(delivery)) == [None] * SENDERS
    assert (len(server.came), Attempt.objects.count()) == (1, 1)


def test_of_what_a_dead_sender_left_one_request_is_made(delivery, server):
    assert delivering.claim(delivery, NOON) is not None
    assert together(*send(delivery, NOON + delivering.CLAIM)) == [None] * SENDERS
    assert (len(server.came), Attempt.objects.count()) == (1, 1)


def test_control_a_look_before_the_claim_makes_many(delivery, server, monkeypatch):
    """Who only looks whether it is due finds that it is, as all others do."""

    def look(row, at):
        return Delivery.objects.due(at=at).filter(pk=row.pk).select_related("endpoint").first()

    monkeypatch.setattr(delivering, "claim", all_have_called(look, SENDERS))
    together(*send(delivery))
    assert len(server.came) == SENDERS


def test_a_notice_is_passed_on_once(harbour, alice, server):
    owner = Principal(alice, harbour, "owner")
    hooks.create(principal=owner, url=server.url, kinds=["reservation.ended"], at=NOON)
    row = tell(harbour, "reservation.ended")
    assert together(*[lambda: hooks.pass_on(notice=row, at=NOON)] * SENDERS) == [None] * SENDERS
    assert Delivery.objects.count() == 1


def test_an_event_that_many_tell_is_one_notice(harbour):
    event = notices.Event(kind="reservation.ended", organisation=harbour.pk, key="same")
    tell_it = lambda: notices.record(events=[event], at=NOON)  # noqa: E731
    assert together(*[tell_it] * SENDERS) == [None] * SENDERS
    assert Notice.objects.count() == 1


def test_a_letter_is_handed_over_once():
    notices.post(letter=EmailMessage("Once", "only", to=["eve@example.test"]), at=NOON)
    letter = Letter.objects.get()
    assert together(*[lambda: notices.send(letter=letter, at=NOON)] * SENDERS) == [None] * SENDERS
    assert [one.subject for one in mail.outbox] == ["Once"]
