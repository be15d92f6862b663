"""Round trips over HTTP: timed here, whatever the node says."""

import pytest

from agents.gateway import rounds
from agents.protocol.probe import ProbeEcho
from marketplace.catalog.models import Probe, Site, TrustEvidence
from tests import make, mmdb
from tests.agents.gateway.signed import node_for, problem, signed_post
from tests.catalog.hardware import report

pytestmark = pytest.mark.django_db
MS = 1_000_000


@pytest.fixture
def machine(market):
    made = make.machine(gpus=0)
    Site.objects.update(latitude="1.49270", longitude="103.74140")
    return made


@pytest.fixture
def probe(settings):
    settings.PROBE = "sin"
    return Probe.objects.create(
        name="sin", url="http://testserver", latitude="1.35208", longitude="103.81984"
    )


@pytest.fixture
def send(client, machine):
    node, key = node_for(machine)
    return lambda nonce=None, path="probe": signed_post(
        client, path, ProbeEcho(nonce=nonce), key=key, key_id=node.public_id
    )


def measured(send):
    """Go to and fro until the probe has enough; how many nonces went back."""
    nonce, count = send().json()["nonce"], 0
    while nonce is not None:
        nonce, count = send(nonce).json()["nonce"], count + 1
    return count


def test_the_shortest_of_five_trips_is_evidence(send, probe, machine, monkeypatch):
    ticks = iter([0, 9 * MS, 9 * MS, 12 * MS, 12 * MS, 20 * MS, 20 * MS, 30 * MS, 30 * MS, 40 * MS])
    for name in ("begin", "back"):
        real = getattr(rounds, name)
        clock = lambda: next(ticks)  # noqa: E731
        monkeypatch.setattr(
            rounds, name, lambda real=real, clock=clock, **facts: real(clock=clock, **facts)
        )
    assert measured(send) == 5
    evidence = TrustEvidence.objects.get()
    assert (evidence.kind, evidence.passed, evidence.probe) == ("latency", True, probe)
    assert evidence.detail["rtt_us"] == 3000
    assert list(ticks) == []


def test_a_real_trip_takes_its_time(send, probe):
    assert measured(send) == 5
    found = TrustEvidence.objects.first()
    assert found is None or found.detail["rtt_us"] > 100


@pytest.mark.parametrize("name", ["", "lon"])
def test_a_server_that_is_no_probe_measures_nobody(send, probe, settings, name):
    settings.PROBE = name
    assert problem(send()) == (404, "no-probe")


def test_a_probe_that_was_closed_measures_nobody(send, probe):
    Probe.objects.update(active=False)
    assert problem(send()) == (404, "no-probe")


def test_a_nonce_is_good_once(send, probe):
    nonce = send().json()["nonce"]
    assert send(nonce).status_code == 200
    assert problem(send(nonce)) == (409, "bad-echo")


def test_a_made_up_nonce_is_none(send, probe):
    assert problem(send("made-up")) == (409, "bad-echo")
    assert not TrustEvidence.objects.exists()


def test_another_nodes_nonce_is_none(send, probe, client):
    node, key = node_for(make.machine(gpus=0))
    nonce = send().json()["nonce"]
    answer = signed_post(client, "probe", ProbeEcho(nonce=nonce), key=key, key_id=node.public_id)
    assert problem(answer) == (409, "bad-echo")


def test_a_nonce_of_another_host_is_none(send, probe, monkeypatch):
    nonce = send().json()["nonce"]
    monkeypatch.setattr(rounds.socket, "gethostname", lambda: "other")
    assert problem(send(nonce)) == (409, "bad-echo")


def test_a_report_names_the_probes_and_is_held_against_its_address(
    client, machine, probe, settings, tmp_path
):
    networks = {"192.0.2.0/24": mmdb.country("MY")}
    settings.GEOIP_DATABASE = str(mmdb.write(tmp_path / "country.mmdb", networks))
    node, key = node_for(machine)
    client.defaults["REMOTE_ADDR"] = "192.0.2.7"
    client.defaults["HTTP_X_FORWARDED_FOR"] = "198.51.100.1"
    told = signed_post(client, "hardware", report(), key=key, key_id=node.public_id).json()
    assert told["probes"] == ["http://testserver"]
    evidence = TrustEvidence.objects.get(kind="network")
    assert (evidence.passed, evidence.detail["prefix"]) == (True, "192.0.2.0/24")
