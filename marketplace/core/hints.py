"""Tell a worker that there is work. Only a hint: a sweep would find the same work without it."""

import logging
from functools import partial

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


def after_commit(task: str, **ids: int) -> None:
    """Send the named task with these ids once the surrounding transaction has committed.

    A broker that cannot be reached is logged and otherwise ignored: the row is the truth.
    """
    transaction.on_commit(partial(_send, task, ids))


def _send(task: str, ids: dict[str, int]) -> None:
    try:
        current_app.send_task(task, kwargs=ids, retry=False, ignore_result=True)
    except (OperationalError, OSError) as error:
        log.warning("hint %s %s not sent (%s); its sweep will find the work", task, ids, error)
