"""What a machine says is kept, weighed, and becomes a tier that ends."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from agents.protocol.hardware import Library, report_digest
from compliance.models import Case, RedFlag
from marketplace.catalog import services as catalog
from marketplace.catalog.models import BoardClaim, HardwareFacts, Machine, Trust, TrustEvidence
from marketplace.catalog.trust import services as trust
from marketplace.catalog.trust import tiers
from marketplace.core.models import AuditEvent
from tests import make
from tests.catalog.hardware import DRIVER, H100, NVML, gpu, listed, report
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db


def holding(*gpus, **facts):
    """A machine whose inventory has these GPUs."""
    made = make.machine(gpus=0, **facts)
    for place, one in enumerate(gpus or (gpu(0), gpu(1))):
        make.gpu(made, uuid=one.uuid, nvml_name=one.name, index=place)
    return made


@pytest.fixture
def machine(market):
    return holding()


def take(machine, told=None, at=NOON):
    return trust.take_report(machine=machine, report=told or report(), at=at)


def tier(machine, at=NOON):
    return trust.tier_of(Machine.objects.get(pk=machine.pk), at=at)


def flags(machine):
    flags = RedFlag.objects.filter(party=machine.site.operator.party)
    return list(flags.order_by("pk").values_list("kind__code", flat=True))


def cases(machine):
    return list(Case.objects.filter(party=machine.site.operator.party))


def test_an_honest_report_makes_a_machine_consistent_for_a_day(machine):
    assert tier(machine) == "unverified"
    evidence = take(machine)
    kept = HardwareFacts.objects.get()
    assert (kept.sha256, kept.driver_version, kept.nvml_sha256) == (
        report_digest(report()),
        DRIVER,
        NVML,
    )
    assert (evidence.passed, evidence.facts, evidence.expires_at) == (True, kept, NOON + 24 * HOUR)
    assert tier(machine) == "consistent"
    assert tier(machine, NOON + 24 * HOUR - timedelta(microseconds=1)) == "consistent"
    assert tier(machine, NOON + 24 * HOUR) == "unverified"
    assert (flags(machine), cases(machine)) == ([], [])


def test_a_wrong_name_for_the_pci_id_earns_nothing_and_opens_a_case(machine):
    take(machine)
    lying = report(gpu(0, pci_device="10de:1eb8"), gpu(1))
    evidence = take(machine, lying, at=NOON + HOUR)
    assert (evidence.passed, evidence.expires_at) == (False, None)
    assert [one["code"] for one in evidence.detail["contradictions"]] == ["pci-id"]
    assert tier(machine) == "unverified", "what was believed before is not any more"
    assert flags(machine) == ["R20"]
    [case] = cases(machine)
    noted = case.events.get(kind="note")
    assert noted.text.startswith(f"{machine.name} at {machine.site.name}: GPU-0000 calls itself")
    assert noted.detail["flag"] == "R20"


def test_the_same_lie_again_opens_nothing_more(machine):
    lying = report(gpu(0, pci_device="10de:1eb8"), gpu(1))
    take(machine, lying)
    take(machine, lying, at=NOON + HOUR)
    assert flags(machine) == ["R20"]
    assert cases(machine)[0].events.filter(kind="note").count() == 1


def test_what_may_be_an_accident_opens_no_case(machine):
    evidence = take(machine, report(gpu(0)))
    assert [one["code"] for one in evidence.detail["contradictions"]] == ["inventory"]
    assert (flags(machine), cases(machine)) == ([], [])


def test_a_tampered_library_is_told_by_everybody_elses(machine):
    for place in range(3):
        boards = gpu(place + 10, serial=f"other-{place}")
        take(holding(boards), report(boards))
    tampered = (Library(name="libnvidia-ml.so.1", sha256="f" * 64),)
    evidence = take(machine, report(libraries=tampered))
    assert [one["code"] for one in evidence.detail["contradictions"]] == ["library"]
    assert tier(machine) == "unverified"
    assert flags(machine) == ["R20"]
    assert take(machine, at=NOON + HOUR).passed, "with the real file it is consistent again"


def test_simulated_machines_do_not_speak_for_a_library(machine):
    for place in range(3):
        boards = gpu(place + 10)
        take(holding(boards), report(boards, simulated=True))
    other = (Library(name="libnvidia-ml.so.1", sha256="f" * 64),)
    assert take(machine, report(libraries=other)).passed


def test_other_gpus_than_those_that_were_looked_at_are_not_trusted(machine):
    take(machine)
    swapped = catalog.Inventory(
        simulated=False,
        driver_version=DRIVER,
        cuda_version="12.8",
        gpus=(catalog.GpuFacts(uuid="GPU-new", index=0, name=H100, memory_bytes=85_520_809_984),),
        digest="x",
    )
    catalog.record_inventory(machine=machine, inventory=swapped, at=NOON)
    assert tier(machine) == "unverified"
    assert trust.standing(machine=machine, at=NOON).missing == (
        "what was seen on 2026-11-24 12:00 UTC counts no longer: the GPUs have changed since",
    )


def test_where_a_machine_stands_can_be_rebuilt_from_its_evidence(machine):
    take(machine)
    for kind, passed in [("challenged", True), ("network", True), ("latency", False)]:
        uuids = listed(report())
        trust.record(machine=machine, kind=kind, passed=passed, at=NOON, uuids=uuids)
    kept = Trust.objects.filter(machine=machine).values().get()
    Trust.objects.all().delete()
    trust.derive(machine=machine)
    assert Trust.objects.filter(machine=machine).values().get() == kept
    assert (tier(machine), kept["contradicted"]) == ("challenged", True)


@pytest.mark.parametrize(
    ("kinds", "reached"),
    [
        ((), "unverified"),
        (("consistent",), "consistent"),
        (("challenged",), "unverified"),
        (("consistent", "attested"), "consistent"),
        (("consistent", "challenged"), "challenged"),
        (("consistent", "challenged", "attested"), "attested"),
    ],
)
def test_a_tier_rests_on_all_below_it(kinds, reached):
    assert tiers.tier_at(dict.fromkeys(kinds, NOON + HOUR), NOON) == reached


def test_the_tier_ends_with_the_first_of_what_it_rests_on(machine):
    take(machine)
    uuids = listed(report())
    trust.record(machine=machine, kind="challenged", passed=True, at=NOON + HOUR, uuids=uuids)
    found = trust.standing(machine=Machine.objects.get(pk=machine.pk), at=NOON + HOUR)
    assert (found.tier, found.until) == ("challenged", NOON + 24 * HOUR)
    assert (found.next_tier, found.missing) == (
        "attested",
        (
            "no signed attestation was verified; it needs GPUs in confidential-computing mode,"
            " and most machines never have it",
        ),
    )


def test_a_provider_is_told_what_contradicts(machine):
    take(machine, report(gpu(0), gpu(1, bus_width_bits=256)))
    found = trust.standing(machine=machine, at=NOON)
    assert found.missing == (
        f"GPU-0001 calls itself {H100}; its memory bus has 256 bits, that card's 5120.",
    )


def test_a_board_on_two_machines_suspends_the_second_and_opens_a_case_on_both(machine):
    take(machine)
    clone = holding(gpu(7))
    twice = report(gpu(7, serial=gpu(0).serial))
    before = list(Trust.objects.filter(machine=machine).values())
    with pytest.raises(trust.DuplicateBoard):
        take(clone, twice, at=NOON + HOUR)
    clone.refresh_from_db()
    machine.refresh_from_db()
    assert (machine.state, clone.state) == ("online", "suspended")
    assert list(Trust.objects.filter(machine=machine).values()) == before
    assert not HardwareFacts.objects.filter(machine=clone).exists()
    assert not TrustEvidence.objects.filter(machine=clone).exists()
    assert (flags(machine), flags(clone)) == ([], ["R19"])
    assert [len(cases(one)) for one in (machine, clone)] == [1, 1]
    assert BoardClaim.objects.get(serial=gpu(0).serial).machine == machine


def test_gpus_of_one_machine_may_share_a_board(market):
    pair = (gpu(0, serial="A16"), gpu(1, serial="A16"))
    machine = holding(*pair)
    assert take(machine, report(*pair)).passed
    assert list(machine.boards.values_list("serial", flat=True)) == ["A16"]


def test_a_board_that_went_may_be_claimed_by_another(machine):
    take(machine)
    take(machine, report(gpu(0)), at=NOON + HOUR)
    other = holding(gpu(7))
    assert take(other, report(gpu(7, serial=gpu(1).serial)), at=NOON + HOUR).passed


def inventory(*uuids):
    gpus = tuple(
        catalog.GpuFacts(uuid=uuid, index=place, name=H100, memory_bytes=85_520_809_984)
        for place, uuid in enumerate(uuids)
    )
    return catalog.Inventory(
        simulated=False, driver_version=DRIVER, cuda_version="12.8", gpus=gpus, digest="y"
    )


def test_a_uuid_on_two_machines_suspends_the_second_and_opens_a_case_on_both(machine):
    clone = holding(gpu(7))
    with pytest.raises(catalog.DuplicateGpu):
        catalog.record_inventory(machine=clone, inventory=inventory("GPU-0000"), at=NOON)
    clone.refresh_from_db()
    machine.refresh_from_db()
    assert (machine.state, clone.state) == ("online", "suspended")
    assert [one.uuid for one in clone.gpus.filter(present=True)] == ["GPU-0007"]
    assert (flags(machine), flags(clone)) == ([], ["R19"])
    assert [len(cases(one)) for one in (machine, clone)] == [1, 1]
    assert clone.trust.suspended_for == "a GPU that it reports is on another machine already"
    with pytest.raises(catalog.DuplicateGpu):
        catalog.record_inventory(machine=clone, inventory=inventory("GPU-0000"), at=NOON + HOUR)
    for one in (machine, clone):
        assert cases(one)[0].events.filter(kind="note").count() == 1, "it is said once"
    told = AuditEvent.objects.get(verb="suspended machine")
    assert told.subject == f"catalog.Machine {clone.public_id}"


def test_a_suspended_machine_is_not_let_back_by_a_beat(machine):
    trust.suspend(machine=machine, reason="test", by=None, at=NOON)
    catalog.beat(machine=machine, at=NOON)
    machine.refresh_from_db()
    assert machine.state == "suspended"
    assert not trust.suspend(machine=machine, reason="again", by=None, at=NOON)
    assert Trust.objects.get(machine=machine).suspended_for == "test"


def test_staff_let_it_back(machine, sally):
    assert not trust.lift(machine=machine, by=sally, at=NOON)
    trust.suspend(machine=machine, reason="test", by=None, at=NOON)
    assert trust.lift(machine=machine, by=sally, at=NOON)
    assert (machine.state, Trust.objects.get(machine=machine).suspended_for) == ("offline", "")
    assert AuditEvent.objects.filter(verb="lifted suspension").count() == 1


def test_staff_free_the_gpus_of_a_machine_that_is_gone(machine, sally):
    take(machine)
    assert trust.release(machine=machine, by=sally, at=NOON) == 0, "it is online"
    assert machine.gpus.filter(present=True).count() == 2
    Machine.objects.filter(pk=machine.pk).update(state="offline")
    assert trust.release(machine=machine, by=sally, at=NOON) == 2
    assert not BoardClaim.objects.exists()
    moved = holding()
    assert take(moved).passed


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"kind": "guessed"}, "evidence_kind_known"),
        ({"expires_at": None}, "evidence_expires_if_passed"),
        ({"expires_at": NOON}, "evidence_expires_if_passed"),
        ({"passed": False}, "evidence_expires_if_passed"),
        ({"gpu_set": ""}, "evidence_is_about_gpus"),
    ],
)
def test_evidence_that_cannot_be(machine, change, constraint):
    known = {
        "kind": "consistent",
        "passed": True,
        "at": NOON,
        "expires_at": NOON + HOUR,
        "gpu_set": "0" * 64,
    }
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        TrustEvidence.objects.create(machine=machine, **{**known, **change})
    TrustEvidence.objects.create(machine=machine, **known)
