from datetime import date

from compliance.models import SiteRisk


def site_risks(*, country: str, operator: str, site: str, day: date) -> list[SiteRisk]:
    """What is on record about renting there that day, the general before the particular.

    `operator` and `site` are names as the marketplace has them.
    """
    rows = SiteRisk.objects.on(day).filter(
        country=country, operator__in=["", operator], site__in=["", site]
    )
    return list(rows.order_by("dimension", "operator", "site", "pk"))
