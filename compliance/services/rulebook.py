from compliance.models import ChipModel, CountryGroup, PolicyRule
from compliance.policy import Membership, Rule, Rulebook, in_order


def rulebook() -> Rulebook:
    """All rules, groups and chip classes as the database has them now."""
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
