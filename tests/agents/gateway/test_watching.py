"""Red flags on providers, in what their machines report."""

import pytest

from agents.protocol.messages import inventory_digest
from tests import make, mmdb
from tests.agents.gateway.signed import beat, inventory, node_for, signed_post
from tests.make import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def machine(market):
    return make.machine(gpus=0, state="offline", country="MY")


@pytest.fixture
def send(client, machine):
    node, key = node_for(machine)

    def send(message, address="203.0.113.5"):
        client.defaults["REMOTE_ADDR"] = address
        answer = signed_post(client, "heartbeat", message, key=key, key_id=node.public_id, at=NOON)
        assert answer.status_code == 200
        return answer

    return send


def flags(machine):
    rows = machine.site.operator.party.red_flags.order_by("pk")
    return [(one.kind.code, one.evidence) for one in rows]


def test_a_first_inventory_and_the_same_again_are_no_flag(machine, send):
    send(beat("GPU-aaaa", "GPU-bbbb"))
    send(beat("GPU-aaaa", "GPU-bbbb"))
    send(beat("GPU-aaaa"))
    assert flags(machine) == []


def test_gpus_that_become_others_are_a_flag_on_the_provider(machine, send):
    send(beat("GPU-aaaa", "GPU-bbbb"))
    send(beat("GPU-aaaa", "GPU-cccc"))
    name = f"{machine.name} at {machine.site.name}"
    assert flags(machine) == [
        ("R17", {"machine": name, "gone": ["GPU-bbbb"], "come": ["GPU-cccc"]})
    ]


def test_memory_that_the_chip_does_not_have_is_a_flag(machine, send):
    report = inventory("GPU-aaaa")
    small = report.gpus[0].model_copy(update={"memory_bytes": 40 * 2**30})
    report = report.model_copy(update={"gpus": (small,)})
    send(beat(inventory=report, inventory_digest=inventory_digest(report)))
    [(code, evidence)] = flags(machine)
    assert (code, evidence["uuid"], evidence["memory_bytes"]) == ("R18", "GPU-aaaa", 40 * 2**30)


def test_a_machine_that_reports_from_another_country_is_one_flag(machine, send, settings, tmp_path):
    known = {"203.0.113.0/24": mmdb.country("MY"), "192.0.2.0/24": mmdb.country("CN")}
    send(beat("GPU-aaaa"), address="192.0.2.1")
    assert flags(machine) == []
    settings.GEOIP_DATABASE = str(mmdb.write(tmp_path / "country.mmdb", known))
    send(beat("GPU-aaaa"), address="203.0.113.5")
    send(beat("GPU-aaaa"), address="198.51.100.1")
    assert flags(machine) == []
    send(beat("GPU-aaaa"), address="192.0.2.1")
    send(beat("GPU-aaaa"), address="192.0.2.1")
    [(code, evidence)] = flags(machine)
    assert (code, evidence["site"], evidence["seen_in"]) == ("R17", "MY", "CN")
