"""Finds the visible texts of a template that would be English in every language."""

import re
from html.parser import HTMLParser
from typing import Final

#: names, units and codes, which are the same in every language
SAME: Final = {
    *("GPU", "XID", "GB", "GiB", "MB", "W", "C", "h"),
    *("PDF", "JSON", "SHA", "UTC", "USD", "Straits"),
    "TOKEN",  # in a command, where the secret stands
}
#: what a reader sees or hears of a tag
SEEN: Final = {
    *("aria-label", "alt", "title", "placeholder", "data-l", "data-copied", "data-zone-says"),
    *("data-none", "data-failed", "data-listens", "data-polls", "data-silent"),
}
TRANSLATED = re.compile(
    r"{%\s*(?:blocktranslate|blocktrans)\b.*?{%\s*endblocktrans(?:late)?\s*%}", re.DOTALL
)
HIDDEN = re.compile(r"{#.*?#}|{%\s*comment\b.*?{%\s*endcomment\s*%}", re.DOTALL)
TAG = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
#: texts given to a tag or a filter, where none is a name, a format or a class
GIVEN = re.compile(r"""(?<!_\()(?:\bdefault(?:_if_none)?:|\btext=)"([^"]*)\"""")
LABEL = re.compile(r'{%\s*nav_link\s+"[^"]*"\s+"([^"]*)"')
WORD = re.compile(r"[^\W\d_]+")


def texts(source: str) -> list[str]:
    """Visible texts outside of translate tags, in a page or a letter."""
    left = TRANSLATED.sub("", HIDDEN.sub("", source))
    given = [*GIVEN.findall(left), *LABEL.findall(left)]
    reader = _Reader()
    # a tag between quotes of an attribute, or between words, stands for something translated
    reader.feed(TAG.sub(" ", left))
    reader.close()
    return [text for text in [*given, *reader.found] if is_words(text)]


def is_words(text: str) -> bool:
    return any(word not in SAME for word in WORD.findall(text))


class _Reader(HTMLParser):
    """Collects what is seen, without what is drawn, styled, run or typed into a shell."""

    UNSEEN = ("script", "style", "svg", "code")

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inside = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside += tag in self.UNSEEN
        self.found += [value or "" for name, value in attrs if name in SEEN]

    def handle_endtag(self, tag: str) -> None:
        self.inside -= tag in self.UNSEEN

    def handle_data(self, data: str) -> None:
        if not self.inside:
            self.found.append(" ".join(data.split()))
