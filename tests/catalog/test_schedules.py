"""What giving time up costs is published by staff, dated, and never rewritten."""

from importlib import import_module

import pytest
from django.db import ProgrammingError, connection, transaction
from django.urls import reverse

from marketplace.catalog import services as catalog
from marketplace.catalog.fees import check_steps
from marketplace.catalog.models import CancellationSchedule
from marketplace.core.models import AuditEvent
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db


def publish(code="soft", steps=((24, 1000),), **facts):
    known = {"title": "Soft", "since": NOON, "at": NOON}
    return catalog.publish_schedule(code=code, steps=list(map(list, steps)), **{**known, **facts})


def test_those_that_are_published_from_the_start_are_schedules():
    shipped = import_module("marketplace.catalog.migrations.0006_terms").SCHEDULES
    assert [code for code, _, _ in shipped] == ["flexible", "moderate", "firm"]
    for _, _, steps in shipped:
        check_steps(steps)


def test_of_each_code_the_version_that_holds_may_be_chosen():
    first, second = publish(), publish(since=NOON + HOUR, steps=[[24, 2000]])
    assert list(catalog.schedules(at=NOON).filter(code="soft")) == [first]
    assert list(catalog.schedules(at=NOON + HOUR).filter(code="soft")) == [second]


def test_staff_publish_and_the_trail_says_who(client, sally):
    client.force_login(sally)
    page = reverse("admin:catalog_cancellationschedule_add")
    sent = {"code": "soft", "title": "Soft", "steps": "[[24, 1000]]"}
    assert client.post(page, sent).status_code == 302
    made = CancellationSchedule.objects.get(code="soft")
    assert made.steps == [[24, 1000]]
    assert AuditEvent.objects.get(verb="published a schedule").actor == sally.public_id
    for steps in ("[[24, 0]]", "[[48, 1], [24, 1]]", "7", "[[1, 2, 3]]"):
        answer = client.post(page, {**sent, "code": "odd", "steps": steps})
        assert answer.status_code == 200
        assert b"These are no steps" in answer.content
    assert not CancellationSchedule.objects.filter(code="odd").exists()


def test_what_was_published_stays():
    made = publish()
    for act in (lambda: CancellationSchedule.objects.update(steps=[]), made.delete):
        with pytest.raises(ProgrammingError, match="its rows are evidence"), transaction.atomic():
            act()
    whole = pytest.raises(ProgrammingError, match="its rows are evidence")
    with whole, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE catalog_cancellationschedule CASCADE")
