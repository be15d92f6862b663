"""The made-up names of the bench: repeatable, in many scripts, and not the same for each seed."""

import random
import unicodedata

import pytest

from bench.firms import Firms
from bench.people import People, latin
from bench.variants import natural, slip, variants


@pytest.mark.parametrize("maker", [People, Firms])
def test_a_seed_repeats_itself_and_no_other(maker):
    assert maker(5).some(80) == maker(5).some(80)
    assert maker(5).some(80) != maker(6).some(80)


def test_persons_are_of_many_scripts():
    letters = {char for name in People(5).some(400) for char in name if char.isalpha()}
    scripts = {unicodedata.name(char).split()[0] for char in letters}
    assert {"LATIN", "CYRILLIC", "ARABIC", "CJK", "HANGUL", "DEVANAGARI"} <= scripts


def test_russian_letters_as_passports_write_them():
    assert latin("Юрий Хрущёв") == "Iurii Khrushchev"


def test_a_slip_changes_the_name():
    rng = random.Random(5)  # noqa: S311
    assert all(slip("Meridia Works", rng) != "Meridia Works" for _ in range(200))


def test_each_way_of_writing_once():
    done = [how for how, _ in variants("QUORVANE, Ilario Kh", "person", random.Random(5))]  # noqa: S311
    assert len(done) == len(set(done)) == 10
    assert natural("QUORVANE, Ilario", "person") == "Ilario QUORVANE"
