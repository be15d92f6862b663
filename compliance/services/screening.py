"""May this party have this? Asked of the lists and the rules, answered by an appended decision."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from compliance import chain
from compliance.countries import CODES
from compliance.index import index_for
from compliance.licences import Licensed, Row, Used, Wanted, ends, licence_for
from compliance.matching import Bands, Index
from compliance.models import ChipModel, Content, Decision, ExportClass, Outcome, Party, PartyKind
from compliance.models.above import Above, above
from compliance.models.reference import PERMITTING
from compliance.policy import Rulebook, Verdict

from .cases.opening import follow
from .drawing import used
from .freshness import FRESH, ListState, list_states, worst
from .granted import Granted
from .graph import plain
from .looking import look
from .reasons import Asked, licence_told, reasons
from .record import ends_of_record, facts_on_record, open_flags
from .rulebook import rulebook
from .standing import Standing, asked_above, standing, strongest, who
from .telling import numbers_of, told_of

#: what is drawn on a licence: as the database has it, or as an old decision kept it
Usage = Callable[[Row, Wanted], Used]
#: a decision is good for a day at most, so that everyone is screened daily
LONGEST = timedelta(hours=24)
PUBLIC = {
    Outcome.ALLOW: "available to your organisation",
    Outcome.ALLOW_LICENCE: "available to your organisation",
    Outcome.MANUAL_REVIEW: "under review",
    Outcome.LICENCE_REQUIRED: "under review",
    Outcome.DENY_TEMPORARY: "not available at the moment",
    Outcome.DENY: "not available to your organisation",
}
#: the same before anybody has asked for anything
PREVIEW = {
    Outcome.ALLOW: "available",
    Outcome.ALLOW_LICENCE: "available",
    Outcome.MANUAL_REVIEW: "under review",
    Outcome.LICENCE_REQUIRED: "under review",
    Outcome.DENY_TEMPORARY: "not available",
    Outcome.DENY: "not available",
}


@dataclass(frozen=True)
class Question:
    """A rental: which chip (None: not classified), in which country, from when until when.

    How many GPUs, and the key under which they are drawn from a licence, matter only where one is
    needed.
    """

    chip: ChipModel | None
    site_country: str
    start: datetime
    end: datetime
    gpus: int = 1
    rental: UUID | None = None


def screen(*, party: Party, question: Question | None, at: datetime) -> Decision:
    """Decide and append the decision. Only what `permits` lets anything be held or run.

    One that a person must look at opens a case with it, or adds to the one that is open.

    Without a question the party is judged on its own; that clears no rental. The party is read
    again from the database, so that the decision is about what is stored.
    """
    return screen_many(asked=[(party, question)], at=at)[0]


def screen_many(*, asked: Sequence[tuple[Party, Question | None]], at: datetime) -> list[Decision]:
    """As `screen` for each, in the order given; lists, rules and each party are read once for all.

    What the licences have left is looked at for each, as it was before any of these is drawn.
    """
    parties = Party.objects.in_bulk({party.pk for party, _ in asked})
    lists, book = list_states(at=at), rulebook()
    for party in parties.values():
        look(party=party, lists=lists, at=at)
    judged = {
        pk: judge(party=party, question=None, lists=lists, book=book, at=at)
        for pk, party in parties.items()
    }
    _keep(book.content, *(one.party_content for one in judged.values()))
    rows = [
        Decision(
            party=parties[party.pk],
            chip=question.chip if question else None,
            during=DateTimeTZRange(question.start, question.end) if question else None,
            **judged[party.pk].about(question).columns(book),
        )
        for party, question in asked
    ]
    with transaction.atomic():
        made = Decision.objects.bulk_create(rows)
        for decision in made:
            follow(decision)
    return made


@dataclass(frozen=True, slots=True)
class Judged:
    """A question with every fact found, before any rule is asked."""

    question: Question | None
    at: datetime
    lists: Sequence[ListState]
    party: Party
    party_content: str
    found: dict[str, str | None]
    asked: list[Asked]
    standing: Standing
    known: Above
    granted: Granted
    used: Usage

    def about(self, question: Question | None) -> "Judged":
        """The same facts and another question. Raises ValueError as `judge` does."""
        _check(question)
        return replace(self, question=question)

    def weighed(self, book: Rulebook) -> tuple[dict[str, str | None], Licensed]:
        """All facts, and the licence behind one of them; what class a chip has is in the book."""
        facts = {**self.found, **_facts_of_rental(self.question, book)}
        licensed = self._licensed(facts)
        return {**facts, "licence": "covers" if licensed.chosen else "none"}, licensed

    def by(self, book: Rulebook) -> Verdict:
        facts, _ = self.weighed(book)
        return self._verdict(book, facts)

    def columns(self, book: Rulebook) -> dict[str, Any]:
        """The columns of a decision that follow from what was found and nothing else."""
        facts, licensed = self.weighed(book)
        verdict = self._verdict(book, facts)
        licence = licensed.chosen if verdict.outcome == Outcome.ALLOW_LICENCE else None
        reviewed = self.granted.reviewed(self.question)
        told = reasons(verdict, facts, self.asked, self.lists, reviewed)
        good_until = [grant.expires for one in self.asked for grant in one.cleared.values()]
        good_until += [
            reviewed[one.rule.rule_id, one.rule.version].expires for one in verdict.reviewed
        ]
        good_until += ends_of_record(self.known, self.at)
        if licence:
            good_until.append(ends(licence))
        return {
            "party_hash": hashlib.sha256(self.party_content.encode()).digest(),
            "site_country": self.question.site_country if self.question else "",
            "outcome": verdict.outcome,
            "licence_id": licence["id"] if licence else None,
            "reasons": {
                **told,
                "ownership": self.standing.told,
                "licence": licence_told(licensed, self.question.gpus if self.question else 0),
                "flags": open_flags(self.known, self.at),
            },
            "snapshots": _snapshots(self.lists),
            "ruleset_hash": book.hash,
            "scorer": Bands().scorer,
            "decided_at": self.at,
            "valid_until": _valid_until(verdict.outcome, self.lists, book, self.at, good_until),
        }

    def _verdict(self, book: Rulebook, facts: dict[str, str | None]) -> Verdict:
        days = _days(book, self.question, self.at)
        return book.decide(facts, days, self.granted.reviewed(self.question).keys())

    def _licensed(self, facts: dict[str, str | None]) -> Licensed:
        licences = self.known.get("licences", [])
        if self.question is None or not licences:
            return Licensed()
        wanted = Wanted(
            granted_to=self.party.legal_name,
            chip_class=facts["chip_class"],
            site_country=facts["site_country"],
            end_use=facts["end_use"],
            at=self.at,
            start=max(self.question.start, self.at),
            end=self.question.end,
            gpus=self.question.gpus,
            rental=self.question.rental,
        )
        return licence_for(wanted, licences, lambda row: self.used(row, wanted))


def judge(
    *,
    party: Party,
    question: Question | None,
    lists: Sequence[ListState],
    book: Rulebook,
    at: datetime,
    known: Above | None = None,
    used: Usage = used,
) -> Judged:
    """Find the facts; writes nothing. `known` is who stands above the party, if not who does now,
    and `used` says what of its licences is drawn, if not what is drawn now.

    Of the book only the bands are used, those of the day.

    Raises ValueError for a window that ends before it starts.
    """
    _check(question)
    held = [one.snapshot for one in lists if one.snapshot]
    index = index_for(held, book.bands_on(_day(at))) if held else None
    known = above(party.pk) if known is None else known
    content = party.content(known)
    granted = Granted.to(party, content, known, scorer=Bands().scorer, at=at)
    own = granted.cleared(_compare(party, known, index))
    stands = standing(party, known, own, index, granted)
    found = {**_facts(party, lists), **stands.facts, **facts_on_record(party, known, at)}
    found["name_match"] = strongest(own) if index else None
    asked = [*own, *stands.asked]
    return Judged(
        question=question,
        at=at,
        lists=lists,
        party=party,
        party_content=content,
        found=found,
        asked=asked,
        standing=stands,
        known=known,
        granted=granted,
        used=used,
    )


def _check(question: Question | None) -> None:
    if question and question.end <= question.start:
        raise ValueError(f"the window ends ({question.end}) before it starts ({question.start})")


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
    return bool(valid_of(decisions=[decision], at=at))


def valid_of(*, decisions: Sequence[Decision], at: datetime) -> set[int]:
    """The primary keys of those that are `still_valid`; lists, rules and parties are read once."""
    lists, book = list_states(at=at), rulebook()
    if worst(lists) != FRESH:
        return set()
    snapshots, scorer = _snapshots(lists), Bands().scorer
    standing = [
        one
        for one in decisions
        if one.permits
        and one.decided_at <= at < one.valid_until
        and (one.snapshots, one.scorer, one.ruleset_hash) == (snapshots, scorer, book.hash)
    ]
    parties = Party.objects.in_bulk({one.party_id for one in standing})
    content = {pk: party.content_hash for pk, party in parties.items()}
    return {one.pk for one in standing if bytes(one.party_hash) == content[one.party_id]}


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
    book = rulebook()
    judged = judge(party=party, question=None, lists=list_states(at=at), book=book, at=at)
    verdicts = [replace(judged, question=question).by(book) for question in questions]
    return [PREVIEW[Outcome(verdict.outcome)] for verdict in verdicts]


def _compare(party: Party, known: Above, index: Index | None) -> list[Asked]:
    if index is None:
        return []
    told = told_of(vars(party), numbers_of(None, known))
    own = [("legal_name", party.kind, told, ""), ("native_name", party.kind, told, "")]
    # the parent may be a firm or a person of whom nothing else is known, or the party itself
    if plain(party.parent_name) == plain(party.legal_name):
        parent = ("parent_name", party.kind, told, "")
    else:
        whom = who([party.parent_name], "", party.parent_hq_country, {})
        parent = ("parent_name", "", {}, whom)
    return [
        Asked(field, index.screen(getattr(party, field), kind=kind, **about), whom)
        for field, kind, about, whom in [*own, parent]
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
    """A day, but for one that permits never past a list's age, a change of the law, or the end of
    a licence, clearing, review or signature that it rests on.
    """
    latest = at + LONGEST
    if outcome not in PERMITTING:
        return latest
    changes = book.changes(_day(at), _day(latest))
    midnights = [datetime(day.year, day.month, day.day, tzinfo=UTC) for day in changes]
    return min([latest, *(one.expires for one in lists if one.expires), *midnights, *ends])


def _snapshots(lists: Sequence[ListState]) -> dict[str, str]:
    return {one.code: str(one.snapshot.public_id) for one in lists if one.snapshot}


def ask(*, party: Party, known: Above, index: Index) -> list[Asked]:
    """Everything that screening the party asks of the lists."""
    return [*_compare(party, known, index), *asked_above(party, known, index)]
