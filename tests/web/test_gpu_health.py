"""How GPUs are: on the provider's page, on the renter's, and what a click may change."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.urls import reverse
from django.utils.timezone import now

from marketplace.catalog.health import noticing
from marketplace.catalog.health import services as health
from marketplace.catalog.health.services import Event, Report
from marketplace.core.models import AuditEvent
from tests import make

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def machine(offer):
    return offer.machine


@pytest.fixture
def siti_in(client, machine):
    siti = make.user("siti@example.test")
    machine.site.operator.memberships.create(user=siti, role="owner")
    client.force_login(siti)
    return client


def tell(machine, *, minutes=0, xid=None, averages=None, since=None, **first):
    at = now() + minutes * MINUTE
    gpus = list(machine.gpus.order_by("index"))
    readings = {gpu.uuid: {} for gpu in gpus}
    readings[gpus[0].uuid] = first
    events = [Event(UUID(int=1), 1, gpus[0].uuid, xid, at)] if xid else []
    told = {gpus[0].uuid: averages} if averages else None
    report = Report("boot", at, None, readings, events, since, told)
    health.record(machine=machine, report=report, at=at)
    return gpus[0]


def page(machine):
    return reverse("provider-machine", args=[machine.public_id])


def test_a_provider_sees_load_heat_power_and_what_is_odd(siti_in, machine, said):
    tell(
        machine,
        gpu_percent=87,
        temperature_c=71,
        power_mw=612_300,
        pcie_width=8,
        pcie_width_max=16,
        clocks_event_reasons=0x24,
    )
    text = said(siti_in.get(page(machine)))
    assert "Well PCIe runs on 8 of 16 lanes" in text
    assert "clocks are held down by its power limit and the driver, for heat" in text
    assert "87 % 71 °C 612 W" in text
    assert text.count("not told") == 3, "of the other GPU nothing was read"


def test_a_failed_gpu_is_named_with_its_rule_and_the_errors(siti_in, machine, said):
    tell(machine, xid=79, gpu_percent=0)
    text = said(siti_in.get(page(machine)))
    assert "Failed the GPU has fallen off the bus (xid-79), since" in text
    assert "Errors that the driver reported XID 79" in text


def test_a_gpu_that_is_gone_is_shown_for_a_month(siti_in, machine, said):
    gone, _ = machine.gpus.order_by("index")
    gone.present = False
    gone.save()
    for days, shown in ((29, True), (31, False)):
        broke = now() - timedelta(days=days)
        machine.gpus.filter(pk=gone.pk).update(
            health="failed", fit=False, fault="missing", fault_since=broke
        )
        text = said(siti_in.get(page(machine)))
        assert ("the machine no longer reports the GPU (missing)" in text) is shown


def test_after_a_reset_its_provider_puts_it_back(siti_in, machine, said):
    gpu = tell(machine, minutes=-5, xid=79)
    url = reverse("put-back", args=[gpu.public_id])
    assert "has not read this GPU since it failed" in said(siti_in.post(url, follow=True))
    tell(machine, minutes=-1)
    assert "It was reset: put it back" in said(siti_in.get(page(machine)))
    assert "Back on the market" in said(siti_in.post(url, follow=True))
    gpu.refresh_from_db()
    assert (gpu.health, gpu.fit) == ("ok", True)
    assert AuditEvent.objects.filter(verb="put a GPU back").count() == 1


def test_another_provider_puts_nothing_back(client, charlie, machine):
    gpu = tell(machine, minutes=-5, xid=79)
    tell(machine, minutes=-1)
    other = make.organisation("Other provider", member=charlie, can_provide=True)
    charlie.memberships.exclude(organisation=other).delete()
    client.force_login(charlie)
    assert client.post(reverse("put-back", args=[gpu.public_id])).status_code == 404
    gpu.refresh_from_db()
    assert gpu.health == "failed"


def test_what_has_to_be_replaced_has_no_button(siti_in, machine, said):
    tell(machine, rows_failed=True)
    text = said(siti_in.get(page(machine)))
    assert "a memory row could not be remapped" in text
    assert "put it back" not in text


def test_a_drained_machine_says_so(siti_in, machine, said):
    machine.draining = True
    machine.save()
    assert "draining: takes no new reservations" in said(siti_in.get(page(machine)))


@pytest.fixture
def running(harbour, offer, fresh_market):
    make.funded(harbour)
    start = now() - timedelta(minutes=30)
    make.fresh_list(at=start - timedelta(hours=1))
    row = make.reservation(harbour, offer, start=start, at=start)
    make.started(row, at=start)
    return row


def test_a_renter_sees_the_load_of_what_is_rented_and_no_other(client, alice, running, said):
    [lease] = [one for part in running.assignments.all() for one in part.leases.all()]
    machine, start = lease.gpu.machine, lease.started_at
    told = {
        gpu.uuid: {"gpu_percent": percent, "memory_used_bytes": 1 << 30, "power_mw": 500_000}
        for gpu, percent in zip(machine.gpus.order_by("index"), (40, 90), strict=True)
    }
    report = Report("b", start + 5 * MINUTE, None, {lease.gpu.uuid: {}}, (), start, told)
    health.record(machine=machine, report=report, at=start + 5 * MINUTE)
    client.force_login(alice)
    answer = client.get(reverse("reservation", args=[running.public_id]))
    body, percent = answer.content.decode(), told[lease.gpu.uuid]["gpu_percent"]
    assert f"Utilisation of GPU {lease.gpu.index}: at most {percent} %" in body
    kinds = {kind: body.count(f'class="plot plot--{kind}"') for kind in ("lg", "md", "gpu")}
    assert kinds == {"lg": 1, "md": 2, "gpu": 1}
    assert f"mean {percent} %, {percent} to {percent} %" in body
    assert "mean 1 GiB, 1 to 1 GiB" in body
    assert "mean 500 W, 500 to 500 W" in body
    assert "style=" not in body
    assert "80 % " not in said(answer)


def test_without_telemetry_there_is_no_chart(client, alice, running):
    client.force_login(alice)
    body = client.get(reverse("reservation", args=[running.public_id])).content.decode()
    assert "plot--" not in body


def test_a_link_that_idles_slowly_is_no_news():
    link = {"pcie_generation": 1, "pcie_generation_max": 5}
    assert list(noticing.notices({**link, "gpu_percent": 3})) == []
    assert list(noticing.notices({**link, "gpu_percent": 80})) == ["PCIe runs in generation 1 of 5"]
