"""May this party have this? Asked of the lists and the rules, answered by an appended decision."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from compliance import chain
from compliance.countries import CODES
from compliance.index import index_for
from compliance.matching import Bands, Index
from compliance.models import ChipModel, Content, Decision, ExportClass, Outcome, Party, PartyKind
from compliance.models.above import Above, above
from compliance.policy import Rulebook, Verdict

from .freshness import FRESH, ListState, list_states, worst
from .looking import look
from .reasons import Asked, reasons
from .record import ends_of_record, facts_on_record, open_flags
from .rulebook import rulebook
from .standing import Standing, standing, strongest

#: a decision is good for a day at most, so that everyone is screened daily
LONGEST = timedelta(hours=24)
PUBLIC = {
    Outcome.ALLOW: "available to your organisation",
    Outcome.MANUAL_REVIEW: "under review",
    Outcome.LICENCE_REQUIRED: "under review",
    Outcome.DENY_TEMPORARY: "not available at the moment",
    Outcome.DENY: "not available to your organisation",
}
#: the same before anybody has asked for anything
PREVIEW = {
    Outcome.ALLOW: "available",
    Outcome.MANUAL_REVIEW: "under review",
    Outcome.LICENCE_REQUIRED: "under review",
    Outcome.DENY_TEMPORARY: "not available",
    Outcome.DENY: "not available",
}


@dataclass(frozen=True)
class Question:
    """A rental: which chip (None: not classified), in which country, from when until when."""

    chip: ChipModel | None
    site_country: str
    start: datetime
    end: datetime


def screen(*, party: Party, question: Question | None, at: datetime) -> Decision:
    """Decide and append the decision. Only outcome `allow` permits anything.

    Without a question the party is judged on its own; that clears no rental. The party is read
    again from the database, so that the decision is about what is stored.
    """
    party = Party.objects.get(pk=party.pk)
    lists, book = list_states(at=at), rulebook()
    look(party=party, lists=lists, at=at)
    judged = judge(party=party, question=question, lists=lists, at=at)
    _keep(judged.party_content, book.content)
    return Decision.objects.create(
        party=party,
        chip=question.chip if question else None,
        during=DateTimeTZRange(question.start, question.end) if question else None,
        **judged.columns(book),
    )


@dataclass(frozen=True, slots=True)
class Judged:
    """A question with every fact found, before any rule is asked."""

    question: Question | None
    at: datetime
    lists: Sequence[ListState]
    party_content: str
    found: dict[str, str | None]
    asked: list[Asked]
    standing: Standing
    known: Above

    def facts(self, book: Rulebook) -> dict[str, str | None]:
        """All facts; what class a chip has stands in the book."""
        return {**self.found, **_facts_of_rental(self.question, book)}

    def by(self, book: Rulebook) -> Verdict:
        return book.decide(self.facts(book), _days(book, self.question, self.at))

    def columns(self, book: Rulebook) -> dict[str, Any]:
        """The columns of a decision that follow from what was found and nothing else."""
        verdict = self.by(book)
        told = reasons(verdict, self.facts(book), self.asked, self.lists)
        return {
            "party_hash": hashlib.sha256(self.party_content.encode()).digest(),
            "site_country": self.question.site_country if self.question else "",
            "outcome": verdict.outcome,
            "reasons": {
                **told,
                "ownership": self.standing.told,
                "flags": open_flags(self.known, self.at),
            },
            "snapshots": _snapshots(self.lists),
            "ruleset_hash": book.hash,
            "scorer": Bands().scorer,
            "decided_at": self.at,
            "valid_until": _valid_until(
                verdict.outcome, self.lists, book, self.at, ends_of_record(self.known, self.at)
            ),
        }


def judge(
    *,
    party: Party,
    question: Question | None,
    lists: Sequence[ListState],
    at: datetime,
    known: Above | None = None,
) -> Judged:
    """Find the facts; writes nothing. `known` is who stands above the party, if not who does now.

    Raises ValueError for a window that ends before it starts.
    """
    if question and question.end <= question.start:
        raise ValueError(f"the window ends ({question.end}) before it starts ({question.start})")
    held = [one.snapshot for one in lists if one.snapshot]
    index = index_for(held) if held else None
    known = above(party.pk) if known is None else known
    own = _compare(party, index)
    stands = standing(party, known, own, index)
    found = {**_facts(party, lists), **stands.facts, **facts_on_record(party, known, at)}
    found["name_match"] = strongest(own) if index else None
    asked = [*own, *stands.asked]
    return Judged(question, at, lists, party.content(known), found, asked, stands, known)


def _keep(*texts: str) -> None:
    """Keep what the decision names by hash, once, so that it can be replayed."""
    wanted = {chain.sha256(text): text for text in texts}
    held = Content.objects.filter(sha256__in=wanted).values_list("sha256", flat=True)
    missing = wanted.keys() - set(held)
    if missing:
        rows = [Content(sha256=key, text=wanted[key]) for key in sorted(missing)]
        Content.objects.bulk_create(rows, ignore_conflicts=True)


def still_valid(*, decision: Decision, at: datetime) -> bool:
    """Whether a clearance still stands: party, lists, rules, scorer and time are as they were.

    A decision that allows nothing is never valid in this sense, whoever kept it.
    """
    lists = list_states(at=at)
    return (
        decision.outcome == Outcome.ALLOW
        and decision.decided_at <= at < decision.valid_until
        and worst(lists) == FRESH
        and decision.snapshots == _snapshots(lists)
        and decision.scorer == Bands().scorer
        and bytes(decision.party_hash) == Party.objects.get(pk=decision.party_id).content_hash
        and decision.ruleset_hash == rulebook().hash
    )


def answers(*, decision: Decision, party: Party, question: Question) -> bool:
    """Whether the decision is about this party and this rental, or one that contains it."""
    asked = decision.during
    return (
        decision.party_id == party.pk
        and decision.chip_id == (question.chip.pk if question.chip else None)
        and decision.site_country == question.site_country
        and asked is not None
        and asked.lower <= question.start
        and question.end <= asked.upper
    )


def public_reason(decision: Decision) -> str:
    """What a renter may be told: never which fact decided, so never what to change to pass."""
    return PUBLIC[Outcome(decision.outcome)]


def preview(*, party: Party, questions: Sequence[Question], at: datetime) -> list[str]:
    """What `screen` would come to for each rental now, as a renter may see it before asking.

    Nothing is stored, so it permits nothing; it never says which fact decided.
    """
    party = Party.objects.get(pk=party.pk)
    judged = judge(party=party, question=None, lists=list_states(at=at), at=at)
    book = rulebook()
    verdicts = [replace(judged, question=question).by(book) for question in questions]
    return [PREVIEW[Outcome(verdict.outcome)] for verdict in verdicts]


def _compare(party: Party, index: Index | None) -> list[Asked]:
    if index is None:
        return []
    # the parent may be a firm or a person; the party's own names are of its own kind
    names = [("legal_name", party.kind), ("native_name", party.kind), ("parent_name", "")]
    return [
        Asked(field, index.screen(getattr(party, field), kind=kind))
        for field, kind in names
        if getattr(party, field) or field == "legal_name"
    ]


def _facts(party: Party, lists: Sequence[ListState]) -> dict[str, str | None]:
    facts: dict[str, str | None] = {
        "lists": worst(lists),
        "kind": party.kind,
        "registration_number": party.registration_number.strip() or None,
        "country": _place(party.country),
        "hq_country": _place(party.hq_country),
        "parent_name": party.parent_name.strip() or None,
        "parent_hq_country": _place(party.parent_hq_country),
        "end_use": party.end_use or None,
    }
    if party.kind == PartyKind.PERSON:
        # nobody owns a person, and no register numbers one
        facts["registration_number"] = facts["registration_number"] or "not applicable"
        facts["parent_name"] = facts["parent_name"] or party.legal_name
        facts["parent_hq_country"] = facts["parent_hq_country"] or facts["hq_country"]
    return facts


def _facts_of_rental(question: Question | None, book: Rulebook) -> dict[str, str | None]:
    chip = question.chip if question else None
    # from the book, which the decision names, not from a copy that may be older
    chip_class = book.chips.get(chip.name) if chip else None
    return {
        "asked": "rental" if question else "party",
        "chip_name": chip.name if chip else None,
        "chip_class": None if chip_class == ExportClass.UNKNOWN else chip_class,
        "site_country": _place(question.site_country) if question else None,
    }


def _place(code: str) -> str | None:
    return code if code in CODES else None


def _days(book: Rulebook, question: Question | None, at: datetime) -> list[date]:
    """The day of the decision, and each later day of the window that other law comes into force.

    What of the window has passed is not judged again.
    """
    today = _day(at)
    if question is None:
        return [today]
    first = max(today, _day(question.start))
    last = _day(question.end - timedelta(microseconds=1))
    return sorted({today, first, *book.changes(first, last)})


def _day(moment: datetime) -> date:
    """Rules begin and end with the day in UTC."""
    return moment.astimezone(UTC).date()


def _valid_until(
    outcome: str,
    lists: Sequence[ListState],
    book: Rulebook,
    at: datetime,
    ends: Iterable[datetime],
) -> datetime:
    """A day, but for an allowing decision never past a list's age, a change of the law or of what
    is on the party's record.
    """
    latest = at + LONGEST
    if outcome != Outcome.ALLOW:
        return latest
    changes = book.changes(_day(at), _day(latest))
    midnights = [datetime(day.year, day.month, day.day, tzinfo=UTC) for day in changes]
    return min(latest, *(one.expires for one in lists if one.expires), *midnights, *ends)


def _snapshots(lists: Sequence[ListState]) -> dict[str, str]:
    return {one.code: str(one.snapshot.public_id) for one in lists if one.snapshot}
