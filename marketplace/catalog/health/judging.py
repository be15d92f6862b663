"""How fit a GPU is, by its readings and its XIDs: values in, a verdict out. Pure."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .rules import Clears, Rule, Rules, Verdict

#: of NVML's recovery action (field 230): 0 none, 1 reset, 2 reboot, 3 drain P2P, 4 drain and
#: reset, 5 IMEX domain, 6 bus reset, 7 system reboot
RESET_ACTIONS, DRAIN_ACTIONS = (1, 2, 4, 6, 7), (3, 5)


@dataclass(frozen=True)
class Standing:
    """How a GPU stands: the rule that decides, and the kernel's boot in which it was broken."""

    verdict: Verdict
    code: str = ""
    boot: str = ""


WELL = Standing(Verdict.NOTED)


def signs(reading: Mapping[str, Any]) -> Iterator[str]:
    """What of a reading is a sign of a fault, by the names that rules have for them."""
    for plain in ("lost", "missing", "silent", "rows_failed", "rows_pending", "ecc_uncorrected"):
        if reading.get(plain):
            yield plain
    if reading.get("recovery_action") in RESET_ACTIONS:
        yield "recovery_reset"
    if reading.get("recovery_action") in DRAIN_ACTIONS:
        yield "recovery_drain"


def judge(
    rules: Rules,
    *,
    before: Standing,
    reading: Mapping[str, Any],
    xids: Collection[int],
    boot: str,
) -> Standing:
    """How the GPU stands after this reading and these new XIDs, in this boot of the kernel.

    The worst of what is found now and what is not cleared yet decides; of two alike, the older.
    """
    found = [rules.signs[sign] for sign in signs(reading) if sign in rules.signs]
    kept = [] if _cleared(rules, before, found, boot) else [before]
    fresh = [*found, *map(rules.of_xid, xids)]
    worst = max(fresh, key=lambda rule: rule.verdict, default=None)
    if worst is not None and (not kept or worst.verdict > before.verdict):
        return WELL if worst.verdict is Verdict.NOTED else _standing(worst, boot)
    return kept[0] if kept else WELL


def restorable(rules: Rules, *, standing: Standing, reading: Mapping[str, Any]) -> bool:
    """Whether a person may say that the GPU was reset: its last reading finds nothing."""
    rule = rules.named(standing.code)
    return rule is not None and rule.clears is Clears.RESET and not any(signs(reading))


def _cleared(rules: Rules, before: Standing, found: list[Rule], boot: str) -> bool:
    if before.verdict is Verdict.NOTED:
        return True
    rule = rules.named(before.code)
    if rule is None or rule.clears is Clears.REPLACEMENT:
        return False
    if rule.clears is Clears.READING:
        return rule.code not in {each.code for each in found}
    return boot != before.boot and not found


def _standing(rule: Rule, boot: str) -> Standing:
    return Standing(rule.verdict, rule.code, boot)
