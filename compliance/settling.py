"""A large index beside Python's collections of garbage. No Django, so that benches do the same."""

import gc

from .matching import Index

#: names from which an index weighs on every full collection
LARGE = 10_000


def settle(index: Index) -> None:
    """Leave a large index out of full collections, each of which would walk its million objects.

    What was left out before is first put back, so that an index nobody holds any more is freed.
    """
    if len(index.names) >= LARGE:
        gc.unfreeze()
        gc.collect()
        gc.freeze()
