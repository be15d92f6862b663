import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core import money


@pytest.mark.parametrize(
    ("micro", "text"),
    [
        (0, "0.00"),
        (1, "0.000001"),
        (26_666, "0.026666"),
        (2_400_000, "2.40"),
        (-1_500_000, "-1.50"),
        (1_234_567_890, "1234.56789"),
    ],
)
def test_text_is_exact(micro, text):
    assert money.text_from_micro(micro) == text


@given(st.integers(-(10**15), 10**15))
def test_text_and_back(micro):
    assert money.micro_from_text(money.text_from_micro(micro)) == micro


@pytest.mark.parametrize("text", ["", "ten", "1e", "NaN", "Infinity", "0.0000001", "1,50"])
def test_what_is_no_exact_amount_is_refused(text):
    with pytest.raises(money.BadAmount):
        money.micro_from_text(text)


def test_cents():
    assert money.minor_from_micro(12_340_000, "USD") == 1234
    assert money.micro_from_minor(1234, "USD") == 12_340_000
    with pytest.raises(money.BadAmount, match="not a whole number"):
        money.minor_from_micro(12_345_678, "USD")
