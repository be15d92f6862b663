"""What a decided case grants: likenesses cleared, reviews done. Until a day, or until they die."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings

from compliance.models import Case, CaseEvent, Clearing, ReviewClearance


def grant(case: Case, proposal: CaseEvent, officers: Sequence[UUID], at: datetime) -> None:
    """Write down what was proposed, in the transaction that decides the case.

    The database takes it only from a decided case, with two who approved of just this.
    """
    granted: dict[str, Any] = {
        "case": case,
        "party_id": case.party_id,
        "approved_by_1": officers[0],
        "approved_by_2": officers[1],
        "granted_at": at,
        "expires_at": at + timedelta(days=settings.CLEARING_DAYS),
    }
    for entry in proposal.detail["entries"]:
        Clearing.objects.create(**granted, **entry)
    for rule in proposal.detail["rules"]:
        ReviewClearance.objects.create(**granted, **rule)
