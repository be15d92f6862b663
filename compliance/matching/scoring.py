"""From an alignment to a score, a band and the reasons a person can read."""

from .alignment import Aligner, Alignment
from .answers import MATCH, POSSIBLE, Bands, Match, Query
from .chance import Chance
from .identifiers import others
from .likeness import Likeness
from .names import Name
from .numbers import NUMBERS
from .rules import Case, bare, lowered
from .tables import SOFT

SAME, OTHER, UNKNOWN = "same", "other", "unknown"


class Scorer:
    def __init__(self, bands: Bands, aligner: Aligner, likeness: Likeness, chance: Chance) -> None:
        self.bands, self.aligner = bands, aligner
        self.likeness, self.chance = likeness, chance

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
        """Nothing when the score stays below its bound."""
        if self._hopeless(case, name.listed.source):
            return []
        found, crossed = case.found, _crossed(case)
        surname_left = _surname_left(case)
        if surname_left and len(case.core) == 1:
            return []
        reasons: list[str] = []
        rule = None if crossed or surname_left else lowered(case, self.likeness)
        bound = self._bound(case, name.listed.source)
        if rule and rule[0] < bound:
            bound, why = rule
            reasons.append(why)
        near = case.slips is not None and not surname_left
        score = max(found.score, _by_letters(case)) if near else found.score
        score = self._weighed(score, query, name, reasons)
        score -= NUMBERS.other_kind if crossed else 0.0
        few = None if crossed else bare(case)
        if few:
            return [self._match(query, name, min(score, NUMBERS.fuzzy), [*_told(found), few])]
        alike = score >= bound and (rule is not None or not _one_word_of_more(case))
        if self.bands.asks_for_more(case.kind, name.listed.source):
            # a row wants everything looked at that is so alike, slip or not
            likely = alike or self._enough(case, near, alike, reasons)
        else:
            likely = self._enough(case, near or alike, alike, reasons)
        if not likely:
            return []
        return [self._match(query, name, min(score, NUMBERS.fuzzy), _told(found) + reasons)]

    def _hopeless(self, case: Case, source: str) -> bool:
        """Below every bound there is; nine in ten candidates are, and no more is asked of them."""
        found = case.found
        if case.slips is not None or not (found.extra or found.edits):
            return False  # rules may ask for nothing more
        least = min(NUMBERS.lone, self.bands.possible(case.kind, source))
        return found.score + NUMBERS.same_birth < least

    def _bound(self, case: Case, source: str) -> float:
        """The less was found again, the more alike the rest must be."""
        lacking = max(0.0, NUMBERS.evidence - case.found.matched)
        return self.bands.possible(case.kind, source) + NUMBERS.evidence_slope * lacking

    def _enough(self, case: Case, likely: bool, alike: bool, reasons: list[str]) -> bool:
        """Unlike words must be slips rather than another name; without any, likeness decides."""
        if not self.chance.speaks(case):
            return alike
        odds, needed = self.chance.odds(case), self.chance.bound(case)
        reasons.append(f"odds that it is a slip: {odds:+.1f}, needed {needed:+.1f}")
        return likely and odds >= needed

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


def _crossed(case: Case) -> bool:
    """A person is asked for and something else is listed, or the other way round."""
    kinds = {case.kind, case.listed_kind} - {""}
    return len(kinds) == 2 and "person" in kinds


def _surname_left(case: Case) -> bool:
    """A first or last word like Le or Van without a partner is a surname, not a particle."""
    ends = (case.asked[0], case.asked[-1])
    return case.person and any(
        pair.asked in SOFT and not pair.listed and pair.asked in ends for pair in case.found.pairs
    )


def _one_word_of_more(case: Case) -> bool:
    """A firm's only telling word, while the listed name has another word that tells."""
    return (
        not case.person
        and len(case.core) == 1
        and any(not one.asked and one.worth > NUMBERS.telling for one in case.found.pairs)
    )


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
