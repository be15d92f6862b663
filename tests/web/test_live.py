"""Pages hear that something changed, and ask for what they show anew."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from datetime import timedelta
from itertools import count, takewhile

import pytest
import redis
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.timezone import now

from marketplace.brokerage import services as brokerage
from marketplace.core import changes
from marketplace.web.live import seats
from marketplace.web.live.ear import Ear
from marketplace.web.live.streams import ALIVE, COME_AGAIN, told
from tests import make

HOUR = timedelta(hours=1)


@pytest.fixture
def alice_in(client, alice):
    client.force_login(alice)
    return client


@pytest.fixture
def heard():
    """What was published since, without the subscription's own word."""
    with redis.Redis.from_url(settings.REDIS_URL) as client, client.pubsub() as channel:
        channel.subscribe(changes.CHANNEL)
        assert channel.get_message(timeout=60)["type"] == "subscribe"

        def all_of_it():
            client.publish(changes.CHANNEL, "that was all")
            said = (channel.get_message(timeout=60)["data"].decode() for _ in count())
            return list(takewhile(lambda each: each != "that was all", said))

        yield all_of_it


@pytest.mark.django_db(transaction=True)
def test_a_move_is_told_once_it_is_committed_and_never_before(harbour, market, heard):
    make.funded(harbour)
    row = make.reservation(harbour, make.offer(), auto_confirm=False)
    mine = changes.topic(row)
    assert mine == f"brokerage.reservation:{row.public_id}"
    heard()
    with transaction.atomic():
        brokerage.confirm(reservation=row, at=make.NOON)
        assert mine not in heard()
    assert mine in heard()


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_is_not_told(harbour, market, heard):
    make.funded(harbour)
    row = make.reservation(harbour, make.offer(), auto_confirm=False)
    mine = changes.topic(row)
    heard()
    with transaction.atomic():
        brokerage.confirm(reservation=row, at=make.NOON)
        transaction.set_rollback(True)
    assert mine not in heard()


@pytest.mark.django_db(transaction=True)
def test_a_redis_that_is_down_costs_the_hint_and_not_the_act(harbour, market, settings, caplog):
    make.funded(harbour)
    row = make.reservation(harbour, make.offer(), auto_confirm=False)
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    brokerage.confirm(reservation=row, at=make.NOON)
    row.refresh_from_db()
    assert row.state == "confirmed"
    assert f"change of {changes.topic(row)} not told" in caplog.text


def collected(event, **limits):
    async def collect():
        return [text async for text in told(event, calm=0, **limits)]

    return run(collect())


def begun(event, many, **limits):
    """The first of what is written, of a life that lasts."""

    async def collect():
        async with aclosing(told(event, life=3600, calm=0, **limits)) as texts:
            return [await anext(texts) for _ in range(many)]

    return run(collect())


def run(coroutine):
    """In a thread: where browser tests ran before, this one has a loop already."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


def test_a_stream_shows_signs_of_life_and_comes_to_an_end():
    assert begun(asyncio.Event(), 4, beat=0.02) == [COME_AGAIN, ALIVE, ALIVE, ALIVE]
    assert collected(asyncio.Event(), life=0.2, beat=0.02)[0] == COME_AGAIN


def test_a_stream_tells_a_change_once_and_carries_nothing_of_it():
    event = asyncio.Event()
    event.set()
    assert begun(event, 4, beat=0.05) == [
        COME_AGAIN,
        "event: changed\ndata:\n\n",
        ALIVE,
        ALIVE,
    ]


def test_an_ear_wakes_who_waits_for_the_topic_and_nobody_else():
    async def listen():
        ear = Ear(settings.REDIS_URL)
        with ear.listening("a:1") as first, ear.listening("b:2") as second:
            task = ear.task
            # both at first, for what was missed before
            await asyncio.wait_for(asyncio.gather(first.wait(), second.wait()), 60)
            first.clear()
            second.clear()
            await ear.link.publish(changes.CHANNEL, "a:1")
            await asyncio.wait_for(first.wait(), 60)
            assert not second.is_set()
            # who comes later looks at once, too
            with ear.listening("b:2") as third:
                assert third.is_set()
        assert ear.task is None
        assert not ear.waiting
        await asyncio.gather(task, return_exceptions=True)
        await ear.link.aclose()

    run(listen())


def test_one_person_has_so_many_streams_and_no_more():
    at, person = now(), 10**12 + 1
    for _ in range(seats.MOST):
        seats.take(person=person, at=at)
    with pytest.raises(seats.NoSeat):
        seats.take(person=person, at=at)
    seats.take(person=person + 1, at=at)
    # what nobody kept is free again
    seats.take(person=person, at=at + seats.KEPT)


def test_of_many_at_once_no_more_get_a_seat():
    at, person = now(), 10**12 + 3

    def knock(_):
        try:
            return seats.take(person=person, at=at)
        except seats.NoSeat:
            return None

    with ThreadPoolExecutor(16) as pool:
        found = [seat for seat in pool.map(knock, range(40)) if seat]
    assert 0 < len(found) <= seats.MOST
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        assert client.zcard(found[0].key) == len(found)


@pytest.mark.django_db
def test_the_acts_come_only_where_others_are_open_than_were_seen(alice_in, harbour, rental):
    row = rental("confirmed", during=(now() + HOUR, now() + 2 * HOUR))
    page = alice_in.get(reverse("reservation", args=[row.public_id]))
    url, seen = reverse("reservation-now", args=[row.public_id]), page.context["version"]
    cancel = reverse("cancel", args=[row.public_id])
    same = alice_in.get(url, {"seen": seen}).content.decode()
    assert cancel not in same
    assert 'id="acts"' not in same
    assert 'id="going" hx-swap-oob="true"' in same
    assert cancel in alice_in.get(url, {"seen": "another"}).content.decode()
    type(row).objects.update(if_lost="end")
    assert cancel in alice_in.get(url, {"seen": seen}).content.decode()


@pytest.mark.django_db
def test_an_open_page_whose_visitor_signed_out_is_asked_for_whole(client, rental):
    row = rental("active")
    url = reverse("reservation-now", args=[row.public_id])
    answer = client.get(url, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Refresh"], answer.content) == (204, "true", b"")


@pytest.mark.django_db
def test_what_is_over_is_told_so(alice_in, rental):
    row = rental("settled")
    body = alice_in.get(reverse("reservation-now", args=[row.public_id])).content.decode()
    assert "data-live-over" in body
    assert (
        "data-live="
        not in alice_in.get(reverse("reservation", args=[row.public_id])).content.decode()
    )


@pytest.mark.django_db
def test_a_wallet_is_asked_for_what_changes_and_for_no_form(alice_in, harbour, said):
    make.funded(harbour, 12_000_000)
    answer = alice_in.get(reverse("wallet-now"))
    assert "Balance $12.00" in said(answer)
    assert 'id="top-up-list" hx-swap-oob="true"' in answer.content.decode()
    assert "<form" not in answer.content.decode()
