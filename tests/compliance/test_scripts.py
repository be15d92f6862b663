"""Names in Arabic letters and Chinese signs, compared for real; scripts that are read as they are."""

# ruff: noqa: E501, SIM905  names to be read

import xml.etree.ElementTree as ET

import pytest

from bench import lists
from compliance.matching import Index, Listed, Query
from compliance.matching.answers import Bands, Threshold
from compliance.matching.arabic import comparable
from compliance.matching.arabic_words import ARABIC, words_in
from compliance.matching.chinese_persons import comparable as chinese_comparable
from compliance.matching.chinese_persons import parted, readings, wade_giles
from compliance.matching.consonants import of_arabic, of_latin

published = pytest.mark.skipif(
    not lists.FILES["csl"].is_file(), reason="the published lists are not on this machine"
)


def listed(*names: str, kind: str = "person") -> Index:
    """Beside many others, for in a short list no word is rare."""
    rows = [Listed("l", str(at), kind, "aa", name, "primary") for at, name in enumerate(names)]
    more = [
        Listed("l", f"m{at}", kind, "aa", f"Mohammed {said}", "")
        for at, said in enumerate("Salim Nasser Fuad Walid Zaki Bilal Omar Rami Jalal Amin".split())
    ]
    return Index([*rows, *more])


def top(index: Index, name: str, kind: str = "person", country: str = ""):
    answer = index.screen(name, kind=kind, country=country)
    uids = [match.listed.uid for match in answer.matches]
    return answer.band, uids[0] if uids else ""


# --- Arabic letters


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("صدام حسين التكريتي", "AL-TIKRITI, Saddam Hussein"),
        ("عبد الرحمن الزنداني", "Abdurrahman Zindani"),
        ("عبدالرحمن الزندانى", "AL-ZINDANI, Abd al-Rahman"),
        ("نور الدين الدريسي", "Noureddine al-Drissi"),
        ("هدايت الله بدری", "Hidayatullah Badri"),
        ("فیصل غلامحسین پور", "Faycal Gholamhossein Pour"),
        ("محمد عیسی آخوند", "Mohammad Essa Akhund"),
        ("القذافي معمر", "Moammar Gaddafi"),
        ("جمال لونيسي", "LOUNICI, Djamel"),
    ],
)
def test_a_person_in_arabic_letters_is_found_under_a_latin_spelling(asked, name):
    assert top(listed(name), asked) == ("possible", "0")


def test_the_reason_says_that_vowels_are_not_written():
    [match] = (
        listed("AL-ZINDANI, Abd al-Rahman").screen("عبد الرحمن الزنداني", kind="person").matches
    )
    assert match.reasons == ("the same letters, as far as vowels are written",)
    assert match.score == 0.97


@pytest.mark.parametrize("asked", ["كريم القحطاني", "سعيد الدوسري", "نازنین گلپایگانی"])
def test_another_persons_name_is_clear(asked):
    assert top(listed("AL-TIKRITI, Saddam Hussein", "Karim Qasim"), asked) == ("none", "")


def test_common_names_alone_are_not_everyone_who_has_them():
    index = listed("Mohammed Ahmed Quorvani Meridi", *["Ahmed Mohammed Tazhiran"] * 9)
    assert index.screen("محمد أحمد الحداد", kind="person").matches == ()


def test_one_sign_that_differs_needs_other_words_that_agree():
    index = listed("Saddam Barzan Tilfah al-Tikriti")
    assert top(index, "صدام برزان طلفاح التكريبي") == ("possible", "0")
    assert top(listed("Barzan Tilfah"), "برزان طلفاج") == ("none", "")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("أيمن", "person"),
        ("أيمن جابر", ""),
        ("شركة النور للتجارة", "organisation"),
        ("Holding أيمن جابر", "person"),
        ("علي يعي", "person"),
    ],
)
def test_what_holds_too_little_to_compare_goes_to_a_person(name, kind):
    assert top(listed("Karim Qasim"), name, kind) == ("unscreenable", "")


def test_a_firm_is_not_cleared_but_found():
    index = listed("ANSAR AL-ISLAM", kind="organisation")
    assert top(index, "أنصار الاسلام", "organisation") == ("possible", "0")


def test_marks_stretches_and_forms_of_letters_say_nothing():
    assert words_in("مُحَمَّد العانــي") == words_in("محمد العاني")
    assert words_in("ﻣﺤﻤﺪ ی") == words_in("محمد ى") or comparable(Query("ﻣﺤﻤﺪ", "person")) is False


@pytest.mark.parametrize(
    ("word", "latin"),
    [("خالد", "khaled"), ("قاسم", "qasim"), ("كاظم", "kathim"), ("ثريا", "soraya")],
)
def test_a_word_and_its_spelling_share_their_bones(word, latin):
    assert {one.bones for one in of_arabic(word)} & {one.bones for one in of_latin(latin)}


def test_a_row_that_asks_for_more_is_heard():
    index = listed("Barzan Tilfah")
    asked = index.banded(Bands(thresholds=(Threshold("l", "person", 0.9, 0.6),)))
    assert top(index, "برزان طلفاج")[0] == "none"
    assert top(asked, "برزان طلفاج") == ("possible", "0")


def originals():
    [file] = lists.FILES["un"].glob("*.xml")
    for entry in ET.parse(file).getroot().iter("INDIVIDUAL"):  # noqa: S314  published, on disk
        name = " ".join((entry.findtext("NAME_ORIGINAL_SCRIPT") or "").split())
        if ARABIC.search(name):
            yield entry.findtext("DATAID"), name


@published
def test_the_uns_arabic_names_find_their_own_entries_by_latin_letters():
    asked = list(originals())
    answers = Index(lists.chosen("un")).screen_many([Query(name, "person") for _, name in asked])
    found = [
        uid in {match.listed.uid for match in answer.matches}
        for (uid, _), answer in zip(asked, answers, strict=True)
    ]
    cleared = [answer.band for answer in answers].count("none")
    assert len(asked) == 327
    assert sum(found) >= 0.97 * len(asked)
    assert cleared <= 0.03 * len(asked)


# --- Chinese signs


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("陈全国", "CHEN, Quanguo"),
        ("李家超", "LEE, Ka-chiu John"),
        ("陳國基", "CHAN, Kwok-ki"),
        ("邓炳强", "TANG, Ping-keung"),
        ("王志明", "Chih-ming Wang"),
        ("吕晓红", "LYU, Xiaohong"),
        ("单国华", "SHAN Guohua"),
        ("欧阳明", "AU YEUNG, Ming"),
        ("志强 连", "LIAN, Zhiqiang"),
    ],
)
def test_a_chinese_person_is_found_in_every_spelling(asked, name):
    band, uid = top(listed(name), asked)
    assert (band in ("match", "possible"), uid) == (True, "0")


@pytest.mark.parametrize("name", ["王伟", "陈志强", "欧阳明华", "黃 怡君"])
def test_a_chinese_person_who_is_not_listed_is_clear(name):
    assert top(listed("CHEN, Quanguo", "Li Xiaoming"), name) == ("none", "")


@pytest.mark.parametrize(
    ("name", "country"),
    [
        ("王伟", "JP"),
        ("李英愛", "KR"),
        ("李炳哲", "KP"),
        ("高橋学", ""),
        ("金正恩", ""),
        ("林鄭月娥", ""),
        ("艾力更·依明巴海", ""),
        ("佐藤健", ""),
        ("王鶨", ""),
    ],
)
def test_signs_that_may_be_said_otherwise_stay_with_a_person(name, country):
    assert top(listed("CHEN, Quanguo"), name, country=country) == ("unscreenable", "")


def test_a_sign_without_a_spelling_of_hong_kong_is_enough_in_the_mainland():
    assert not chinese_comparable(Query("付强", "person"))
    assert chinese_comparable(Query("付强", "person", "CN"))


def test_one_syllable_is_not_every_name_that_holds_it():
    assert top(listed("LI, Cheng Yu"), "李玉") == ("none", "")


def test_a_name_beside_the_given_ones_is_told():
    [match] = listed("LEE, Ka-chiu John").screen("李家超", kind="person").matches
    assert match.reasons == ("read as li kachiu", "john is missing")
    assert match.score == 0.9


@pytest.mark.parametrize(
    ("pinyin", "taiwan"),
    [
        ("zhang", "chang"),
        ("xie", "hsieh"),
        ("guo", "kuo"),
        ("zhi", "chih"),
        ("zong", "tsung"),
        ("luo", "lo"),
        ("jian", "chien"),
        ("yan", "yen"),
        ("ren", "jen"),
        ("deng", "teng"),
    ],
)
def test_pinyin_as_taiwan_spelt_it(pinyin, taiwan):
    assert wade_giles(pinyin) == taiwan


def test_surname_and_given_name():
    assert parted("欧阳明") == ("欧阳", "明")
    assert parted("志强 连") == ("连", "志强")
    assert parted("王") is None
    assert parted("Wang 伟") is None
    assert readings("曾", "行")[:4] == ["zeng xing", "zeng hang", "zeng heng", "ceng xing"]


@published
def test_listed_persons_of_china_by_their_signs():
    """Officials and others of the list of 2022, by names known from the news."""
    asked = (
        "王晨 曹建明 陈全国 朱海仑 王明山 霍留军 夏宝龙 张晓明 骆惠宁 郑雁雄 鄧炳強 盧偉聰 曾國衞 陳國基"
        " 譚耀宗 邓中华 劉賜蕙 李江舟 李桂華 李家超 张春贤 沈跃跃 吉炳轩 万鄂湘 陈竺 王东明 丁仲礼 郝明金"
        " 蔡达峰 武维华 田寅寅 李家东 李方伟 苏斌 王君正 陈明国 孙金龙 彭家瑞"
    ).split()
    answers = Index(lists.chosen("csl")).screen_many([Query(name, "person") for name in asked])
    assert [name for name, answer in zip(asked, answers, strict=True) if not answer.matches] == []


# --- scripts that are read letter by letter


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("Аслан Авгазарович Бютукаев", "BYUTUKAEV, Aslan Avgazarovich"),
        ("Γεώργιος Παπαδόπουλος", "PAPADOPOULOS, Georgios"),
        ("Nguyễn Văn Thành Đức", "NGUYEN, Van Thanh Duc"),
        ("Գևորգ Սարգսյան", "SARGSYAN, Gevorg"),
        ("გიორგი ჯაფარიძე", "JAPARIDZE, Giorgi"),
        ("Çağatay Öztürkoğlu", "OZTURKOGLU, Cagatay"),
    ],
)
def test_letters_that_latin_ones_spell_out_are_compared(asked, name):
    band, uid = top(listed(name), asked)
    assert (band in ("match", "possible"), uid) == (True, "0")
    assert top(listed("Karim Qasim"), asked) == ("none", "")


@pytest.mark.parametrize("name", ["דוד לוי", "김철수", "สมชาย ใจดี", "राहुल शर्मा", "さくら"])
def test_other_scripts_stay_with_a_person(name):
    assert top(listed("Karim Qasim"), name) == ("unscreenable", "")
