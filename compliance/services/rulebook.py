from compliance.bands import Band
from compliance.models import Approval, ChipModel, CountryGroup, PolicyRule, ScoringBand
from compliance.policy import Membership, Rule, Rulebook, in_order

_held: Rulebook | None = None


def rulebook() -> Rulebook:
    """All rules, groups, chip classes and bands as the database has them now.

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
        [_band(row) for row in ScoringBand.objects.order_by("list_code", "kind", "version")],
    )


def _band(row: ScoringBand) -> Band:
    return Band(
        list_code=row.list_code,
        kind=row.kind,
        version=row.version,
        match_at=float(row.match_at),
        possible_at=float(row.possible_at),
        effective_from=row.effective_from,
        approved=row.approval == Approval.APPROVED,
    )
