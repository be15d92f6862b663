"""The windows of staff in a real browser, by the same measure as the pages of everyone."""

import pytest
from django.contrib import admin
from django.urls import reverse

from tests.access.conftest import things  # noqa: F401  a fixture
from tests.browser.staffroom import PAGES, desk
from tests.browser.test_pages import COLOURS, LOOKS, axe, fit  # noqa: F401  a fixture

#: by how many pixels a list, or rows inside a page, must be moved to be read
SIDEWAYS = """() => {
  const lists = [...document.querySelectorAll("#changelist .results, .inline-group")];
  return Math.max(0, ...lists.map((list) => list.scrollWidth - list.clientWidth));
}"""

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_windows_of_staff_are_fit_to_be_seen(things, sally, visit, axe, monkeypatch):  # noqa: F811
    monkeypatch.setattr(admin.ModelAdmin, "list_per_page", 2)  # with more pages to turn to
    seen = desk(things)
    for name, where in PAGES.items():
        page = visit(where(seen), sally)
        fit(page, f"staff-{name}", axe)
        page.set_viewport_size({"width": 390, "height": 900})
        assert page.evaluate(SIDEWAYS) <= 0, name
    fit(visit(reverse("admin:login")), "staff-login", axe)
    # Django's own choice of many gives names to what has no role; what we see to is how it looks
    person = visit(reverse("admin:accounts_user_change", args=[seen.officer.pk]), sally)
    fit(person, "staff-user", axe, [(width, scheme, COLOURS) for width, scheme, _ in LOOKS])
