"""A listed name, written otherwise: order, case, marks, slips of the pen, words lost. Seeded."""

import random
import string
from collections.abc import Iterator

_MARKED = {
    "a": "áàäãâ",
    "e": "éèëê",
    "i": "íìïî",
    "o": "óòöõ",
    "u": "úùüû",
    "c": "ç",
    "n": "ñ",
    "s": "š",
}


#: one spelling of transliteration for another
_SPELT = tuple(
    pair.split(":")
    for pair in (  # noqa: SIM905
        "kh:h iy:y y:i ou:u ee:i oo:u q:k ph:f w:v ae:ai dj:j sh:ch ts:tz mohammed:muhammad"
        " ahmad:ahmed ck:k zh:j ei:ey aa:a iya:ia"
    ).split()
)


def slip(name: str, rng: random.Random) -> str:
    """One letter mistyped, lost, doubled, added or swapped with the next."""
    places = [place for place, char in enumerate(name) if char.isalnum()]
    at = rng.choice(places)
    letter = rng.choice([one for one in string.ascii_lowercase if one != name[at].lower()])
    kind = rng.choice(("typo", "lost", "double", "swap", "added"))
    if kind == "typo":
        return name[:at] + letter + name[at + 1 :]
    if kind == "double":
        return name[:at] + name[at] + name[at:]
    if kind == "added":
        return name[:at] + letter + name[at:]
    swaps = [place for place in places if _swappable(name[place : place + 2])]
    if kind == "swap" and swaps:
        at = rng.choice(swaps)
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    return name[:at] + name[at + 1 :]


def _swappable(two: str) -> bool:
    return len(two) == 2 and two.isalnum() and two[0].lower() != two[1].lower()


def natural(name: str, kind: str) -> str:
    """`SURNAME, Given` of a person as it is said."""
    if kind == "person" and name.count(",") == 1:
        surname, given = name.split(",")
        return f"{given.strip()} {surname.strip()}"
    return name


def variants(name: str, kind: str, rng: random.Random) -> Iterator[tuple[str, str]]:
    """(what was done, the name) for each way in which a listed name may be written."""
    plain = natural(name, kind)
    words = plain.replace(",", "").split()
    yield "exact", name
    yield "order", " ".join(reversed(words))
    yield "case", plain.swapcase()
    yield "punctuation", rng.choice((plain.replace("-", " "), plain.replace(".", ""), f" {plain},"))
    yield (
        "marks",
        "".join(rng.choice(_MARKED.get(x, x)) if rng.random() < 0.35 else x for x in plain),
    )
    yield "one slip", slip(plain, rng)
    yield "two slips", slip(slip(plain, rng), rng)
    spelt = [pair for pair in _SPELT if pair[0] in plain.lower()]
    if spelt:
        old, new = rng.choice(spelt)
        yield "spelt otherwise", plain.lower().replace(old, new, 1)
    at = rng.randrange(max(1, len(words) - 1))
    yield "swapped words", " ".join([*words[:at], *words[at : at + 2][::-1], *words[at + 2 :]])
    if len(words) > 2:
        at = rng.randrange(1, len(words) - 1)
        yield "middle dropped", " ".join(words[:at] + words[at + 1 :])
