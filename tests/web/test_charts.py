import re

import pytest

from marketplace.web import charts


def paths(plot):
    return dict(re.findall(r'<path class="([^"]+)" d="([^"]+)"/>', plot))


def test_the_water_stands_as_high_as_the_share_that_is_free():
    drawn = paths(charts.tide([1, 1, 0.5, 0], "half a tide"))
    assert drawn == {"c-free": "M0 24V5H2V24ZM2 24V14.5H3V24Z", "c-base": "M0 24H4"}


def test_outside_the_window_the_water_is_paler():
    drawn = paths(charts.tide([1, 1, 1, 0], "a window", window=(1, 2)))
    assert drawn["c-free"] == "M1 24V5H2V24Z"
    assert drawn["c-free-dim"] == "M0 24V5H1V24ZM2 24V5H3V24Z"
    assert drawn["c-window"] == "M1 1.5H2"


@pytest.mark.parametrize(
    ("midnight", "days"), [(0, "M24 5V24M48 5V24"), (3, "M3 5V24M27 5V24M51 5V24")]
)
def test_each_midnight_within_is_marked(midnight, days):
    assert paths(charts.tide([1] * 60, "days", midnight=midnight))["c-day"] == days


def test_a_price_holds_until_the_next_one():
    drawn = paths(charts.price_steps([(0, 100), (0.5, 300)], "doubled", least=0, most=400))
    assert drawn["c-line"] == "M0 75H200V25H400"
    assert drawn["c-dot"] == "M400 25h.001"


def test_what_a_plot_says_is_never_markup():
    plot = charts.tide([1], '"><script>')
    assert "<script>" not in plot
    assert 'aria-label="&quot;&gt;&lt;script&gt;"' in plot


def test_a_plot_brings_no_style_and_no_script():
    plots = charts.tide([1, 0], "one") + charts.price_steps([(0, 1)], "two", least=0, most=2)
    assert not re.search(r"style=|<style|<script|\sid=|\son\w+=", plots)


def test_a_band_runs_from_the_least_to_the_greatest_around_the_mean():
    spread = charts.Spread(0.25, 0.5, 1)
    drawn = paths(charts.band([spread, spread], "told"))
    assert drawn["c-line"] == "M0 50L100 50L300 50L400 50"
    assert drawn["c-area"] == "M0 100L0 50L100 50L300 50L400 50V100Z"
    assert drawn["c-band"] == "M0 0L100 0L300 0L400 0L400 75L300 75L100 75L0 75Z"
    assert drawn["c-dot"] == "M400 50h.001"


def test_a_band_is_broken_where_nothing_was_measured():
    one = charts.Spread(0.5, 0.5, 0.5)
    drawn = paths(charts.band([one, None, one, None], "told"))
    assert drawn["c-line"] == "M0 50L50 50L100 50M200 50L250 50L300 50"
    assert "c-band" not in drawn
    assert "c-dot" not in drawn


def test_bars_stand_on_nothing_and_the_last_is_open():
    plot = charts.bars([0, 5, 10, -3, 2.5], "five days", most=10)
    drawn = re.findall(r'<rect class="([^"]+)" x="([^"]+)" y="([^"]+)".*?height="([^"]+)"/>', plot)
    assert drawn == [
        ("c-bar", "1.14", "50", "50"),
        ("c-bar", "2.14", "0", "100"),
        ("c-bar c-bar--open", "4.14", "75", "25"),
    ]
    assert 'viewBox="0 0 5 100"' in plot
    assert "c-bar--open" not in charts.bars([1], "one", most=1, last_open=False)


def test_bars_of_nothing_at_all_are_drawn():
    plot = charts.bars([0, 0], "nothing", most=0)
    assert "c-grid" in plot
    assert "<rect" not in plot
