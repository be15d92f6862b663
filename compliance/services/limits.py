"""Which limits the detector of each red flag needs, so that a file that lacks one is refused."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from compliance.models import Weight

from .classifying import MalformedReference

LIMITS: dict[str, dict[str, type]] = {
    "R1": {"classes": list, "founded_after": str},
    "R2": {"days": int},
    "R3": {"parties": int, "phrases": list},
    "R4": {"percent": int},
    "R5": {"days": int},
    "R8": {"group": str},
    "R9": {"countries": int},
    "R10": {"gpus": int},
    "R11": {"refused": int, "days": int},
    "R12": {"gpus": int},
    "R13": {"phrases": list},
    "R14": {"days": int},
    "R15": {"public_domains": list},
    "R18": {"least_percent": int, "most_percent": int},
}


def check_flags(rows: Iterable[dict[str, Any]], groups: Collection[str]) -> None:
    """Raise MalformedReference for the first kind of red flag that no detector could use."""
    for row in rows:
        wanted, given = LIMITS.get(row["code"], {}), row["parameters"]
        if row["weight"] not in Weight.values:
            raise _fault(row, f"weight {row['weight']!r} is none of {', '.join(Weight.values)}")
        if given.keys() != wanted.keys():
            raise _fault(row, f"parameters must be {', '.join(wanted) or 'empty'}")
        for name, kind in wanted.items():
            if type(given[name]) is not kind or not given[name]:
                raise _fault(row, f"{name} must be a {kind.__name__} that says something")
        if given.get("group", "") not in {"", *groups}:
            raise _fault(row, f"there is no country group {given['group']!r}")
        if "founded_after" in given and not _is_day(given["founded_after"]):
            raise _fault(row, f"founded_after {given['founded_after']!r} is no day")


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _fault(row: dict[str, Any], fault: str) -> MalformedReference:
    return MalformedReference(f"red_flags.json: {row['code']}: {fault}")
