"""MIG: each slice of a card is a unit of its own, and the card itself is not for rent."""

import pynvml
import pytest

from agents.node import gpu
from agents.node.containers import cdi
from agents.node.simulated import library, profiles


@pytest.fixture
def cut(fake_library, tmp_path, monkeypatch):
    """One whole H100 and one A100 in seven slices; `say` changes them."""
    file = tmp_path / "cut"
    host = library._host(tmp_path)
    text = profiles.state_text(profiles.parse("h100:1,a100-mig:1"), host=host)
    monkeypatch.setenv(library.STATE_VARIABLE, str(file))

    def say(*lines):
        file.write_text("".join(f"{line}\n" for line in lines) + text)

    say()
    return say


@pytest.fixture
def gpus(cut):
    opened = gpu.Gpus()
    yield opened
    opened.close()


def test_every_slice_is_reported_and_its_card_is_not(gpus):
    whole, *slices = gpus.inventory().gpus
    assert (whole.name, whole.parent) == ("NVIDIA H100 80GB HBM3", "")
    assert {each.name for each in slices} == {"NVIDIA A100-SXM4-80GB MIG 1g.10gb"}
    assert [each.index for each in slices] == list(range(108, 115))
    assert {each.memory_bytes for each in slices} == {10_200_547_328}
    [parent] = {each.parent for each in slices}
    assert parent.startswith("GPU-")
    assert parent not in {each.uuid for each in slices}
    assert all(each.uuid.startswith("MIG-") for each in slices)
    assert gpus.count() == 8


def test_an_empty_place_is_no_slice(cut, gpus):
    cut("0.name=x", f"1.err.nvmlDeviceGetMigMode={pynvml.NVML_ERROR_NOT_SUPPORTED}")
    assert [each.parent for each in gpus.inventory().gpus] == ["", ""], "it is not cut any more"
    cut("1.mig_most=2")
    assert [each.index for each in gpus.inventory().gpus] == [0, 108, 109]


def test_a_slice_is_read_with_its_own_memory_and_its_cards_faults(cut, gpus):
    cut("1.mig3.memory_used=7", "1.rows_pending=1", "1.utilization_gpu=99")
    one = gpus.readings()[4]
    assert (one.uuid[:4], one.memory_used_bytes, one.gpu_percent) == ("MIG-", 7, None)
    assert one.rows_pending is True
    assert gpus.readings()[0].rows_pending is False


def test_a_lost_card_loses_its_slices_and_no_other(cut, gpus):
    gpus.inventory()
    cut("1.lost=1")
    lost = [each.lost for each in gpus.readings()]
    assert lost == [False, *[True] * 7]
    assert len(gpus.inventory().gpus) == 1
    assert len(gpus.energy()) == 1, "what does not answer is not verified, hence not billed"


def test_processes_are_of_the_slice_that_they_run_on(cut, gpus):
    units = [each.uuid for each in gpus.inventory().gpus]
    cut("1.mig0.pids=417", "1.mig1.pids=418")
    assert gpus.pids(units[1:2]) == {417}
    assert gpus.pids(units[1:3]) == {417, 418}


def test_a_slice_is_handed_to_a_container_by_its_own_name(gpus):
    one = gpus.inventory().gpus[1]
    assert cdi.name(one.uuid) == f"nvidia.com/gpu={one.uuid}"
