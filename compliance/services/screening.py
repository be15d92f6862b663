"""May this party have this? Asked of the lists and the rules, answered by an appended decision."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from compliance import chain
from compliance.matching import Bands
from compliance.models import Content, Decision, Outcome, Party
from compliance.policy import Rulebook
from compliance.redflags import owners
from marketplace.core.inserting import insert

from .cases.opening import follow
from .finding import Question
from .flags import note
from .freshness import FRESH, ListState, list_states, worst
from .judging import Judged, judge, snapshots_of
from .looking import look
from .rulebook import rulebook

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
    judged = {pk: _judge_flagged(party, lists, book, at=at) for pk, party in parties.items()}
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
        insert(rows)
        for decision in rows:
            follow(decision)
    return rows


def _judge_flagged(
    party: Party, lists: Sequence[ListState], book: Rulebook, *, at: datetime
) -> Judged:
    """Judge the party; a listed owner whose share nobody knows is a flag of the same decision."""
    judged = judge(party=party, question=None, lists=lists, book=book, at=at)
    found = owners.unknown_shares(judged.standing.unknown)
    if found and note(party=party, findings=[found], at=at):
        return judge(party=party, question=None, lists=lists, book=book, at=at)
    return judged


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
    snapshots, scorer = snapshots_of(lists), Bands().scorer
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
    """Whether the decision is about this party and this rental, or one that contains it.

    A machine that has gained or lost a tier since is another fact, about which it says nothing.
    """
    asked = decision.during
    return (
        decision.party_id == party.pk
        and decision.chip_id == (question.chip.pk if question.chip else None)
        and decision.site_country == question.site_country
        and _trust_in(decision) in (None, question.machine_trust)
        and asked is not None
        and asked.lower <= question.start
        and question.end <= asked.upper
    )


def _trust_in(decision: Decision) -> str | None:
    """The tier that it was decided with; None when nobody asked about it then."""
    facts = decision.reasons.get("facts", {}) if isinstance(decision.reasons, dict) else {}
    return facts.get("machine_trust")


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
