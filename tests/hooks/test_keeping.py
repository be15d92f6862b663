"""Endpoints: whose they are, what they may hear, and their secrets."""

import pytest
from django.db import IntegrityError, transaction

from marketplace.accounts.services import NotPermitted, Principal
from marketplace.core.models import AuditEvent
from marketplace.hooks import services as hooks
from marketplace.hooks.models import Endpoint
from tests import make
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
URL = "https://hooks.example.test/t0ken"


def create(owner, **changes):
    asked = {"url": URL, "kinds": ["reservation.ended"], "at": NOON, **changes}
    return hooks.create(principal=owner, **asked)


def test_a_secret_is_shown_once_and_kept_sealed(owner):
    row, secret = create(owner, note=" ours ")
    assert secret.startswith("whsec_")
    row = Endpoint.objects.get()
    assert secret.encode() not in bytes(row.secret)
    assert (row.url, row.note, row.kinds, row.state) == (
        URL,
        "ours",
        ["reservation.ended"],
        "active",
    )
    event = AuditEvent.objects.get(verb="made a webhook")
    assert event.detail == {"url": "https://hooks.example.test"}  # without what may be a token


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"url": "http://hooks.example.test/"}, "url"),
        ({"url": "nowhere"}, "url"),
        ({"kinds": []}, "kinds"),
        ({"kinds": ["reservation.ended", "everything"]}, "kinds"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(owner, changes, field):
    with pytest.raises(hooks.BadEndpoint) as error:
        create(owner, **changes)
    assert error.value.field == field
    assert not Endpoint.objects.exists()


@pytest.mark.parametrize("role", ["billing", "viewer"])
def test_who_may_not_rent_keeps_none(role, harbour, alice):
    with pytest.raises(NotPermitted):
        create(Principal(alice, harbour, role))
    assert not Endpoint.objects.exists()


def test_nobody_hears_more_by_a_webhook_than_by_looking(owner, harbour):
    engineer = Principal(make.member(harbour, "engineer"), harbour, "engineer")
    create(engineer)
    with pytest.raises(NotPermitted, match=r"may not read payout\.paid"):
        create(engineer, kinds=["payout.paid"])
    row, _ = create(owner, kinds=["payout.paid"])
    for act in (
        lambda: hooks.change(
            principal=engineer, endpoint=row, url=URL, kinds=["payout.paid"], at=NOON
        ),
        # nor by leading what somebody else asked for to oneself
        lambda: hooks.change(
            principal=engineer, endpoint=row, url=URL, kinds=["reservation.ended"], at=NOON
        ),
        lambda: hooks.rotate(principal=engineer, endpoint=row, at=NOON),
    ):
        with pytest.raises(NotPermitted):
            act()
    row.refresh_from_db()
    assert (row.kinds, row.old_secret) == (["payout.paid"], None)


def test_there_are_only_so_many(owner, monkeypatch):
    monkeypatch.setattr("marketplace.hooks.services.keeping.MOST_ENDPOINTS", 1)
    row, _ = create(owner)
    with pytest.raises(hooks.BadEndpoint, match="1 already; remove one first"):
        create(owner)
    hooks.remove(principal=owner, endpoint=row, at=NOON)
    create(owner)


def test_what_was_removed_cannot_be_changed(owner):
    row, _ = create(owner)
    hooks.remove(principal=owner, endpoint=row, at=NOON)
    hooks.remove(principal=owner, endpoint=row, at=NOON + HOUR)
    assert Endpoint.objects.get().removed_at == NOON
    assert AuditEvent.objects.filter(verb="removed a webhook").count() == 1
    with pytest.raises(hooks.BadEndpoint, match="removed meanwhile"):
        hooks.rotate(principal=owner, endpoint=row, at=NOON)
    assert list(hooks.endpoints_of(owner)) == []


def test_the_database_knows_kinds_and_addresses(owner):
    create(owner)
    for change, name in (
        ({"kinds": []}, "endpoint_kinds_known"),
        ({"kinds": ["all"]}, "endpoint_kinds_known"),
        ({"url": "file:///etc/passwd"}, "endpoint_speaks_http"),
        ({"old_secret": b"x"}, "endpoint_old_secret_ends"),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            Endpoint.objects.update(**change)
