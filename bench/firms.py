"""Made-up companies: Faker's of many locales, and names put together as firms put them, seeded."""

import random
from collections.abc import Callable

from faker import Faker

from bench import nameparts as parts

LOCALES = (
    "en_US",
    "en_GB",
    "en_IN",
    "de_DE",
    "fr_FR",
    "es_ES",
    "es_MX",
    "it_IT",
    "pt_BR",
    "nl_NL",
    "pl_PL",
    "tr_TR",
    "sv_SE",
    "cs_CZ",
    "ro_RO",
    "ru_RU",
    "uk_UA",
    "id_ID",
    "vi_VN",
    "fil_PH",
    "en_TH",
    "en_PK",
    "uz_UZ",
    "zh_CN",
    "zh_TW",
    "ja_JP",
    "ko_KR",
    "ar_AA",
)
#: how many of a hundred are made in each way
SHARES = {
    "faker": 40,
    "english": 20,
    "coined": 10,
    "pinyin": 12,
    "indonesian": 6,
    "vietnamese": 5,
    "russian": 4,
    "han": 3,
}


class Firms:
    """An endless, repeatable row of names; every locale has a seed of its own."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(f"{seed} firms")  # noqa: S311  a bench repeats itself
        self._fakers: dict[str, Faker] = {}
        self._seed = seed

    def some(self, count: int) -> list[str]:
        ways, weights = list(SHARES), list(SHARES.values())
        made: dict[str, Callable[[], str]] = {
            "faker": self._faker,
            "english": self._english,
            "coined": self._coined,
            "pinyin": self._pinyin,
            "indonesian": self._indonesian,
            "vietnamese": self._vietnamese,
            "russian": self._russian,
            "han": self._han,
        }
        return [made[way]() for way in self._chance.choices(ways, weights, k=count)]

    def _faker(self) -> str:
        locale = self._chance.choice(LOCALES)
        if locale not in self._fakers:
            self._fakers[locale] = Faker(locale)
            self._fakers[locale].seed_instance(f"{self._seed} {locale} firms")
        return self._fakers[locale].company()

    def _end(self) -> str:
        """Trade, at times a place, legal form."""
        trade, form = self._chance.choice(parts.TRADE), self._chance.choice(parts.FORM)
        place = f" ({self._chance.choice(parts.PLACE)})" if self._chance.random() < 0.2 else ""
        return f"{trade}{place} {form}"

    def _english(self) -> str:
        second = f"{self._chance.choice(parts.SECOND)} " if self._chance.random() < 0.75 else ""
        return f"{self._chance.choice(parts.BRANDS)} {second}{self._end()}"

    def _coined(self) -> str:
        brand = "".join(self._chance.choices(parts.SOUNDS, k=self._chance.randint(2, 3)))
        return f"{brand.title()} {self._end()}"

    def _pinyin(self) -> str:
        place = f"{self._chance.choice(parts.PLACE)} " if self._chance.random() < 0.7 else ""
        brand = "".join(self._chance.choices(parts.PINYIN, k=2)).title()
        trade, form = self._chance.choice(parts.TRADE), self._chance.choice(parts.FORM)
        return f"{place}{brand} {trade} {form}"

    def _indonesian(self) -> str:
        words = self._chance.sample(parts.INDONESIAN, self._chance.randint(2, 3))
        return " ".join([self._chance.choice(("PT", "PT", "CV")), *words])

    def _vietnamese(self) -> str:
        firm, trade = (
            self._chance.choice(kind) for kind in (parts.VIETNAMESE_FIRM, parts.VIETNAMESE_TRADE)
        )
        return f"{firm} {trade} {' '.join(self._chance.sample(parts.VIETNAMESE_GIVEN, 2))}"

    def _russian(self) -> str:
        first, second = (
            self._chance.choice(kind) for kind in (parts.RUSSIAN_FIRST, parts.RUSSIAN_SECOND)
        )
        return f"{self._chance.choice(parts.RUSSIAN_FORM)} «{first}{second}»"

    def _han(self) -> str:
        signs = "".join(self._chance.sample(parts.HAN_SIGN, 2))
        ends = (self._chance.choice(kind) for kind in (parts.HAN_TRADE, parts.HAN_FORM))
        return f"{self._chance.choice(parts.HAN_PLACE)}{signs}{''.join(ends)}"
