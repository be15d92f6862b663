"""Rules of tax and periods: pure."""

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.billing import availability, periods, taxes
from marketplace.billing.taxes import Assessment, Rule
from tests.make import HOUR, NOON

GST = Rule(1, "SG", False, "charged", 900, "GST 9%", NOON)


def assess(*rules, jurisdiction="SG", registered=False, at=NOON):
    return taxes.assess(rules, jurisdiction=jurisdiction, registered=registered, tax_point=at)


def test_a_rule_holds_from_its_moment_on():
    assert assess(GST) == Assessment("SG", "charged", 900, "GST 9%", 1)
    assert assess(GST, at=NOON - timedelta(microseconds=1)).treatment == "no_rule"


def test_of_two_the_later_one_counts_and_of_one_moment_the_last():
    later = GST._replace(pk=2, since=NOON + HOUR, rate_bps=1_000)
    twin = GST._replace(pk=3, rate_bps=800)
    assert assess(later, GST).rate_bps == 900
    assert assess(GST, later, at=NOON + HOUR).rate_bps == 1_000
    assert assess(twin, GST).rate_bps == 800


@pytest.mark.parametrize(
    ("facts", "note"),
    [
        ({"jurisdiction": ""}, "No tax added: the country of the buyer is not known"),
        ({"jurisdiction": "VN"}, "No tax added: no rule for VN is on record"),
        ({"registered": True}, "No tax added: no rule for SG is on record"),
    ],
)
def test_no_rate_is_invented(facts, note):
    found = assess(GST, **facts)
    assert (found.rate_bps, found.note, found.rule) == (0, note, None)


def test_tax_is_rounded_once_for_lines_taxed_alike():
    how = assess(GST)
    [one] = taxes.table([(how, 50_000)] * 3, currency="USD")
    assert (one.base_micro, one.tax_micro) == (150_000, 10_000), "1.35 cents, not 3 times 0.45"


@pytest.mark.parametrize(("base", "tax"), [(55_555, 0), (55_556, 10_000), (166_667, 20_000)])
def test_half_a_cent_is_rounded_up(base, tax):
    assert taxes.table([(assess(GST), base)], currency="USD")[0].tax_micro == tax


@pytest.mark.parametrize(
    ("moment", "first"),
    [
        (datetime(2028, 2, 29, 23, 59, 59, 999_999, tzinfo=UTC), datetime(2028, 2, 1, tzinfo=UTC)),
        (datetime(2026, 12, 31, 23, 59, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)),
        (datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)),
    ],
)
def test_months_are_calendar_months_in_utc(moment, first):
    assert periods.month_of(moment) == first


def test_the_month_before_january_is_december():
    assert periods.name_of(periods.month_before(datetime(2027, 1, 1, tzinfo=UTC))) == "2026-12"
    assert periods.name_of(periods.month_before(datetime(2028, 3, 1, tzinfo=UTC))) == "2028-02"


def test_what_is_down_counts_once_and_within_the_run():
    at = [NOON + n * HOUR for n in range(6)]
    spans = [(at[2], at[4]), (at[0], at[1]), (at[3], at[5]), (at[2], at[3])]
    assert availability.down(spans, run=(at[1], at[4])) == 2 * HOUR
    assert availability.down([], run=(at[0], at[1])) == timedelta()


@pytest.mark.parametrize(("down", "credit"), [(0, 0), (10, 0), (11, 1_000), (51, 2_500)])
def test_a_share_below_a_tier_earns_it(down, credit):
    available = availability.available_bps(run_ms=1_000, down_ms=down)
    assert availability.credit_bps([(9_900, 1_000), (9_500, 2_500)], available=available) == credit
