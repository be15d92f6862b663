"""The challenge on GPUs: the driver's own library by ctypes, and PTX that is shipped with us.

Not yet run on hardware. The library, kernels and layout are tested against a stand-in of the driver
that runs the same kernel source on the processor (tests/agents/node/fakecuda.cpp).
"""

import ctypes
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import resources
from typing import Any
from uuid import UUID

from agents.protocol.challenge import Device

LIBRARY = "libcuda.so.1"
#: CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR and _MINOR
MAJOR, MINOR = 75, 76
#: what a panel of A or B may take of the card's memory
PANEL_BYTES = 128 << 20
BLOCK = 16
TILE = 64
FILL_BLOCKS, FILL_THREADS, WARP = 4096, 256, 32
#: from the newest: compute capability, and the PTX for it and all later ones
KERNELS = ((80, "matmul_80.ptx"), (75, "matmul_75.ptx"))


class CudaError(Exception):
    """The driver refused a call, or this machine cannot do the challenge; says why."""


class Cuda:
    """The CUDA driver of this machine. Raises CudaError when there is none that answers."""

    kind: Device = "cuda"

    def __init__(self) -> None:
        try:
            self._library = ctypes.CDLL(LIBRARY)
        except OSError as error:
            raise CudaError(f"{LIBRARY} cannot be loaded: {error}") from error
        self._call("cuInit", 0)
        self.devices = dict(self._devices())

    def product(self, gpu_uuid: str, seeds: tuple[bytes, bytes], n: int, k: int) -> memoryview:
        """C of these seeds, computed on this GPU, row by row, four bytes an element.

        `n` is a multiple of 64 and `k` one of 32. Raises CudaError. May be called for several GPUs
        at once, each in a thread of its own.
        """
        if n % TILE or k % 32:
            raise CudaError(f"n {n} is no multiple of {TILE}, or k {k} none of 32")
        if gpu_uuid not in self.devices:
            raise CudaError(f"the CUDA driver does not see {gpu_uuid}; a slice of a GPU cannot be")
        with self._context(self.devices[gpu_uuid]) as device:
            return self._computed(self._module(device), seeds, n, k)

    def _devices(self) -> Iterator[tuple[str, int]]:
        count = ctypes.c_int()
        self._call("cuDeviceGetCount", ctypes.byref(count))
        for ordinal in range(count.value):
            device, raw = ctypes.c_int(), (ctypes.c_ubyte * 16)()
            self._call("cuDeviceGet", ctypes.byref(device), ordinal)
            self._call("cuDeviceGetUuid_v2", ctypes.byref(raw), device)
            yield f"GPU-{UUID(bytes=bytes(raw))}", device.value

    @contextmanager
    def _context(self, device: int) -> Iterator[int]:
        context = ctypes.c_void_p()
        self._call("cuDevicePrimaryCtxRetain", ctypes.byref(context), device)
        try:
            self._call("cuCtxSetCurrent", context)
            yield device
        finally:
            self._call("cuDevicePrimaryCtxRelease_v2", device)

    def _module(self, device: int) -> ctypes.c_void_p:
        version = 10 * self._attribute(MAJOR, device) + self._attribute(MINOR, device)
        name = next((file for least, file in KERNELS if version >= least), None)
        if name is None:
            raise CudaError(f"compute capability {version / 10} is older than the challenge needs")
        text = resources.files(__package__).joinpath(name).read_bytes()
        module = ctypes.c_void_p()
        self._call("cuModuleLoadData", ctypes.byref(module), ctypes.c_char_p(text))
        return module

    def _attribute(self, number: int, device: int) -> int:
        value = ctypes.c_int()
        self._call("cuDeviceGetAttribute", ctypes.byref(value), number, device)
        return value.value

    def _computed(
        self, module: ctypes.c_void_p, seeds: tuple[bytes, bytes], n: int, k: int
    ) -> memoryview:
        fill, multiply = (self._function(module, name) for name in (b"fill", b"multiply"))
        panel = min(k, max(32, PANEL_BYTES // n // 32 * 32))
        with (
            self._memory(n * panel) as a,
            self._memory(n * panel) as b,
            self._memory(4 * n * n) as c,
        ):
            self._call("cuMemsetD8_v2", c, ctypes.c_ubyte(0), ctypes.c_size_t(4 * n * n))
            for start in range(0, k, panel):
                width = min(panel, k - start)
                for seed, place in zip(seeds, (a, b), strict=True):
                    self._fill(fill, place, seed, n, start, width)
                tiles = (n // TILE) ** 2
                self._launch(multiply, tiles, WARP, [a, b, c, _u32(n), _u32(width // 4)])
            self._call("cuCtxSynchronize")
            return self._copied(c, 4 * n * n)

    def _fill(
        self,
        function: ctypes.c_void_p,
        place: ctypes.c_uint64,
        seed: bytes,
        n: int,
        start: int,
        width: int,
    ) -> None:
        numbers = (n, width // BLOCK, start // BLOCK, *struct.unpack("<4I", seed))
        self._launch(function, FILL_BLOCKS, FILL_THREADS, [place, *map(_u32, numbers)])

    def _function(self, module: ctypes.c_void_p, name: bytes) -> ctypes.c_void_p:
        function = ctypes.c_void_p()
        self._call("cuModuleGetFunction", ctypes.byref(function), module, ctypes.c_char_p(name))
        return function

    def _launch(
        self, function: ctypes.c_void_p, blocks: int, threads: int, arguments: Sequence[Any]
    ) -> None:
        pointers = (ctypes.c_void_p * len(arguments))(
            *(ctypes.cast(ctypes.byref(one), ctypes.c_void_p) for one in arguments)
        )
        grid = (blocks, 1, 1, threads, 1, 1)
        self._call("cuLaunchKernel", function, *grid, 0, None, pointers, None)

    @contextmanager
    def _memory(self, size: int) -> Iterator[ctypes.c_uint64]:
        place = ctypes.c_uint64()
        self._call("cuMemAlloc_v2", ctypes.byref(place), ctypes.c_size_t(size))
        try:
            yield place
        finally:
            self._call("cuMemFree_v2", place)

    def _copied(self, place: ctypes.c_uint64, size: int) -> memoryview:
        found = bytearray(size)
        to = (ctypes.c_char * size).from_buffer(found)
        self._call("cuMemcpyDtoH_v2", to, place, ctypes.c_size_t(size))
        return memoryview(found)

    def _call(self, name: str, *arguments: Any) -> None:
        try:
            result = int(getattr(self._library, name)(*arguments))
        except AttributeError as error:
            raise CudaError(f"this driver has no {name}; install a newer one") from error
        if result:
            raise CudaError(f"{name} failed with CUDA error {result}")


def _u32(number: int) -> ctypes.c_uint32:
    return ctypes.c_uint32(number)
