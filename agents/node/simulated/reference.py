"""The challenge on the processor, for tests and trials: slow, and it says what it is.

Needs numpy, which the node's program otherwise does not.
"""

from agents.protocol import matrix
from agents.protocol.challenge import Device


class Reference:
    """Computes for any GPU that it is asked about."""

    kind: Device = "reference"

    def product(self, gpu_uuid: str, seeds: tuple[bytes, bytes], n: int, k: int) -> memoryview:
        """C of these seeds, row by row, four bytes an element."""
        return memoryview(matrix.product(seeds, n, k).tobytes())
