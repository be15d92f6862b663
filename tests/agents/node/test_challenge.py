"""The proving program: on the reference device, and by ctypes through a driver that is played."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest

from agents.node import proving
from agents.node.challenge import cuda, prove
from agents.node.challenge.child import NoProof
from agents.node.challenge.child import proving as program
from agents.protocol import matrix
from agents.protocol.challenge import Challenge, CommitmentReply, Opening, seeds
from marketplace.catalog.trust import opening
from tests.make import NOON

KERNELS = Path(cuda.__file__).parent
HERE = Path(__file__).parent
ONE, TWO = "GPU-00000000-0000-0000-0000-000000000001", "GPU-ffffffff-0000-0000-0000-000000000002"
NONCE = "ab" * 32
N, K, LEAF = 128, 192, 64


def question(*uuids, n=N, k=K):
    return Challenge(
        challenge=UUID(int=5),
        nonce=NONCE,
        n=n,
        k=k,
        leaf=LEAF,
        gpu_uuids=uuids or (ONE, TWO),
        within_ms=60_000,
    )


def asked(of, root, elements):
    return opening.Asked(
        challenge=of.challenge,
        nonce=bytes.fromhex(of.nonce),
        uuid=root.uuid,
        n=of.n,
        k=of.k,
        leaf=of.leaf,
        root=bytes.fromhex(root.root),
        elements=elements,
    )


@pytest.fixture(scope="session")
def played(tmp_path_factory):
    """A folder with a libcuda.so.1 that runs our kernels on the processor."""
    compiler = shutil.which("g++")
    if compiler is None:
        pytest.skip("no g++: the CUDA driver cannot be played")
    folder = tmp_path_factory.mktemp("cuda")
    subprocess.run(  # noqa: S603
        [
            compiler,
            *("-std=c++20", "-O1", "-shared", "-fPIC", "-DSTRAITS_EMULATED"),
            *(f"-I{KERNELS}", f"-I{HERE}", "-Wl,-soname,libcuda.so.1"),
            *("-o", str(folder / "libcuda.so.1"), str(HERE / "fakecuda.cpp"), "-lpthread"),
        ],
        check=True,
    )
    return folder


@pytest.fixture
def driver(played, monkeypatch):
    """Programs that are started now find two cards."""
    digits = ",".join(uuid.removeprefix("GPU-").replace("-", "") for uuid in (ONE, TWO))
    monkeypatch.setenv("LD_LIBRARY_PATH", str(played))
    monkeypatch.setenv("FAKECUDA_UUIDS", digits)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    return monkeypatch


def answers(device, of, elements):
    """Roots and reveals of a whole run, as the agent has them."""
    with program(device, seconds=60) as child:
        roots = child.roots(of)
        reply = CommitmentReply(
            server_time=NOON,
            openings=tuple(Opening(uuid=uuid, elements=elements) for uuid in of.gpu_uuids),
        )
        return roots, list(child.reveals(reply))


@pytest.mark.parametrize(
    ("device", "capability"), [("reference", "0"), ("cuda", "75"), ("cuda", "80"), ("cuda", "120")]
)
def test_all_gpus_at_once_answer_so_that_the_server_is_content(driver, device, capability):
    driver.setenv("FAKECUDA_CAPABILITY", capability)
    of, elements = question(), (0, 1, N - 1, N, 77 * N + 13, N * N - 1)
    roots, reveals = answers(device, of, elements)
    assert [(one.uuid, one.device) for one in roots.roots] == [(ONE, device), (TWO, device)]
    assert roots.roots[0].root != roots.roots[1].root
    for root, reveal in zip(roots.roots, reveals, strict=True):
        opening.check_shape(asked(of, root, elements), reveal.leaves)
        opening.check_elements(asked(of, root, elements), reveal.leaves)


@pytest.mark.parametrize("capability", ["75", "90"])
def test_the_kernels_compute_every_element_also_in_several_panels(driver, capability):
    driver.setenv("FAKECUDA_CAPABILITY", capability)
    script = (
        "import sys; from agents.node.challenge import cuda; cuda.PANEL_BYTES = 64 * 128;"
        f"made = cuda.Cuda().product({ONE!r}, (bytes(range(16)), bytes(range(16, 32))), 128, 320);"
        "sys.stdout.buffer.write(made)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)  # noqa: S603
    made = np.frombuffer(done.stdout, "<u4").reshape(128, 128)
    assert np.array_equal(made, matrix.product((bytes(range(16)), bytes(range(16, 32))), 128, 320))


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("FAKECUDA_ERROR", "cuInit=100", "cuInit failed with CUDA error 100"),
        ("FAKECUDA_ERROR", "cuMemAlloc_v2=2", "cuMemAlloc_v2 failed with CUDA error 2"),
        ("FAKECUDA_ERROR", "cuCtxSynchronize=700", "cuCtxSynchronize failed with CUDA error 700"),
        ("FAKECUDA_CAPABILITY", "70", "compute capability 7.0 is older than the challenge needs"),
        ("FAKECUDA_UUIDS", "", f"the CUDA driver does not see {ONE}"),
    ],
)
def test_a_driver_that_cannot_says_why(driver, name, value, said):
    driver.setenv(name, value)
    with pytest.raises(NoProof, match=said):
        answers("cuda", question(), (0,))


def test_without_a_driver_no_device_is_offered():
    found = subprocess.run(
        [
            sys.executable,
            "-c",
            "from agents.node.proving import device_for; print(device_for(simulated=False))",
        ],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": "", "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert found.stdout.startswith("(None, 'libcuda.so.1 cannot be loaded")


def test_simulated_gpus_offer_none():
    assert proving.device_for(simulated=True) == (None, "simulated GPUs compute nothing")


def test_a_program_that_takes_too_long_is_ended(driver):
    with program("reference", seconds=0.3) as child, pytest.raises(NoProof):
        child.roots(question(n=2048, k=1 << 16))


def test_nothing_is_left_of_a_program(driver):
    with program("reference", seconds=60) as child:
        child.roots(question())
    assert child.process.returncode is not None


@pytest.mark.parametrize(("n", "k"), [(96, 64), (64, 48)])
def test_a_shape_that_the_kernels_cannot_do_is_refused(n, k):
    bare = cuda.Cuda.__new__(cuda.Cuda)
    with pytest.raises(cuda.CudaError, match="is no multiple of 64"):
        bare.product(ONE, (bytes(16), bytes(16)), n, k)


def test_the_shipped_code_is_of_the_shipped_source():
    source = hashlib.sha256((KERNELS / "matmul.cu").read_bytes()).hexdigest()
    for name in ("matmul_75.ptx", "matmul_80.ptx"):
        text = (KERNELS / name).read_text()
        assert f"SHA-256 {source}" in text.splitlines()[0], f"{name}: run compile.sh"
        assert ".version 7.0\n" in text


def test_the_reference_device_says_what_it_is():
    proof = prove.Proof(prove.reference(), question(ONE))
    [root] = proof.commitment().roots
    assert root.device == "reference"
    own = seeds(bytes.fromhex(NONCE), UUID(int=5), ONE)
    assert bytes(proof.made[ONE][0]) == matrix.product(own, N, K).tobytes()
