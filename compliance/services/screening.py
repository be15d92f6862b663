"""May this party have this? Asked of the lists and the rules, answered by an appended decision."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from compliance.countries import CODES
from compliance.index import index_for
from compliance.matching import Bands, Index
from compliance.models import ChipModel, Decision, ExportClass, Outcome, Party, PartyKind
from compliance.models.above import above
from compliance.policy import Rulebook, Verdict

from .freshness import FRESH, ListState, list_states, worst
from .reasons import Asked, reasons
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
    judged = judge(party=party, question=question, lists=lists, at=at)
    verdict = judged.by(book)
    told = reasons(verdict, judged.facts, judged.asked, lists)
    return Decision.objects.create(
        party=party,
        party_hash=judged.party_hash,
        chip=question.chip if question else None,
        site_country=question.site_country if question else "",
        during=DateTimeTZRange(question.start, question.end) if question else None,
        outcome=verdict.outcome,
        reasons={**told, "ownership": judged.standing.told},
        snapshots=_snapshots(lists),
        ruleset_hash=book.hash,
        scorer=Bands().scorer,
        decided_at=at,
        valid_until=_valid_until(verdict.outcome, lists, book, at),
    )


@dataclass(frozen=True, slots=True)
class Judged:
    """A question with every fact found, before any rule is asked."""

    question: Question | None
    at: datetime
    party_hash: bytes
    facts: dict[str, str | None]
    asked: list[Asked]
    standing: Standing

    def by(self, book: Rulebook) -> Verdict:
        return book.decide(self.facts, _days(book, self.question, self.at))


def judge(
    *, party: Party, question: Question | None, lists: Sequence[ListState], at: datetime
) -> Judged:
    """Find the facts. Writes nothing. Raises ValueError for a window that ends before it starts."""
    if question and question.end <= question.start:
        raise ValueError(f"the window ends ({question.end}) before it starts ({question.start})")
    held = [one.snapshot for one in lists if one.snapshot]
    index = index_for(held) if held else None
    known = above(party.pk)
    own = _compare(party, index)
    stands = standing(party, known, own, index)
    facts = {**_facts(party, question, lists), **stands.facts}
    facts["name_match"] = strongest(own) if index else None
    asked = [*own, *stands.asked]
    return Judged(question, at, party.hash_of(party.content(known)), facts, asked, stands)


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


def public_reason(decision: Decision) -> str:
    """What a renter may be told: never which fact decided, so never what to change to pass."""
    return PUBLIC[Outcome(decision.outcome)]


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


def _facts(
    party: Party, question: Question | None, lists: Sequence[ListState]
) -> dict[str, str | None]:
    facts: dict[str, str | None] = {
        "lists": worst(lists),
        "kind": party.kind,
        "registration_number": party.registration_number.strip() or None,
        "country": _place(party.country),
        "hq_country": _place(party.hq_country),
        "parent_name": party.parent_name.strip() or None,
        "parent_hq_country": _place(party.parent_hq_country),
        "end_use": party.end_use or None,
        "end_use_statement": party.end_use_statement.strip() or None,
    }
    if party.kind == PartyKind.PERSON:
        # nobody owns a person, and no register numbers one
        facts["registration_number"] = facts["registration_number"] or "not applicable"
        facts["parent_name"] = facts["parent_name"] or party.legal_name
        facts["parent_hq_country"] = facts["parent_hq_country"] or facts["hq_country"]
    return {**facts, **_facts_of_rental(question)}


def _facts_of_rental(question: Question | None) -> dict[str, str | None]:
    chip = question.chip if question else None
    classified = chip is not None and chip.export_class != ExportClass.UNKNOWN
    return {
        "asked": "rental" if question else "party",
        "chip_name": chip.name if chip else None,
        "chip_class": chip.export_class if chip and classified else None,
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
    outcome: str, lists: Sequence[ListState], book: Rulebook, at: datetime
) -> datetime:
    """A day, but for an allowing decision never past a list's age or a change of the law."""
    latest = at + LONGEST
    if outcome != Outcome.ALLOW:
        return latest
    changes = book.changes(_day(at), _day(latest))
    midnights = [datetime(day.year, day.month, day.day, tzinfo=UTC) for day in changes]
    return min(latest, *(one.expires for one in lists if one.expires), *midnights)


def _snapshots(lists: Sequence[ListState]) -> dict[str, str]:
    return {one.code: str(one.snapshot.public_id) for one in lists if one.snapshot}
