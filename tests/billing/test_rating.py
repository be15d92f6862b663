import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.billing import rating
from marketplace.catalog.pricing import due_micro

prices = st.integers(0, 10**12)
slices = st.lists(st.integers(0, 7_776_000_000), min_size=1, max_size=30)
fees = st.integers(0, 10_000)


def charge_all(price, lengths, fee_bps):
    """Charge after each slice of time; returns the charges and their splits."""
    covered, charged, made = 0, 0, []
    for length in lengths:
        covered += length
        amount = rating.next_charge(price_micro_per_hour=price, covered_ms=covered, charged=charged)
        made.append((amount, rating.split(amount=amount, charged=charged, fee_bps=fee_bps)))
        charged += amount
    return made


@given(price=prices, lengths=slices, fee_bps=fees)
def test_any_slicing_charges_the_same_and_pays_the_provider_the_same(price, lengths, fee_bps):
    made = charge_all(price, lengths, fee_bps)
    [(total, whole)] = charge_all(price, [sum(lengths)], fee_bps)
    assert sum(amount for amount, _ in made) == total == due_micro(price, sum(lengths))
    assert sum(parts.provider for _, parts in made) == whole.provider
    assert sum(parts.fee for _, parts in made) == whole.fee


@given(price=prices, lengths=slices, fee_bps=fees)
def test_no_charge_is_negative_and_its_parts_are_all_of_it(price, lengths, fee_bps):
    for amount, parts in charge_all(price, lengths, fee_bps):
        assert amount >= 0
        assert min(parts) >= 0
        assert parts.provider + parts.fee == amount


@pytest.mark.parametrize(
    ("amount", "charged", "fee_bps", "parts"),
    [
        (100, 0, 1500, (85, 15)),
        (99, 0, 1500, (84, 15)),
        (1, 0, 1500, (0, 1)),
        (1, 1, 1500, (1, 0)),
        (7, 3, 0, (7, 0)),
        (7, 3, 10_000, (0, 7)),
        (0, 5, 1500, (0, 0)),
    ],
)
def test_a_split_rounds_the_providers_total_down(amount, charged, fee_bps, parts):
    assert rating.split(amount=amount, charged=charged, fee_bps=fee_bps) == parts


def test_a_thousand_charges_of_one_micro_unit_cost_the_provider_nothing():
    parts = [rating.split(amount=1, charged=before, fee_bps=1500) for before in range(1_000)]
    assert sum(part.provider for part in parts) == 850


@pytest.mark.parametrize(
    "wrong", [{"amount": -1}, {"charged": -1}, {"fee_bps": -1}, {"fee_bps": 10_001}]
)
def test_what_cannot_be_split_is_refused(wrong):
    with pytest.raises(ValueError, match="not negative"):
        rating.split(**{"amount": 1, "charged": 0, "fee_bps": 0, **wrong})


def test_time_that_is_not_billed_any_more_gives_back_what_it_cost():
    amount = rating.next_charge(price_micro_per_hour=2_400_000, covered_ms=1_000, charged=667)
    assert amount == -1
    assert rating.split(amount=amount, charged=667, fee_bps=1500) == (0, -1)


@given(price=prices, lengths=slices, back=st.integers(0, 7_776_000_000), fee_bps=fees)
def test_what_is_given_back_leaves_everybody_as_if_it_had_never_been_charged(
    price, lengths, back, fee_bps
):
    made = charge_all(price, lengths, fee_bps)
    charged = sum(amount for amount, _ in made)
    left = max(0, sum(lengths) - back)
    amount = rating.next_charge(price_micro_per_hour=price, covered_ms=left, charged=charged)
    parts = rating.split(amount=amount, charged=charged, fee_bps=fee_bps)
    assert amount <= 0
    assert max(parts) <= 0
    [(total, whole)] = charge_all(price, [left], fee_bps)
    assert charged + amount == total
    assert sum(each.provider for _, each in made) + parts.provider == whole.provider
    assert sum(each.fee for _, each in made) + parts.fee == whole.fee
