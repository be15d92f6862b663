"""The wallet page with cards: saved and paid on Stripe's page, confirmed, taken automatically."""

import pytest
from django.urls import reverse
from django.utils.timezone import now

from marketplace.billing import services as billing
from marketplace.billing.fake_stripe.resources import checkout
from marketplace.billing.models import AutoTopUp, TopUp, WalletNotice
from marketplace.billing.services import notices
from marketplace.ledger import services as ledger
from tests import make
from tests.billing import stand_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice_in(client, alice, harbour, fake):
    fake.clock = lambda: now().timestamp()
    client.force_login(alice)
    return client


def session_of(answer):
    return answer["Location"].rsplit("/", 1)[1]


def give(fake, harbour, card="pm_card_visa"):
    return stand_in.give_card(fake, harbour, card, at=now())


def limits(**change):
    known = {"threshold": "10", "amount": "20", "day_cap": "40", "month_cap": "100"}
    return {f"auto-{name}": value for name, value in {**known, **change}.items()}


def test_a_card_is_saved_on_stripes_page_and_shown_afterwards(alice_in, fake, harbour, said):
    answer = alice_in.post(reverse("save-card"))
    assert answer.status_code == 302
    assert answer["Location"].startswith(fake.address)
    made = checkout.complete(fake, session_of(answer))
    assert made["success_url"] == "http://testserver/wallet/?from=stripe"
    stand_in.hear_all(fake, now())
    back = alice_in.get(reverse("wallet"), {"from": "stripe"})
    assert back["Refresh"] == "5; url=/wallet/"
    assert "Visa ending in 4242, until 12/2034 taken for automatic top-ups" in said(back)


def test_forms_may_lead_to_stripes_pages_and_nowhere_else(alice_in, settings):
    policy = alice_in.get(reverse("wallet"))["Content-Security-Policy"]
    assert "form-action 'self' https://checkout.stripe.com https://hooks.stripe.com" in policy


def form(alice_in, **change):
    token = alice_in.get(reverse("wallet")).context["form"]["token"].value()
    return {"token": token, "amount": "25.00", "payment_method": "page", **change}


def test_money_is_paid_on_stripes_page_once_however_often_the_form_is_sent(
    alice_in, fake, harbour, said
):
    sent = form(alice_in, save_card="on")
    answers = [alice_in.post(reverse("top-up"), sent) for _ in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    checkout.complete(fake, session_of(answers[0]))
    stand_in.hear_all(fake, now())
    assert TopUp.objects.get().state == "succeeded"
    text = said(alice_in.get(reverse("wallet")))
    assert "Balance $25.00" in text
    assert "Stripe's page" in text
    assert "Visa ending in 4242" in text


def test_a_saved_card_is_chosen_and_charged(alice_in, fake, harbour):
    card = give(fake, harbour)
    answer = alice_in.post(reverse("top-up"), form(alice_in, payment_method=card.payment_method))
    assert answer["Location"] == reverse("wallet")
    assert TopUp.objects.get().commands.get().params["customer"] == harbour.stripe_customer


def test_the_card_of_others_cannot_be_chosen(alice_in, fake, charlie):
    other = charlie.memberships.get().organisation
    card = give(fake, other)
    answer = alice_in.post(reverse("top-up"), form(alice_in, payment_method=card.payment_method))
    assert answer.status_code == 422
    assert not TopUp.objects.exists()


@pytest.mark.parametrize("name", ["default-card", "remove-card"])
def test_nor_can_it_be_changed(alice_in, fake, charlie, name):
    card = give(fake, charlie.memberships.get().organisation)
    assert alice_in.post(reverse(name, args=[card.public_id])).status_code == 404
    card.refresh_from_db()
    assert (card.is_default, card.removed_at) == (True, None)


def test_cards_are_changed_and_removed(alice_in, fake, harbour, said):
    first, second = give(fake, harbour), give(fake, harbour, "pm_card_mastercard")
    alice_in.post(reverse("default-card", args=[second.public_id]))
    alice_in.post(reverse("remove-card", args=[first.public_id]))
    text = said(alice_in.get(reverse("wallet")))
    assert "Mastercard ending in 4444, until 12/2034 taken for automatic top-ups" in text
    assert "Visa ending" not in text


def test_automatic_top_ups_are_allowed_and_ended(alice_in, fake, harbour, said):
    give(fake, harbour)
    assert alice_in.post(reverse("auto-top-up"), limits()).status_code == 302
    row = AutoTopUp.objects.get()
    assert (row.threshold_micro, row.month_cap_micro) == (10_000_000, 100_000_000)
    assert "They are on" in said(alice_in.get(reverse("wallet")))
    alice_in.post(reverse("end-auto-top-up"))
    assert AutoTopUp.objects.get().enabled is False
    assert "They are off" in said(alice_in.get(reverse("wallet")))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"day_cap": "19"}, "This must be at least the amount of one top-up."),
        ({"amount": "0"}, "Write an amount from $1.00"),
        ({"threshold": ""}, "This field is required."),
    ],
)
def test_bad_limits_say_what_is_wrong_and_allow_nothing(
    alice_in, fake, harbour, said, change, words
):
    give(fake, harbour)
    answer = alice_in.post(reverse("auto-top-up"), limits(**change))
    assert (answer.status_code, words in said(answer)) == (422, True)
    assert not AutoTopUp.objects.exists()


def test_without_a_card_that_is_said(alice_in, said):
    answer = alice_in.post(reverse("auto-top-up"), limits())
    assert "This must be saved first" in said(answer)


def test_a_payment_is_confirmed_at_the_bank(alice_in, fake, harbour, said):
    card = give(fake, harbour, "pm_card_authenticationRequired")
    made = stand_in.ask(harbour, method=card.payment_method, at=now())
    stand_in.send(made.commands.get(), now())
    text = said(alice_in.get(reverse("wallet")))
    assert "Your bank wants you to confirm a payment" in text
    assert "Confirm at your bank : $25.00" in text
    answer = alice_in.post(reverse("confirm-top-up", args=[made.public_id]))
    made.refresh_from_db()
    assert answer["Location"] == f"{fake.address}/_fake/authenticate/{made.payment_intent}"


def test_nobody_confirms_the_payments_of_others(alice_in, fake, charlie):
    made = stand_in.ask(charlie.memberships.get().organisation)
    answer = alice_in.post(reverse("confirm-top-up", args=[made.public_id]))
    assert (answer.status_code, fake.calls) == (404, [])


@pytest.mark.parametrize("name", ["save-card", "top-up"])
def test_when_stripe_is_silent_the_page_says_so(alice_in, fake, said, name):
    fake.faults.append("500")
    sent = form(alice_in) if name == "top-up" else {}
    answer = alice_in.post(reverse(name), sent, follow=True)
    assert "Stripe does not answer at the moment." in said(answer)


def test_a_notice_is_put_away_by_its_own_organisation_only(alice_in, harbour, charlie):
    notices.tell(organisation=harbour, key="a", text="Mine.", at=now())
    other = charlie.memberships.get().organisation
    notices.tell(organisation=other, key="b", text="Theirs.", at=now())
    for row in WalletNotice.objects.all():
        alice_in.post(reverse("put-away-notice", args=[row.public_id]))
    shown = WalletNotice.objects.filter(put_away_at=None)
    assert [row.text for row in shown] == ["Theirs."]


PAYING = ["save-card", "auto-top-up", "end-auto-top-up"]


@pytest.mark.parametrize("name", PAYING)
def test_who_may_not_pay_may_not_change_any_of_it(client, member_as, fake, name):
    client.force_login(member_as("engineer"))
    assert client.post(reverse(name)).status_code == 403
    assert fake.calls == []


def test_refunds_are_shown(alice_in, fake, harbour, said):
    lot = stand_in.paid(harbour)
    made = billing.refund(lot=lot, amount_micro=5_000_000, reason="x", by=None, key="r", at=now())
    stand_in.send(made.commands.get(), now())
    assert "Refunded $5.00" in said(alice_in.get(reverse("wallet")))


def test_a_frozen_wallet_books_nothing_and_says_why(alice_in, harbour, offer, fresh_market, said):
    make.funded(harbour, 10_000_000)
    account = billing.wallet(organisation=harbour).account
    ledger.freeze(key="f", account=account, reason="x", at=now())
    with pytest.raises(ledger.WalletFrozen):
        make.reservation(harbour, offer, start=now(), at=now())
    assert not harbour.reservations.exists()


def test_what_is_owed_is_said(alice_in, harbour, said):
    assert "Owed to us" not in said(alice_in.get(reverse("wallet")))
    owed = ledger.account(kind="renter_receivable", owner=harbour.public_id, currency="USD")
    fee = ledger.account(kind="platform_fee", currency="USD")
    entries = [ledger.Entry(owed, fee, 3_000_000)]
    ledger.post(key="k", kind="lent", entries=entries, at=now())
    text = said(alice_in.get(reverse("wallet")))
    assert "Owed to us, paid from the next top-up $3.00" in text
