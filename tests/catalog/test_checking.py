"""What keeps a report from being consistent: each spoof by itself, against one that is."""

import pytest

from agents.protocol.hardware import KernelView, Library
from marketplace.catalog.trust import checking
from marketplace.catalog.trust.cards import MalformedCards, cards, read
from tests.catalog.hardware import DRIVER, H100, gpu, kernel_of, listed, report


def codes(told, **facts):
    known = {"listed": listed(told), "cards": cards(), **facts}
    return [one.code for one in checking.contradictions(told, **known)]


def test_control_an_honest_report_is_consistent():
    """If this is refused too, the refusals below prove nothing."""
    assert codes(report()) == []


def test_simulated_gpus_earn_no_tier_whatever_they_say():
    [only] = checking.contradictions(report(simulated=True), listed=listed(report()), cards=cards())
    assert (only.code, only.grave) == ("simulated", False)


@pytest.mark.parametrize(
    ("lie", "code"),
    [
        ({"pci_device": "10de:1eb8"}, "pci-id"),
        ({"pci_device": ""}, "pci-id"),
        ({"compute_capability": "7.5"}, "compute-capability"),
        ({"compute_capability": ""}, "compute-capability"),
        ({"memory_bytes": 16_106_127_360}, "memory"),
        ({"memory_bytes": 80 * 2**30 + 1}, "memory"),
        ({"memory_bytes": 80 * 10**9 * 88 // 100 - 1}, "memory"),
        ({"bus_width_bits": 256}, "bus-width"),
        ({"power_max_mw": 700_001}, "power"),
        ({"power_min_mw": 60_000}, "power"),
        ({"name": "NVIDIA Mystery 9000"}, "card-unknown"),
        ({"name": "NVIDIA H200"}, "card-unknown"),
    ],
)
def test_a_card_that_is_not_what_it_calls_itself(lie, code):
    assert codes(report(gpu(**lie))) == [code]


@pytest.mark.parametrize(
    "told",
    [
        {"memory_bytes": 80 * 2**30},
        {"memory_bytes": 80 * 10**9 * 88 // 100},
        {"bus_width_bits": None},
        {"power_min_mw": None, "power_max_mw": None},
        {"power_max_mw": 350_000},
    ],
)
def test_what_a_card_does_not_tell_and_what_its_maker_may_choose(told):
    assert codes(report(gpu(**told))) == []


def test_a_slice_is_compared_by_what_it_shares_with_its_card():
    sliced = gpu(uuid="MIG-1", name=f"{H100} MIG 1g.10gb", memory_bytes=10_200_547_328)
    whole = kernel_of(gpu())
    assert codes(report(sliced, kernel=whole)) == []
    other = sliced.model_copy(update={"pci_device": "10de:1eb8"})
    assert codes(report(other, kernel=whole)) == ["pci-id"]


@pytest.mark.parametrize(
    ("kernel", "code"),
    [
        (KernelView(), "kernel-missing"),
        (kernel_of(gpu(), filesystem="tmpfs"), "kernel-covered"),
        (kernel_of(gpu(), mounted_over=("/proc/driver/nvidia/gpus",)), "kernel-covered"),
        (kernel_of(gpu(), driver_version="535.54.03"), "driver-version"),
        (kernel_of(), "kernel-uuid"),
        (kernel_of(gpu(), gpu(1)), "kernel-uuid"),
        (kernel_of(gpu(name="Tesla T4")), "kernel-name"),
        (kernel_of(gpu(pci_bus="0000:3b:00.0")), "kernel-bus"),
        (kernel_of(gpu(pci_device="10de:1eb8")), "kernel-pci"),
        (kernel_of(gpu(pci_subsystem="10de:12a2")), "kernel-pci"),
    ],
)
def test_the_kernel_sees_something_else(kernel, code):
    assert codes(report(gpu(), kernel=kernel)) == [code]


def test_other_gpus_than_in_the_inventory():
    told = report()
    assert codes(told, listed={"GPU-0000": H100}) == ["inventory"]
    assert codes(told, listed={**listed(told), "GPU-0001": "Tesla T4"}) == ["inventory"]


def test_one_uuid_twice():
    assert codes(report(gpu(), gpu())) == ["uuid-twice"]


def test_no_gpu_at_all():
    told = report().model_copy(update={"gpus": (), "kernel": kernel_of()})
    assert codes(told) == ["no-gpus"]


def test_a_library_that_nobody_else_has():
    assert codes(report(), outliers={"libcuda.so.1"}) == ["library"]


def test_a_library_loaded_before_all_others():
    assert codes(report(preload="/usr/lib/fake.so")) == ["preload"]


def test_a_library_that_was_not_looked_at():
    only = (Library(name="libcuda.so.1", sha256="b" * 64),)
    assert codes(report(libraries=only)) == ["library-missing"]


def test_every_text_names_what_it_is_about():
    lying = report(gpu(pci_device="10de:1eb8"), kernel=kernel_of(gpu()))
    texts = [
        one.text for one in checking.contradictions(lying, listed=listed(lying), cards=cards())
    ]
    assert texts == [
        "GPU-0000 has PCI id 10de:1eb8 by the library and 10de:2330 by the kernel.",
        f"GPU-0000 calls itself {H100}; its PCI id is 10de:1eb8, that card's is 10de:2330.",
    ]
    assert DRIVER == "570.133.20"


def test_no_two_cards_share_a_pci_id_and_each_has_its_sources():
    found = cards()
    ids = [one for card in found.values() for one in card.pci_devices]
    assert len(ids) == len(set(ids))
    assert all(card.sources for card in found.values())
    assert [name for name, card in found.items() if not card.verified] == [
        "NVIDIA H100 NVL",
        "NVIDIA H200",
        "NVIDIA H200 NVL",
        "NVIDIA H20",
        "NVIDIA L20",
        "NVIDIA L2",
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"sources": []}, "needs pci_devices and sources"),
        ({"pci_devices": []}, "needs pci_devices and sources"),
        ({"memory_gb": "many"}, "ValueError"),
        ({"power_w": [1]}, "IndexError"),
    ],
)
def test_a_wrong_row_is_named(change, said):
    row = {
        "name": "A card",
        "pci_devices": ["10de:0001"],
        "compute_capability": "9.0",
        "memory_gb": 80,
        "bus_width_bits": None,
        "power_w": None,
        "sources": ["seen"],
        "verified": True,
    }
    assert read([row])["A card"].power_w is None
    with pytest.raises(MalformedCards, match=rf"card 0 \(A card\).*{said}"):
        read([{**row, **change}])
    with pytest.raises(MalformedCards, match="stands twice"):
        read([row, row])
    del row["name"]
    with pytest.raises(MalformedCards, match="without a name"):
        read([row])
