"""The windows of staff in a real browser, by the same measure as the pages of everyone."""

import pytest
from django.urls import reverse

from tests.access.conftest import things  # noqa: F401  a fixture
from tests.browser.staffroom import PAGES, desk
from tests.browser.test_pages import axe, fit  # noqa: F401  a fixture

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_windows_of_staff_are_fit_to_be_seen(things, sally, visit, axe):  # noqa: F811
    seen = desk(things)
    for name, where in PAGES.items():
        fit(visit(where(seen), sally), f"staff-{name}", axe)
    fit(visit(reverse("admin:login")), "staff-login", axe)
