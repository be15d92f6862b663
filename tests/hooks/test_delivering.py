"""Deliveries: written with the event, signed, tried for three days, then the endpoint is paused."""

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from marketplace.hooks import services as hooks
from marketplace.hooks import signing
from marketplace.hooks.models import Attempt, Delivery, Endpoint
from marketplace.hooks.services import delivering, keeping
from marketplace.notices.models import Notice
from tests.make import HOUR, NOON
from tests.notices.telling import tell

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def pass_on(at=NOON):
    for row in Notice.objects.filter(passed_on_at__isnull=True).order_by("pk"):
        hooks.pass_on(notice=row, at=at)


def deliver(at=NOON):
    for row in Delivery.objects.due(at=at).order_by("pk"):
        hooks.deliver(delivery=row, at=at)


@pytest.fixture
def delivery(endpoint, harbour):
    tell(harbour, "reservation.ended", id="one", state="ended")
    pass_on()
    return Delivery.objects.get()


def states():
    return list(Delivery.objects.order_by("pk").values_list("state", flat=True))


def test_an_event_is_told_signed_and_once(delivery, endpoint, server):
    deliver()
    deliver(NOON + HOUR)
    [(_, headers, body)] = server.came
    assert json.loads(body) == {
        "type": "reservation.ended",
        "timestamp": "2026-11-24T12:00:00Z",
        "data": {"id": "one", "state": "ended"},
    }
    assert headers["webhook-id"] == str(delivery.public_id)
    assert headers["Content-Type"] == "application/json"
    assert headers["webhook-signature"] == signing.signature(
        secret=endpoint.shown, message=str(delivery.public_id), at=NOON, body=body
    )
    one = Attempt.objects.get()
    assert (one.status, one.answer, one.error, states()) == (200, "taken", "", ["delivered"])


def test_only_what_was_asked_for_and_only_ones_own(endpoint, harbour, charlie):
    tell(harbour, "reservation.started")
    tell(charlie.organisations.get(), "reservation.ended")
    pass_on()
    assert not Delivery.objects.exists()
    assert not Notice.objects.filter(passed_on_at__isnull=True).exists()


def test_who_has_no_webhook_costs_two_statements(
    endpoint, harbour, charlie, django_assert_num_queries
):
    other = charlie.organisations.get()
    mine = tell(harbour, "reservation.ended")
    for number in range(5):
        tell(other, "reservation.ended", key=str(number))
    with django_assert_num_queries(4):  # with the transaction's own
        assert hooks.pass_over(at=NOON) == 5
    assert list(Notice.objects.filter(passed_on_at__isnull=True)) == [mine]
    pass_on()
    assert Delivery.objects.get().notice == mine


def test_what_was_before_the_endpoint_is_not_told(endpoint, harbour):
    tell(harbour, "reservation.ended", at=NOON - SECOND)
    pass_on()
    assert not Delivery.objects.exists()


def test_passed_on_once(delivery):
    Notice.objects.update(passed_on_at=None)
    pass_on()
    assert Delivery.objects.count() == 1


@pytest.mark.parametrize("status", [300, 302, 400, 404, 410, 500, 503])
def test_anything_but_2xx_is_tried_again(delivery, server, status):
    server.status = status
    deliver()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.next_at, delivery.tries) == ("pending", NOON + 10 * SECOND, 1)
    assert (delivery.claim, Attempt.objects.get().status) == (None, status)
    deliver(NOON + 9 * SECOND)
    assert len(server.came) == 1
    server.status = 204
    deliver(NOON + 10 * SECOND)
    assert [one[1]["webhook-id"] for one in server.came] == [str(delivery.public_id)] * 2
    assert states() == ["delivered"]


def test_after_three_days_the_endpoint_is_paused_and_that_is_told(delivery, endpoint, server):
    server.status, at, waits = 500, NOON, []
    while states() == ["pending"]:
        deliver(at)
        delivery.refresh_from_db()
        waits.append(delivery.next_at - at)
        last, at = at, max(delivery.next_at, at + SECOND)
    assert waits[:6] == [timedelta(seconds=10 * 4**number) for number in range(6)]
    assert max(waits) == delivering.LONGEST
    assert NOON + keeping.LASTS - delivering.LONGEST <= last <= NOON + keeping.LASTS
    assert states() == ["failed"]
    endpoint.refresh_from_db()
    assert endpoint.state == "paused"
    told = Notice.objects.get(kind="webhook.paused")
    assert (told.organisation, told.facts["id"]) == (
        endpoint.organisation,
        str(endpoint.public_id),
    )
    assert "?" not in told.facts["url"]


def test_a_paused_endpoint_hears_nothing_until_it_is_resumed(
    delivery, endpoint, harbour, server, owner
):
    Endpoint.objects.update(paused_at=NOON)
    tell(harbour, "reservation.ended", key="while paused")
    pass_on()
    deliver()
    assert (server.came, states()) == ([], ["pending"])
    with pytest.raises(hooks.BadEndpoint, match="resume it first"):
        hooks.test(principal=owner, endpoint=Endpoint.objects.get(), at=NOON)
    hooks.resume(principal=owner, endpoint=endpoint, at=NOON + HOUR)
    deliver(NOON + HOUR)
    assert (len(server.came), states()) == (1, ["delivered"])


def test_what_waited_too_long_is_not_sent_when_it_is_resumed(delivery, endpoint, server, owner):
    Endpoint.objects.update(paused_at=NOON)
    at = NOON + keeping.LASTS
    hooks.resume(principal=owner, endpoint=endpoint, at=at)
    deliver(at)
    assert (server.came, states()) == ([], ["failed"])


def test_an_endpoint_that_failed_rests_so_that_others_are_not_kept(
    delivery, endpoint, harbour, server
):
    tell(harbour, "reservation.ended", key="second")
    pass_on()
    server.status = 500
    deliver()
    assert len(server.came) == 1  # the second waits, too
    server.status = 200
    deliver(NOON + 10 * SECOND)
    assert (len(server.came), states()) == (3, ["delivered"] * 2)
    endpoint.refresh_from_db()
    assert (endpoint.failures, endpoint.rest_until) == (0, None)


def test_a_new_secret_signs_at_once_and_the_old_one_for_a_day(endpoint, server, owner, harbour):
    new = hooks.rotate(principal=owner, endpoint=endpoint, at=NOON)
    for number, at in enumerate((NOON, NOON + hooks.OVERLAP - SECOND, NOON + hooks.OVERLAP)):
        tell(harbour, "reservation.ended", key=str(number), at=at)
        pass_on(at)
        deliver(at)
    signed = [headers["webhook-signature"].split() for _, headers, _ in server.came]
    assert [len(one) for one in signed] == [2, 2, 1]
    _, headers, body = server.came[0]
    facts = {"message": headers["webhook-id"], "at": NOON, "body": body}
    assert signed[0] == [signing.signature(secret=key, **facts) for key in (new, endpoint.shown)]


def test_a_test_is_sent_once(endpoint, owner, server):
    server.status, server.answer = 500, b"oops" * 500
    hooks.test(principal=owner, endpoint=endpoint, at=NOON)
    deliver()
    deliver(NOON + HOUR)
    assert json.loads(server.came[0][2])["type"] == "webhook.test"
    assert (len(server.came), states()) == (1, ["failed"])
    assert Attempt.objects.get().answer == ("oops" * 500)[:500]
    assert Endpoint.objects.get().state == "active"


def test_a_delivery_is_sent_again_by_a_button(delivery, owner, server):
    with pytest.raises(hooks.NotOver, match="still being tried"):
        hooks.redeliver(principal=owner, delivery=delivery, at=NOON)
    deliver()
    hooks.redeliver(principal=owner, delivery=delivery, at=NOON + HOUR)
    deliver(NOON + HOUR)
    (_, first, body), (_, second, same) = server.came
    assert (first["webhook-id"], body) == (second["webhook-id"], same)
    assert first["webhook-timestamp"] != second["webhook-timestamp"]
    assert (states(), Attempt.objects.count()) == (["delivered"], 2)


def test_a_removed_endpoint_hears_nothing(delivery, endpoint, owner, server):
    hooks.remove(principal=owner, endpoint=endpoint, at=NOON)
    deliver()
    assert (server.came, states()) == ([], ["failed"])


def test_what_a_dead_sender_left_is_taken_up(delivery, server):
    assert delivering.claim(delivery, NOON) is not None
    deliver(NOON + delivering.CLAIM - SECOND)
    assert server.came == []
    deliver(NOON + delivering.CLAIM)
    assert (len(server.came), states()) == (1, ["delivered"])


def test_a_late_answer_changes_nothing_of_what_another_claimed(delivery, monkeypatch, server):
    def slow():
        at = NOON + delivering.CLAIM
        assert delivering.claim(Delivery.objects.get(), at) is not None

    post = delivering.posting.post
    monkeypatch.setattr(delivering.posting, "post", lambda *facts: (slow(), post(*facts))[1])
    deliver()
    assert states() == ["sending"]  # the second's, until it answers
    assert Attempt.objects.count() == 1


def test_a_secret_that_cannot_be_read_is_told(delivery, settings, server):
    settings.SECRET_KEY = "another secret, and the one before is not among the fallbacks"
    deliver()
    assert (server.came, Attempt.objects.get().error) == ([], "its secret must be replaced")


def test_an_address_that_is_not_allowed_any_more_is_not_asked(delivery, settings, server):
    settings.WEBHOOKS_TO_LOOPBACK = False
    deliver()
    assert (server.came, Attempt.objects.get().error) == (
        [],
        "The address must begin with https://.",
    )


def test_history_is_kept_for_thirty_days(delivery):
    deliver()
    assert hooks.prune(at=NOON + hooks.KEPT - SECOND) == 0
    assert hooks.prune(at=NOON + hooks.KEPT) == 2
    assert not Attempt.objects.exists()


def test_what_is_still_tried_is_not_forgotten(delivery):
    assert hooks.prune(at=NOON + 2 * hooks.KEPT) == 0


def test_the_database_keeps_claims_and_states_together(delivery):
    for change, name in (
        ({"state": "sending"}, "delivery_claimed_while_sent"),
        ({"state": "lost"}, "delivery_state_known"),
        ({"notice": None}, "delivery_of_something"),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            Delivery.objects.update(**change)
