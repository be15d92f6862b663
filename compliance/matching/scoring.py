"""From an alignment to a score, a band and the reasons a person can read."""

from .alignment import Aligner, Alignment
from .answers import MATCH, POSSIBLE, Bands, Match, Query
from .case import Case
from .chance import Chance
from .identifiers import others
from .names import Name
from .numbers import NUMBERS

SAME, OTHER, UNKNOWN = "same", "other", "unknown"


class Scorer:
    def __init__(self, bands: Bands, aligner: Aligner, chance: Chance) -> None:
        self.bands, self.aligner, self.chance = bands, aligner, chance

    def numbered(self, query: Query, name: Name) -> Match:
        """The same identifier names the same party, whatever it calls itself."""
        return Match(1.0, MATCH, query.name, name.listed, ("the same identifier",))

    def equal(self, query: Query, name: Name, score: float, why: str) -> Match:
        """An equal name is never cleared; what is known against it asks for a person."""
        against = against_namesake(query, name)
        if against:
            score *= 1 - NUMBERS.namesake
        reasons = [why, *against]
        return self._match(query, name, score, reasons)

    def fuzzy(self, case: Case, query: Query, name: Name) -> list[Match]:
        """Nothing when it is likelier another name, unless a row wants the likeness looked at."""
        found, near = case.found, case.slips is not None
        if not near and found.score < NUMBERS.hopeless:
            return []
        reasons: list[str] = []
        score = max(found.score, _by_letters(case)) if near else found.score
        score = self._weighed(score, query, name, reasons)
        score -= NUMBERS.other_kind if case.crossed else 0.0
        signs = self.chance.signs(case)
        odds, needed = self.chance.odds(case, signs), self.chance.bound(case)
        although = self.chance.although(case) if odds < needed else ""
        if odds < needed and not (although or self._wanted(case, name.listed.source, score)):
            return []
        why = f"odds that it is this name, written otherwise: {odds:+.1f}, needed {needed:+.1f}"
        reasons = [*_told(found), *reasons, why, *self.chance.told(case, signs)]
        reasons += [although] if although else []
        return [self._match(query, name, min(score, NUMBERS.fuzzy), reasons)]

    def _wanted(self, case: Case, source: str, score: float) -> bool:
        """Whether a row lowers the bound and the names are so alike."""
        bands, kind = self.bands, case.kind
        return bands.asks_for_more(kind, source) and score >= bands.possible(kind, source)

    def _weighed(self, score: float, query: Query, name: Name, reasons: list[str]) -> float:
        """Country and birth date raise or lower; what is not known does neither."""
        countries = name.listed.countries
        if query.country and countries and query.country.upper() not in countries:
            score -= NUMBERS.other_country
            reasons.append("in another country")
        birth = birth_of(query, name)
        if birth == OTHER:
            score -= NUMBERS.other_birth
            reasons.append("born in another year")
        elif birth == SAME:
            score += NUMBERS.same_birth
            reasons.append("born on the same date")
        return score

    def _match(self, query: Query, name: Name, score: float, reasons: list[str]) -> Match:
        if name.listed.name_kind == "weak":
            score *= NUMBERS.weak_alias
            reasons.append("listed as a weak alias")
        if query.kind and name.listed.kind and query.kind != name.listed.kind:
            score *= NUMBERS.kind_factor
            reasons.append(f"asked as {query.kind}, listed as {name.listed.kind}")
        score = round(score, 4)
        certain = self.bands.certain(query.kind, name.listed.source)
        band = MATCH if score >= certain else POSSIBLE
        return Match(score, band, query.name, name.listed, tuple(reasons))


def birth_of(query: Query, name: Name) -> str:
    """Whether birth dates (YYYY, YYYY-MM or YYYY-MM-DD) agree; a year apart may be a slip."""
    births = [birth for birth in name.listed.births if birth[:4].isdigit()]
    if not births or not query.birth_date[:4].isdigit():
        return UNKNOWN
    if any(
        birth.startswith(query.birth_date) or query.birth_date.startswith(birth) for birth in births
    ):
        return SAME
    year = int(query.birth_date[:4])
    return UNKNOWN if any(abs(int(birth[:4]) - year) <= 1 for birth in births) else OTHER


def against_namesake(query: Query, name: Name) -> list[str]:
    """What tells a party from a listed one of the same name. Only what both sides know speaks.

    A firm has branches abroad and keeps its name, so another country tells persons apart only.
    """
    countries = name.listed.countries
    abroad = bool(query.country and countries) and query.country.upper() not in countries
    known = {
        "born in another year": birth_of(query, name) == OTHER,
        "in another country": abroad and query.kind == "person",
        "another number of the same register": others(query.numbers(), name.listed.numbers),
    }
    return [reason for reason, speaks in known.items() if speaks]


def _by_letters(case: Case) -> float:
    return 1 - (case.slips or 0) / max(len("".join(case.asked)), 3)


def _told(found: Alignment) -> list[str]:
    """One reason per token that is not simply equal, and what the whole came to."""
    reasons = [f"words are {found.score:.0%} alike"]
    for pair in found.pairs:
        if not pair.listed:
            reasons.append(f"{pair.asked} is not listed (worth {pair.worth:.2f})")
        elif not pair.asked:
            reasons.append(f"{pair.listed} is missing (worth {pair.worth:.2f})")
        elif pair.likeness < 1:
            reasons.append(
                f"{pair.asked} ~ {pair.listed} {pair.likeness:.2f} (worth {pair.worth:.2f})"
            )
    if found.family_missing:
        reasons.append("the family name is missing")
    return reasons
