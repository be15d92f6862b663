"""Facts in, findings out."""

from datetime import date, timedelta

import pytest

from compliance.redflags import Finding, access, company, machines, orders, payments, ties, weigh
from compliance.redflags.access import Seen
from compliance.redflags.addresses import Addresses, ListedAddress
from compliance.redflags.company import Listing
from compliance.redflags.machines import Reported
from compliance.redflags.orders import Order
from compliance.redflags.payments import Payer
from tests.make import HOUR, NOON

TODAY = NOON.date()
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("flags", "weight"),
    [
        ([], "none"),
        ([("R2", "soft")], "soft"),
        ([("R9", "soft"), ("R9", "soft"), ("R9", "soft")], "soft"),
        ([("R2", "soft"), ("R9", "soft")], "several_soft"),
        ([("R4", "hard")], "hard"),
        ([("R2", "soft"), ("R9", "soft"), ("R4", "hard")], "hard"),
    ],
)
def test_one_hard_flag_or_soft_ones_of_two_kinds_weigh(flags, weight):
    assert weigh(flags) == weight


def test_the_same_evidence_is_the_same_flag_whatever_the_text():
    one = Finding("R9", "seen", {"b": 1, "a": [2]})
    assert one.digest == Finding("R9", "seen again", {"a": [2], "b": 1}).digest
    assert one.digest != Finding("R9", "seen", {"a": [2], "b": 2}).digest


@pytest.mark.parametrize(
    ("founded", "found"),
    [(None, False), (TODAY - 365 * DAY, True), (TODAY - 366 * DAY, False), (TODAY, True)],
)
def test_a_company_is_new_for_a_year(founded, found):
    assert (company.new_company(founded, today=TODAY, days=365) is not None) == found


def test_a_new_company_is_one_flag_however_long_it_stays_new():
    later = company.new_company(TODAY, today=TODAY + 9 * DAY, days=365)
    assert later.digest == company.new_company(TODAY, today=TODAY, days=365).digest


def test_refusing_an_end_use_is_a_flag_and_leaving_it_out_is_not():
    assert company.refused_end_use("refused").code == "R5"
    assert company.refused_end_use("") is None
    assert company.refused_end_use("training") is None


@pytest.mark.parametrize(
    ("parent", "age", "found"),
    [("", 30, True), ("", 29, False), (" ", 30, True), ("Quay Ltd", 99, False)],
)
def test_a_parent_may_be_missing_for_a_month(parent, age, found):
    since = TODAY - age * DAY
    answer = company.withheld_parent(parent, known_since=since, today=TODAY, days=30)
    assert (answer is not None) == found


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("refused", "inference", True),
        ("military", "research", True),
        ("military", "", True),
        ("supercomputer", "research", True),
        ("chip_making", "training", True),
        ("surveillance", "inference", True),
        ("military", "military", False),
        ("inference", "military", False),
        ("", "inference", False),
    ],
)
def test_another_answer_after_a_telling_one_is_a_flag(before, after, found):
    assert (company.changed_answer(before, after, on=TODAY) is not None) == found


def test_a_reseller_names_its_customers():
    assert company.undisclosed_resale(is_reseller=True, end_users=" ").code == "R6"
    assert company.undisclosed_resale(is_reseller=True, end_users="Quay Ltd, SG") is None
    assert company.undisclosed_resale(is_reseller=False, end_users="") is None


@pytest.mark.parametrize(
    ("listed", "found"), [(-1, True), (-90, True), (-91, False), (1, False), (0, True)]
)
def test_a_name_given_up_within_ninety_days_of_its_listing_is_a_flag(listed, found):
    seen = Listing("ofac_sdn", "7", "OLD NAME LTD", NOON + listed * DAY)
    answer = company.renamed_after_listing(
        "Old Name Ltd", "New Name Ltd", renamed_at=NOON, listings=[seen], days=90
    )
    assert (answer is not None) == found


LISTED = Addresses(
    [
        ListedAddress("us_csl", "1", "No. 27 Zhongguancun Road, Haidian District, Beijing, China"),
        ListedAddress("us_csl", "2", "Beijing, China"),
        ListedAddress("ofac_sdn", "3", "Unit 5, 12/F, Sea Cloud Bldg., 88 Harbour Rd, Hong Kong"),
        ListedAddress("ofac_sdn", "3", "88 Harbour Road, Sea Cloud Building, 12, 5, Hong Kong"),
    ]
)


@pytest.mark.parametrize(
    ("address", "uids"),
    [
        ("27 Zhongguancun Rd., Haidian District, Beijing, CHINA", ["1"]),
        ("27 Zhongguancun Road, Haidian, Beijing, China", ["1"]),
        ("28 Zhongguancun Road, Haidian District, Beijing, China", []),
        ("Zhongguancun Road, Haidian District, Beijing, China", []),
        ("Beijing, China", []),
        ("27 Orchard Road, Singapore", []),
        ("Sea Cloud Building, 88 Harbour Road, Hong Kong", ["3"]),
        ("", []),
    ],
)
def test_an_address_is_found_however_it_is_written_and_a_town_is_none(address, uids):
    found = list(LISTED.near(address, percent=70))
    assert [one.evidence["uid"] for one in found] == uids


def test_the_same_address_is_told_from_one_like_it():
    [same] = LISTED.near("No. 27 Zhongguancun Rd, Haidian District, Beijing, China", percent=70)
    [like] = LISTED.near("27 Zhongguancun Road, Haidian, Beijing, China", percent=70)
    assert " is that of us_csl 1" in same.text
    assert " is like that of us_csl 1" in like.text


def seen(day=0, country="SG", network="other", prefix="192.0.2.0/24"):
    return Seen(TODAY + day * DAY, prefix, country, network)


def test_use_from_a_controlled_country_is_one_flag_a_month():
    uses = [seen(0, "CN"), seen(1, "CN"), seen(8, "CN"), seen(1, "SG"), seen(1, "")]
    found = list(access.from_controlled(uses, hq_country="SG", controlled={"CN", "HK"}))
    assert [one.evidence for one in found] == [
        {"country": "CN", "month": "2026-11"},
        {"country": "CN", "month": "2026-12"},
    ]
    assert "192.0.2.0/24" in found[0].text


def test_use_from_the_country_of_its_own_head_office_is_no_flag():
    uses = [seen(0, "CN")]
    assert list(access.from_controlled(uses, hq_country="CN", controlled={"CN"})) == []
    assert list(access.from_controlled(uses, hq_country="", controlled={"CN"})) != []


def test_only_networks_that_hide_are_flags_and_unknown_ones_are_not():
    uses = [seen(0, network=name) for name in ("", "other", "tor", "vpn", "hosting", "proxy")]
    found = [one.evidence["network"] for one in access.hidden([*uses, *uses])]
    assert found == ["hosting", "proxy", "tor", "vpn"]


def test_four_countries_on_one_day_are_a_flag_and_over_two_days_are_not():
    uses = [seen(0, country) for country in ("SG", "MY", "JP", "")]
    assert list(access.hops(uses, countries=4)) == []
    assert list(access.hops([*uses, seen(1, "DE")], countries=4)) == []
    [one] = access.hops([*uses, seen(0, "DE")], countries=4)
    assert (one.text, one.evidence) == (
        "Used from DE, JP, MY, SG on 2026-11-24.",
        {"hops": "2026-11-24"},
    )


@pytest.mark.parametrize(
    ("name", "country", "card", "differs"),
    [
        ("", "", "", None),
        ("Ada Roe", "SG", "SG", None),
        ("HARBOUR LIGHT RESEARCH", "", "", None),
        ("Ada B. Lovelace", "SG", "", None),
        ("", "CN", "SG", ["country CN"]),
        ("", "SG", "CN", ["country CN"]),
        ("Max Mustermann", "", "", ["name 'Max Mustermann'"]),
        ("Max Mustermann", "DE", "CN", ["country CN", "country DE", "name 'Max Mustermann'"]),
        ("Quay Ltd", "", "", ["name 'Quay Ltd'"]),
    ],
)
def test_a_payer_is_the_renter_or_somebody_of_its_own(name, country, card, differs):
    found = payments.other_payer(
        Payer("f1", name, country, card),
        countries={"SG", ""},
        names=["Harbour Light Research Ltd", "", "Ada Roe"],
    )
    assert (found and found.evidence["differs"]) == differs


def order(number, gpus=1, *, at=NOON, chip_class="3A090.a", start=NOON, hours=1, **facts):
    end = start + hours * HOUR
    return Order(str(number), at, f"chip {chip_class}", chip_class, gpus, start, end, **facts)


def test_more_than_the_limit_in_one_first_order_is_a_flag():
    found = orders.out_of_scale([order(1, 64), order(2, 65), order(3, 1)], gpus=64)
    assert [one.evidence for one in found] == [{"reservation": "2"}]


def refusals(many, chip_class="3A090.a", start=0):
    at = [NOON + (start + place) * HOUR for place in range(many)]
    return [
        order(f"r{place}", at=moment, chip_class=chip_class, refused=True, stands=False)
        for place, moment in enumerate(at)
    ]


@pytest.mark.parametrize(
    ("before", "chip_class", "days", "found"),
    [
        (refusals(3), "3A090.b", 1, True),
        (refusals(3), "near", 29, True),
        (refusals(3), "near", 31, False),
        (refusals(2), "3A090.b", 1, False),
        (refusals(3), "3A090.a", 1, False),
        (refusals(3), "unknown", 1, False),
        (refusals(3, "below"), "3A090.a", 1, False),
    ],
)
def test_three_refusals_and_then_a_lower_class_are_a_flag(before, chip_class, days, found):
    last = order("last", at=NOON + days * DAY, chip_class=chip_class)
    answer = orders.tries_lower([*before, last], refused=3, days=30)
    assert [one.evidence for one in answer] == ([{"reservation": "last"}] if found else [])


def test_many_gpus_at_the_same_moment_are_a_flag_and_one_after_another_are_not():
    first, second = order(1, 300), order(2, 300, start=NOON + HOUR)
    assert orders.like_a_supercomputer([first, second], gpus=512) == []
    overlapping = order(3, 212, start=NOON + HOUR / 2)
    [found] = orders.like_a_supercomputer([first, second, overlapping], gpus=512)
    assert found.evidence == {"reservation": "3"}
    gone = order(3, 212, start=NOON + HOUR / 2, stands=False)
    assert orders.like_a_supercomputer([first, second, gone], gpus=512) == []


def test_gpus_that_only_come_or_only_go_are_no_swap():
    assert machines.swapped("m", before={"a"}, after={"a", "b"}) is None
    assert machines.swapped("m", before={"a", "b"}, after={"a"}) is None
    found = machines.swapped("m", before={"a", "b"}, after={"a", "c"})
    assert found.evidence == {"machine": "m", "gone": ["b"], "come": ["c"]}


def test_a_machine_reports_from_its_own_country():
    assert machines.elsewhere("m", site_country="MY", seen_in="MY") is None
    assert machines.elsewhere("m", site_country="MY", seen_in="") is None
    assert machines.elsewhere("m", site_country="MY", seen_in="CN").code == "R17"


@pytest.mark.parametrize(
    ("memory", "gigabytes", "wrong"),
    [
        (85_520_809_984, 80, False),
        (48_305_799_168, 48, False),
        (16_106_127_360, 16, False),
        (192_000_000_000, 192, False),
        (42_949_672_960, 80, True),
        (85_899_345_920, 40, True),
        (24_146_608_128, 24, False),
    ],
)
def test_memory_may_be_counted_either_way_and_not_be_another_chips(memory, gigabytes, wrong):
    gpu = Reported("GPU-1", "NVIDIA Something", memory, gigabytes)
    found = list(machines.wrong_memory("m", [gpu], least_percent=88, most_percent=110))
    assert bool(found) == wrong


def test_a_slice_of_a_gpu_has_less_memory_by_design():
    slice_ = Reported("MIG-1", "NVIDIA H100 80GB HBM3", 10 * 2**30, 80)
    assert list(machines.wrong_memory("m", [slice_], least_percent=88, most_percent=110)) == []


def test_what_is_shared_with_a_denied_party_is_told_to_the_others_only():
    holders = [("1", "ada roe"), ("2", "ada roe"), ("3", "ada roe"), ("2", ""), ("4", "")]
    found = list(ties.shared("director", holders, denied={"1": "Bad Ltd", "4": "Worse Ltd"}))
    assert [(party, one.evidence["with"]) for party, one in found] == [("2", "1"), ("3", "1")]
    assert found[0][1].text == ("Shares the director 'ada roe' with Bad Ltd, which is denied.")


@pytest.mark.parametrize(
    ("email", "domain"),
    [("a@Quay.example", "quay.example"), ("a@gmail.com", ""), ("a@b@quay.example", "quay.example")],
)
def test_a_domain_that_anybody_can_have_is_none(email, domain):
    assert ties.domain(email, public={"gmail.com"}) == domain


def test_no_evidence_holds_what_time_alone_changes():
    early, late = date(2026, 11, 1), date(2027, 3, 1)
    one = company.withheld_parent("", known_since=date(2026, 1, 1), today=early, days=30)
    two = company.withheld_parent("", known_since=date(2026, 1, 1), today=late, days=30)
    assert one.digest == two.digest
