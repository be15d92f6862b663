import pytest
from django.urls import reverse
from django.utils.timezone import now

from marketplace.billing import services as billing
from marketplace.billing.models import CostStatement, StripeCommand, TopUp
from tests import make
from tests.billing import papers
from tests.make import HOUR

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice_in(client, alice, harbour):
    client.force_login(alice)
    return client


@pytest.fixture
def form(alice_in, settings):
    """What the page's form sends when 25 dollars are asked for."""
    settings.FAKE_STRIPE_URL = "http://127.0.0.1:1"
    token = alice_in.get(reverse("wallet")).context["form"]["token"].value()
    return {"token": token, "amount": "25.00", "payment_method": "pm_card_visa"}


def test_the_wallet_says_what_there_is_and_what_is_held(
    alice_in, harbour, offer, fresh_market, said
):
    make.funded(harbour, 10_000_000)
    make.reservation(harbour, offer, start=now(), at=now())
    text = said(alice_in.get(reverse("wallet")))
    assert "Balance $10.00 Held for reservations $2.40 Available $7.60" in text


def test_a_top_up_is_asked_for_once_however_often_the_page_is_sent(alice_in, form, harbour, alice):
    for _ in range(2):
        answer = alice_in.post(reverse("top-up"), form)
        assert answer["Location"] == reverse("wallet")
    made = TopUp.objects.get()
    assert (made.organisation, made.requested_by) == (harbour, alice)
    assert (made.amount_micro, made.payment_method) == (25_000_000, "pm_card_visa")
    assert (made.state, StripeCommand.objects.count()) == ("pending", 1)


def test_the_list_shows_what_became_of_each(alice_in, form, said):
    alice_in.post(reverse("top-up"), form)
    answer = alice_in.get(reverse("wallet"))
    assert answer.context["look_again"] == "5"
    assert '<meta http-equiv="refresh" content="5">' in answer.content.decode()
    assert "Pending" in said(answer)
    TopUp.objects.update(state="failed", failure="Your card was declined.")
    answer = alice_in.get(reverse("wallet"))
    assert "http-equiv" not in answer.content.decode()
    assert "Failed Your card was declined. a card $25.00" in said(answer)


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"amount": "ten"}, "amount", "'ten' is not an amount; write a number such as 12.50."),
        ({"amount": "0.99"}, "amount", "Write an amount from $1.00 to $100,000.00."),
        ({"amount": "100000.01"}, "amount", "Write an amount from $1.00 to $100,000.00."),
        ({"amount": "1.005"}, "amount", "Write whole cents."),
        ({"amount": "1.0000001"}, "amount", "finer than one millionth"),
        ({"amount": "NaN"}, "amount", "finer than one millionth"),
        ({"amount": ""}, "amount", "This field is required."),
        ({"payment_method": "4242424242424242"}, "payment_method", "Select a valid choice."),
        ({"payment_method": "pm_real"}, "payment_method", "Select a valid choice."),
        ({"payment_method": ""}, "payment_method", "This field is required."),
    ],
)
def test_a_bad_top_up_names_its_field_and_leaves_nothing(alice_in, form, changes, field, message):
    answer = alice_in.post(reverse("top-up"), {**form, **changes})
    assert answer.status_code == 422
    assert message in " ".join(answer.context["form"].errors[field])
    assert not TopUp.objects.exists()
    assert not StripeCommand.objects.exists()


def test_the_same_page_sent_with_another_amount_is_refused(alice_in, form, said):
    alice_in.post(reverse("top-up"), form)
    answer = alice_in.post(reverse("top-up"), {**form, "amount": "26"})
    assert answer.status_code == 422
    assert "sent before with other content" in said(answer)
    assert answer.context["form"]["token"].value() != form["token"]
    assert TopUp.objects.get().amount_micro == 25_000_000


def test_with_the_fake_stripe_only_its_cards_can_be_chosen(alice_in, form, settings, said):
    settings.FAKE_STRIPE_URL = "http://127.0.0.1:1"
    text = said(alice_in.get(reverse("wallet")))
    assert "Test card that is declined" in text
    assert "This is a fake Stripe: no card is charged" in text
    answer = alice_in.post(reverse("top-up"), {**form, "payment_method": "pm_real"})
    assert answer.status_code == 422
    assert not TopUp.objects.exists()
    assert alice_in.post(reverse("top-up"), form).status_code == 302


def test_with_the_real_stripe_nobody_types_a_card_here(alice_in, said):
    text = said(alice_in.get(reverse("wallet")))
    assert "A card given on Stripe's page" in text
    assert "Its number is known to Stripe only." in text
    assert "Test card" not in text


def test_who_may_not_pay_sees_the_wallet_without_the_form(client, member_as):
    client.force_login(member_as("engineer"))
    answer = client.get(reverse("wallet"))
    assert answer.status_code == 200
    assert reverse("top-up") not in answer.content.decode()


def test_a_cost_statement_adds_up_on_the_page(alice_in, harbour, rental, said):
    row = rental("settled")
    made = CostStatement.objects.create(
        reservation=row,
        organisation=harbour,
        total_micro=1_234_567,
        currency="USD",
        issued_at=now(),
    )
    assignment = row.assignments.create(machine=row.offer.machine)
    lease = assignment.leases.create(
        gpu=row.offer.machine.gpus.first(),
        during=row.during,
        state="ended",
        started_at=row.during.lower,
        ended_at=row.during.upper,
    )
    made.lines.create(
        lease=lease,
        rate=make.rate(row),
        description="H100 80GB GPU-1",
        covered_ms=1_851_850,
        price_micro_per_gpu_hour=2_400_000,
        amount_micro=1_234_567,
    )
    row.changes.create(
        kind="stopped",
        was_until=row.during.upper + HOUR,
        until=row.during.upper,
        fee_micro=2_500_000,
        at=row.during.upper,
        idempotency_key="stop",
        request_sha256=b"",
    )
    text = said(alice_in.get(reverse("cost", args=[row.public_id])))
    assert "Besides, for time given up Stopped " in text
    assert "a line of its own $2.50" in text
    assert "H100 80GB GPU-1 30 min 51.85 s $2.40 $1.234567" in text
    assert "Total, paid from the wallet $1.234567" in text
    assert "What it cost, line by line: $1.234567" in said(
        alice_in.get(reverse("reservation", args=[row.public_id]))
    )


@pytest.mark.parametrize("name", ["wallet", "invoices"])
def test_lists_ask_the_same_few_questions_for_one_row_and_for_five(
    alice_in, harbour, alice, name, django_assert_max_num_queries
):
    for number in range(5):
        billing.top_up(
            organisation=harbour,
            by=alice,
            amount_micro=1_000_000,
            payment_method="pm_card_visa",
            key=str(number),
            at=now(),
        )
        papers.bare_note(papers.bare_invoice(harbour))
        with django_assert_max_num_queries(21):
            alice_in.get(reverse(name))


def test_the_wallet_says_how_long_it_lasts(
    client, alice, harbour, offer, fresh_market, said, monkeypatch
):
    client.force_login(alice)
    assert "Lasts" not in said(client.get(reverse("wallet")))
    shown = billing.Forecast(4_800_000, (6 * 60 + 20) * 60_000 + 59_999, 0)
    monkeypatch.setattr(billing, "forecast", lambda **facts: shown)
    text = said(client.get(reverse("wallet")))
    assert "Lasts 6 h 20 min if what runs now goes on at $4.80 an hour" in text
    assert "The wallet is empty in 6 h 20 min at this burn." in text
