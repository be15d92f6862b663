"""A question with every fact found, and what the rules make of it. Writes nothing."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from compliance.index import index_for
from compliance.licences import Licensed, Row, Used, Wanted, ends, licence_for
from compliance.matching import Bands
from compliance.models import Outcome, Party
from compliance.models.above import Above, above
from compliance.models.reference import PERMITTING
from compliance.policy import Rulebook, Verdict

from .drawing import used
from .finding import Question, compare, facts_of, facts_of_rental
from .freshness import ListState
from .granted import Granted
from .reasons import Asked, licence_told, reasons
from .record import ends_of_record, facts_on_record, open_flags
from .standing import Standing, standing, strongest

#: what is drawn on a licence: as the database has it, or as an old decision kept it
Usage = Callable[[Row, Wanted], Used]
#: a decision is good for a day at most, so that everyone is screened daily
LONGEST = timedelta(hours=24)


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
        facts = {**self.found, **facts_of_rental(self.question, book)}
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
            "snapshots": snapshots_of(self.lists),
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
    own = granted.cleared(compare(party, known, index))
    stands = standing(party, known, own, index, granted)
    found = {**facts_of(party, lists), **stands.facts, **facts_on_record(party, known, at)}
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


def snapshots_of(lists: Sequence[ListState]) -> dict[str, str]:
    return {one.code: str(one.snapshot.public_id) for one in lists if one.snapshot}
