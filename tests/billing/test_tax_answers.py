"""What Stripe answers of tax, and what stands on an invoice for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.billing import taxes
from marketplace.billing.tax_answers import REASONS, Share, assess, given_back
from marketplace.billing.tax_ids import tax_id


def share(reason="standard_rated", tax="gst", country="SG", state="", percent="9.0", amount=903):
    return Share(reason, tax, country, state, percent, 10_037, amount)


def none(reason, **facts):
    return share(reason, **{"percent": "0.0", "amount": 0, **facts})


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ([share()], ("SG", "charged", 900, "GST 9% (by Stripe Tax)")),
        ([share(percent="10.0")], ("SG", "charged", 1_000, "GST 10% (by Stripe Tax)")),
        (
            [share("reduced_rated", "vat", "DE", percent="7")],
            ("DE", "charged", 700, "VAT 7% (by Stripe Tax)"),
        ),
        (
            [
                share(tax="sales_tax", country="US", state="NY", percent="4"),
                share(tax="sales_tax", country="US", state="NY", percent="4.875"),
            ],
            ("US", "charged", 888, "Sales tax NY 4% + NY 4.875% (by Stripe Tax)"),
        ),
        (
            [
                share(country="CA", percent="5"),
                share(tax="qst", country="CA", state="QC", percent="9.975"),
                none("not_collecting", country="CA"),
            ],
            ("CA", "charged", 1_498, "GST 5% + QST QC 9.975% (by Stripe Tax)"),
        ),
        (
            [share(amount=0)],  # too small a base
            ("SG", "charged", 900, "GST 9% (by Stripe Tax)"),
        ),
        (
            [share("a_reason_of_next_year", tax="robot_tax", percent="1")],
            ("SG", "charged", 100, "Robot tax 1% (by Stripe Tax)"),
        ),
        (
            [none("reverse_charge", tax="vat", country="DE")],
            (
                *("DE", "reverse_charge", 0),
                "Reverse charge: the recipient accounts for VAT (by Stripe Tax)",
            ),
        ),
        (
            [none("reverse_charge", tax="service_tax", country="MY")],
            (
                *("MY", "reverse_charge", 0),
                "Reverse charge: the recipient accounts for service tax (by Stripe Tax)",
            ),
        ),
        (
            [none("not_collecting", country="", tax="")],
            (
                "BR",
                "not_taxed",
                0,
                "No tax added: the seller is not registered there (by Stripe Tax)",
            ),
        ),
        (
            [none("product_exempt"), none("zero_rated"), none("zero_rated")],
            ("SG", "not_taxed", 0, "No tax added: exempt there, zero-rated (by Stripe Tax)"),
        ),
        (
            [none("a_reason_of_next_year")],
            ("SG", "not_taxed", 0, "No tax added: a reason of next year (by Stripe Tax)"),
        ),
        ([], ("BR", "not_taxed", 0, "No tax added (by Stripe Tax)")),
    ],
)
def test_what_stripe_says_stands_on_the_invoice(shares, expected):
    assert assess(shares, country="BR") == (*expected, None)


def test_each_reason_without_an_amount_is_said_in_words():
    for reason, words in REASONS.items():
        assert assess([none(reason)], country="SG").note == f"No tax added: {words} (by Stripe Tax)"


def test_a_note_has_room_on_its_line():
    many = [share(tax=f"tax_of_district_{n}", state="NY") for n in range(40)]
    assert len(assess(many, country="US").note) == 300


@pytest.mark.parametrize(
    ("number", "country", "expected"),
    [
        ("M9-0000001-7", "SG", {"type": "sg_gst", "value": "M9-0000001-7"}),
        (" de 123.456 789 ", "DE", {"type": "eu_vat", "value": "DE123456789"}),
        ("EL-123456789", "GR", {"type": "eu_vat", "value": "EL123456789"}),
        ("12-3456789", "US", {"type": "us_ein", "value": "12-3456789"}),
        ("", "SG", None),
        ("7", "XX", None),
    ],
)
def test_a_number_is_sent_by_the_word_of_its_country(number, country, expected):
    assert tax_id(number, country) == expected


@given(
    tax=st.integers(0, 10**6),
    parts=st.lists(st.integers(1, 10**9), min_size=1, max_size=30),
    currency=st.sampled_from(["USD", "JPY", "KWD"]),
)
def test_any_number_of_notes_gives_back_the_tax_and_no_more(tax, parts, currency):
    unit = {"USD": 10_000, "JPY": 1_000_000, "KWD": 1_000}[currency]
    whole, before, credited = tax * unit, 0, 0
    for part in parts:
        credited += part
        known = {"credited_micro": credited, "of_micro": sum(parts), "currency": currency}
        back = given_back(whole, **known)
        assert back >= before, "a note takes no tax"
        assert back % unit == 0
        assert abs(back * sum(parts) - whole * credited) * 2 <= unit * sum(parts)
        before = back
    assert before == whole


def test_the_rates_of_lines_are_those_of_the_paper():
    how = assess([share()], country="SG")
    assert taxes.table([(how, 60), (how, 40)], currency="USD")[0].base_micro == 100
