"""People in a real browser: from signing up to cleared, a passkey, and the pages on that way.

With SHOTS=FOLDER the pages are kept as pictures, to be looked at.
"""

import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils.timezone import now

from marketplace.accounts.models import User
from tests import make
from tests.browser.test_pages import LOOKS, SHOTS, violations
from tests.totp import code

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "a long pass phrase"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def fit(axe):
    """Look at the page as test_pages does."""

    def look(page, name):
        page.evaluate(axe)
        for width, scheme, wanted in LOOKS:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            if SHOTS:
                page.screenshot(path=f"{SHOTS}/{name}-{width}-{scheme}.png", full_page=True)
            assert violations(page, wanted) == [], (name, width, scheme)
        page.set_viewport_size({"width": 1280, "height": 900})

    return look


@pytest.fixture(scope="module")
def axe():
    import axe_playwright_python

    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()


def fill(page, **fields):
    for name, value in fields.items():
        place = page.locator(f"[name={name}]:visible")
        if place.evaluate("one => one.tagName") == "SELECT":
            place.select_option(value)
        else:
            place.fill(value)


def press(page, label):
    page.get_by_role("button", name=label, exact=True).click()
    page.wait_for_load_state()


def test_from_signing_up_to_cleared(visit, fit, letters):
    call_command("load_reference", verbosity=0)
    make.fresh_list(at=now())
    page = visit(reverse("sign-up"))
    fill(page, name="Ada", email="ada@example.test", password=PASSWORD)
    fill(page, organisation_name="Harbour Light", legal_name="Harbour Light Ltd", country="SG")
    press(page, "Sign up")
    assert page.get_by_role("heading", name="Look into your mail").is_visible()
    link = re.search(r"http://testserver(\S+)", letters()[0].body)[1]
    here = page.url.removesuffix(reverse("account_email_verification_sent"))
    page.goto(here + link)
    fit(page, "confirm-email")
    press(page, "Confirm the address")
    assert User.objects.get().email_confirmed

    page.goto(here + reverse("sign-in"))
    fill(page, login="ada@example.test", password=PASSWORD)
    press(page, "Sign in")
    page.goto(here + reverse("mfa_activate_totp"))
    fill(page, password=PASSWORD)
    press(page, "Go on")
    secret = page.locator(".copyline code").inner_text()
    fit(page, "authenticator")
    fill(page, code=code(secret))
    press(page, "Add the app")
    assert page.get_by_role("heading", name="Recovery codes").is_visible()
    fit(page, "recovery-codes")
    press(page, "Sign out")
    page.goto(here + reverse("sign-in"))
    fill(page, login="ada@example.test", password=PASSWORD)
    press(page, "Sign in")
    fit(page, "second-factor")
    fill(page, code=code(secret, steps=1))
    press(page, "Sign in")

    page.goto(here + reverse("know"))
    page.get_by_role("link", name="Who you are", exact=True).click()
    fill(page, registration_number="201912345Z")
    press(page, "Save and go on")
    fill(page, hq_country="SG", parent_name="Tove Lindqvarn", parent_hq_country="SG")
    press(page, "Save and go on")
    fill(page, owner_name="Tove Lindqvarn", owner_kind="person", owner_country="SE")
    fill(page, share_bps="100", since="2020-01-01", evidence="Extract of 1 Oct 2026")
    press(page, "Add the owner")
    there = {"d-name": "Tove Lindqvarn", "d-country": "SE", "d-since": "2020-01-01"}
    fill(page, **there, **{"d-evidence": "Extract of 1 Oct 2026"})
    press(page, "Add the director")
    page.get_by_role("link", name="Go on", exact=True).click()
    fill(page, end_use="inference", text="Serving our own models.", signed_name="Ada Roe")
    page.locator("[name=signed]").check()
    press(page, "Sign and go on")
    fill(page, name="Ada Roe", position="Director", email="ada@example.test")
    press(page, "Add the person")
    page.get_by_role("link", name="Go on", exact=True).click()
    page.locator("[name=kind]").select_option("register")
    extract = {"name": "extract.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
    page.locator("[name=document]").set_input_files(extract)
    press(page, "Send the file")
    page.get_by_role("link", name="Check and send").click()
    assert page.get_by_text("Missing").count() == 0
    press(page, "Send to screening")
    assert page.locator("#main .state", has_text="Cleared").is_visible()
    fit(page, "know-cleared")


def test_a_passkey_is_added_and_signs_in_alone(visit, fit, alice, harbour):
    page = visit(reverse("sign-in"))
    here = page.url.removesuffix(reverse("sign-in"))
    browser = page.context.new_cdp_session(page)
    browser.send("WebAuthn.enable")
    browser.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    fill(page, login=alice.email, password="secret")
    press(page, "Sign in")
    page.goto(here + reverse("mfa_add_webauthn"))
    fill(page, password="secret")
    press(page, "Go on")
    fit(page, "passkey")
    fill(page, name="Laptop")
    page.get_by_role("button", name="Add the passkey").click()
    page.wait_for_url(here + reverse("mfa_view_recovery_codes"))
    page.goto(here + reverse("mfa_index"))
    assert page.get_by_role("rowheader", name="Laptop").is_visible()
    fit(page, "security")
    page.goto(here + reverse("change-address"))
    assert page.get_by_role("heading", name="Change your e-mail address").is_visible()
    fit(page, "change-address")
    press(page, "Sign out")
    page.goto(here + reverse("sign-in"))
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(here + reverse("home"))
    assert page.get_by_role("link", name="Harbour Light").is_visible()
    # and before something that matters
    page.goto(here + reverse("mfa_reauthenticate_webauthn") + "?next=/security/")
    fit(page, "passkey-again")
    page.get_by_role("button", name="Use your passkey").click()
    page.wait_for_url(here + reverse("mfa_index"))


def test_a_device_that_says_no_changes_nothing(visit, alice, harbour):
    page = visit(reverse("sign-in"))
    browser = page.context.new_cdp_session(page)
    browser.send("WebAuthn.enable")
    unverified = {**AUTHENTICATOR, "isUserVerified": False}
    browser.send("WebAuthn.addVirtualAuthenticator", {"options": unverified})
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_text("Nothing was changed: the device did not answer").wait_for()
