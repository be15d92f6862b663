"""The kinds of values: how each is read from what somebody typed and written back."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any, Final

from marketplace.core.money import MICRO, BadAmount, micro_from_text, text_from_micro

NUMBER: Final = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,6})?) *([A-Za-z]*)")
VERSION: Final = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6}){0,3}")
MOST: Final = 1_000_000_000
MOST_GPUS: Final = 100_000
MOST_DOLLARS: Final = 1_000_000
#: in GB
MEMORY: Final = {"": 1, "gb": 1, "tb": 1000}
FLAGS: Final = {"true": True, "yes": True, "false": False, "no": False}

SAME: Final = ("=", "!=", "in", "not in")
ORDERED: Final = (*SAME[:2], "<", "<=", ">", ">=", *SAME[2:])


@dataclass(frozen=True)
class Kind:
    """`read` raises ValueError with what would be right; `units` may stand apart from a number."""

    read: Callable[[str], Any]
    show: Callable[[Any], str]
    ops: tuple[str, ...]
    units: frozenset[str] = frozenset()


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def quantity(typed: str, units: dict[str, int], example: str, most: int = MOST) -> int:
    """A number with one of these units, in the smallest of them. Raises ValueError."""
    found = NUMBER.fullmatch(typed.strip())
    if found is None or found[2].lower() not in units:
        raise ValueError(f"write a number such as {example}")
    exact = Decimal(found[1]) * units[found[2].lower()]
    if exact != int(exact):
        raise ValueError(f"write a whole number such as {example}")
    if exact > most:
        raise ValueError(f"is more than {most}")
    return int(exact)


def _money(typed: str) -> int:
    digits = typed.strip().removeprefix("$")
    if not NUMBER.fullmatch(digits) or not digits[-1].isdigit():
        raise ValueError("write dollars such as $2.40")
    try:
        micro = micro_from_text(digits)
    except BadAmount as error:
        raise ValueError(str(error)) from error
    if micro > MOST_DOLLARS * MICRO:
        raise ValueError(f"is more than ${MOST_DOLLARS}")
    return micro


def _text(typed: str) -> str:
    if not typed:
        raise ValueError("is empty; write what to look for")
    return typed


def _country(typed: str) -> str:
    if not re.fullmatch("[A-Za-z]{2}", typed):
        raise ValueError("a country is two letters such as MY")
    return typed.upper()


def _version(typed: str) -> tuple[int, ...]:
    if not VERSION.fullmatch(typed):
        raise ValueError("write a version such as 12.4")
    return tuple(int(part) for part in typed.split("."))


def _one_of(known: dict[str, Any], typed: str) -> Any:
    try:
        return known[typed.lower()]
    except KeyError:
        raise ValueError(f"write one of {', '.join(known)}") from None


def choice(*values: str) -> Kind:
    """One of these words, in whatever case it is typed."""
    known = {value.lower(): value for value in values}
    return Kind(partial(_one_of, known), quoted, SAME)


def ranked(*values: str) -> Kind:
    """One of these words, the lowest first, so that >= asks for a word and all above it."""
    known = {value: rank for rank, value in enumerate(values)}
    return Kind(partial(_one_of, known), lambda rank: quoted(values[rank]), ORDERED)


def _share(typed: str) -> int:
    """In 1/10,000."""
    if not re.fullmatch(r"0(\.[0-9]{1,4})?|1(\.0{1,4})?", typed):
        raise ValueError("write a share of 1 such as 0.975")
    return int(Decimal(typed) * 10_000)


TEXT: Final = Kind(_text, quoted, (*SAME, "~"))
COUNTRY: Final = Kind(_country, quoted, SAME)
COUNT: Final = Kind(partial(quantity, units={"": 1}, example="8", most=MOST_GPUS), str, ORDERED)
GIGABYTES: Final = Kind(
    partial(quantity, units=MEMORY, example="80GB"),
    lambda value: f"{value}GB",
    ORDERED,
    frozenset(filter(None, MEMORY)),
)
MONEY: Final = Kind(_money, lambda value: f"${text_from_micro(value)}", ORDERED)
SHARE: Final = Kind(_share, lambda bps: str(Decimal(bps) / 10_000), ORDERED)
RELEASE: Final = Kind(_version, lambda value: ".".join(map(str, value)), ORDERED)
FLAG: Final = Kind(partial(_one_of, FLAGS), lambda value: "true" if value else "false", ("=", "!="))
