"""Entity List firms by their Chinese legal names, and how such a name is read."""

import pytest

from bench import chinese, csl
from bench.lists import FILES
from compliance.matching import Index, Listed, tokens
from compliance.matching.answers import Query
from compliance.matching.hanzi import english, parts
from compliance.matching.listing import names_in
from compliance.matching.readings import otherwise

PUBLISHED = FILES["csl"]
published = pytest.mark.skipif(
    not PUBLISHED.is_file(), reason="the published lists are not on this machine (../shared)"
)


@pytest.fixture(scope="module")
def found():
    return chinese.shares(Index(csl.listed(PUBLISHED)))


def test_the_set_names_each_of_its_firms_once():
    firms = list(chinese.firms())
    assert len({firm.name for firm in firms}) == len(firms) == 283
    assert len(frozenset().union(*(firm.entries for firm in firms))) > 250
    assert {firm.half for firm in firms} == {chinese.TUNING, chinese.KEPT}


@published
def test_the_sets_entries_are_on_the_list():
    names = {" ".join(one.name.split()) for one in csl.listed(PUBLISHED)}
    assert not {name for firm in chinese.firms() for name in firm.entries} - names


@published
@pytest.mark.parametrize("part", ["all", chinese.TUNING, chinese.KEPT])
def test_four_of_five_firms_are_found_and_none_is_cleared(found, part):
    assert found[part]["firms"] >= 140
    assert found[part][chinese.FOUND] >= 0.8
    assert found[part][chinese.CLEARED] == 0


@pytest.mark.parametrize(
    ("run", "read"),
    [
        (
            "电子科技第五十四研究所",
            "electronics technology 54th research institute",
        ),
        ("第二十一研究所", "21st research institute"),
        ("第十二研究所", "12th research institute"),
        ("第一百零三研究所", "103rd research institute"),
        ("七〇一研究所", "701 research institute"),
        ("第三研究院", "3rd academy"),
        ("哈尔滨工业大学", "harbin institute of technology"),
        ("深圳市大疆创新科技有限公司", "shenzhen dji innovation technology co ltd"),
        ("兴和县兴永碳素有限公司", "xinghe xingyong carbon co ltd"),
        ("三一重工", "sanyi heavy industry"),
    ],
)
def test_a_firms_name_is_read_in_english(run, read):
    assert english(run) == read
    assert "".join(part.signs for part in parts(run)) == run


def test_other_readings_drop_the_place_and_use_other_words():
    names = [one.name for one in otherwise(Query("上海依图网络科技有限公司", "organisation"))]
    assert "yitu network technology co ltd" in names
    assert "yitu" in names
    assert "shanghai yitu network science and technology co ltd" in names
    assert "shanghai yitu wangluo keji youxiangongsi" in names


@pytest.mark.parametrize(
    "query", [Query("上海", "person"), Query("Shanghai Yitu Ltd", "organisation"), Query("")]
)
def test_persons_and_latin_names_have_no_other_reading(query):
    assert otherwise(query) == []


def test_what_only_another_reading_finds_is_never_certain():
    index = Index([Listed("l", "1", "organisation", "aa", "Yitu Technologies", "primary")])
    answer = index.screen("上海依图网络科技有限公司", kind="organisation")
    assert answer.band == "possible"
    assert answer.matches[0].score == 0.97
    assert answer.matches[0].reasons[0] == "read as yitu technology"
    assert index.screen("依图科技", kind="organisation").band == "match"


def test_a_chinese_name_that_finds_nothing_is_never_cleared():
    index = Index([Listed("l", "1", "organisation", "aa", "PELAGIC DAWN SYSTEMS LTD", "primary")])
    answer = index.screen("北京某某贸易有限公司", kind="organisation")
    assert (answer.band, answer.matches) == ("unscreenable", ())
    assert answer.problem


@pytest.mark.parametrize(
    ("name", "more"),
    [
        (
            "Huawei Co., Ltd. (Huawei).  Affiliated Entity: Huawei Mobile Technology Ltd.",
            ["Huawei Mobile Technology Ltd"],
        ),
        (
            "13th Research Institute (CETC 13).  Subordinate Institution - Tonghui Electronics",
            ["Tonghui Electronics"],
        ),
        (
            "Suzhou Investment Co., Ltd., Suzhou, Jiangsu",
            ["Suzhou Investment Co., Ltd"],
        ),
        (
            "Supercomputing Center Tianjin (NSCC-TJ)",
            ["Supercomputing Center Tianjin"],
        ),
        ("Semiconductor Manufacturing International (Beijing) Corporation", []),
        ("P.C.C. (SINGAPORE) PRIVATE LIMITED", []),
        ("Shenzhen Tenco Technology Co., Ltd.", []),
        (
            "Chitron Ltd., a.k.a. Chi-Chung Ltd.",
            ["Chitron Ltd", "Chi-Chung Ltd"],
        ),
    ],
)
def test_the_names_that_stand_in_a_listed_name(name, more):
    assert list(names_in(name)) == [name, *more]


def test_a_name_within_a_listed_name_is_found_under_the_entry():
    name = "Huawei Technologies Co., Ltd.  Affiliated Entity: Quorvane Maritime Works Ltd."
    index = Index([Listed("l", "1", "organisation", "aa", name, "primary")])
    answer = index.screen("Quorvane Maritime Works Ltd", kind="organisation")
    assert (answer.band, answer.matches[0].listed.name) == ("match", name)


def test_an_apostrophe_that_lost_its_encoding_is_one():
    assert tokens("Xi?an Huawei") == tokens("Xi'an Huawei") == tokens("Xian Huawei")
    assert tokens("Who? Me") == ("who", "me")
