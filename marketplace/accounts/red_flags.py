"""Red flags in where organisations connect from and in whom they share an e-mail domain with."""

from datetime import date, datetime, timedelta

from compliance import services as compliance
from compliance.models import CountryGroup, RedFlagKind
from compliance.redflags import Finding, access, ties

from .models import AccessSighting, Membership, Organisation

Kinds = dict[str, RedFlagKind]
#: a sweep looks again at so much; what it found before it does not raise twice
LOOK_BACK = timedelta(days=2)


def find_red_flags(*, at: datetime) -> int:
    """Raise R8 and R9 for what was seen lately, R15 for e-mail domains; how many were new."""
    kinds = compliance.flag_kinds(day=at.date())
    rows = AccessSighting.objects.filter(day__gte=(at - LOOK_BACK).date())
    seen = Organisation.objects.filter(pk__in=rows.values("organisation")).select_related("party")
    new = sum(_look(organisation, kinds, at) for organisation in seen)
    return new + _shared_domains(kinds, at)


def _look(organisation: Organisation, kinds: Kinds, at: datetime) -> int:
    rows = organisation.sightings.filter(day__gte=(at - LOOK_BACK).date())
    seen = [access.Seen(*row) for row in rows.values_list("day", "prefix", "country", "network")]
    party, found = organisation.party, list[Finding]()
    if "R8" in kinds:
        group = _group(kinds["R8"].parameters["group"], at.date())
        found += access.from_controlled(seen, hq_country=party.hq_country, controlled=group)
    if "R9" in kinds:
        found += access.hidden(seen)
        found += access.hops(seen, countries=kinds["R9"].parameters["countries"])
    return compliance.note(party=party, findings=found, at=at)


def _group(name: str, day: date) -> set[str]:
    rows = CountryGroup.objects.filter(group=name, effective_from__lte=day)
    return set(rows.exclude(effective_to__lt=day).values_list("country", flat=True))


def _shared_domains(kinds: Kinds, at: datetime) -> int:
    if "R15" not in kinds:
        return 0
    public = set(kinds["R15"].parameters["public_domains"])
    rows = Membership.objects.values_list("organisation__party", "user__email")
    pairs = [(party, ties.domain(email, public=public)) for party, email in rows]
    return compliance.note_ties(what="e-mail domain", holders=pairs, at=at)
