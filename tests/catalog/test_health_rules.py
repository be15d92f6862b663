"""How fit a GPU is: readings and XIDs in, a verdict out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.catalog.health import judging, rules
from marketplace.catalog.health.judging import WELL, Standing
from marketplace.catalog.health.rules import BadRules, Clears, Verdict

SHIPPED = rules.shipped()
NOTED, DEGRADED, FAILED = Verdict.NOTED, Verdict.DEGRADED, Verdict.FAILED
BROKEN = Standing(FAILED, "xid-79", "boot-1")
SIGNS = [
    {"lost": True},
    {"missing": True},
    {"silent": True},
    {"rows_failed": True},
    {"rows_pending": True},
    {"ecc_uncorrected": 3},
    {"recovery_action": 2},
    {"recovery_action": 3},
]


def judge(*xids, before=WELL, boot="boot-1", **reading):
    return judging.judge(SHIPPED, before=before, reading=reading, xids=xids, boot=boot)


@pytest.mark.parametrize(
    ("xid", "verdict"),
    [
        *[(xid, NOTED) for xid in (13, 31, 43, 45, 68, 109, 92, 94, 154)],
        *[(xid, FAILED) for xid in (46, 48, 64, 74, 79, 95, 119, 120, 140)],
        (63, DEGRADED),
        (8, DEGRADED),
        (9999, DEGRADED),
    ],
)
def test_what_each_xid_means(xid, verdict):
    assert judge(xid) == (Standing(verdict, f"xid-{xid}", "boot-1") if verdict else WELL)


@pytest.mark.parametrize(
    ("reading", "verdict", "code"),
    [
        ({"lost": True}, FAILED, "lost"),
        ({"missing": True}, FAILED, "missing"),
        ({"silent": True}, DEGRADED, "silent"),
        ({"rows_failed": True, "rows_pending": True}, FAILED, "rows_failed"),
        ({"rows_pending": True}, DEGRADED, "rows_pending"),
        ({"ecc_uncorrected": 1}, DEGRADED, "ecc_uncorrected"),
        *[({"recovery_action": one}, FAILED, "recovery_reset") for one in (1, 2, 4, 6, 7)],
        *[({"recovery_action": one}, DEGRADED, "recovery_drain") for one in (3, 5)],
    ],
)
def test_what_each_reading_means(reading, verdict, code):
    assert judge(**reading) == Standing(verdict, code, "boot-1")


@pytest.mark.parametrize(
    "reading",
    [
        {},
        {"ecc_uncorrected": 0, "ecc_corrected": 10_000, "recovery_action": 0, "rows_failed": False},
        {"temperature_c": 95, "clocks_event_reasons": 0x60, "pcie_width": 8, "pcie_width_max": 16},
    ],
)
def test_heat_and_a_narrow_bus_are_no_fault(reading):
    assert judge(**reading) == WELL


def test_what_only_a_reset_mends_stays_until_another_boot_finds_nothing():
    assert judge(before=BROKEN) == BROKEN
    assert judge(before=BROKEN, boot="boot-2", lost=True) == BROKEN
    assert judge(before=BROKEN, boot="boot-2") == WELL


def test_what_only_replacement_mends_stays_for_good():
    worn = judge(rows_failed=True)
    assert judge(before=worn, boot="boot-2") == worn


def test_what_a_reading_clears_is_cleared_by_one():
    waiting = judge(rows_pending=True)
    assert judge(before=waiting, rows_pending=True) == waiting
    assert judge(before=waiting) == WELL
    assert judge(before=judge(missing=True)) == WELL


def test_the_worse_replaces_the_lesser_and_not_the_other_way():
    waiting = judge(rows_pending=True)
    assert judge(79, before=waiting).code == "xid-79"
    assert judge(63, before=BROKEN, rows_pending=True) == BROKEN


def test_what_is_left_when_the_worse_is_cleared_counts():
    gone = judge(missing=True)
    assert judge(before=gone, rows_pending=True).code == "rows_pending"


@given(
    xids=st.lists(st.integers(0, 200), max_size=5),
    reading=st.sampled_from([{}, *SIGNS]),
    boot=st.sampled_from(["boot-1", "boot-2"]),
    before=st.sampled_from([WELL, BROKEN, judge(rows_failed=True), judge(missing=True)]),
)
def test_a_gpu_with_a_sign_of_a_fault_is_never_well(xids, reading, boot, before):
    after = judge(*xids, before=before, boot=boot, **reading)
    worst = max((SHIPPED.of_xid(xid).verdict for xid in xids), default=NOTED)
    assert after.verdict >= worst
    if reading:
        assert after != WELL
    again = judge(before=after, boot=boot, **reading)
    assert again.verdict <= after.verdict, "the same reading again makes nothing worse"


def test_only_what_a_reset_mends_may_be_said_to_be_reset():
    def restorable(standing, **reading):
        return judging.restorable(SHIPPED, standing=standing, reading=reading)

    assert restorable(BROKEN)
    assert not restorable(BROKEN, lost=True)
    assert not restorable(judge(rows_failed=True))


def test_every_rule_has_its_source_and_words():
    every = [*SHIPPED.xids.values(), *SHIPPED.signs.values(), SHIPPED.of_xid(7)]
    assert SHIPPED.version == "2026-11-28"
    for rule in every:
        assert rule.says
        assert SHIPPED.sources[rule.source]
        assert SHIPPED.named(rule.code) == rule
    assert SHIPPED.named("no-such-rule") is None
    assert SHIPPED.xids[79].clears is Clears.RESET


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ("verdict: noted, says: the recovery", "verdict: fine, says: the recovery", "xid-154"),
        ("xids: [154]", "xids: [79]", "an XID is named by two rules"),
        ("source: validation", "source: hearsay", "'hearsay' is not listed"),
    ],
)
def test_wrong_rules_are_refused_and_the_place_is_named(old, new, wrong):
    text = rules.FILE.read_text()
    assert old in text
    with pytest.raises(BadRules, match=wrong):
        rules.read(text.replace(old, new))
