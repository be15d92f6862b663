"""Papers of a party, and what of its declarations each of them shows."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from compliance.models import (
    Director,
    OwnershipStake,
    Party,
    PartyDocument,
    PartyEvidence,
    PartyKind,
    Shown,
)
from marketplace.core import audit
from marketplace.core.hints import after_commit

from .cases.documents import checked, file_name
from .ownership import ITSELF

#: about one party, from either side
MOST_PAPERS = 60


@dataclass(frozen=True, slots=True)
class Declaration:
    """Something a party declares that a paper may show; `key` names it to a form.

    `declared` is what it says now: a paper keeps it, so that a paper of an earlier fact is told
    from one of today's.
    """

    key: str
    fact: Shown
    declared: str
    stake: OwnershipStake | None = None
    director: Director | None = None


def file_document(
    *,
    party: Party,
    kind: str,
    name: str,
    content: bytes,
    about: str = "",
    by_party: bool = True,
    by: str,
    at: datetime,
) -> PartyDocument:
    """Keep a file about a party; the same file from the same side is the one that is there.

    `about` is the key of a declaration that it shows (empty: of none); one file may show several,
    sent once for each. Earlier decisions rested on fewer papers and are void from then on.
    `by_party` is False for what officers found, which the party does not see. `by` is the e-mail
    for the audit trail. Raises ValidationError for a type or size that is not taken, a declaration
    that is not one (for a party: not its own), and when that side sent MOST_PAPERS; then nothing
    was written.
    """
    media_type, sha256 = checked(content), hashlib.sha256(content).hexdigest()
    made = PartyDocument(
        party=party,
        kind=kind,
        name=file_name(name, media_type),
        media_type=media_type,
        size=len(content),
        sha256=sha256,
        content=content,
        by_party=by_party,
        uploaded_by=by,
        uploaded_at=at,
    )
    made.full_clean(exclude=["party", "content"], validate_constraints=False)
    with transaction.atomic():
        row = _locked(party)
        declaration = _declaration(declarations_of(party=row, by_party=by_party), about)
        rows = party.documents.defer("content").filter(by_party=by_party)
        kept = rows.filter(sha256=sha256).first() or _keep(made, held=_held(rows))
        if declaration:
            _show(kept, declaration, by, at)
    return kept


def papers_of(*, party: Party) -> QuerySet[PartyDocument]:
    """What it sent, newest first; the content is read only when it is asked for."""
    return party.documents.filter(by_party=True).defer("content").order_by("-pk")


def evidence_of(*, party: Party) -> QuerySet[PartyEvidence]:
    """What its own papers show, in the order in which it was filed, each with its paper."""
    return all_evidence_of(party=party).filter(document__by_party=True)


def all_evidence_of(*, party: Party) -> QuerySet[PartyEvidence]:
    """As `evidence_of`, with what officers found: for officers."""
    rows = PartyEvidence.objects.filter(document__party=party).select_related("document")
    return rows.defer("document__content").order_by("pk")


def declarations_of(*, party: Party, by_party: bool = True) -> list[Declaration]:
    """What the party itself declares now; what officers declared of it is not the party's to see.

    With `by_party` False what anybody declared of it. A fact that is not declared is left out.
    """
    facts = [
        (Shown.REGISTRATION, [party.registration_number, party.country]),
        (Shown.HEADQUARTERS, [party.hq_country]),
        (Shown.PARENT, [party.parent_name, party.parent_hq_country]),
    ]
    found = [
        Declaration(fact.value, fact, ", ".join(filter(None, told)))
        for fact, told in facts
        if told[0]
    ]
    if party.kind == PartyKind.PERSON:
        return found
    own = {"until": None, **({"source": ITSELF} if by_party else {})}
    for stake in party.stakes.filter(**own).select_related("owner", "owned").order_by("pk"):
        key, told = f"owner:{stake.public_id}", str(stake.owner or stake.owner_name)
        found.append(Declaration(key, Shown.OWNER, told, stake=stake))
    return found + [
        Declaration(f"director:{one.public_id}", Shown.DIRECTOR, one.name, None, one)
        for one in party.directors.filter(**own).order_by("pk")
    ]


def _locked(party: Party) -> Party:
    """Papers of one party come one after the other, so that their number is right."""
    return Party.objects.select_for_update(no_key=True).get(pk=party.pk)


def _held(rows: QuerySet[PartyDocument]) -> int:
    return rows.count()


def _declaration(declared: Iterable[Declaration], about: str) -> Declaration | None:
    if not about:
        return None
    for one in declared:
        if one.key == about:
            return one
    raise ValidationError(
        {"about": "This is not declared, or no more. Open the page again and choose from it."}
    )


def _keep(made: PartyDocument, *, held: int) -> PartyDocument:
    if held >= MOST_PAPERS:
        raise ValidationError({"document": f"{MOST_PAPERS} files at most; write to us."})
    made.save()
    told = {"document": str(made.public_id), "kind": made.kind, "name": made.name}
    audit.record(
        verb="file_document",
        subject=made.party,
        at=made.uploaded_at,
        actor_label=made.uploaded_by,
        detail={**told, "sha256": made.sha256},
    )
    return made


def _show(paper: PartyDocument, one: Declaration, by: str, at: datetime) -> None:
    row, new = PartyEvidence.objects.get_or_create(
        document=paper,
        fact=one.fact,
        stake=one.stake,
        director=one.director,
        declared=one.declared,
        defaults={"filed_by": by, "filed_at": at},
    )
    if new:
        told = {"evidence": str(row.public_id), "shows": one.key, "declared": one.declared}
        audit.record(
            verb="file_evidence",
            subject=paper.party,
            at=at,
            actor_label=by,
            detail={**told, "document": str(paper.public_id), "sha256": paper.sha256},
        )
        after_commit("compliance.tasks.rescreen_changed", party_id=paper.party_id)
