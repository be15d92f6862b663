"""Somebody in front of a browser, who finds the way by what the pages say."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.journeys.town import PATIENCE, Town
from tests.totp import code

PASSWORD = "a long pass phrase"
EXTRACT = {"name": "extract.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 an extract"}


class Person:
    """A browser of its own, and what it complained of on our pages."""

    def __init__(self, town: Town, context: Any, name: str, email: str) -> None:
        self.town, self.name, self.email = town, name, email
        self.complaints: list[str] = []
        self.page = context.new_page()
        self.page.set_default_timeout(PATIENCE * 1000)
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, said: Any) -> None:
        # the lease of this journey makes a network, see tests/network.py; pages ask again
        if "net::ERR_NETWORK_CHANGED" in said.text:
            return
        if said.type == "error" and said.location["url"].startswith(self.town.url):
            self.complaints.append(f"{said.location['url']}: {said.text}")

    def go(self, path: str) -> None:
        self.page.goto(path if path.startswith("http") else self.town.url + path)

    def fill(self, **fields: str) -> None:
        """Fields by their names; a dash is written as an underscore."""
        for name, value in fields.items():
            place = self.page.locator(f'[name="{name.replace("_dash_", "-")}"]:visible')
            if place.evaluate("one => one.tagName") == "SELECT":
                place.select_option(value)
            else:
                place.fill(value)

    def tick(self, name: str) -> None:
        self.page.locator(f'[name="{name}"]:visible').check()

    def press(self, label: str) -> None:
        """A button by the words on it, and whatever page comes of it."""
        self.page.get_by_role("button", name=label, exact=True).click()
        self.page.wait_for_load_state()

    def follow(self, label: str, *, exact: bool = True) -> None:
        self.page.get_by_role("link", name=label, exact=exact).first.click()
        self.page.wait_for_load_state()

    def open(self, label: str) -> None:
        """What is folded away."""
        self.page.locator("summary", has_text=label).click()

    def sees(self, text: str) -> None:
        """Wait until it stands on the page, which need not be loaded anew."""
        self.page.get_by_text(text).locator("visible=true").first.wait_for()

    def read(self) -> str:
        return re.sub(r"\s+", " ", self.page.locator("#main").inner_text())

    # --- the way in

    def sign_up(self, organisation: str, legal_name: str, country: str) -> None:
        """An organisation, its owner, and the address confirmed by the link in the letter."""
        self.go("/")
        self.follow("Sign up")
        self.fill(name=self.name, email=self.email, password=PASSWORD)
        self.fill(organisation_name=organisation, legal_name=legal_name, country=country)
        self.press("Sign up")
        self.sees("Look into your mail")
        self.confirm_address()
        self.sign_in()

    def confirm_address(self) -> None:
        self.go(self.town.link(self.email, "/confirm-email/"))
        self.press("Confirm the address")

    def sign_in(self) -> None:
        self.go("/sign-in/")
        self.fill(login=self.email, password=PASSWORD)
        self.press("Sign in")

    def tell_who_it_is(self, country: str, parent: str) -> None:
        """The six steps of know-your-customer, and off to screening."""
        paper = "Extract of 1 Oct 2026"
        self.go("/organisation/")
        self.follow("What we know of you, step by step")
        self.follow("Who you are")
        self.fill(registration_number="201912345Z")
        self.press("Save and go on")
        self.fill(hq_country=country, parent_name=parent, parent_hq_country=country)
        self.press("Save and go on")
        self.fill(owner_name=parent, owner_kind="person", owner_country=country)
        self.fill(share_bps="100", since="2020-01-01", evidence=paper)
        self.press("Add the owner")
        self.fill(**{"d-name": parent, "d-country": country})
        self.fill(**{"d-since": "2020-01-01", "d-evidence": paper})
        self.press("Add the director")
        self.follow("Go on")
        self.fill(end_use="inference", text="Serving our own models.", signed_name=self.name)
        self.tick("signed")
        self.press("Sign and go on")
        self.fill(name=self.name, position="Director", email=self.email)
        self.press("Add the person")
        self.follow("Go on")
        self.fill(kind="register")
        self.page.locator("[name=document]").set_input_files(EXTRACT)
        self.press("Send the file")
        self.follow("Check and send")
        assert "Missing" not in self.read()
        self.press("Send to screening")

    # --- staff

    def sign_in_as_staff(self, *, confirmed: bool = False) -> None:
        """Straight to the admin, which leads by way of address and second factor.

        The address of who was made at the console counts as confirmed.
        """
        self.go("/admin/")
        self.fill(login=self.email, password=PASSWORD)
        self.press("Sign in")
        if not confirmed:
            self.sees("Confirm your e-mail address before you add a second factor.")
            self.press("Send the link")
            self.confirm_address()
            self.go("/admin/")
        self.sees("Is it you?")
        self.fill(password=PASSWORD)
        self.press("Go on")
        self.sees("Add an authenticator app")
        self.fill(code=code(self.page.locator(".copyline code").inner_text()))
        self.press("Add the app")
        self.sees("Recovery codes")
        self.go("/admin/")
        self.sees("Today")


@contextmanager
def person(town: Town, browser: Any, name: str, email: str) -> Iterator[Person]:
    """Have somebody for a while. At the end the browser must not have complained."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    made = Person(town, context, name, email)
    yield made
    context.close()
    assert made.complaints == [], made.complaints
