"""The catalogues say everything that the sources have to say, and say it whole."""

import re
from collections import Counter
from typing import Any

import pytest

from tests import bare, catalogues
from tests.catalogues import LOCALES, Message

#: what a translation must hold as often as the text does: values, marks, words for page.js
HELD = re.compile(r"%\(\w+\)[srd]|%%|\{\w+\}|</?\w+[^>]*>|\b(?:ZONE|TIME|SECONDS)\b")


@pytest.fixture(scope="module")
def wanted() -> dict[Message, str]:
    return catalogues.wanted()


def held(text: str) -> Counter[str]:
    return Counter(HELD.findall(text))


def faults(entry: Any) -> list[str]:
    """What is wrong with a translation."""
    said, text = catalogues.texts(entry), entry.msgid_plural or entry.msgid
    found = [] if said and all(said) else ["is missing"]
    if entry.fuzzy or entry.obsolete:
        found.append("is a guess")
    if any(held(one) != held(text) for one in said if one):
        found.append("holds other values or marks")
    if any(one != one.strip() for one in said):
        found.append("has spaces around it")
    return [f"{entry.msgid!r} {fault}" for fault in found]


@pytest.mark.parametrize("locale", LOCALES)
def test_all_that_is_said_is_in_the_catalogue_and_nothing_else(locale, wanted):
    known = {catalogues.key(entry) for entry in catalogues.read(locale)}
    assert sorted(wanted.keys() - known) == [], "run: make strings, and translate what is new"
    assert sorted(known - wanted.keys()) == [], "run: make strings"


@pytest.mark.parametrize("locale", LOCALES)
def test_every_translation_is_whole(locale):
    entries = catalogues.read(locale)
    assert entries.metadata["Plural-Forms"] == catalogues.PLURAL
    assert [fault for entry in entries for fault in faults(entry)] == []


@pytest.mark.parametrize("locale", LOCALES)
def test_the_compiled_file_says_what_the_other_says(locale):
    compiled = catalogues.place(locale, "mo").read_bytes()
    assert compiled == catalogues.read(locale).to_binary(), "run: make strings"


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("%(count)s 个 <b>ZONE</b>", []),
        ("", ["is missing", "holds other values or marks"][:1]),
        ("%(other)s 个 <b>ZONE</b>", ["holds other values or marks"]),
        ("%(count)s 个 ZONE", ["holds other values or marks"]),
        ("%(count)s 个 <b>时区</b>", ["holds other values or marks"]),
        (" %(count)s 个 <b>ZONE</b>", ["has spaces around it"]),
    ],
)
def test_a_translation_that_is_not_whole_is_found(said, found):
    entry = catalogues.polib.POEntry(msgid="%(count)s of <b>ZONE</b>", msgstr=said)
    assert faults(entry) == [f"{entry.msgid!r} {fault}" for fault in found]


def test_every_way_to_say_something_is_read():
    source = """{% load i18n %}{% translate "one" %}{% translate "two" context "with" %}
      {% blocktranslate trimmed count n=n %}{{ n }} day
      left{% plural %}{{ n }} days left{% endblocktranslate %}
      {{ value|default:_("100 %") }}{% include "x" with text=_("three") %}
      {% if n %}{% for one in many %}{% translate "four" %}{% endfor %}{% endif %}"""
    assert set(catalogues.of_template(source)) == {
        Message(None, "one"),
        Message("with", "two"),
        Message(None, "%(n)s day left", "%(n)s days left"),
        Message(None, "100 %%"),
        Message(None, "three"),
        Message(None, "four"),
    }
    module = '_("five"); ngettext("six", "sixes", n); pgettext("to", "seven"); other("eight")'
    assert set(catalogues.of_module(module, catalogues.HOME)) == {
        Message(None, "five"),
        Message(None, "six", "sixes"),
        Message("to", "seven"),
    }


def test_what_is_put_together_before_it_is_looked_up_is_refused():
    with pytest.raises(TypeError, match="translates what is no text"):
        list(catalogues.of_module('_(f"{n} days")', catalogues.HOME))


@pytest.mark.parametrize("path", catalogues.pages(), ids=lambda path: str(path.name))
def test_no_template_has_a_text_of_one_language(path):
    assert bare.texts(path.read_text()) == []


@pytest.mark.parametrize(
    "source",
    [
        "<p>Words</p>",
        '<p aria-label="Words">{{ a }}</p>',
        "<p>{{ a }} words</p>",
        '{{ a|default:"Words" }}',
        '{% include "x.html" with text="Words" only %}',
        '{% nav_link "home" "Words" %}',
        "{% translate 'a' %} Words",
        "{% blocktranslate %}a{% endblocktranslate %} Words",
    ],
)
def test_a_text_of_one_language_is_found(source):
    assert len(bare.texts(source)) == 1


@pytest.mark.parametrize(
    "source",
    [
        '<p class="note">{% translate "Words" %}</p>',
        "{# Words #}<p>{{ gpus }} GPU, {{ memory }} GB</p>",
        "{% blocktranslate trimmed %}Words <b>{{ a }}</b>{% endblocktranslate %}",
        '{{ a|default:_("Words") }}{% nav_link "home" _("Words") %}',
        "<svg><title>Words</title></svg><script>let words</script>",
    ],
)
def test_what_is_translated_is_not_found(source):
    assert bare.texts(source) == []
