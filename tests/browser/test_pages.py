"""Every page that can be looked at, in light and dark, on a phone and on a desk: axe finds nothing,
nothing sticks out sideways, and the browser has nothing to complain of.

With SHOTS=FOLDER the pages are kept as pictures, to be looked at.
"""

import os
from pathlib import Path

import pytest
from django.urls import reverse

from tests.access.conftest import things  # noqa: F401  a fixture
from tests.access.rules import OWN_WAY, WEB, read

pytestmark = pytest.mark.django_db(transaction=True)
#: these are no pages: a file, a word for machines, and what an open page asks for
FILES = {
    *(
        "usage-statement",
        "screening-document",
        "known-document",
        "healthz",
        "usage-verifier",
        "invoice-pdf",
        "invoice-json",
    ),
    *("reservation-now", "reservation-events", "machine-start-now", "machine-events"),
    *("wallet-now", "wallet-events"),
    *("notices-now", "notices-events", "bell"),
    *("credit-note-pdf", "credit-note-json", "payout-charges"),
}
#: other names of a page, and pages that first ask who is there: see test_people
ELSEWHERE = {
    *("account_signup", "account_login", "account_email", "mfa_reauthenticate"),
    *("mfa_reauthenticate_webauthn", "mfa_activate_totp", "mfa_generate_recovery_codes"),
    *("mfa_add_webauthn", "change-address"),
}
PAGES = [
    rule
    for rule in read(WEB)
    if rule.method == "GET" and rule.act != OWN_WAY and rule.name not in FILES | ELSEWHERE
]
#: so that lists have rows
FILLED = (
    "stake",
    "director",
    "contact",
    "paper",
    "own-offer",
    "invoice",
    "top-up",
    "key",
    "invitation",
    "told",
    "delivery",
)
#: WCAG 2.2 AA and below
LEVELS = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
#: what a scheme of colours can break
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
LOOKS = [(1280, "light", LEVELS), (1280, "dark", COLOURS), (390, "light", LEVELS)]
SHOTS = os.environ.get("SHOTS")
#: what one writes in or presses that touches what stands above it in the same form
TOUCHING = """() => {
  const box = (one) => one.getBoundingClientRect();
  const beside = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) < 4;
  const close = (a, b) => !beside(a, b) && b.top > a.bottom - 2 && b.top - a.bottom < 4;
  return [...document.forms].flatMap((form) => {
    const all = [...form.querySelectorAll(".input, .select, .btn")];
    const seen = all.filter((one) => one.checkVisibility());
    const pairs = seen.slice(1).map((one, place) => [seen[place], one]);
    const found = pairs.filter(([a, b]) => close(box(a), box(b)));
    return found.map(([a, b]) => a.id + " " + b.outerHTML);
  });
}"""
#: by how many pixels the foot stands above the foot of the window
FLOATS = """() => {
  const foot = document.querySelector(".foot");
  return foot ? innerHeight - scrollY - foot.getBoundingClientRect().bottom : 0;
}"""
#: what is wider than the column or panel that it stands in, by how many pixels, and cannot be
#: scrolled to there
STANDS_OUT = """() => {
  const over = (one) => {
    const place = one.closest(".panel, .split > *, .kyc > *, .page");
    return Math.round(one.getBoundingClientRect().right - place.getBoundingClientRect().right);
  };
  const scrolls = (one) => /auto|scroll/.test(getComputedStyle(one).overflowX);
  const within = (one) => one && (scrolls(one) || within(one.parentElement));
  const all = document.querySelectorAll(".page :is(table, form, pre, dl, .btn, .input)");
  const seen = [...all].filter((one) => one.checkVisibility() && !within(one.parentElement));
  return seen.map((one) => [one.className, over(one)]).filter(([, pixels]) => pixels > 1);
}"""


@pytest.fixture(scope="module")
def axe():
    import axe_playwright_python

    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()


def violations(page, wanted):
    # to preload means to write style sheets into the page, which our policy forbids
    found = page.evaluate("wanted => axe.run({runOnly: wanted, preload: false})", wanted)
    return [
        (one["id"], node["html"], node["failureSummary"])
        for one in found["violations"]
        for node in one["nodes"]
    ]


def fit(page, name, axe, looks=LOOKS):
    """Assert that an open page is fit to be seen in each width and scheme."""
    page.evaluate(axe)
    for width, scheme, wanted in looks:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/{name}-{width}-{scheme}.png", full_page=True)
        assert violations(page, wanted) == [], (name, width, scheme)
        fits(page, name, width)


def fits(page, name, width):
    """Assert that nothing stands out of the window, or out of its column over what is beside it."""
    out = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert out <= 0, f"{name}: {out} px stick out at {width}"
    assert page.evaluate(STANDS_OUT) == [], (name, width)
    assert page.evaluate(TOUCHING) == [], (name, width)
    assert page.evaluate(FLOATS) < 1, (name, width)


@pytest.mark.parametrize("rule", PAGES, ids=str)
def test_a_page_is_fit_to_be_seen(rule, things, alice, visit, axe):  # noqa: F811
    # before the lists: who changed what it says of its owners is screened anew before it rents
    url = reverse(rule.name, args=things.args(rule.thing))
    for thing in FILLED:
        things.of(thing)
    fit(visit(url, None if rule.name.startswith("sign-") else alice), rule.name, axe)


def test_control_what_is_wrong_with_a_page_is_found(things, visit, axe):  # noqa: F811
    page = visit(reverse("sign-in"))
    page.evaluate(axe)
    page.evaluate("document.querySelector('main').append(new Image())")
    assert [name for name, *_ in violations(page, LEVELS)] == ["image-alt"]
    page.evaluate("document.querySelector('main').style.minWidth = '3000px'")
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") > 0
    page.evaluate("document.querySelector('main').style.minWidth = ''")
    page.evaluate("document.querySelector('main form').style.minWidth = '800px'")
    assert [pixels > 1 for _name, pixels in page.evaluate(STANDS_OUT)] != []
    assert page.evaluate(TOUCHING) == []
    page.evaluate("document.querySelector('main .btn').closest('p').style.marginTop = '-1px'")
    page.evaluate("document.body.style.display = 'block'")
    page.evaluate("document.querySelector('main form').style.minWidth = ''")
    assert [one[:11] for one in page.evaluate(TOUCHING)] == ["id_password"]
    assert page.evaluate(FLOATS) > 1
    page.evaluate("document.querySelector('h1').style.color = '#ccc'")
    assert "color-contrast" in {name for name, *_ in violations(page, COLOURS)}
