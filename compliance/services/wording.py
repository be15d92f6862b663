"""Red flags in what a party writes to us, and in where it is registered: R3, R13."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from compliance.models import CaseEvent, EventKind, Party
from compliance.redflags import Finding, crowds, wording

from .flags import flag_kinds, note
from .graph import plain

#: what a party writes in its own words, by field, as staff read it
WRITTEN = {"end_use_statement": "end-use statement", "end_users": "list of end users"}
ASKED, ANSWERED = "question about its screening", "answer to a request"


def look_at_words(*, party: Party, said: Mapping[str, str], at: datetime) -> int:
    """Raise R13 for what the party wrote, by where it wrote it; returns how many were new."""
    kind = flag_kinds(day=at.date()).get("R13")
    if kind is None:
        return 0
    found = [
        finding
        for where, text in said.items()
        for finding in wording.asks_to_hide(where, text, **kind.parameters)
    ]
    return note(party=party, findings=found, at=at)


def look_for_words(*, at: datetime) -> int:
    """R13 in all that parties ever wrote, also before anybody looked; returns how many were new."""
    new = 0
    for party in Party.objects.exclude(end_use_statement="", end_users="").iterator():
        said = {where: getattr(party, name) for name, where in WRITTEN.items()}
        new += look_at_words(party=party, said=said, at=at)
    rows = CaseEvent.objects.filter(kind__in=[EventKind.ASKED, EventKind.ANSWERED])
    for event in rows.select_related("case__party").order_by("pk").iterator():
        where = ASKED if event.kind == EventKind.ASKED else ANSWERED
        new += look_at_words(party=event.case.party, said={where: event.text}, at=at)
    return new


def look_for_crowds(*, at: datetime) -> int:
    """R3 for addresses that too many unrelated parties share; returns how many were new."""
    kind = flag_kinds(day=at.date()).get("R3")
    if kind is None:
        return 0
    limit = kind.parameters["parties"]
    found = dict[int, list[Finding]]()
    for key, finding in crowds.crowded(_registered(), parties=limit):
        found.setdefault(key, []).append(finding)
    parties = Party.objects.in_bulk(found)
    return sum(note(party=parties[key], findings=found[key], at=at) for key in sorted(found))


def _registered() -> Iterable[tuple[int, str, str]]:
    """Whoever names no parent, or itself, is a group of its own."""
    rows = Party.objects.exclude(address="")
    for key, address, name, parent in rows.values_list(
        "pk", "address", "legal_name", "parent_name"
    ):
        yield key, address, plain(parent or name)
