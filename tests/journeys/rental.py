"""What the three do: put a machine on the market, rent it, decide on a case."""

import re
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agents.node.selftest.login import QUIET, make_key
from tests.journeys.people import PASSWORD, Person
from tests.journeys.town import NODE, Town, until

PRICE, HOURS = "2.40", "0.1"
#: what a machine without containers can run
COMMAND = "sleep 3600"


def allow_to_provide(operator: Person, organisation: str) -> None:
    """The operator knows the provider: it may put machines on the market."""
    operator.go("/admin/accounts/organisation/")
    operator.follow(organisation)
    operator.tick("can_provide")
    operator.press("Save")
    operator.sees("was changed successfully")


def record_seller(operator: Person) -> None:
    operator.go("/admin/billing/seller/add/")
    operator.fill(name="Straits Pte. Ltd.", address="1 Raffles Place", country="SG")
    operator.fill(tax_id="201900001A", email="billing@straits.example")
    operator.press("Save")
    operator.sees("was added successfully")


def hire(operator: Person, name: str, email: str) -> None:
    """An officer: a person with a password, who is staff and in the group."""
    operator.go("/admin/accounts/user/add/")
    operator.fill(email=email, name=name, password1=PASSWORD, password2=PASSWORD)
    operator.press("Save and continue editing")
    operator.tick("is_staff")
    operator.page.locator("#id_groups_from").select_option("Compliance officers")
    operator.page.locator("#id_groups_add").click()
    operator.press("Save")
    operator.sees("was changed successfully")


def put_on_the_market(provider: Person, town: Town, folder: Path) -> None:
    """From the first page to a price; what the machine has to do is copied from the page."""
    provider.go("/provider/")
    provider.sees("Put your first GPU on the market")
    provider.follow("Add a machine")
    provider.fill(site_name="Johor Bahru 1", country="MY", city="Johor Bahru", name="jb1-r01")
    provider.press("Add it")
    provider.press("Make a token")
    provider.sees("This token is shown once and works once")
    keep = provider.page.locator(".copyline code", has_text="> token").inner_text()
    token, state = folder / "token", folder / "state"
    subprocess.run(["/bin/sh", "-c", keep], cwd=folder, check=True)  # noqa: S603  as root would
    assert oct(token.stat().st_mode)[-3:] == "600"
    joining = ["--server", town.url, "--token-file", str(token), "--state", str(state)]
    assert "enrolled at" in town.run([*NODE, "enrol", *joining])
    provider.sees("Next: start the service")
    town.node(state)
    # the page is open all the while and has not been loaded again
    provider.sees("Next: set a price")
    provider.sees("2 of 2")
    assert "shown once" in provider.read()
    provider.follow("Machine and price")
    provider.fill(price=PRICE)
    provider.press("List it")
    provider.sees("Listed.")


def top_up(renter: Person, card: str) -> None:
    """On Stripe's page, which here is the fake's."""
    renter.follow("Wallet")
    renter.fill(amount="50", payment_method="page")
    renter.press("Add this amount")
    renter.sees("This is a fake Stripe")
    renter.page.get_by_role("button", name=card).click()
    renter.sees("Paid")
    renter.sees("$50.00")


@dataclass(frozen=True)
class Rental:
    """A reservation that runs: its page, its id, and the key to its SSH if it has any."""

    path: str
    public_id: str
    key: Path | None


def reserve(renter: Person, town: Town, folder: Path) -> Rental:
    """Search, look, price, reserve, and watch until it runs."""
    renter.follow("Find GPUs")
    renter.fill(q="gpu ~ H100 and count >= 2")
    renter.press("Search")
    renter.sees("1 offer")
    renter.sees("Available")
    renter.follow("Look", exact=False)
    renter.fill(gpu_count="2", hours=HOURS)
    key = folder / "key" if town.engine else None
    if key:
        renter.fill(template="ssh", ssh_keys=make_key(key))
    else:
        renter.fill(command=COMMAND)
    renter.press("Show what it costs")
    # 2 GPUs for 6 minutes at $2.40
    renter.press("Reserve for $0.48")
    renter.sees("Running")
    path = renter.page.url.removeprefix(town.url)
    found = re.search(r"/reservations/([0-9a-f-]{36})/", path)
    assert found is not None
    return Rental(path, found[1], key)


def log_in(renter: Person, rental: Rental) -> list[str]:
    """By the line that the page gives to copy; the GPUs that the lease has."""
    assert rental.key is not None
    line = renter.page.locator(".copyline code", has_text="ssh -p").inner_text()
    options = [word for option in QUIET for word in ("-o", option)]
    command = [*shlex.split(line), "-i", str(rental.key), *options]
    ask = [*command, "ls -d /dev/straits-simulated/*/*"]

    def answer() -> list[str]:
        done = subprocess.run(ask, capture_output=True, text=True, check=False)  # noqa: S603
        return done.stdout.split()

    return list(until(f"an answer to {line}", answer))


def stop(renter: Person) -> None:
    renter.open("Stop early")
    renter.press("Stop now")
    renter.sees("Settled")


def get_paid(provider: Person) -> None:
    """Open the account with Stripe and tell it everything."""
    provider.follow("Payouts")
    provider.follow("Get paid")
    provider.fill(country="MY")
    provider.press("Continue")
    provider.follow("Go to Stripe")
    provider.page.get_by_role("button", name="Everything is in order").click()
    provider.sees("Ready")


def propose(officer: Person, party: str) -> None:
    """Work on the first case of the queue, and sign."""
    officer.follow("Cases")
    officer.follow(party, exact=False)
    officer.press("Assign to me")
    officer.sees("Assign to me: done.")
    officer.fill(verdict="clear", reason="Another register, another owner.")
    for box in officer.page.locator('[name="entries"]').all():
        box.check()
    officer.press("Propose the verdict")
    officer.sees("Propose the verdict: done.")


def approve(officer: Person, party: str) -> None:
    officer.follow("Cases")
    officer.follow(party, exact=False)
    officer.fill(reason="I compared the same papers.")
    officer.press("Approve")
    officer.sees("Approve: done.")


def cents(micro: Any) -> str:
    """As papers print it."""
    return f"{int(micro) / 1_000_000:.2f}"
