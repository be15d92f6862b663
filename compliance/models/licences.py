from django.contrib.postgres.fields import ArrayField, DateTimeRangeField
from django.db import models
from django.db.models import F, Q

from compliance.countries import validate_country
from marketplace.core.models import Record

from .decisions import Decision
from .parties import REFUSED_USES, EndUse, Party
from .reference import ExportClass

#: a chip nobody has classed is on no licence
LICENSABLE = tuple((one.value, one.label) for one in ExportClass if one != ExportClass.UNKNOWN)
#: what no rule lets anybody do, a licence does not either
CIVIL = tuple((one.value, one.label) for one in EndUse if one not in REFUSED_USES)


class Licence(Record):
    """What an authority lets one party do, as the document says it. Append-only.

    It counts once a second person has approved it and until it is revoked: see LicenceEvent.
    """

    number = models.CharField(max_length=64, help_text="as the authority gave it")
    authority = models.CharField(max_length=100, help_text="who granted it, such as BIS")
    eccn = models.CharField(max_length=200, help_text="the items, as the licence names them")
    party = models.ForeignKey(Party, models.PROTECT, related_name="licences")
    granted_to = models.CharField(
        max_length=300, help_text="the party's legal name; under another one it covers nothing"
    )
    chip_classes = ArrayField(models.CharField(max_length=16, choices=LICENSABLE))
    site_countries = ArrayField(models.CharField(max_length=2, validators=[validate_country]))
    end_uses = ArrayField(models.CharField(max_length=16, choices=CIVIL))
    valid_from = models.DateField(help_text="the first day, UTC")
    valid_to = models.DateField(help_text="the last day, UTC")
    gpu_hours = models.PositiveIntegerField(help_text="in all: one GPU for one hour is 1")
    gpus_at_once = models.PositiveIntegerField(
        null=True, blank=True, help_text="at any one time; empty: the licence names no number"
    )
    conditions = models.TextField(blank=True, help_text="for staff to see to; nothing checks them")
    evidence = models.TextField(help_text="the document, where it is kept, what it shows")
    registered_by = models.UUIDField(editable=False, help_text="public id of the first approver")
    registered_by_label = models.CharField(max_length=200, editable=False)
    registered_at = models.DateTimeField(editable=False)

    class Meta:
        permissions = [
            ("approve_licence", "Can approve a licence as the second person"),
            ("revoke_licence", "Can revoke a licence"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(chip_classes__contained_by=[value for value, _ in LICENSABLE])
                & Q(chip_classes__len__gt=0),
                name="licence_classes_known",
            ),
            models.CheckConstraint(
                condition=Q(end_uses__contained_by=[value for value, _ in CIVIL])
                & Q(end_uses__len__gt=0),
                name="licence_end_uses_known",
            ),
            models.CheckConstraint(
                condition=Q(site_countries__len__gt=0), name="licence_names_a_country"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("valid_from")), name="licence_dates_in_order"
            ),
            models.CheckConstraint(
                condition=Q(gpu_hours__gt=0)
                & (Q(gpus_at_once__isnull=True) | Q(gpus_at_once__gt=0)),
                name="licence_quantity_positive",
            ),
            models.CheckConstraint(
                condition=~Q(evidence="") & ~Q(number="") & ~Q(granted_to=""),
                name="licence_has_evidence",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.authority} {self.number}"


class LicenceAct(models.TextChoices):
    APPROVED = "approved"
    REVOKED = "revoked"


class LicenceEvent(Record):
    """The second approval or the revocation of a licence, each at most once. Append-only."""

    licence = models.ForeignKey(Licence, models.PROTECT, related_name="events")
    act = models.CharField(max_length=16, choices=LicenceAct)
    reason = models.CharField(max_length=500, blank=True)
    actor = models.UUIDField()
    actor_label = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("licence", "act", name="licence_act_once"),
            models.CheckConstraint(
                condition=Q(act__in=LicenceAct.values), name="licence_act_known"
            ),
            models.CheckConstraint(
                condition=Q(act=LicenceAct.APPROVED) | ~Q(reason=""),
                name="licence_revoked_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.licence} {self.act}"


class LicenceDraw(Record):
    """What one rental takes from a licence: so many GPUs for a window. Append-only.

    `rental` is whoever's key the caller draws under. A trigger holds the licence's row while it
    adds up, so that the open draws never come to more than the licence grants.
    """

    licence = models.ForeignKey(Licence, models.PROTECT, related_name="draws")
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="+")
    rental = models.UUIDField(db_index=True)
    gpus = models.PositiveIntegerField()
    during = DateTimeRangeField()
    gpu_us = models.BigIntegerField(help_text="GPU-microseconds: GPUs times the window, exactly")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("rental", "decision", name="draw_once_per_decision"),
            models.CheckConstraint(
                condition=Q(gpus__gt=0, gpu_us__gt=0), name="draw_quantity_positive"
            ),
            models.CheckConstraint(
                condition=Q(
                    during__isempty=False,
                    during__lower_inf=False,
                    during__upper_inf=False,
                    during__lower_inc=True,
                    during__upper_inc=False,
                ),
                name="draw_window_bounded",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gpus} GPUs of {self.licence} for {self.rental}"


class LicenceReturn(Record):
    """The rest of a draw, from a moment on, given back to the licence. Append-only."""

    draw = models.OneToOneField(LicenceDraw, models.PROTECT, related_name="returned")
    until = models.DateTimeField(help_text="what was before stays used")
    gpu_us = models.BigIntegerField(help_text="GPU-microseconds given back")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(gpu_us__gt=0), name="return_quantity_positive"),
        ]

    def __str__(self) -> str:
        return f"rest of {self.draw}"
