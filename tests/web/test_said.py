"""What other rooms say in English is put into the language of the page, and is still said."""

import ast
from datetime import timedelta

import pytest
from django.utils import translation

from marketplace.brokerage.services.windows import words
from marketplace.web import said as lists
from marketplace.web.said import HOLE, borrowed, fleet, known, said, sentences
from tests.catalogues import HOME

HOLED = "\0"


def skeletons() -> str:
    """All texts of our rooms and the node's program, with a mark where a value stands."""
    found = []
    for room in ("marketplace", "compliance", "agents"):
        for path in (HOME / room).rglob("*.py"):
            if "said" not in path.parts and "migrations" not in path.parts:
                found += _texts(ast.parse(path.read_text()))
    found.append((HOME / "marketplace/catalog/health/rules.yaml").read_text())
    return "\n".join(found)


def _texts(tree: ast.AST) -> list[str]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            found.append("".join(_part(part) for part in node.values))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.append(node.value)
    return found


def _part(part: ast.expr) -> str:
    return str(part.value) if isinstance(part, ast.Constant) else HOLED


@pytest.fixture(scope="module")
def sources() -> str:
    return skeletons()


#: put together from pieces or made of a code, so not to be found whole
MADE = {
    *(f"%(number)s {unit}s" for unit in ("day", "hour", "minute", "second")),
    *(f"1 {unit}" for unit in ("day", "hour", "minute", "second")),
    "clocks are held down by %(one)s and %(other)s",
    "a GPU is out of order, %(why)s (XID %(number)s)",
    "the quote was not booked in time",
    "the hold was not confirmed in time",
    "must be from %(least)s, the least, to %(most)s per GPU-hour, the price without interruption",
}


#: looked for in test_said_by_rooms, or said by packages
ELSEWHERE = {one for list_ in (borrowed, fleet, known) for one in list_.SENTENCES}


def test_every_sentence_is_still_said_somewhere(sources):
    labels = set(lists.grades.SENTENCES) | ELSEWHERE
    gone = [
        one
        for one in sentences()
        if one not in MADE | labels
        and HOLE.sub(HOLED, one) not in sources
        and one.replace(" ", "_") not in sources
    ]
    assert gone == []


def test_no_sentence_is_listed_twice():
    for one in lists.LISTS:
        assert len(set(one.SENTENCES)) == len(one.SENTENCES)


@pytest.mark.parametrize(
    ("language", "text", "shown"),
    [
        ("en", "must be within 30 days", "must be within 30 days"),
        ("zh-hans", "must be within 30 days", "须在 30 天之内"),
        ("ms", "must be within 30 days", "mesti dalam 30 hari"),
        ("zh-hans", "the window is over", "时段已结束"),
        (
            "zh-hans",
            "interrupted: a GPU is out of order, the GPU does not answer (XID 79)",
            "已中断：有 GPU 故障，GPU 没有响应（XID 79）",  # noqa: RUF001  Chinese punctuation
        ),
        (
            "ms",
            "your role (viewer) may not rent; ask an owner",
            "peranan anda (pelihat) tidak boleh menyewa; tanya pemilik",
        ),
        # what somebody wrote, and what nobody has listed, is shown as it is
        ("zh-hans", "back in 3 days", "back in 3 days"),
        ("zh-hans", "Your card was declined.", "Your card was declined."),
        ("zh-hans", "", ""),
    ],
)
def test_what_is_shown(language, text, shown):
    with translation.override(language):
        assert said(text) == shown


@pytest.mark.parametrize("length", ["1 day", "2 hours", "90 minutes", "45 seconds", "1 second"])
def test_a_length_is_known_as_the_broker_says_it(length):
    number, unit = length.split()
    unit = unit.removesuffix("s") + "s"
    assert words(timedelta(**{unit: int(number)})) == length
    with translation.override("ms"):
        assert said(f"must be at least {length} from now: the provider's notice") == (
            f"mesti sekurang-kurangnya {said(length)} dari sekarang: tempoh notis pembekal"
        )
        assert said(length) != length
