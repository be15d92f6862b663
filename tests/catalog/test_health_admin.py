"""Staff put a replaced GPU back; nobody without the right, and never without a clean reading."""

from uuid import UUID

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from marketplace.catalog.health import services as health
from marketplace.catalog.health.services import Event, Report
from marketplace.core.models import AuditEvent
from tests import make
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
LIST = reverse("admin:catalog_gpu_changelist")


@pytest.fixture
def gpu(db):
    """Worn out, by its readings and an XID."""
    found = make.machine(gpus=1).gpus.get()
    tell(found, NOON, Event(UUID(int=1), 1, found.uuid, 64, NOON), rows_failed=True)
    return found


def tell(gpu, at, *events, **reading):
    report = Report("boot", at, None, {gpu.uuid: reading}, events)
    health.record(machine=gpu.machine, report=report, at=at)


def press(client, gpu):
    chosen = {"action": "put_back", "_selected_action": [gpu.pk]}
    answer = client.post(LIST, chosen, follow=True)
    gpu.refresh_from_db()
    return answer


def test_a_gpu_with_a_fault_is_not_put_back(client, sally, gpu, said):
    client.force_login(sally)
    tell(gpu, NOON + HOUR, rows_failed=True)
    assert "the last reading still finds a fault" in said(press(client, gpu))
    assert (gpu.health, gpu.fit) == ("failed", False)


def test_a_replaced_one_is_and_it_goes_on_record(client, sally, gpu, said):
    client.force_login(sally)
    tell(gpu, NOON + HOUR)
    assert f"{gpu.uuid} is back on the market." in said(press(client, gpu))
    assert (gpu.health, gpu.fit, gpu.fault) == ("ok", True, "")
    act = AuditEvent.objects.get(verb="put a GPU back")
    assert (act.actor, act.detail) == (sally.public_id, {"fault": "rows_failed"})


def test_who_may_only_look_puts_nothing_back(client, gpu):
    reader = make.user("reader@example.test", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_gpu"))
    client.force_login(reader)
    tell(gpu, NOON + HOUR)
    press(client, gpu)
    assert gpu.health == "failed"
    assert not AuditEvent.objects.filter(verb="put a GPU back").exists()


@pytest.mark.parametrize("name", ["gpuevent", "healthchange", "machinereading", "telemetry"])
def test_what_happened_can_be_looked_at(client, sally, gpu, name):
    client.force_login(sally)
    assert client.get(reverse(f"admin:catalog_{name}_changelist")).status_code == 200
