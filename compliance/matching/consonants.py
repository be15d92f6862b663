"""Words by their consonants, in Arabic letters and in Latin ones, so that each can meet the other.

Arabic, Persian and Urdu write long vowels and leave short ones to the reader. A word becomes its
bones, and between them the vowels that stand there: `محمد` is m-h-m-d with nothing written between,
Mohammed m-o-h-a-m-e-d. Where a letter is Latinised in several ways, or an article melts into the
next word, there are several readings.
"""

# ruff: noqa: RUF001  letters that look like Latin ones

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from typing import NamedTuple

#: signs that Latin letters write for it; none for a vowel or a letter that vanishes
_BONES = dict(
    pair.split(":")
    for pair in (  # noqa: SIM905  a table to be read
        "ب:b پ:b ت:t ٹ:t ط:t ټ:t ث:ts ج:jg چ:c څ:sc ح:h ه:h خ:x د:d ڈ:d ډ:d ذ:dz ض:dz ظ:zd "
        "ر:r ڑ:r ړ:r ز:z ژ:j ځ:zj ږ:gj"
        " س:s ص:s ش:c ښ:xc غ:g ف:f ڤ:f ق:kg ك:kg ک:kg گ:g ګ:g ل:l م:m ن:n ں:n ڼ:n"
    ).split()
)
_VOWELS = {
    **dict.fromkeys("اآأإٱ", "a"),
    **dict.fromkeys("وؤ", "u"),
    **dict.fromkeys("يئیىے", "i"),
    "ع": "e",
    "ء": "",
}
_ONE_SIGN = str.maketrans({**dict.fromkeys("ہھەۀۂةۃ", "ه"), "ې": "ی", "ۆ": "و"})
_LATIN = tuple(
    pair.split(">")
    for pair in (  # noqa: SIM905  replaced in this order
        "tch>C sch>C sh>C ch>C kh>X gh>G zh>J dj>J th>T dh>D ph>f ck>k x>ks q>k c>k p>b"
    ).split()
)
_CAPITAL = {"C": "c", "X": "xhk", "G": "g", "J": "j", "T": "tsz", "D": "dz", "j": "j", "g": "gj"}
_DOUBLE = re.compile(r"([bcdfgjklmnpqrstvxz])\1+")
_DIGRAPH = re.compile(r"([sztdkg])h")
_SOFT_C = re.compile(r"c(?=[eiy])")
_HARD_C = re.compile(r"c(?![hk])")  # Faycal
_SERVANT = re.compile(r"^abd[aeiou](?:l(?!a?h$)|([drstznl])(?=\1))")
_ARTICLE = re.compile(r"^[ae]l(?=[b-df-hj-np-tv-z][a-z]{2})|^[ae]([drstzn])(?=\1[a-z]{2})")
ARTICLE = "ال"
MOST = 16  # readings of one word


class Form(NamedTuple):
    """`between` is what is written before, between and after the bones."""

    bones: str
    between: tuple[str, ...]


@lru_cache(maxsize=65_536)
def of_latin(word: str) -> tuple[Form, ...]:
    """The readings of a word in plain Latin letters, with and without an article before it."""
    told = [_SERVANT.sub("abd", word)]
    if bare := _ARTICLE.sub("", told[0], count=1):
        told.append(bare)
    told = [_SOFT_C.sub("s", _DOUBLE.sub(r"\1", one)) for one in told]
    told += [_HARD_C.sub("s", one) for one in told]
    told += [_DIGRAPH.sub(r"\1'h", one) for one in told]
    return _forms(_cut_latin(one) for one in dict.fromkeys(told))


@lru_cache(maxsize=65_536)
def of_arabic(word: str) -> tuple[Form, ...]:
    """The readings of a folded word in Arabic letters, with and without articles in it."""
    told = [word]
    if word.startswith(ARTICLE) and len(word) > 3:
        told.append(word[2:])
    told += [one[:2] + one[2:].replace(ARTICLE, "", 1) for one in told if ARTICLE in one[2:-1]]
    return _forms(_cut_arabic(one) for one in told)


def folded(text: str) -> str:
    """Arabic text without vowel marks, stretches and the forms that letters take in a word."""
    text = unicodedata.normalize("NFKC", text).replace("ـ", "")
    kept = (sign for sign in text if unicodedata.category(sign) not in ("Mn", "Cf"))
    return "".join(kept).translate(_ONE_SIGN)


def _forms(cuts: Iterator[tuple[list[str], list[str]]]) -> tuple[Form, ...]:
    found: dict[Form, None] = {}
    for bones, between in cuts:
        for signs in product(*bones):
            if len(found) >= MOST:
                break
            found[_ended("".join(signs), between)] = None
    return tuple(found)


def _ended(bones: str, between: list[str]) -> Form:
    """A last h is heard or not: Fatimah, Fatima, and written in Arabic as a sign of its own."""
    if len(bones) > 1 and bones[-1] == "h":
        return Form(bones[:-1], (*between[:-2], between[-2] + between[-1]))
    return Form(bones, tuple(between))


def _cut_latin(word: str) -> tuple[list[str], list[str]]:
    for old, new in _LATIN:
        word = word.replace(old, new)
    bones, between = [], [""]
    for sign in word:
        if sign in "aeiouwvy'":
            between[-1] += sign.strip("'")
        else:
            bones.append(_CAPITAL.get(sign, sign))
            between.append("")
    return bones, between


def _cut_arabic(word: str) -> tuple[list[str], list[str]]:
    bones, between = [], [""]
    for sign in word:
        if sign in _BONES:
            bones.append(_BONES[sign])
            between.append("")
        else:
            between[-1] += _VOWELS.get(sign, "")
    return bones, between


_HEARD = {"a": "aeo", "u": "uowv", "i": "iyej", "e": "aeiouy"}


#: all that decides which words meet
TABLES = (_BONES, _VOWELS, _LATIN, _CAPITAL, _HEARD)


def unlike_vowels(arabic: Form, latin: Form) -> int:
    """At how many places the vowels of words with equal bones contradict each other."""
    last = len(arabic.between) - 1
    return sum(
        not _agree(written, said, first=place == 0, last=place == last)
        for place, (written, said) in enumerate(zip(arabic.between, latin.between, strict=True))
    )


def _agree(written: str, said: str, *, first: bool, last: bool) -> bool:
    """A long vowel is heard; where none is written there is a short one or none."""
    if last and written[-1:] == "i" and said[-1:] == "a":
        return True  # Isa and Musa end in a sign that is an i elsewhere
    if last:
        told = written.strip("ae")
        return _all_heard(told, said) if told else not set(said) - set("ae")
    if first and written[:1] == "a":
        written = "e" + written[1:]  # an alef that only carries a vowel
    if first and bool(written) != bool(said):
        return False
    if not written:
        return len(said) < 3 and not set(said) & set("wvy")
    return _all_heard(written, said)


def _all_heard(written: str, said: str) -> bool:
    return all(set(_HEARD[sign]) & set(said) for sign in written if sign != "e")
