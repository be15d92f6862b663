import subprocess
import sys

import pynvml
import pytest

from agents.node import gpu
from agents.node.simulated import library, profiles


def test_every_gpu_is_reported_by_its_facts(gpus):
    report = gpus.inventory()
    assert (report.simulated, report.driver_version, report.cuda_version) == (
        True,
        "570.133.20",
        "12.8",
    )
    assert [(each.index, each.name, each.memory_bytes) for each in report.gpus] == [
        (0, "NVIDIA H100 80GB HBM3", 85_520_809_984),
        (1, "NVIDIA H100 80GB HBM3", 85_520_809_984),
    ]


def test_a_lost_gpu_is_left_out_and_the_others_are_not(fake, gpus, caplog):
    first, second = gpus.inventory().gpus
    fake.say("0.lost=1")
    assert gpus.inventory().gpus == (second,)
    assert set(gpus.energy()) == {second.uuid}
    assert [record.message for record in caplog.records] == [
        "GPU 0 does not answer and is left out: GPU is lost"
    ], "it is said once"
    fake.say()
    assert gpus.inventory().gpus == (first, second)


def test_a_gpu_that_fails_one_call_is_left_out(fake, gpus):
    fake.say(f"1.err.nvmlDeviceGetName={pynvml.NVML_ERROR_UNKNOWN}")
    assert [each.index for each in gpus.inventory().gpus] == [0]


def test_a_driver_that_fails_names_no_gpus(fake, gpus):
    fake.say(f"err.nvmlDeviceGetCount_v2={pynvml.NVML_ERROR_UNKNOWN}")
    assert gpus.inventory().gpus == ()
    assert gpus.energy() == {}


def test_energy_is_read_in_millijoules(fake, gpus):
    first, second = gpus.inventory().gpus
    fake.say("0.energy_mj=4200", "0.power_mw=0", "1.energy_mj=17", "1.power_mw=0")
    assert gpus.energy() == {first.uuid: 4200, second.uuid: 17}


def test_a_gpu_without_an_energy_counter_reads_zero(fake, gpus):
    first, second = gpus.inventory().gpus
    not_supported = pynvml.NVML_ERROR_NOT_SUPPORTED
    fake.say(
        f"0.err.nvmlDeviceGetTotalEnergyConsumption={not_supported}",
        "1.energy_mj=17",
        "1.power_mw=0",
    )
    assert gpus.energy() == {first.uuid: 0, second.uuid: 17}


@pytest.mark.parametrize(
    ("code", "mend"),
    [
        (pynvml.NVML_ERROR_DRIVER_NOT_LOADED, "modprobe nvidia"),
        (pynvml.NVML_ERROR_LIB_RM_VERSION_MISMATCH, "reboot"),
        (pynvml.NVML_ERROR_NO_PERMISSION, "run as root"),
    ],
)
def test_a_driver_that_does_not_start_is_an_error_with_its_mend(fake, code, mend):
    fake.say(f"err.nvmlInitWithFlags={code}")
    with pytest.raises(gpu.NoGpus, match=mend):
        gpu.Gpus()


def test_a_missing_library_is_an_error_with_its_mend():
    code = "from agents.node import gpu\ntry: gpu.Gpus()\nexcept gpu.NoGpus as e: print(e)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert found.stdout.startswith("libnvidia-ml.so.1 is missing: install the NVIDIA driver")


def test_gpus_are_real_only_where_a_real_driver_is(tmp_path):
    missing = tmp_path / "none"
    assert not gpu.is_simulated(fake=False, environment={}, proc=tmp_path)
    assert gpu.is_simulated(fake=True, environment={}, proc=tmp_path)
    assert gpu.is_simulated(fake=False, environment={"FAKENVML_STATE": "x"}, proc=tmp_path)
    assert gpu.is_simulated(fake=False, environment={}, proc=missing)


def test_the_fake_library_is_known_by_itself(gpus, monkeypatch):
    monkeypatch.setattr(gpu, "is_simulated", lambda *, fake, **_: fake)
    again = gpu.Gpus()
    assert again.simulated
    again.close()


def test_nothing_is_simulated_beside_a_real_driver(tmp_path, monkeypatch):
    library.require_no_driver(tmp_path / "none")
    with pytest.raises(library.NotAllowed, match="has an NVIDIA driver"):
        library.require_no_driver(tmp_path)
    monkeypatch.setattr(library.require_no_driver, "__defaults__", (tmp_path,))
    with pytest.raises(library.NotAllowed):
        library.simulate(what="h100:8", folder=tmp_path / "made")
    assert not (tmp_path / "made").exists()


def test_simulated_uuids_are_the_machines_own(fake_library, tmp_path):
    texts = []
    for name in ("a", "b", "a"):
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        texts.append(
            profiles.state_text(profiles.parse("t4:2"), host=library._host(folder)).splitlines()
        )
    here, there, again = [{line for line in text if ".uuid=" in line} for text in texts]
    assert len(here) == 2
    assert not here & there
    assert here == again, "a restart keeps them"


def test_the_library_is_compiled_once(fake_library, monkeypatch):
    folder = fake_library.parent
    monkeypatch.setattr(library.shutil, "which", lambda _: None)
    assert library.build(folder=folder).exists()


def test_without_a_compiler_simulation_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(library.shutil, "which", lambda _: None)
    with pytest.raises(library.CannotSimulate, match="install gcc"):
        library.build(folder=tmp_path)


def test_a_compiler_that_fails_is_named_and_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(library.shutil, "which", lambda _: "/bin/false")
    with pytest.raises(library.CannotSimulate, match="/bin/false could not build"):
        library.build(folder=tmp_path)
    assert list(tmp_path.rglob("*.so*")) == []


@pytest.mark.parametrize("text", ["", "h200:2", "h100:0", "h100:17", "h100:-1", "h100:x"])
def test_a_wrong_profile_is_refused(text):
    with pytest.raises(profiles.BadProfile):
        profiles.parse(text)


def test_profiles_may_be_mixed():
    named = [each.name for each in profiles.parse("t4:2,l40s")]
    assert named == ["Tesla T4", "Tesla T4", "NVIDIA L40S"]
