"""A whole lease on this machine, for its provider alone: no renter, no money, nothing left."""

from .course import Plan, take

__all__ = ["Plan", "take"]
