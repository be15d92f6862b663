from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q

from compliance.countries import validate_country
from marketplace.core.models import Record


class Dimension(models.TextChoices):
    GEOPOLITICAL = "geopolitical"
    DATA_SECURITY = "data_security", "data security"
    EXPORT_CONTROL = "export_control", "export control"
    PHYSICAL = "physical"


class Grade(models.TextChoices):
    LOW = "low"
    GUARDED = "guarded"
    ELEVATED = "elevated"
    HIGH = "high"


class SiteRiskQuerySet(models.QuerySet["SiteRisk"]):
    def on(self, day: date) -> Self:
        return self.filter(
            Q(effective_to__isnull=True) | Q(effective_to__gte=day), effective_from__lte=day
        )


class SiteRisk(Record):
    """A graded, sourced fact about renting in a country, from an operator or at one site of it."""

    country = models.CharField(max_length=2, validators=[validate_country])
    operator = models.CharField(max_length=200, blank=True, help_text="empty: every operator there")
    site = models.CharField(max_length=120, blank=True, help_text="empty: every site of it")
    dimension = models.CharField(max_length=16, choices=Dimension)
    grade = models.CharField(max_length=8, choices=Grade)
    statement = models.CharField(max_length=600)
    source = models.CharField(max_length=300)
    as_of = models.DateField(help_text="the day on which it was so")
    verification = models.CharField(max_length=200)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True, blank=True, help_text="the last day it counts")

    objects = SiteRiskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "country",
                "operator",
                "site",
                "dimension",
                "effective_from",
                name="site_risk_once",
            ),
            models.CheckConstraint(
                condition=Q(dimension__in=Dimension.values, grade__in=Grade.values),
                name="site_risk_graded",
            ),
            models.CheckConstraint(
                condition=Q(site="") | ~Q(operator=""), name="site_risk_site_of_an_operator"
            ),
            models.CheckConstraint(
                condition=Q(effective_to__isnull=True) | Q(effective_to__gte=F("effective_from")),
                name="site_risk_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        place = self.site or self.operator or self.country
        return f"{place}: {self.get_dimension_display()} {self.grade}"
