"""An invoice says what of it promotional credit has paid for, each micro-unit once."""

import pytest
from django.db import IntegrityError, connection, transaction

from marketplace.billing import services
from marketplace.billing.models import Invoice
from marketplace.brokerage import services as brokerage
from tests import make
from tests.billing import papers, use
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller(market, sally):
    return papers.record_seller(sally)


def give(organisation, sally, micro):
    grant = services.propose_credit(
        organisation=organisation,
        amount_micro=micro,
        expires_at=NOON + 24 * HOUR,
        reason="welcome",
        by=sally,
        at=NOON,
    )
    return services.give_credit(grant=grant, by=make.user(), at=NOON)


def rented(renter):
    """Ten minutes of two GPUs, 0.80 USD, paid from what is in the wallet."""
    made = make.reservation(renter, make.offer(gpus=2), gpus=2)
    make.started(made)
    use.report(made, use.minutes(0, 10), final=True)
    brokerage.stop(reservation=made, by=None, at=NOON + 10 * use.MINUTE)
    services.settle(reservation=made, at=NOON + HOUR)


def invoiced(renter, hours):
    made = papers.invoice(renter, until=NOON + hours * HOUR)
    return made.total_micro, made.promo_micro


def test_what_gifts_paid_for_is_told_once_and_never_above_the_total(seller, harbour, sally):
    papers.tax_rule(sally)
    give(harbour, sally, 6_000_000)
    rented(harbour)
    assert invoiced(harbour, 2) == (870_000, 800_000), "the tax is taken with the invoice"
    rented(harbour)
    assert invoiced(harbour, 3) == (870_000, 870_000), "the tax of the first, and of usage the rest"
    assert services.promotional_credit(organisation=harbour, at=NOON)[0].remaining_micro == (
        6_000_000 - 2 * 870_000
    )


def test_own_money_is_not_told(seller, harbour, sally):
    make.funded(harbour)
    rented(harbour)
    give(harbour, sally, 5_000_000)
    made = papers.invoice(harbour)
    assert (made.total_micro, made.promo_micro) == (800_000, 0)
    assert "promo_micro" not in services.paper_content(made)


def test_the_papers_show_it(seller, harbour, sally, client, alice, said):
    give(harbour, sally, 5_000_000)
    rented(harbour)
    made = papers.invoice(harbour)
    assert services.paper_content(made)["promo_micro"] == 800_000
    assert services.paper_pdf(made, at=NOON).content.startswith(b"%PDF")
    client.force_login(alice)
    text = said(client.get(f"/invoices/{made.public_id}/"))
    assert "Of this, paid with promotional credit $0.80" in text


def test_the_wallet_shows_what_is_left(seller, harbour, sally, client, alice, said):
    client.force_login(alice)
    assert "Promotional credit" not in said(client.get("/wallet/"))
    give(harbour, sally, 5_000_000)
    rented(harbour)
    assert "$5.00 $4.20" in said(client.get("/wallet/"))


def test_more_than_the_total_is_refused(seller, harbour):
    make.funded(harbour)
    rented(harbour)
    made = papers.invoice(harbour)
    above = "UPDATE billing_invoice SET promo_micro = total_micro + 1"
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        with pytest.raises(IntegrityError, match="promo_within_total"), transaction.atomic():
            cursor.execute(above)
        cursor.execute("SET LOCAL session_replication_role = origin")
    made.refresh_from_db()
    assert (Invoice.objects.count(), made.promo_micro) == (1, 0)
