from typing import Self

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import F, Q

from compliance.models import ChipModel
from marketplace.accounts.models import Organisation
from marketplace.core.models import Record
from marketplace.core.states import Stateful
from marketplace.core.times import moment_text

from .states import Health, MachineState, OfferState
from .trust.models import (
    BoardClaim,
    Calibration,
    Challenge,
    ChallengeAnswer,
    DeviceKey,
    HardwareFacts,
    Probe,
    Trust,
    TrustEvidence,
)

__all__ = [
    "BoardClaim",
    "Calibration",
    "Challenge",
    "ChallengeAnswer",
    "DeviceKey",
    "Gpu",
    "GpuEvent",
    "GpuQuerySet",
    "HardwareFacts",
    "HealthChange",
    "Machine",
    "MachineReading",
    "Offer",
    "OfferQuerySet",
    "Probe",
    "Site",
    "Telemetry",
    "Trust",
    "TrustEvidence",
]

#: published: what every interruptible rental is owed at least; a provider may promise more
SPOT_NOTICE_S, SPOT_MINIMUM_S = 120, 600
#: a GPU is kept free after a lease for a day at most
LONGEST_CLEANING_S = 86_400
#: what a GiB-hour of a kept workspace costs at most: ten cents
MOST_KEEP_MICRO = 100_000


class Site(Record):
    """A data centre: where it stands decides which law applies, who runs it decides who is paid."""

    name = models.CharField(max_length=120)
    operator = models.ForeignKey(Organisation, models.PROTECT, related_name="sites")
    country = models.CharField(max_length=2, help_text="ISO 3166-1 alpha-2")
    city = models.CharField(max_length=120, blank=True)
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
                name="site_on_earth",
            ),
            models.UniqueConstraint("operator", "name", name="site_name_once_per_operator"),
            models.CheckConstraint(condition=Q(country__regex="^[A-Z]{2}$"), name="site_country"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.country}"


class Machine(Record, Stateful):
    """A host with GPUs, as its node agent describes it."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="machines")
    name = models.CharField(max_length=120)
    state = models.CharField(max_length=16, choices=MachineState, default=MachineState.OFFLINE)
    simulated = models.BooleanField(default=False)
    driver_version = models.CharField(max_length=40, blank=True)
    cuda_version = models.CharField(max_length=20, blank=True)
    fabric = models.CharField(
        max_length=64,
        blank=True,
        help_text="the fast network it hangs on; machines of a site with the same name share one",
    )
    draining = models.BooleanField(
        default=False, help_text="its provider wants no new leases on it, by the agent's word"
    )
    upkeep = DateTimeRangeField(
        null=True,
        blank=True,
        help_text="no new lease reaches into it: maintenance, or drained until taken back",
    )
    reliability_bps = models.PositiveIntegerField(
        null=True, blank=True, help_text="as last scored, in 1/10,000; null: nothing on record"
    )
    inventory_hash = models.CharField(max_length=64, blank=True)
    inventory_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("site", "name", name="machine_name_once_per_site"),
            models.CheckConstraint(
                condition=Q(reliability_bps__isnull=True) | Q(reliability_bps__lte=10_000),
                name="machine_reliability_is_a_share",
            ),
            models.CheckConstraint(
                condition=Q(state__in=MachineState.values), name="machine_state_known"
            ),
            models.CheckConstraint(
                condition=Q(upkeep__isnull=True)
                | Q(upkeep__isempty=False, upkeep__lower_inf=False),
                name="machine_upkeep_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class GpuQuerySet(models.QuerySet["Gpu"]):
    def rentable(self) -> Self:
        """Present in the last inventory, fit, of a known chip, on a machine that answers."""
        return self.filter(
            present=True, fit=True, chip__isnull=False, machine__state=MachineState.ONLINE
        ).exclude(chip__export_class="unknown")


class Gpu(Record):
    """One GPU, or one MIG slice of a card. Its UUID belongs to one machine at a time.

    `fit` is what the market asks: healthy, and on a machine that is not drained. `fault` is the
    rule that took it off, `fault_since` the last look that found nothing, `fault_boot` the kernel's
    boot in which it was found.
    """

    machine = models.ForeignKey(Machine, models.PROTECT, related_name="gpus")
    uuid = models.CharField(max_length=80)
    index = models.PositiveIntegerField()
    nvml_name = models.CharField(max_length=120)
    chip = models.ForeignKey(ChipModel, models.PROTECT, null=True, blank=True, related_name="gpus")
    memory_bytes = models.BigIntegerField()
    present = models.BooleanField(default=True)
    parent_uuid = models.CharField(max_length=80, blank=True, help_text="the card of a MIG slice")
    fit = models.BooleanField(default=True)
    health = models.CharField(max_length=16, choices=Health, default=Health.OK)
    fault = models.CharField(max_length=40, blank=True)
    fault_since = models.DateTimeField(null=True, blank=True)
    fault_boot = models.CharField(max_length=36, blank=True)

    objects = GpuQuerySet.as_manager()

    class Meta:
        verbose_name = "GPU"
        indexes = [
            models.Index("machine", "chip", condition=Q(present=True), name="gpu_present"),
            # the sweep that interrupts leases starts from the few that are not well
            models.Index("machine", condition=~Q(health=Health.OK), name="gpu_not_well"),
        ]
        constraints = [
            models.UniqueConstraint("uuid", condition=Q(present=True), name="gpu_uuid_once"),
            models.UniqueConstraint("machine", "uuid", name="gpu_once_per_machine"),
            models.CheckConstraint(condition=Q(memory_bytes__gt=0), name="gpu_has_memory"),
            models.CheckConstraint(condition=Q(health__in=Health.values), name="gpu_health_known"),
            models.CheckConstraint(
                condition=Q(health=Health.OK, fault="", fault_since__isnull=True)
                | (~Q(health=Health.OK) & ~Q(fault="") & Q(fault_since__isnull=False)),
                name="gpu_fault_named",
            ),
            # nothing that is not well is on the market
            models.CheckConstraint(
                condition=Q(fit=False) | Q(health=Health.OK), name="gpu_fit_when_well"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.nvml_name} {self.uuid}"


class CancellationSchedule(Record):
    """What giving booked time up costs, as published from `since` on. Append-only.

    Each step is hours and a share: of time that lies less than so many hours ahead when it is given
    up, so much of its price is due. What lies further ahead than every step is given up for free.
    """

    code = models.SlugField(max_length=32)
    title = models.CharField(max_length=200)
    since = models.DateTimeField()
    steps = models.JSONField(
        default=list, help_text="[[hours ahead, share in 1/10,000], ...], see catalog.fees"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint("code", "since", name="schedule_once_per_moment"),
        ]

    def __str__(self) -> str:
        return self.title


class OfferQuerySet(models.QuerySet["Offer"]):
    def listed(self) -> Self:
        return self.filter(state=OfferState.LISTED)


class Offer(Record, Stateful):
    """A provider's price for the GPUs of one machine. Frozen: a new price is a new offer."""

    machine = models.ForeignKey(Machine, models.PROTECT, related_name="offers")
    chip = models.ForeignKey(ChipModel, models.PROTECT, related_name="offers")
    price_micro_per_gpu_hour = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="USD")
    state = models.CharField(max_length=16, choices=OfferState, default=OfferState.LISTED)

    min_window_s = models.PositiveIntegerField(default=0, help_text="the shortest booking, seconds")
    max_window_s = models.PositiveIntegerField(
        null=True, blank=True, help_text="the longest booking, seconds"
    )
    notice_s = models.PositiveIntegerField(
        default=0, help_text="a booking is made at least so long before it starts, seconds"
    )
    horizon_days = models.PositiveSmallIntegerField(
        default=90, help_text="a booking ends at most so many days from now"
    )
    cleaning_s = models.PositiveIntegerField(
        default=0, help_text="a GPU stays free for so long after a lease, seconds"
    )
    schedule = models.ForeignKey(
        CancellationSchedule,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="what giving time up costs; without one nothing",
    )
    spot_floor_micro = models.BigIntegerField(
        null=True,
        blank=True,
        help_text="the least bid for what may be interrupted, micro-units per GPU-hour",
    )
    spot_notice_s = models.PositiveIntegerField(
        default=SPOT_NOTICE_S,
        db_default=SPOT_NOTICE_S,
        help_text="such a rental is told at least so long before it is interrupted, seconds",
    )
    spot_minimum_s = models.PositiveIntegerField(
        default=SPOT_MINIMUM_S,
        db_default=SPOT_MINIMUM_S,
        help_text="and it is never interrupted within so long after it began to run, seconds",
    )
    keep_micro_per_gib_hour = models.BigIntegerField(
        null=True,
        blank=True,
        help_text="what keeping a workspace after its rental costs, micro-units per GiB-hour",
    )
    #: while it is listed; a trigger counts, so that no inventory can forget to
    gpus = models.PositiveIntegerField(
        default=0, editable=False, help_text="present on the machine now, counted by the database"
    )

    objects = OfferQuerySet.as_manager()

    class Meta:
        indexes = [
            # the market's first page: cheapest first, of all GPU models or of one
            models.Index(
                "price_micro_per_gpu_hour",
                "id",
                condition=Q(state=OfferState.LISTED),
                name="offer_cheapest",
            ),
            models.Index(
                "chip",
                "price_micro_per_gpu_hour",
                "id",
                condition=Q(state=OfferState.LISTED),
                name="offer_cheapest_of_chip",
            ),
            # all prices of the same GPUs, in order
            models.Index("machine", "chip", "created_at", name="offer_history"),
        ]
        constraints = [
            models.UniqueConstraint(
                "machine", "chip", condition=Q(state=OfferState.LISTED), name="offer_one_listed"
            ),
            models.CheckConstraint(
                condition=Q(price_micro_per_gpu_hour__gt=0), name="offer_price_positive"
            ),
            models.CheckConstraint(
                condition=Q(state__in=OfferState.values), name="offer_state_known"
            ),
            models.CheckConstraint(
                condition=Q(max_window_s__isnull=True)
                | Q(max_window_s__gt=0, max_window_s__gte=F("min_window_s")),
                name="offer_windows_in_order",
            ),
            models.CheckConstraint(
                condition=Q(horizon_days__gte=1, horizon_days__lte=90), name="offer_horizon"
            ),
            # a day: whoever needs longer takes the machine off the market
            models.CheckConstraint(
                condition=Q(cleaning_s__lte=LONGEST_CLEANING_S), name="offer_cleaning"
            ),
            # who may be interrupted never pays more than who may not
            models.CheckConstraint(
                condition=Q(spot_floor_micro__isnull=True)
                | Q(
                    spot_floor_micro__isnull=False,
                    spot_floor_micro__gt=0,
                    spot_floor_micro__lte=F("price_micro_per_gpu_hour"),
                    # it is for what is free this moment
                    notice_s=0,
                ),
                name="offer_spot_floor",
            ),
            models.CheckConstraint(
                condition=Q(keep_micro_per_gib_hour__isnull=True)
                | Q(
                    keep_micro_per_gib_hour__isnull=False,
                    keep_micro_per_gib_hour__gt=0,
                    keep_micro_per_gib_hour__lte=MOST_KEEP_MICRO,
                ),
                name="offer_keep_price",
            ),
            models.CheckConstraint(
                condition=Q(
                    spot_notice_s__range=(SPOT_NOTICE_S, 900),
                    spot_minimum_s__range=(SPOT_MINIMUM_S, 3600),
                ),
                name="offer_spot_terms",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.chip} on {self.machine}"


class MachineReading(models.Model):
    """What a machine's agent last said of its GPUs, by UUID; overwritten by the next."""

    machine = models.OneToOneField(
        Machine, models.CASCADE, primary_key=True, related_name="reading"
    )
    read_at = models.DateTimeField()
    kernel_boot = models.CharField(max_length=36)
    gpus = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"reading of {self.machine} at {moment_text(self.read_at)}"


class Telemetry(models.Model):
    """A few minutes of all GPUs of a machine, rolled up by its agent; pruned after a while."""

    machine = models.ForeignKey(Machine, models.CASCADE, related_name="telemetry")
    start = models.DateTimeField()
    end = models.DateTimeField()
    gpus = models.JSONField(help_text="by UUID: load, power, most memory and heat")

    class Meta:
        verbose_name_plural = "telemetry"
        indexes = [models.Index("end", name="telemetry_by_age")]
        constraints = [
            # a report that is sent again is the same row
            models.UniqueConstraint("machine", "start", name="telemetry_once"),
            models.CheckConstraint(condition=Q(end__gte=models.F("start")), name="telemetry_order"),
        ]

    def __str__(self) -> str:
        return f"telemetry of {self.machine} from {moment_text(self.start)}"


class GpuEvent(Record):
    """An XID that a machine's driver reported. Append-only evidence."""

    machine = models.ForeignKey(Machine, models.PROTECT, related_name="gpu_events")
    boot_id = models.UUIDField()
    seq = models.PositiveBigIntegerField()
    uuid = models.CharField(max_length=80, help_text="as reported: of a card, not of its slices")
    xid = models.PositiveIntegerField()
    at = models.DateTimeField(help_text="by the machine's corrected clock")
    received_at = models.DateTimeField()

    class Meta:
        verbose_name = "GPU event"
        indexes = [
            models.Index("machine", "at", name="gpu_event_by_time"),
            models.Index("machine", "received_at", name="gpu_event_by_arrival"),
        ]
        constraints = [models.UniqueConstraint("machine", "boot_id", "seq", name="gpu_event_once")]

    def __str__(self) -> str:
        return f"XID {self.xid} on {self.uuid}"


class HealthChange(Record):
    """A GPU left the market or came back, and by which rule. Append-only evidence."""

    gpu = models.ForeignKey(Gpu, models.PROTECT, related_name="health_changes")
    was = models.CharField(max_length=16, choices=Health)
    became = models.CharField(max_length=16, choices=Health)
    rule = models.CharField(max_length=40, blank=True)
    rules_version = models.CharField(max_length=20)
    since = models.DateTimeField(help_text="the last look before it, or when it was put back")
    found_at = models.DateTimeField()
    by = models.CharField(max_length=200, blank=True, help_text="a person, if one put it back")

    class Meta:
        indexes = [models.Index("gpu", "found_at", name="health_change_by_gpu")]

    def __str__(self) -> str:
        return f"{self.gpu}: {self.was}, then {self.became}"
