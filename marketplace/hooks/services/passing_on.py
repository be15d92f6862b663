"""From a notice to the deliveries that tell of it."""

import json
from datetime import datetime
from typing import Any

from django.db import transaction

from marketplace.core import hints
from marketplace.core.moments import iso
from marketplace.hooks.models import Delivery, Endpoint
from marketplace.notices.models import Notice

from .keeping import SEND

#: events of which one look is done
MOST = 10_000


def pass_on(*, notice: Notice, at: datetime) -> None:
    """Write a delivery for every open endpoint that wants this kind. Safe to call in parallel."""
    with transaction.atomic():
        rows = Notice.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
        row = rows.filter(pk=notice.pk, passed_on_at__isnull=True).first()
        if row is None:
            return
        wanting = Endpoint.objects.open().filter(
            organisation=row.organisation_id, kinds__contains=[row.kind], created_at__lte=row.at
        )
        made = Delivery.objects.bulk_create(
            [
                Delivery(
                    endpoint=endpoint,
                    notice=row,
                    kind=row.kind,
                    body=body(row.kind, row.at, row.facts),
                    since=at,
                    next_at=at,
                    created_at=at,
                )
                for endpoint in wanting.order_by("pk")
            ],
            ignore_conflicts=True,
        )
        Notice.objects.filter(pk=row.pk).update(passed_on_at=at)
        if made:
            hints.after_commit(SEND)


def pass_over(*, at: datetime) -> int:
    """Be done, in two statements, with events of organisations without webhooks; how many.

    Most have none. Called before `pass_on` of what is left.
    """
    with transaction.atomic():
        rows = Notice.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
        wanting = Endpoint.objects.open().values("organisation")
        left = rows.filter(passed_on_at__isnull=True).exclude(organisation__in=wanting)
        keys = list(left.order_by("pk").values_list("pk", flat=True)[:MOST])
        return Notice.objects.filter(pk__in=keys).update(passed_on_at=at)


def body(kind: str, at: datetime, facts: dict[str, Any]) -> str:
    """The payload: kind, moment, and the public state at that moment, named as in the API."""
    whole = {"type": kind, "timestamp": iso(at), "data": facts}
    return json.dumps(whole, sort_keys=True, separators=(",", ":"))
