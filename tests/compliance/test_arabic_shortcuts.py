"""Of names in Arabic letters only those are aligned that may come to something."""

import re

import pytest

from bench.people import People
from compliance.matching import Listed, Query
from compliance.matching.answers import Bands, Threshold
from compliance.matching.arabic import Arabic, _told
from compliance.matching.arabic_words import units, words_in
from compliance.matching.numbers import BONES


def names_in_arabic() -> list[str]:
    found = [name for name in People(5).some(3000) if re.search("[\u0621-\u064a]", name)]
    return [*found, "محمد علي", "سارا حداد", "عبد الرحمن محمد", "محمد", "شركة محمد علي"]


LATIN = [
    Listed("l", str(at), kind, "aa", f"{one} {other}", "primary")
    for at, (one, other, kind) in enumerate(
        (one, other, kind)
        for one in "Mohammed Ahmad Ali Abdul-Rahman Karim Shirkat Sara Reza Maryam".split()  # noqa: SIM905
        for other in "Hosseini Ahmadi Karimi Salim al-Rahman Mohammadi Ali Haddad".split()  # noqa: SIM905
        for kind in ("person", "organisation", "")
    )
]
LOOSE = Bands(thresholds=(Threshold("l", "person", 0.98, 0.3),))


@pytest.mark.parametrize("kind", ["person", "organisation", ""])
@pytest.mark.parametrize("bands", [Bands(), LOOSE])
def test_a_name_with_fewer_of_the_words_has_nothing_to_tell(kind, bands):
    index = Arabic(LATIN)
    found = looked = 0
    for name in names_in_arabic():
        query, asked = Query(name, kind), units(words_in(name))
        told = []
        for place in index._candidates(asked, wanted=True):
            alike = index._aligned(asked, index._units[place])
            score = round(alike.score * BONES.read, 4)
            if _told(alike, query, LATIN[place], bands, score) and not (
                kind == "organisation" and LATIN[place].kind == "person"
            ):
                told.append(LATIN[place].uid)
            looked += 1
        assert [match.listed.uid for match in index.find(query, bands)] == told
        found += len(told)
    assert 0 < found < looked


def test_a_row_that_asks_for_more_sees_names_with_one_of_the_words():
    index, query = Arabic(LATIN), Query("سارا علي", "person")
    strict, loose = ({one.listed.name for one in index.find(query, b)} for b in (Bands(), LOOSE))
    assert "Sara Ali" in strict < loose
    assert "Sara Salim" in loose


def test_equal_words_are_worth_no_more_than_is_foretold():
    index, seen = Arabic(LATIN), 0
    for name in names_in_arabic():
        asked = units(words_in(name))
        words = sum(len(unit.places) == 1 for unit in asked)
        most = [index._equally(asked, at) for at in range(words)]
        for place in index._candidates(asked, wanted=True):
            found = index._aligned(asked, index._units[place])
            equal = [pair.worth for pair in found.pairs if pair.likeness == 1]
            foretold = [some[place] for some in most if place in some]
            assert len(equal) <= len(foretold)
            assert sum(equal) <= sum(foretold) + 1e-9
            seen += bool(equal)
    assert seen > 100
