"""What the search leaves out for speed would have come to nothing: each beside the long way.

What is left out for names in Arabic letters stands in `test_arabic_shortcuts`.
"""

import gc
import math
import random
import weakref
from itertools import product

import pytest
from rapidfuzz.distance import OSA

from bench.people import People
from bench.variants import slip
from compliance import settling
from compliance.matching import Index, Listed, Query, likeness
from compliance.matching import index as search
from compliance.matching.alignment import Aligner
from compliance.matching.likeness import Likeness, far
from compliance.matching.slips import TWO_EDITS, Slips
from compliance.matching.sound import fold, skeleton
from compliance.matching.tables import INDUSTRY, LEGAL, SPELLING
from compliance.matching.text import plain
from compliance.matching.worth import Worth
from tests.compliance.test_arabic_shortcuts import LATIN

NAMES = tuple(
    tuple(name.split())
    for name in (
        "meridia trading ltd",
        "meridian trading company ltd",
        "al tazhiran mubdir yasfan",
        "tazhiran yasfan",
        "quor vane maritime industries",
        "quorvane maritime",
        "li xiao ming",
        "x ltd",
        "bo bo",
        "mubdir ltd",
        "sons and trading",
    )
)
WORTH = Worth(NAMES)
ALIGNER = Aligner(WORTH, Likeness(WORTH))


def aligned(one, other, **more):
    person = "ltd" not in other
    return ALIGNER.align(one, other, person=person, chinese=False, family=0, **more)


PAIRS = [(one, other) for one in NAMES for other in NAMES]


def test_whoever_is_below_the_least_likeness_and_nobody_else_is_left_out():
    scores = [aligned(*pair).score for pair in PAIRS]
    assert min(scores) == 0
    assert max(scores) == 1
    for pair, score in zip(PAIRS, scores, strict=True):
        for least in (0.0, 0.2, score, math.nextafter(score, 2), 0.7):
            found = aligned(*pair, least=least)
            assert found == (aligned(*pair) if score >= least else None)


def test_a_token_that_tells_and_has_no_equal_is_seen_before_all_is_aligned():
    """None at once is right for every pair that would have been thrown away for that token."""
    thrown = {pair for pair in PAIRS if any(one.asked for one in aligned(*pair).unequal)}
    at_once = {pair for pair in PAIRS if aligned(*pair, equal=True) is None}
    assert at_once < thrown  # beside a legal form that is left, all must be aligned
    assert (len(at_once), len(thrown), len(PAIRS)) == (59, 109, 121)
    for pair in set(PAIRS) - at_once:
        assert aligned(*pair, equal=True) == aligned(*pair)


def test_words_are_far_apart_only_with_more_edits_and_another_sound():
    some = words_and_slips()[::3]
    told = {(edits, far(*pair, edits)) for pair in some for edits in (1, 2, 3)}
    assert told == {(edits, found) for edits in (1, 2, 3) for found in (True, False)}
    for one, other in some:
        for edits in (1, 2, 3):
            if far(one, other, edits):
                assert OSA.distance(one, other) > edits
                assert skeleton(one) != skeleton(other)
                assert fold(one) != fold(other)


def test_words_that_are_far_apart_are_as_unlike_as_edits_and_sound_say(monkeypatch):
    quick, some = Likeness(WORTH), words_and_slips()
    quickly = [quick.of[*pair, chinese] for pair in some for chinese in (True, False)]
    nearly = [quick.nearly(*pair) for pair in some]
    monkeypatch.setattr(likeness, "far", lambda *pair: False)
    slow = Likeness(WORTH)
    assert quickly == [slow.of[*pair, chinese] for pair in some for chinese in (True, False)]
    assert nearly == [found if (found := slow.of[*pair, False]) > 0.8 else 0.0 for pair in some]
    assert 0 < sum(map(bool, nearly)) < sum(map(bool, quickly)) < len(quickly)


def words_and_slips() -> list[tuple[str, str]]:
    """Pairs of any two words, of a word and its slip, and of two that sound alike."""
    rng = random.Random(8)  # noqa: S311
    words = sorted({word for name in NAMES for word in name})
    words += [word for name in People(9).some(50) if name.isascii() for word in plain(name)]
    words += ["manufacturer", "manufacturing", "technologies", "technology", "3m", "mb21"]
    slips = [(slip(slip(word, rng), rng).lower(), word) for word in words if len(word) > 4]
    alike = [("khalid", "halyd"), ("moussa", "musa"), ("chen", "xan"), ("qasim", "kassem")]
    return [*product(words, words), *slips, *alike]


def test_beside_a_strange_word_every_name_has_an_unequal_one():
    """So what is asked of a reading with such a word finds nothing that is kept."""
    names = (*NAMES, ("ann", "of", "mubdir"), ("aktiengesellschaft", "oglu"))
    worth = Worth(names)
    aligner = Aligner(worth, Likeness(worth))
    words = sorted(
        {one for pair in words_and_slips() for one in pair} | {"anediou", "lttd", "oglo"}
    )
    strange = [word for word in words if aligner.strange[word]]
    assert len(words) / 4 < len(strange) < len(words)
    for word in strange:
        for listed in names:
            for beside in ((), ("ltd",), listed):
                found = aligner.align(
                    (*beside, word), listed, person="ltd" not in listed, chinese=False, family=0
                )
                assert any(one.asked for one in found.unequal), (word, listed)
    tame = [word for word in words if word not in strange and word not in worth.seen]
    assert {"lttd", "oglo"} <= set(tame)


def test_a_name_is_cut_at_the_words_that_the_lists_know():
    worth = Worth([*NAMES * 4, ("zeta", "co"), ("co",)])
    words = {*worth.seen, *SPELLING, *INDUSTRY, "zetas"}
    known = {word for word in {*SPELLING, *LEGAL, *INDUSTRY} if len(word) > 3}
    often = {
        word for word in words if len(word) > 3 and worth.seen.get(SPELLING.get(word, word), 0) > 3
    }
    assert {word for word in words if word in worth._whole} == (known | often) & words
    assert "tazhiran" in often
    assert "zeta" not in worth._whole


def test_parts_of_a_batch_are_answered_as_names_alone(monkeypatch):
    rows = [
        Listed("l", str(at), "", "aa", " ".join(name), "primary") for at, name in enumerate(NAMES)
    ]
    index = Index([*rows, *LATIN])
    names = [
        "Meridia Tradin",
        "محمد علي",
        "",
        "深圳市美光贸易有限公司",
        "Sara Salimi",
        "Quorvane Maritime",
    ]
    queries = [Query(name, kind) for name in names for kind in ("person", "organisation", "")]
    whole = index.screen_many(queries)
    assert {answer.band for answer in whole} == {"match", "possible", "none", "unscreenable"}
    assert [index.screen(one.name, kind=one.kind) for one in queries] == whole
    monkeypatch.setattr(search, "TOGETHER", 4)
    assert index.screen_many(queries) == whole


def test_slips_are_those_that_comparing_with_every_name_finds():
    """But for a few of two edits: letters swapped over a cut spoil two of the three parts."""
    rng = random.Random(5)  # noqa: S311
    names = ["".join(plain(name)) for name in People(6).some(400) if name.isascii()]
    names += ["abc", "abcd", "abdc", "bc", "abcde"]
    slips = Slips((name, at) for at, name in enumerate(names))
    near: list[int] = []
    missed: list[int] = []
    for asked in [*names, *(slip(slip(name, rng), rng).lower() for name in names)]:
        within = {}
        for at, name in enumerate(names):
            reach = 2 if min(len(asked), len(name)) >= TWO_EDITS else 1
            edits = OSA.distance(asked, name)
            if edits <= reach and 2 <= len(name) <= 60:
                within[at] = edits
        found = slips.find(asked)
        assert found.items() <= within.items()
        near += within.values()
        missed += [within[at] for at in within.keys() - found.keys()]
    assert set(missed) == {2}
    assert len(missed) < 0.02 * len(near)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("O'Neil & Sons, S.A.", ("oneil", "sons", "sa")),
        ('A.B._C. d`E"f', ("ab", "c", "def")),
        ("Jo?el What?", ("joel", "what")),
        ("TAB\tand\x00null\x7f", ("tab", "null")),
        ("Ünal\u2019s Çelik", ("unals", "celik")),
        ("3.M. x", ("3m", "x")),
    ],
)
def test_words_are_what_the_patterns_make_of_a_name(name, words):
    assert plain(name) == words


def test_a_large_index_is_left_out_of_collections_until_it_is_replaced(monkeypatch):
    monkeypatch.setattr(settling, "LARGE", len(LATIN))
    before = gc.get_freeze_count()
    try:
        settling.settle(Index(LATIN[1:]))
        assert gc.get_freeze_count() == before
        first = Index(LATIN)
        settling.settle(first)
        assert gc.get_freeze_count() > before + len(LATIN)
        gone = weakref.ref(first._worth)
        del first
        gc.collect()
        assert gone() is not None  # its memories hold it, so only a collection could free it
        settling.settle(Index(LATIN))
        assert gone() is None
    finally:
        gc.unfreeze()
