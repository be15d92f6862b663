"""Numbers, birth dates and countries of lists and parties, as they are compared."""

import pytest

from compliance.country_names import codes_of
from compliance.identity import fault_of_birth_date, fault_of_number, written
from compliance.matching import Index, Listed
from compliance.matching.births import days_of
from compliance.matching.identifiers import asked_as, is_lei, is_uscc, listed_as, others
from tests.make import NOON

USCC, OTHER_USCC, LEI = "91110000MA005UCQ5P", "914403001922038216", "253400WSS48YWMBUA688"


def index(*numbers: tuple[str, str], countries: tuple[str, ...] = (), kind: str = "organisation"):
    told = [form for one in numbers for form in listed_as(*one, countries)]
    name = "PELAGIC DAWN SYSTEMS LTD"
    return Index([Listed("l", "1", kind, "aa", name, "primary", countries, (), tuple(told))])


def hits(held: Index, kind: str, number: str, country: str = "") -> bool:
    forms = asked_as(kind, number, country)
    return held.screen("Quite Other Bakery", identifier=";".join(forms)).band == "match"


@pytest.mark.parametrize("number", [USCC, OTHER_USCC])
def test_a_uscc_tells_a_slip(number):
    assert is_uscc(number)
    other = "8" if number[9] != "8" else "9"
    assert not is_uscc(number[:9] + other + number[10:])
    assert not is_uscc(number[:-1])
    assert not is_uscc(number.replace("1", "I", 1))


def test_an_lei_tells_a_slip_and_swapped_signs():
    assert is_lei(LEI)
    assert not is_lei("253400WSS48YWMBUA689")
    assert not is_lei("253400WSS84YWMBUA688")
    assert not is_lei(LEI[:-1])
    assert not is_lei("")


@pytest.mark.parametrize(
    ("listed", "asked"),
    [
        (("uscc", USCC), ("uscc", "91110000-MA005UCQ5P")),
        (("registration", USCC), ("uscc", USCC.lower())),
        (("tax", "INN: 7702000406"), ("registration", "7702000406")),
        (("registration", "HE-123456"), ("registration", "he 123456")),
        (("tax", "RFC 590612 AD1"), ("tax", "RFC590612AD1")),
        (("registration", "1372584901, Kenya"), ("registration", "1372584901")),
        (("lei", LEI), ("lei", LEI)),
        (("duns", "56-557-2387"), ("duns", "565572387")),
        (("imo", "IMO 9187629"), ("imo", "9187629")),
    ],
)
def test_the_same_number_is_a_match_whatever_the_name(listed, asked):
    held = index(listed)
    assert hits(held, *asked)
    assert held.screen("Quite Other Bakery", identifier=asked[1]).band == "match"


@pytest.mark.parametrize(
    ("listed", "asked"),
    [
        (("registration", USCC), ("uscc", OTHER_USCC)),
        (("passport", "K47533699001"), ("registration", "K47533699001")),
        (("duns", "565572387"), ("tax", "565572387")),
        (("registration", "1234"), ("registration", "1234")),
        (("registration", "00000000000"), ("registration", "00000000000")),
    ],
)
def test_another_number_or_register_or_what_tells_nobody_is_none(listed, asked):
    assert not hits(index(listed), *asked)


def test_few_digits_count_only_where_the_country_does_not_speak_against_it():
    held = index(("registration", "1234567"), countries=("PA",))
    assert hits(held, "registration", "1234567", "PA")
    assert not hits(held, "registration", "1234567", "SG")
    assert hits(held, "registration", "1234567")
    assert hits(index(("registration", "1234567")), "registration", "1234567", "SG")
    many = index(("registration", "1027700035769"), countries=("RU",))
    assert hits(many, "registration", "1027700035769", "SG")


def test_several_numbers_are_asked_at_once():
    held = index(("uscc", USCC))
    answer = held.screen("Quite Other Bakery", identifier=f"REGISTER123456789;USCC{USCC}")
    assert answer.matches[0].reasons == ("the same identifier",)
    assert held.screen("Quite Other Bakery", identifier=";;").band == "none"


def test_numbers_differ_only_where_both_have_one_of_a_kind():
    mine = asked_as("uscc", USCC, "CN")
    assert others(mine, [*listed_as("registration", OTHER_USCC, ())])
    assert not others(mine, [*listed_as("uscc", USCC, ()), *listed_as("uscc", OTHER_USCC, ())])
    assert not others(mine, [*listed_as("lei", LEI, ())])
    assert not others(mine, [])
    assert not others((), [*listed_as("uscc", USCC, ())])


# --- an exact namesake

BORN = Listed("l", "1", "person", "aa", "QUILL, Amby", "primary", ("CU",), ("1971-02-03",))
BARE = Listed("l", "1", "person", "aa", "QUILL, Amby", "primary")


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        ({"birth_date": "1990-05-05"}, "born in another year"),
        ({"birth_date": "1990"}, "born in another year"),
        ({"country": "SG"}, "in another country"),
    ],
)
def test_what_is_known_against_a_namesake_asks_for_a_person(known, reason):
    answer = Index([BORN]).screen("Amby Quill", kind="person", **known)
    assert (answer.band, answer.matches[0].reasons[-1]) == ("possible", reason)


@pytest.mark.parametrize(
    "known",
    [
        {},
        {"birth_date": "1971-02-03"},
        {"birth_date": "1971"},
        {"birth_date": "1972-01-01"},
        {"birth_date": "unknown"},
        {"country": "CU"},
        {"country": ""},
        {"identifier": "K475336"},
    ],
)
def test_what_is_absent_or_agrees_never_clears_a_namesake(known):
    assert Index([BORN]).screen("Amby Quill", kind="person", **known).band == "match"


@pytest.mark.parametrize(
    "known", [{"birth_date": "1990"}, {"country": "SG"}, {"identifier": f"USCC{USCC}"}]
)
def test_what_the_list_does_not_know_clears_nobody(known):
    assert Index([BARE]).screen("Amby Quill", kind="person", **known).band == "match"


def test_a_firm_keeps_its_name_abroad_but_not_the_number_of_another():
    held = index(("uscc", USCC), countries=("CN",))
    name = "Pelagic Dawn Systems Ltd"
    assert held.screen(name, kind="organisation", country="SG").band == "match"
    other = ";".join(asked_as("uscc", OTHER_USCC, "CN"))
    answer = held.screen(name, kind="organisation", identifier=other)
    assert (answer.band, answer.matches[0].reasons) == (
        "possible",
        ("the same words", "another number of the same register"),
    )


def test_no_namesake_is_ever_cleared():
    against = {"birth_date": "1990", "country": "SG", "identifier": "K1"}
    assert Index([BORN]).screen("Amby Quill", kind="person", **against).band == "possible"


# --- dates and places of lists


@pytest.mark.parametrize(
    ("births", "days"),
    [
        (["1971-02-03"], ("1971-02-03",)),
        (["1971-02", "1970"], ("1971-02", "1970")),
        (["1960/1962"], ("1960", "1961", "1962")),
        (["1970~"], ("1968", "1969", "1970", "1971", "1972")),
        (["1970-05-07~"], ("1968", "1969", "1970", "1971", "1972")),
        (["1971-02-03", "in his forties"], ()),
        (["1900/1980"], ()),
        ([], ()),
    ],
)
def test_dates_that_may_be_meant(births, days):
    assert days_of(births) == days


@pytest.mark.parametrize(
    ("places", "codes"),
    [
        (["China", "RU"], ("CN", "RU")),
        (["Korea, North", "Iran (Islamic Republic of)"], ("IR", "KP")),
        (["CÔTE D'IVOIRE", "Türkiye", "Turkey"], ("CI", "TR")),
        (["Hong Kong"], ("HK",)),
        (["China", "Region: Northern Mali"], ()),
        ([], ()),
    ],
)
def test_places_are_codes_or_nothing_is_known(places, codes):
    assert codes_of(places) == codes


# --- what a party may say of itself


@pytest.mark.parametrize("kind", ["uscc", "lei", "duns"])
def test_a_wrong_number_is_refused_with_the_mend(kind):
    good = {"uscc": "9111 0000 ma005ucq5p", "lei": LEI, "duns": "56-557-2387"}[kind]
    assert fault_of_number(kind, written(kind, good)) == ""
    fault = fault_of_number(kind, written(kind, good)[:-1])
    assert "Copy it from" in fault


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("1980-12-31", ""),
        ("1980", ""),
        ("1906-01-01", ""),
        ("1905-12-31", "more than 120 years ago"),
        ("2026-11-24", ""),
        ("2026-11-25", "has not come yet"),
        ("1980-13-01", "no such day"),
        ("1981-02-29", "no such day"),
        ("31.12.1980", "Write it as 1980-12-31"),
        ("1980-1-1", "Write it as 1980-12-31"),
    ],
)
def test_a_birth_date_is_refused_with_the_mend(text, fault):
    found = fault_of_birth_date(text, today=NOON.date())
    assert fault in found
    assert bool(found) == bool(fault)
