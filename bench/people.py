"""Made-up persons by Faker, in Latin letters and in those of their own script, seeded."""

import random
from collections.abc import Callable

from faker import Faker
from pypinyin import lazy_pinyin

from bench import nameparts as parts

WESTERN = (
    "en_US",
    "en_GB",
    "en_IN",
    "en_PK",
    "de_DE",
    "fr_FR",
    "fr_DZ",
    "es_ES",
    "es_MX",
    "it_IT",
    "pt_BR",
    "nl_NL",
    "pl_PL",
    "cs_CZ",
    "ro_RO",
    "sv_SE",
    "tr_TR",
    "az_AZ",
    "uz_UZ",
    "ha_NG",
    "sw",
    "id_ID",
    "en_TH",
)
SLAVIC = ("ru_RU", "uk_UA", "bg_BG")
#: given name first, in a script of their own
NATIVE = ("ar_AA", "ar_SA", "fa_IR", "he_IL", "hi_IN", "th_TH", "el_GR", "ka_GE", "hy_AM")
FAMILY_FIRST = ("zh_CN", "zh_TW", "ja_JP", "ko_KR")
#: each locale about alike: 24 of Latin letters, 9 of letters of their own, ...
SHARES = {
    "western": 24,
    "slavic": 5,
    "native": 9,
    "chinese": 4,
    "family first": 4,
    "arabic": 3,
    "vietnamese": 3,
    "malay": 3,
}


class People:
    """An endless, repeatable row of names; every locale has a seed of its own."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(f"{seed} persons")  # noqa: S311  a bench repeats itself
        self._fakers: dict[str, Faker] = {}
        self._seed = seed

    def some(self, count: int) -> list[str]:
        ways, weights = list(SHARES), list(SHARES.values())
        made: dict[str, Callable[[], str]] = {
            "western": self._western,
            "slavic": self._slavic,
            "native": self._native,
            "chinese": self._chinese,
            "family first": self._family_first,
            "arabic": self._arabic,
            "vietnamese": self._vietnamese,
            "malay": self._malay,
        }
        return [made[way]() for way in self._chance.choices(ways, weights, k=count)]

    def _faker(self, locale: str) -> Faker:
        if locale not in self._fakers:
            self._fakers[locale] = Faker(locale)
            self._fakers[locale].seed_instance(f"{self._seed} {locale}")
        return self._fakers[locale]

    def _western(self) -> str:
        faker = self._faker(self._chance.choice(WESTERN))
        given = [faker.first_name() for _ in range(1 + (self._chance.random() < 0.25))]
        return " ".join([*given, faker.last_name()])

    def _slavic(self) -> str:
        """Cyrillic, with a father's name where Faker has one; half of them as passports write."""
        faker = self._faker(self._chance.choice(SLAVIC))
        given, family = faker.first_name_male(), faker.last_name_male()
        father = faker.middle_name_male() if hasattr(faker, "middle_name_male") else ""
        name = " ".join(filter(None, (given, father, family)))
        return latin(name) if self._chance.random() < 0.5 else name

    def _native(self) -> str:
        faker = self._faker(self._chance.choice(NATIVE))
        return f"{faker.first_name()} {faker.last_name()}"

    def _chinese(self) -> str:
        """Pinyin, in either order; or the spelling of Taiwan."""
        if self._chance.random() < 0.2:
            faker = self._faker("zh_TW")
            return f"{faker.last_romanized_name()} {faker.first_romanized_name()}".title()
        faker = self._faker("zh_CN")
        family, given = (
            "".join(lazy_pinyin(signs)).title() for signs in (faker.last_name(), faker.first_name())
        )
        return f"{family} {given}" if self._chance.random() < 0.5 else f"{given} {family}"

    def _family_first(self) -> str:
        faker = self._faker(self._chance.choice(FAMILY_FIRST))
        return f"{faker.last_name()}{faker.first_name()}"

    def _arabic(self) -> str:
        chance = self._chance
        given = chance.sample(parts.ARABIC_GIVEN, 1 + (chance.random() < 0.4))
        return " ".join([*given, chance.choice(parts.ARABIC_FAMILY)])

    def _vietnamese(self) -> str:
        family, chance = self._faker("vi_VN").last_name(), self._chance
        middle = chance.choice(parts.VIETNAMESE_MIDDLE) if chance.random() < 0.8 else ""
        return " ".join(filter(None, (family, middle, chance.choice(parts.VIETNAMESE_GIVEN))))

    def _malay(self) -> str:
        chance = self._chance
        own, tie = chance.choice(
            ((parts.MALAY_MEN, "bin"), (parts.MALAY_WOMEN, "binti")),
        )
        given = chance.sample(own, 1 + (chance.random() < 0.6))
        return " ".join([*given, tie, chance.choice(parts.MALAY_MEN)])


def latin(name: str) -> str:
    """Russian letters as passports write them; others stay for the reader to take off."""
    return "".join(parts.PASSPORT.get(char, char) for char in name.lower()).title()
