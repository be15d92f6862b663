"""A person is to look at what was found about a party, whatever the rules make of it."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from compliance.models import Case, CaseEvent, EventKind, Party
from compliance.redflags import Finding
from compliance.services import flags, screening

from .opening import case_for
from .opening import note as noted


def refer(
    *, party: Party, findings: Iterable[Finding], at: datetime, flagged: bool = True
) -> Case | None:
    """See to it that a case about the party is open which says what was found, and raise it.

    None when all of it was raised or noted before: what a person has seen, and closed or not, opens
    nothing again. The party is screened for it, so that the case rests on a decision that knows the
    flags. With `flagged` false no flag is raised: the case is all, for who may be the injured one.
    """
    found = list(findings)
    known = _flagged(party) if flagged else _noted(party)
    fresh = [one for one in found if (one.code, one.digest) not in known]
    if not fresh or (flagged and not flags.note(party=party, findings=fresh, at=at)):
        return None
    decision = screening.screen(party=party, question=None, at=at)
    with transaction.atomic():
        case = case_for(decision)
        for one in fresh:
            detail = {"flag": one.code, "evidence": one.digest}
            noted(case, EventKind.NOTE, at=at, text=one.text, detail=detail)
    return case


def _flagged(party: Party) -> set[tuple[str, str]]:
    return set(party.red_flags.values_list("kind__code", "evidence_sha256"))


def _noted(party: Party) -> set[tuple[str, str]]:
    rows = CaseEvent.objects.filter(
        case__party=party, kind=EventKind.NOTE, detail__has_key="evidence"
    )
    return {
        (detail["flag"], detail["evidence"]) for detail in rows.values_list("detail", flat=True)
    }
