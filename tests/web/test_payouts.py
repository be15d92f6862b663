"""Getting paid: a provider sets up an account, and sees each payout down to its charges."""

import csv
from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.urls import reverse
from django.utils.timezone import now

from marketplace.billing.fake_stripe.resources import accounts
from marketplace.billing.models import PayoutAccount
from marketplace.billing.services import payouts
from marketplace.catalog.models import Machine
from marketplace.core.models import AuditEvent
from marketplace.ledger import services as ledger
from tests import make
from tests.billing import earning, kept
from tests.billing.earning import DAY, EARNED, RIPE, earned, paid_out, provider

pytestmark = pytest.mark.django_db
PAGES = ["payouts", "payout-account"]


@pytest.fixture
def rental(market, harbour, settings):
    settings.PAYOUT_MINIMUM_MICRO = 10_000
    return earned(harbour, price_micro=2_400_042)


@pytest.fixture
def selat(rental):
    return provider(rental)


@pytest.fixture
def siti_in(client, selat):
    """The billing member of the provider."""
    client.force_login(make.member(selat, "billing"))
    return client


@pytest.fixture
def payout(fake, selat, siti_in):
    earning.stripe_account(fake, selat)
    paid_out(RIPE)
    return earning.send(RIPE)


def test_setting_up_opens_an_account_and_leads_to_stripe(fake, selat, siti_in, said):
    url = reverse("payout-account")
    assert "Not set up" in said(siti_in.get(url))
    answer = siti_in.post(url, {"country": "MY"})
    account = PayoutAccount.objects.get()
    assert answer.status_code == 200
    assert f"/_fake/onboard/{account.stripe_id}" in answer.content.decode()
    assert (account.organisation, account.country, account.standing) == (selat, "MY", "onboarding")
    [made] = fake.all("account")
    assert made["tos_acceptance"] == {"service_agreement": "recipient"}
    assert made["controller"]["losses"] == {"payments": "application"}
    back = "http://testserver/payouts/account/?from-stripe"
    assert fake.returns == {account.stripe_id: back}
    assert AuditEvent.objects.filter(verb="opened a payout account").count() == 1
    siti_in.post(url, {})
    assert len(fake.all("account")) == 1, "the same account, another page"


def test_who_comes_back_from_stripe_sees_what_it_says_before_its_event(fake, siti_in, said):
    url = reverse("payout-account")
    siti_in.post(url, {"country": "MY"})
    accounts.enable(fake, PayoutAccount.objects.get().stripe_id)
    assert "Not finished" in said(siti_in.get(url)), "nothing was heard yet"
    fake.faults.append("500")
    assert "Not finished" in said(siti_in.get(f"{url}?from-stripe")), "Stripe could not be reached"
    assert "Ready" in said(siti_in.get(f"{url}?from-stripe"))


def test_the_page_says_what_stripe_still_wants(fake, selat, siti_in, said):
    siti_in.post(reverse("payout-account"), {"country": "MY"})
    row = PayoutAccount.objects.get()
    accounts.restrict(fake, row.stripe_id, due=["company.verification.document"])
    earning.hear(fake.events[-1], now())
    text = said(siti_in.get(reverse("payout-account")))
    assert "Restricted" in text
    assert "company.verification.document" in text
    accounts.enable(fake, row.stripe_id)
    earning.hear(fake.events[-1], now())
    assert "Ready" in said(siti_in.get(reverse("payouts")))


@pytest.mark.parametrize("country", ["", "XX", "Malaysia"])
def test_a_country_that_is_none_is_refused(fake, selat, siti_in, country):
    answer = siti_in.post(reverse("payout-account"), {"country": country})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"country"}
    assert not PayoutAccount.objects.exists()
    assert fake.calls == []


def test_when_stripe_cannot_be_reached_it_is_said_and_nothing_doubled(fake, selat, siti_in, said):
    fake.faults.append("500")
    answer = siti_in.post(reverse("payout-account"), {"country": "MY"})
    assert answer.status_code == 422
    assert "Stripe cannot be reached now; try again in a minute." in said(answer)
    assert siti_in.post(reverse("payout-account"), {}).status_code == 200
    assert len(fake.all("account")) == PayoutAccount.objects.count() == 1


def test_payouts_are_listed_with_what_is_payable(payout, siti_in, said, harbour):
    text = said(siti_in.get(reverse("payouts")))
    assert "Payable now $0.00001" in text
    assert f"{payout.public_id} " in text
    assert "Transferred $0.68" in text
    assert harbour.name not in text


def test_the_statement_adds_up_to_the_ledger(payout, rental, siti_in, said):
    sums = payouts.statement(payout=payout)
    assert (sums.charged_micro, sums.fee_micro, sums.yours_micro) == (800_014, 120_004, 680_010)
    assert (
        payout.carried_in_micro + sums.yours_micro + sums.owed_later_micro - payout.netted_micro
        == payout.amount_micro + payout.carried_out_micro
        == 680_010
    )
    [line] = payouts.rentals(payout=payout)
    assert (line.charged_micro, line.fee_micro, line.yours_micro) == (800_014, 120_004, 680_010)
    text = said(siti_in.get(reverse("payout", args=[payout.public_id])))
    assert (
        "charged $0.800014, less the platform\N{RIGHT SINGLE QUOTATION MARK}s fee of $0.120004"
        in text
    )
    assert f"{rental.public_id} " in text
    assert "Transferred $0.68" in text


def test_a_workspace_that_was_kept_stands_beside_its_rental(fake, selat, siti_in, rental, said):
    kept.ended(rental)
    earning.stripe_account(fake, selat)
    paid_out(RIPE + 2 * DAY)
    payout = earning.send(RIPE + 2 * DAY)
    name = rental.offer.machine.name
    shown = f"{name} Workspace kept 25 Nov 2026, 19:40 UTC $0.524475 $0.078672 $0.445803"
    assert shown in said(siti_in.get(reverse("payout", args=[payout.public_id])))


def test_every_charge_can_be_downloaded(payout, rental, siti_in, harbour):
    answer = siti_in.get(reverse("payout-charges", args=[payout.public_id]))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    text = b"".join(answer.streaming_content).decode()
    rows = list(csv.DictReader(text.splitlines()))
    assert [(row["charged"], row["fee"], row["yours"]) for row in rows] == [
        ("0.400007", "0.060002", "0.340005")
    ] * 2
    assert {row["reservation"] for row in rows} == {str(rental.public_id)}
    assert harbour.name not in text


def test_a_name_is_no_formula_in_a_spreadsheet(payout, rental, siti_in):
    Machine.objects.update(name="=HYPERLINK(1)")
    answer = siti_in.get(reverse("payout-charges", args=[payout.public_id]))
    rows = csv.DictReader(b"".join(answer.streaming_content).decode().splitlines())
    assert {row["machine"] for row in rows} == {"'=HYPERLINK(1)"}
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"] == f'attachment; filename="payout-{payout.public_id}.csv"'
    assert "no-store" in answer["Cache-Control"]


def test_it_is_sent_while_it_is_read(payout, selat, async_client, monkeypatch):
    """As uvicorn serves it: the first part is sent before the last line is read."""
    read = []

    def rows(*, payout):
        for number in range(10_000):
            read.append(number)
            yield (str(payout.public_id), str(number))

    monkeypatch.setattr(payouts, "charge_rows", rows)
    async_client.force_login(make.member(selat, "billing"))

    async def download():
        answer = await async_client.get(reverse("payout-charges", args=[payout.public_id]))
        return [(part, len(read)) async for part in answer]

    parts = async_to_sync(download)()
    assert b"".join(part for part, _ in parts).count(b"\r\n") == len(read) == 10_000
    assert parts[0][1] <= 1_000


def test_what_was_given_back_and_is_owed_later_stands_in_the_statement(
    fake, rental, payout, harbour, sally
):
    earning.take_back(rental, sally, minutes=5, at=RIPE + timedelta(hours=1))
    earning.more(harbour, rental, at=RIPE)
    paid_out(RIPE + 8 * DAY)
    second = earning.send(RIPE + 8 * DAY)
    sums = payouts.statement(payout=second)
    assert sums.yours_micro == EARNED - 340_006
    assert sums.owed_later_micro == 339_996
    assert (second.carried_in_micro, second.netted_micro) == (10, 339_996)
    assert second.amount_micro == 340_000
    assert sums.yours_micro + sums.owed_later_micro == second.earned_micro
    assert ledger.verify() == []


def test_what_staff_hold_is_said(payout, selat, siti_in, sally, said):
    assert "hold your payouts back" not in said(siti_in.get(reverse("payouts")))
    payouts.hold_payouts(organisation=selat, reason="Secret.", by=sally, at=RIPE)
    text = said(siti_in.get(reverse("payouts")))
    assert "Our staff hold your payouts back" in text
    assert "Secret" not in text


def pages(payout):
    own = [reverse(name, args=[payout.public_id]) for name in ("payout", "payout-charges")]
    return [*(reverse(name) for name in PAGES), *own]


def test_they_are_for_those_who_may_pay_of_that_provider(client, payout, selat, charlie):
    urls = pages(payout)
    client.logout()
    assert [client.get(url).status_code for url in urls] == [302] * 4
    for role, status in (("owner", 200), ("billing", 200), ("engineer", 403), ("viewer", 403)):
        client.force_login(make.member(selat, role))
        assert [client.get(url).status_code for url in urls] == [status] * 4
    client.force_login(charlie)
    assert [client.get(url).status_code for url in urls] == [404] * 4
    charlie.organisations.update(can_provide=True)
    assert [client.get(url).status_code for url in urls] == [200, 200, 404, 404]


def test_the_link_is_asked_for_a_few_times_an_hour(fake, selat, siti_in):
    url = reverse("payout-account")
    answers = [siti_in.post(url, {"country": "MY"}).status_code for _ in range(31)]
    assert answers == [200] * 30 + [429]
