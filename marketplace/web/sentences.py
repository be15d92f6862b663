"""Words and clauses, put together as the language of the page does it."""

from collections.abc import Iterable
from functools import reduce

from django.utils.translation import gettext as _

from marketplace.web.said import said


def sentence(clause: object) -> str:
    """What another room says, with a capital and the full stop of the page's language."""
    text = said(clause).rstrip(".。")
    return _("%(clause)s.") % {"clause": text[:1].upper() + text[1:]}


def listed(words: Iterable[object]) -> str:
    """Words one after the other: 0, 1, 3."""
    return _joined(_("%(one)s, %(other)s"), words)


def together(clauses: Iterable[object]) -> str:
    """Clauses in one sentence: the first; the second."""
    return _joined(_("%(one)s; %(other)s"), clauses)


def _joined(two: str, texts: Iterable[object]) -> str:
    given = [str(text) for text in texts]
    return reduce(lambda one, other: two % {"one": one, "other": other}, given) if given else ""
