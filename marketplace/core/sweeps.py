"""The loop of every sweep: one row that fails does not stop the others."""

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

from celery.exceptions import SoftTimeLimitExceeded
from django.db import models

from .states import IllegalMove, LostRace

log = logging.getLogger(__name__)
Row = TypeVar("Row", bound=models.Model)


def sweep(rows: Iterable[Row], verb: Callable[[Row], object]) -> None:
    """Apply a verb to each row. A row that somebody else moved meanwhile needs nothing more.

    Any other failure is logged and its row left for the next sweep; only the task's own time limit
    ends the loop.
    """
    for row in rows:
        try:
            verb(row)
        except (IllegalMove, LostRace):
            continue
        except SoftTimeLimitExceeded:
            raise
        except Exception:
            log.exception("sweep failed on %s", row)
