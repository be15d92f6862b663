"""Light, dark or as the system: kept in the browser, written on the page."""

import re

import pytest
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db


def choose(client, theme, back="/"):
    return client.post(reverse("theme"), {"theme": theme, "next": back})


def theme_of(client, path="/"):
    """What the page forces, and what its foot marks as chosen."""
    page = client.get(path).content.decode()
    forced = re.search(r'<html[^>]*data-theme="(\w+)"', page)
    marked = re.search(r'name="theme"\s+value="(\w+)"[^>]*aria-current="true"', page)[1]
    return forced and forced[1], marked


def test_at_first_the_system_decides(client):
    assert theme_of(client) == (None, "system")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_choice_is_kept_in_this_browser(client, theme):
    answer = choose(client, theme, back="/service-levels/?a=1")
    assert answer["Location"] == "/service-levels/?a=1"
    cookie = answer.cookies["theme"]
    kept = (cookie.value, cookie["samesite"], cookie["httponly"], cookie["max-age"])
    assert kept == (theme, "Lax", True, 365 * 86_400)
    for path in ("/", reverse("sign-in")):
        assert theme_of(client, path) == (theme, theme)
    assert theme_of(Client()) == (None, "system")


def test_the_system_decides_again(client):
    choose(client, "dark")
    choose(client, "system")
    assert theme_of(client) == (None, "system")


def test_what_is_no_theme_is_not_kept(client, said):
    answer = choose(client, '"><script>')
    assert "theme" not in answer.cookies
    assert "Choose light, dark or as your system" in said(client.get("/"))
    client.cookies["theme"] = "purple"
    assert theme_of(client) == (None, "system")


def test_nobody_is_sent_to_a_strange_place(client):
    assert choose(client, "dark", back="https://elsewhere.example/")["Location"] == "/"


def test_a_cache_in_front_keeps_them_apart(client):
    assert "Cookie" in client.get("/")["Vary"]


def test_the_desk_follows(client, sally):
    client.force_login(sally)
    choose(client, "dark")
    assert (
        '<html lang="en" data-theme="dark">' in client.get(reverse("admin:index")).content.decode()
    )
