"""GPUs for machines without one: a small NVML that answers the unchanged `pynvml` from a file."""

from .library import CannotSimulate, NotAllowed, require_allowed, simulate

__all__ = ["CannotSimulate", "NotAllowed", "require_allowed", "simulate"]
