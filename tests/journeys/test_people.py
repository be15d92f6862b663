"""Three journeys in a real browser, from an empty database, through the processes that serve it.

The renter's needs a machine on the market and the provider's a renter, so each part that is
shared is a fixture: whichever test asks first walks it.
"""

import io
import re

import pytest
from pypdf import PdfReader

from tests import homes
from tests.agents.node.containers.conftest import engine, why_not  # noqa: F401  a fixture
from tests.browser.conftest import browsers
from tests.journeys import rental, town
from tests.journeys.people import PASSWORD, person
from tests.journeys.town import until

CHARGED = """
SELECT sum(moved.amount)::bigint
FROM ledger_transfer moved
JOIN ledger_account debit ON debit.id = moved.debit_id
JOIN ledger_account credit ON credit.id = moved.credit_id
JOIN accounts_organisation renter ON renter.public_id = debit.owner
WHERE debit.kind = 'wallet_paid' AND renter.name = %s
  AND credit.kind IN ('provider_pending', 'platform_fee')
"""
WALLET = """
SELECT balance.posted FROM ledger_balance balance
JOIN ledger_account account ON account.id = balance.account_id
JOIN accounts_organisation renter ON renter.public_id = account.owner
WHERE account.kind = 'wallet_paid' AND renter.name = %s
"""
PAID_OUT = """
SELECT moved.amount
FROM ledger_transfer moved
JOIN ledger_account debit ON debit.id = moved.debit_id
JOIN ledger_account credit ON credit.id = moved.credit_id
WHERE debit.kind = 'payout_in_transit' AND credit.kind = 'stripe_available'
"""
#: a name like that of a party of the made-up list
LIKE_A_LISTED_ONE = "Pelagik Dawn Systems Ltd"


@pytest.fixture(scope="module")
def browser():
    with browsers() as one:
        yield one


@pytest.fixture(scope="module")
def here(browser, request):
    """Without a browser nothing is started."""
    found = "" if why_not() else request.getfixturevalue("engine")
    with homes.home() as home, town.running(home, found) as made:
        yield made


@pytest.fixture(scope="module")
def operator(here, browser):
    """Made at the console, as the README says; everybody else comes by the pages."""
    email = "root@straits.example"
    here.manage(
        "createsuperuser", "--noinput", "--email", email, DJANGO_SUPERUSER_PASSWORD=PASSWORD
    )
    with person(here, browser, "Root", email) as made:
        made.sign_in_as_staff(confirmed=True)
        rental.record_seller(made)
        yield made


@pytest.fixture(scope="module")
def provider(here, browser, operator, tmp_path_factory):
    """Has signed up, is cleared, and has two GPUs on the market."""
    with person(here, browser, "Siti", "siti@selat.example") as made:
        made.sign_up("Selat Compute", "Selat Compute Sdn Bhd", "MY")
        made.tell_who_it_is("MY", "Siti Rahim")
        rental.allow_to_provide(operator, "Selat Compute")
        rental.put_on_the_market(made, here, tmp_path_factory.mktemp("machine"))
        yield made


@pytest.fixture(scope="module")
def renter(here, browser, provider, tmp_path_factory):
    """Has signed up, is cleared, has paid, and has rented both for a while."""
    with person(here, browser, "Ada", "ada@harbour.example") as made:
        made.sign_up("Harbour Light", "Harbour Light Research Ltd", "SG")
        made.tell_who_it_is("SG", "Tove Lindqvarn")
        made.sees("Cleared")
        rental.top_up(made, "Visa 0077")
        rented = rental.reserve(made, here, tmp_path_factory.mktemp("renter"))
        if rented.key:
            assert len(rental.log_in(made, rented)) == 2
        rental.stop(made)
        yield made


@pytest.fixture(scope="module")
def charged(here, renter):
    """What the ledger took from the renter's wallet, in micro-units."""
    [[amount]] = here.ask(CHARGED, "Harbour Light")
    # 2 GPUs at $2.40, for a minute at least and six at most
    assert 80_000 <= amount <= 480_000
    return amount


def test_a_renter_goes_from_signing_up_to_the_invoice(here, renter, charged):
    renter.follow("Invoices")
    renter.press("Issue an invoice now")
    renter.sees("Invoice INV-")
    [number] = set(re.findall(r"INV-\d{4}-\d{6}", renter.read()))
    with renter.page.expect_download() as got:
        renter.page.get_by_role("link", name="PDF").click()
    assert got.value.suggested_filename == f"{number}.pdf"
    pages = PdfReader(io.BytesIO(got.value.path().read_bytes())).pages
    text = re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))
    # what the wallet paid in all: a part of a cent goes back with the invoice
    [[left]] = here.ask(WALLET, "Harbour Light")
    assert 0 <= charged - (50_000_000 - left) < 10_000
    total = rental.cents(50_000_000 - left)
    for said in (number, "Straits Pte. Ltd.", "Harbour Light Research Ltd", f"Total USD {total}"):
        assert said in text
    assert f"{total} USD" in renter.read()
    renter.follow("Wallet")
    renter.sees(f"${rental.cents(left)}")


def test_a_provider_goes_from_a_token_to_the_payout(here, provider, charged):
    earned = charged - charged * 1500 // 10_000
    provider.go("/")
    provider.follow("Earnings")
    provider.sees("jb1-r01")
    rental.get_paid(provider)
    # beat sends it every few minutes
    here.send_task("marketplace.billing.tasks.pay_providers")

    def paid():
        provider.go("/payouts/")
        return "Transferred $" in provider.read()

    until("the payout", paid)
    [[moved]] = here.ask(PAID_OUT)
    assert moved == earned - earned % 10_000, "whole cents; the rest waits"
    provider.page.locator("table a.mono").first.click()
    provider.sees(f"Payout of ${rental.cents(moved)}")
    said = provider.read()
    assert f"Transferred ${rental.cents(moved)}" in said


def test_officers_clear_a_renter_of_a_likeness_and_it_takes_two(here, browser, operator):
    with person(here, browser, "Max", "max@pelagik.example") as renter:
        renter.sign_up("Pelagik", LIKE_A_LISTED_ONE, "SG")
        renter.tell_who_it_is("SG", "Rowan Tessaly Birch")
        renter.sees("Under review")
        for name in ("Olive", "Omar"):
            rental.hire(operator, name, f"{name.lower()}@straits.example")
        with person(here, browser, "Olive", "olive@straits.example") as first:
            first.sign_in_as_staff()
            rental.propose(first, LIKE_A_LISTED_ONE)
            rental.approve(first, LIKE_A_LISTED_ONE)
        renter.go("/organisation/know/")
        renter.sees("Under review")
        with person(here, browser, "Omar", "omar@straits.example") as second:
            second.sign_in_as_staff()
            rental.approve(second, LIKE_A_LISTED_ONE)
        renter.go("/organisation/know/")
        renter.sees("Cleared")
        renter.sees("Nothing stands against")
