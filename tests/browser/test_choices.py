"""What is chosen at the foot of a page, and what page.js makes of codes and of a narrow bar."""

import pytest
from django.urls import reverse

from tests import make

pytestmark = pytest.mark.django_db(transaction=True)
PAPER = {"light": "rgb(252, 253, 253)", "dark": "rgb(14, 20, 23)"}


def paper(page):
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


@pytest.mark.parametrize(("system", "chosen"), [("light", "dark"), ("dark", "light")])
def test_the_chosen_colours_go_before_those_of_the_system(visit, system, chosen):
    page = visit(reverse("sign-in"), scheme=system)
    assert paper(page) == PAPER[system]
    page.get_by_role("button", name=chosen.title(), exact=True).click()
    page.wait_for_load_state()
    assert (page.url.endswith(reverse("sign-in")), paper(page)) == (True, PAPER[chosen])
    page.get_by_role("button", name="As the system", exact=True).click()
    page.wait_for_load_state()
    assert paper(page) == PAPER[system]


@pytest.mark.parametrize(
    ("language", "names"), [("en", ["Malaysia", "Vietnam"]), ("zh-hans", ["马来西亚", "越南"])]
)
def test_countries_have_names_in_the_language_of_the_page(visit, alice, harbour, language, names):
    for country in ("MY", "VN"):
        make.offer(machine=make.machine(country=country))
    alice.language = language
    alice.save(update_fields=["language"])
    page = visit(reverse("home"), alice)
    assert page.locator("[data-country]").all_inner_texts() == names
    choices = page.locator("select[name=country] option").all_inner_texts()
    assert choices[1:] == names


def test_a_country_is_chosen_by_its_name_and_sent_as_its_code(visit):
    page = visit(reverse("sign-up"))
    field = page.locator("[name=country]")
    assert field.get_attribute("list") == "countries"
    singapore = page.locator("#countries option[value=SG]")
    assert singapore.evaluate("one => one.text") == "Singapore"
    assert page.locator("#countries option").count() == 249


def test_on_a_phone_the_open_place_of_the_bar_is_in_sight(visit, alice, harbour):
    page = visit(reverse("keys"), alice, width=390)
    place = page.locator(".nav [aria-current]").bounding_box()
    assert place["x"] >= 0
    assert place["x"] + place["width"] <= 390
