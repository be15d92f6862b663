"""The main pages on an ordinary day. `make pictures` keeps them in docs/pictures, for readers."""

import io
import os
from pathlib import Path

import pytest
from django.urls import reverse
from PIL import Image

from tests import stock
from tests.browser.scene import Day
from tests.browser.test_pages import LEVELS, axe, fit, fits, violations  # noqa: F401  a fixture

pytestmark = pytest.mark.django_db(transaction=True)
#: name of the picture: who looks, and where
PAGES = {
    "search": ("owner", lambda day: reverse("home")),
    "offer": ("owner", lambda day: reverse("offer", args=[day.offers["jb1-r01"].public_id])),
    "reservation": ("owner", lambda day: reverse("reservation", args=[day.reservation.public_id])),
    "wallet": ("owner", lambda day: reverse("wallet")),
    "invoice": ("owner", lambda day: reverse("invoice", args=[day.invoice.public_id])),
    "fleet": ("siti", lambda day: reverse("provider")),
    "onboarding": ("siti", lambda day: reverse("machine-start", args=[day.newcomer.public_id])),
    "case": ("staff", lambda day: reverse("admin:compliance_case_change", args=[day.case.pk])),
    "dashboard": ("staff", lambda day: reverse("admin:index")),
}
WIDTH, TALLEST = 1280, 1500
#: of windows; a table stands differently in each
WIDTHS = (390, 768, 1024, 1280)
#: what a bare Debian has; of the usual fonts these are the widest
WIDE = "document.documentElement.style.setProperty('--sans', '\"DejaVu Sans\", Verdana')"
#: of flat pages few colours are enough, and all pictures together stay small
COLOURS, ROUNDS = 256, 4
FOLDER = os.environ.get("PICTURES")


def keep(page, name):
    page.set_viewport_size({"width": WIDTH, "height": 900})
    height = min(TALLEST, page.evaluate("document.documentElement.scrollHeight"))
    clip = {"x": 0, "y": 0, "width": WIDTH, "height": height}
    shot = page.screenshot(full_page=True, clip=clip)
    picture = Image.open(io.BytesIO(shot)).convert("RGB")
    small = picture.quantize(COLOURS, kmeans=ROUNDS, dither=Image.Dither.NONE)
    small.save(Path(FOLDER) / f"{name}.png", optimize=True)


def test_the_main_pages_on_an_ordinary_day(harbour, alice, sally, fake, visit, axe):  # noqa: F811
    stock.market(at_noon=False)
    day = Day(harbour, alice, sally)
    for name, (who, where) in PAGES.items():
        page = visit(where(day), getattr(day, who))
        if FOLDER:
            keep(page, name)
        fit(page, f"day-{name}", axe)


def test_the_main_pages_in_a_wide_font_and_in_other_languages(
    harbour,
    alice,
    sally,
    fake,
    visit,
    axe,  # noqa: F811
):
    stock.market(at_noon=False)
    day = Day(harbour, alice, sally)
    for language in ("en", "ms", "zh-hans"):
        for person in (day.owner, day.siti):
            person.language = language
            person.save(update_fields=["language"])
        for name, (who, where) in PAGES.items():
            if who == "staff":  # whose desk is English
                continue
            page = visit(where(day), getattr(day, who))
            page.evaluate(WIDE)
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                fits(page, f"{name} in {language}", width)
            if language == "zh-hans":
                page.evaluate(axe)
                assert violations(page, LEVELS) == [], name
            page.context.close()
