"""What a party writes: phrases that are a red flag by themselves. R3 and R13."""

import re
from collections.abc import Collection, Iterator

from .finding import Finding

#: a Chinese sentence ends without a space after it
_SENTENCES = re.compile(r"(?<=[.!?])\s+|(?<=[\u3002\uff01\uff1f])|\n+")
_SIGNS = re.compile(r"[\W_]+")
LONGEST = 300


def phrases_in(text: str, phrases: Collection[str]) -> list[str]:
    """Those of the phrases that stand in the text, as whole words, however it is punctuated.

    Chinese is written without spaces, so a phrase that is no ASCII counts wherever it stands.
    """
    told = _words(text)
    return sorted(
        one for one in phrases if (_words(one) if one.isascii() else _words(one).strip()) in told
    )


def asks_to_hide(where: str, text: str, *, phrases: Collection[str]) -> Iterator[Finding]:
    """R13: a sentence that asks for no logs or a masked location; `where` the party wrote it."""
    for sentence in _SENTENCES.split(text):
        if found := phrases_in(sentence, phrases):
            said = " ".join(sentence.split())[:LONGEST]
            told = f"Wrote {said!r} in its {where}: {', '.join(found)}."
            yield Finding("R13", told, {"where": where, "said": said})


def no_office(address: str, *, phrases: Collection[str]) -> Finding | None:
    """R3: a registered address that calls itself a home, a letter box or somebody else's."""
    found = phrases_in(address, phrases)
    if not found:
        return None
    text = f"The registered address {address!r} reads like no office: {', '.join(found)}."
    return Finding("R3", text, {"address": address, "reads": "no office"})


def _words(text: str) -> str:
    return f" {_SIGNS.sub(' ', text.casefold()).strip()} "
