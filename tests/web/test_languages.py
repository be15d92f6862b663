"""Which language a page is written in, and what stays English whatever a browser asks for."""

import re

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import formats, translation
from django.utils.timezone import now

from marketplace.accounts.models import Language, User
from marketplace.config import settings as real
from marketplace.web.forms import dollars
from marketplace.web.templatetags import straits
from tests import make

pytestmark = pytest.mark.django_db

HOME = {"en": "Find GPUs", "zh-hans": "查找 GPU", "ms": "Cari GPU"}
CHINESE = {"HTTP_ACCEPT_LANGUAGE": "zh-CN,zh;q=0.9,en;q=0.5"}


def text_of(answer):
    """Without the line breaks between attributes."""
    return " ".join(answer.content.decode().split())


def home(client, **headers):
    """The language in which the first page comes, by its words and by what it says of itself."""
    answer = client.get(reverse("home"), **headers)
    page = text_of(answer)
    [spoken] = [code for code, word in HOME.items() if f"<title> {word}" in page]
    assert f'<html lang="{spoken}"' in page
    assert answer["Content-Language"] == spoken
    assert {"Accept-Language", "Cookie"} <= {one.strip() for one in answer["Vary"].split(",")}
    return spoken


def choose(client, language, back="/"):
    return client.post(reverse("language"), {"language": language, "next": back})


def test_there_are_the_same_languages_everywhere():
    assert [code for code, _name in real.LANGUAGES] == Language.values


@pytest.mark.parametrize(
    ("header", "spoken"),
    [
        ("", "en"),
        ("zh-CN,zh;q=0.9", "zh-hans"),
        ("zh-SG", "zh-hans"),
        ("ms-MY,en;q=0.5", "ms"),
        ("en-GB,ms;q=0.9", "en"),
        ("fr", "en"),
        ("*", "en"),
        ("zh-" + "x" * 600, "en"),
    ],
)
def test_a_stranger_gets_what_the_browser_reads(client, header, spoken):
    assert home(client, HTTP_ACCEPT_LANGUAGE=header) == spoken


def test_the_choice_of_a_stranger_is_kept_in_the_browser(client):
    answer = choose(client, "ms", back="/service-levels/?a=1")
    assert answer["Location"] == "/service-levels/?a=1"
    cookie = answer.cookies["language"]
    assert (cookie.value, cookie["samesite"], cookie["httponly"]) == ("ms", "Lax", True)
    assert home(client, **CHINESE) == "ms"
    assert home(Client(), **CHINESE) == "zh-hans"


def test_the_choice_of_a_person_goes_with_the_person(client, alice):
    client.force_login(alice)
    assert home(client) == "en"
    choose(client, "zh-hans")
    alice.refresh_from_db()
    assert alice.language == "zh-hans"
    elsewhere = Client()
    elsewhere.force_login(alice)
    choose(Client(), "ms")
    assert home(elsewhere, HTTP_ACCEPT_LANGUAGE="ms") == "zh-hans"


def test_a_choice_is_of_one_person(client, alice, charlie):
    client.force_login(alice)
    choose(client, "ms")
    assert User.objects.get(pk=charlie.pk).language == ""


@pytest.mark.parametrize("wanted", ["", "fr", "zh", "en\n", "x" * 500])
def test_no_other_language_is_taken(client, alice, wanted):
    client.force_login(alice)
    choose(client, "ms")
    answer = choose(client, wanted)
    assert "language" not in answer.cookies
    alice.refresh_from_db()
    assert alice.language == "ms"


def test_the_database_takes_no_other_language(alice):
    with pytest.raises(IntegrityError, match="user_language_known"), transaction.atomic():
        User.objects.filter(pk=alice.pk).update(language="fr")
    alice.refresh_from_db()
    assert alice.language == ""


@pytest.mark.parametrize(
    "back", ["https://elsewhere.test/", "//elsewhere.test", "", "javascript:1"]
)
def test_the_choice_leads_to_no_other_site(client, back):
    assert choose(client, "ms", back=back)["Location"] == "/"


def test_a_page_offers_the_choice_and_marks_its_own(client):
    page = text_of(client.get("/?count=2", **CHINESE))
    for code, name in real.LANGUAGES:
        assert name in page
        assert f'lang="{code}"' in page
    assert 'name="next" value="/?count=2"' in page
    marked = page.partition('aria-current="true"')[0].rpartition("<button")[2]
    assert 'value="zh-hans"' in marked


def test_an_act_refused_can_be_read_in_another_language(client, alice, harbour):
    """A page that answers a POST is not gone back to by its address."""
    client.force_login(alice)
    page = text_of(client.post(reverse("members"), {"email": "no address"}))
    assert 'name="next" value="/"' in page


def test_a_signed_in_page_asks_the_database_no_more_than_in_english(
    client, alice, harbour, django_assert_num_queries
):
    def asked(language):
        User.objects.filter(pk=alice.pk).update(language=language)
        with connection.execute_wrapper(counted):
            counted.number = 0
            assert client.get(reverse("wallet")).status_code == 200
        return counted.number

    def counted(execute, sql, params, many, context):
        counted.number += 1
        return execute(sql, params, many, context)

    client.force_login(alice)
    asked("")
    assert len({asked(language) for language in ["", *Language.values]}) == 1


@pytest.mark.parametrize("language", Language.values)
def test_numbers_amounts_and_times_are_alike(language):
    at = now().replace(2026, 11, 24, 12, 0, 7, 0)
    with translation.override(language):
        assert formats.localize(1234567.5) == "1234567.5"
        assert formats.get_format("DECIMAL_SEPARATOR") == "."
        assert "%Y-%m-%d" in formats.get_format("DATE_INPUT_FORMATS")[0]
        assert formats.sanitize_separators("1.5") == "1.5"
        assert dollars(1_234_500_000) == "$1,234.50"
        assert straits.utc_text(at) == "24 Nov 2026, 12:00:07 UTC"
        assert (straits.day(at), straits.day_month(at)) == ("24 Nov 2026", "24 Nov")
        assert straits.weekday(at) == "Tue 24"
        assert straits.lasting(3_661_000) == "1 h 1 min 1 s"
        assert straits.percent(1250) == "12.5%"


@pytest.mark.parametrize("language", ["zh-hans", "ms"])
def test_a_form_reads_the_same_in_every_language(client, alice, harbour, language):
    """An offer's page takes 0.5 hours and a moment, and its query language is one."""
    offer = make.offer(gpus=2)
    client.cookies["language"] = language
    page = client.get("/", {"q": "count >= 1 order by price"}).content.decode()
    assert offer.chip.name in page
    page = client.get(
        reverse("offer", args=[offer.public_id]), {"start": "2030-01-02T03:04", "hours": "0.5"}
    ).content.decode()
    client.force_login(alice)
    page = client.get(
        reverse("offer", args=[offer.public_id]), {"start": "2030-01-02T03:04", "hours": "0.5"}
    ).content.decode()
    assert 'value="2030-01-02T03:04"' in page
    assert 'value="0.5"' in page


@pytest.mark.parametrize("address", ["/api/v1/offers", "/api/v1/nowhere"])
def test_what_programs_read_is_english(client, alice, harbour, address):
    User.objects.filter(pk=alice.pk).update(language="zh-hans")
    client.force_login(alice)
    told = client.get(address, **CHINESE)
    assert "Content-Language" not in told
    assert told.content.isascii()


def test_the_desk_of_the_staff_is_english(client):
    staff = make.user("sam@example.test")
    User.objects.filter(pk=staff.pk).update(is_staff=True, is_superuser=True, language="zh-hans")
    client.force_login(User.objects.get(pk=staff.pk))
    page = client.get("/admin/", **CHINESE)
    assert page.status_code == 200
    assert '<html lang="en' in text_of(page)
    assert not re.search("[\u4e00-\u9fff]", text_of(page))


def test_an_api_refusal_is_english_to_a_chinese_member(client, alice, harbour):
    User.objects.filter(pk=alice.pk).update(language="zh-hans")
    client.force_login(alice)
    said = client.post("/api/v1/reservations", {}, content_type="application/json", **CHINESE)
    assert said.status_code >= 400
    assert said.content.isascii()


def test_what_was_active_before_is_active_again(client):
    with translation.override("ms"):
        client.get("/", **CHINESE)
        client.get("/api/v1/offers", **CHINESE)
        assert translation.get_language() == "ms"
