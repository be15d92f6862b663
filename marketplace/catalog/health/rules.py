"""The rules of rules.yaml as values. Pure but for reading the file once."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).with_name("rules.yaml")


class Verdict(IntEnum):
    """The worse, the greater."""

    NOTED = 0
    DEGRADED = 1
    FAILED = 2


class Clears(StrEnum):
    """What puts a GPU back on the market."""

    READING = "reading"
    RESET = "reset"
    REPLACEMENT = "replacement"


@dataclass(frozen=True)
class Rule:
    """`code` names what it found, such as "xid-79" or "lost"."""

    code: str
    verdict: Verdict
    clears: Clears
    says: str
    source: str


@dataclass(frozen=True)
class Rules:
    """`signs` in the order of the file; `sources` by the names that rules give."""

    version: str
    sources: Mapping[str, str]
    xids: Mapping[int, Rule]
    other: Mapping[str, Any]
    signs: Mapping[str, Rule]

    def of_xid(self, xid: int) -> Rule:
        """The rule of an XID; those that none names have one together."""
        return self.xids.get(xid) or _rule(f"xid-{xid}", self.other)

    def named(self, code: str) -> Rule | None:
        """The rule that found something; None when a later version has it no more."""
        number = code.removeprefix("xid-")
        return self.of_xid(int(number)) if number.isdecimal() else self.signs.get(code)


class BadRules(Exception):
    """The file says something that cannot be meant; the text names the place."""


@cache
def shipped() -> Rules:
    """The rules of this version. Raises BadRules."""
    return read(FILE.read_text())


def read(text: str) -> Rules:
    """Raises BadRules, naming the rule, when one is not whole or its source is not listed."""
    said = yaml.safe_load(text)
    xids = {
        number: _rule(f"xid-{number}", each) for each in said["xids"] for number in each["xids"]
    }
    if len(xids) < sum(len(each["xids"]) for each in said["xids"]):
        raise BadRules("an XID is named by two rules")
    signs = {each["sign"]: _rule(each["sign"], each) for each in said["readings"]}
    rules = Rules(str(said["version"]), said["sources"], xids, said["other_xids"], signs)
    for rule in [*xids.values(), *signs.values(), rules.of_xid(0)]:
        if rule.source not in rules.sources:
            raise BadRules(f"rule {rule.code}: its source {rule.source!r} is not listed")
    return rules


def _rule(code: str, said: Mapping[str, Any]) -> Rule:
    try:
        return Rule(
            code=code,
            verdict=Verdict[said["verdict"].upper()],
            clears=Clears(said.get("clears", Clears.READING)),
            says=said["says"],
            source=said["source"],
        )
    except (KeyError, ValueError) as error:
        raise BadRules(f"rule {code}: {error} is missing or unknown") from error
