"""Amounts and shares as people write them in forms."""

import pytest

from marketplace.core.money_fields import MicroField, ShareField


@pytest.mark.parametrize(
    ("text", "micro"), [("12.50", 12_500_000), (" 0.000001 ", 1), ("1000000", 10**12), ("", None)]
)
def test_amounts_are_written_as_people_write_them(text, micro):
    assert MicroField(required=False).clean(text) == micro


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("much", "'much' is not an amount"),
        ("1.0000001", "finer than one millionth"),
        ("0", "Write at least 0.01."),
    ],
)
def test_what_is_no_amount_is_refused(text, refused):
    with pytest.raises(Exception, match=refused):
        MicroField(min_value=10_000).clean(text)


def test_a_form_shows_an_amount_as_it_is_written():
    assert MicroField().prepare_value(12_500_000) == "12.50"


def test_a_form_shows_a_share_as_it_is_written():
    shown = [ShareField().prepare_value(one) for one in (1_250, 1, 10_000, "7.5", None)]
    assert shown == ["12.5", "0.01", "100", "7.5", None]


@pytest.mark.parametrize(
    ("field", "held", "same", "other"),
    [(MicroField(), 12_500_000, "12.5", "12.51"), (ShareField(), 900, "9.00", "9.01")],
)
def test_what_was_not_touched_has_not_changed(field, held, same, other):
    found = [field.has_changed(held, typed) for typed in (same, other, "much")]
    assert found == [False, True, True]
