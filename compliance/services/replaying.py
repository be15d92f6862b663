"""An old decision made again from what it names: does it come out the same, to the last digit?"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from compliance.licences import Row, Used, Wanted
from compliance.matching import Bands
from compliance.models import ChipModel, Content, Decision, ListSnapshot, ListSource, Party
from compliance.policy import Rulebook

from .finding import Question
from .freshness import MISSING, ListState, state_at
from .judging import Usage, judge


class CannotReplay(Exception):
    """The decision cannot be made again here; says what is missing or other."""


def replay(*, decision: Decision) -> list[str]:
    """What comes out otherwise than it is stored, a line each; empty means the same.

    Rests on the party's facts, rulebook and list snapshots that the decision names, never on what
    is in force now. Things that the code says today and did not say then are no difference.
    Raises CannotReplay.
    """
    if decision.scorer != Bands().scorer:
        raise CannotReplay(
            f"it was scored by {decision.scorer!r} and this code scores by {Bands().scorer!r};"
            " replay it with the version of the code that has that scorer"
        )
    book = Rulebook.from_content(_kept(decision.ruleset_hash, "rulebook"))
    party, known = Party.from_content(_kept(bytes(decision.party_hash).hex(), "party's facts"))
    judged = judge(
        party=party,
        known=known,
        question=_question(decision, book),
        lists=_lists(decision),
        book=book,
        at=decision.decided_at,
        used=_used(decision),
    )
    found = judged.columns(book)
    stored = {name: getattr(decision, name) for name in found}
    return list(_differences("", _plain(stored), _plain(found)))


def _kept(sha256: str, what: str) -> str:
    content = Content.objects.filter(sha256=sha256).first()
    if content is None:
        raise CannotReplay(f"the {what} with hash {sha256} was not kept")
    return content.text


def _question(decision: Decision, book: Rulebook) -> Question | None:
    if decision.during is None:
        return None
    chip = None
    if decision.chip:
        # as the book of that day classed it: the chip's own row may have been corrected since
        name = decision.chip.name
        chip = ChipModel(name=name, export_class=book.chips.get(name, ""))
    window = decision.during
    licence = decision.reasons.get("licence") or {}
    gpus = licence.get("gpus", 1)
    trust = decision.reasons["facts"].get("machine_trust")
    return Question(
        chip, decision.site_country, window.lower, window.upper, gpus, machine_trust=trust
    )


def _used(decision: Decision) -> Usage:
    """What was drawn on each licence then is an input, kept with the decision."""
    licence = decision.reasons.get("licence") or {"considered": []}
    kept = {one["licence"]: Used(**one["used"]) for one in licence["considered"]}

    def used(row: Row, wanted: Wanted) -> Used:
        if row["public_id"] not in kept:
            raise CannotReplay(f"what was drawn on licence {row['number']} was not kept")
        return kept[row["public_id"]]

    return used


def _lists(decision: Decision) -> list[ListState]:
    """In the order in which lists are always asked; how long each was good for is an input."""
    told = decision.reasons["lists"]
    sources = ListSource.objects.filter(code__in=told).order_by("code")
    if lost := told.keys() - {source.code for source in sources}:
        raise CannotReplay(f"no list source {', '.join(sorted(lost))} any more")
    return [_state(source.code, told[source.code]["expires"], decision) for source in sources]


def _state(code: str, expires: str | None, decision: Decision) -> ListState:
    if expires is None:
        return ListState(code, MISSING)
    snapshot = (
        ListSnapshot.objects.filter(public_id=decision.snapshots.get(code))
        .select_related("source")
        .first()
    )
    if snapshot is None:
        raise CannotReplay(f"the snapshot of {code} is not there")
    until = datetime.fromisoformat(expires)
    return ListState(code, state_at(snapshot, until, decision.decided_at), snapshot, until)


def _plain(columns: dict[str, Any]) -> Any:
    """As JSON has it: what was stored went through it, and what comes out must too."""
    return json.loads(json.dumps(columns, default=_text))


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else bytes(value).hex()


def _differences(path: str, stored: Any, found: Any) -> Iterator[str]:
    if isinstance(stored, dict) and isinstance(found, dict):
        for name in stored:
            yield from _differences(f"{path}.{name}".lstrip("."), stored[name], found.get(name))
    elif stored != found:
        yield f"{path}: stored {json.dumps(stored)}, replayed {json.dumps(found)}"
