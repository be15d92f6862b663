"""How heavily open red flags weigh together."""

from collections.abc import Iterable

HARD, SOFT = "hard", "soft"
#: soft flags of so many kinds weigh as much as a hard one
SEVERAL = 2


def weigh(flags: Iterable[tuple[str, str]]) -> str:
    """`none`, `soft`, `several_soft` or `hard`, from pairs of code and weight.

    Flags of one kind count once: a renter who travels for a week is one question, not seven.
    """
    kinds = set(flags)
    if any(weight == HARD for _, weight in kinds):
        return HARD
    if len(kinds) >= SEVERAL:
        return "several_soft"
    return SOFT if kinds else "none"
