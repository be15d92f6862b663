"""Cells are text, whatever they begin with."""

import pytest

from marketplace.core.sheets import as_text


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\r=1", "\uff1d1+1"]
)
def test_a_cell_that_a_spreadsheet_would_calculate_is_led_by_an_apostrophe(cell):
    assert as_text(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "a=1", "1-1", "'=1", "GPU-1"])
def test_other_cells_stay_as_they_are(cell):
    assert as_text(cell) == cell
