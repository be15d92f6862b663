from compliance.models import ChipModel, CountryGroup, PolicyRule
from compliance.policy import Membership, Rule, Rulebook, in_order

_held: Rulebook | None = None


def rulebook() -> Rulebook:
    """All rules, groups and chip classes as the database has them now.

    Read each time; while they are the same, so is the book, with what it has made out of them.
    """
    global _held
    read, held = _read(), _held
    if held is None or held != read:
        held = _held = read
    return held


def _read() -> Rulebook:
    rules = PolicyRule.objects.values_list(
        "rule_id",
        "version",
        "effective_from",
        "effective_to",
        "conditions",
        "outcome",
        "reason",
        "citation",
    )
    groups = CountryGroup.objects.values_list("group", "country", "effective_from", "effective_to")
    return Rulebook(
        in_order(Rule(*row) for row in rules),
        [Membership(*row) for row in groups],
        dict(ChipModel.objects.values_list("name", "export_class")),
    )
