"""Names to comparable tokens: every script to Latin letters, one spelling, no punctuation."""

import re
import string
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from anyascii import anyascii

from . import hanzi
from .chinese import COMPOUND
from .tables import LEGAL, PARTICLES, SPELLING

SHORTEST = 3  # letters and digits; below it likeness means nothing

HAN = re.compile(r"[\u3007\u3400-\u9fff\uf900-\ufaff]+")
#: kana and Hangul: each sign is a word of its own once it is in Latin letters
_SYLLABLES = re.compile(r"[\u3040-\u30ff\uac00-\ud7af]")
#: a question mark within a word is an apostrophe that lost its encoding on the way
_APOSTROPHES = re.compile(r"['`\"\u00b4\u02b9-\u02bf\u2018\u2019]|(?<=[a-zA-Z])\?(?=[a-zA-Z])")
_INITIALS = re.compile(r"\b(\w)\.(?=\w\b)")
#: capitals to small letters, and apostrophes taken out: what the patterns would do, at a tenth
_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase, "'`\"")
_KEPT = string.ascii_lowercase + string.digits
_SPACES = {code: " " for code in range(128) if chr(code) not in _KEPT}
#: scripts whose letters can be set against Latin ones; others lose vowels or have no letters
_COMPARABLE = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "GEORGIAN")


@lru_cache(maxsize=65_536)
def plain(name: str, *, person: bool = False) -> tuple[str, ...]:
    """The words of a name in Latin letters, as they were spelt, without `and`."""
    words = every(name, person=person)
    return tuple(word for word in words if word != "and") or words


@lru_cache(maxsize=65_536)
def every(name: str, *, person: bool = False) -> tuple[str, ...]:
    """As `plain`, and `and` too: a slip within it makes another word."""
    text = unicodedata.normalize("NFKC", name)
    if not text.isascii():
        text = HAN.sub(lambda run: f" {han(run.group(), person=person)} ", text)
        text = _APOSTROPHES.sub("", _SYLLABLES.sub(r" \g<0> ", text))
        text = anyascii(text.casefold())
    text = _APOSTROPHES.sub("", text.lower()) if "?" in text else text.translate(_LOWER)
    if "." in text:
        text = _INITIALS.sub(r"\1", text)
    return tuple(text.translate(_SPACES).split())


def spelt(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(SPELLING.get(word, word) for word in words)


def tokens(name: str, *, person: bool = False) -> tuple[str, ...]:
    """The words of a name in comparable spelling. For a person Han is surname and given name."""
    return spelt(plain(name, person=person))


def core(words: Sequence[str], *, person: bool, chinese: bool = False) -> tuple[str, ...]:
    """The words that tell one name from another; all of them if none does."""
    told = [
        word
        for word in words
        if (person or word not in LEGAL) and (chinese or word not in PARTICLES)
    ]
    return tuple(told or words)


def han(run: str, *, person: bool) -> str:
    """Chinese signs as pinyin; words of firms, longest first, as the English that lists use."""
    if person:
        family = 2 if run[:2] in COMPOUND and len(run) > 2 else 1
        return f"{hanzi.pinyin(run[:family])} {hanzi.pinyin(run[family:])}"
    return hanzi.english(run)


def clean_number(number: str) -> str:
    """An identifier without the punctuation that each register writes differently."""
    return re.sub(r"[^A-Z0-9]", "", number.upper())


def problem_with(name: str, *, person: bool = False) -> str:
    """Why likeness to this name would mean nothing; empty when it can be screened."""
    if sum(map(len, plain(name, person=person))) < SHORTEST:
        return "the name is empty or too short to compare"
    if name.isascii():
        return ""
    text = unicodedata.normalize("NFKC", name)
    # modifiers such as the turned comma of Uzbek belong to no script
    letters = [char for char in text if char.isalpha() and unicodedata.category(char) != "Lm"]
    # one such letter is enough: a word beside it must not clear what could not be read
    if not all(unicodedata.name(char, "").startswith(_COMPARABLE) for char in letters):
        return "the name is in a script that cannot be compared with the lists letter by letter"
    return ""
