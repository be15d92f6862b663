from typing import Self

from django.db import models
from django.db.models import Q

from compliance.models import ChipModel
from marketplace.accounts.models import Organisation
from marketplace.core.models import Record
from marketplace.core.states import Stateful

from .states import MachineState, OfferState


class Site(Record):
    """A data centre: where it stands decides which law applies, who runs it decides who is paid."""

    name = models.CharField(max_length=120)
    operator = models.ForeignKey(Organisation, models.PROTECT, related_name="sites")
    country = models.CharField(max_length=2, help_text="ISO 3166-1 alpha-2")
    city = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
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
    inventory_hash = models.CharField(max_length=64, blank=True)
    inventory_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("site", "name", name="machine_name_once_per_site"),
            models.CheckConstraint(
                condition=Q(state__in=MachineState.values), name="machine_state_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class GpuQuerySet(models.QuerySet["Gpu"]):
    def rentable(self) -> Self:
        """Present in the last inventory, of a known chip, on a machine that answers."""
        return self.filter(
            present=True, chip__isnull=False, machine__state=MachineState.ONLINE
        ).exclude(chip__export_class="unknown")


class Gpu(Record):
    """One physical GPU. Its UUID belongs to one machine at a time."""

    machine = models.ForeignKey(Machine, models.PROTECT, related_name="gpus")
    uuid = models.CharField(max_length=80)
    index = models.PositiveIntegerField()
    nvml_name = models.CharField(max_length=120)
    chip = models.ForeignKey(ChipModel, models.PROTECT, null=True, blank=True, related_name="gpus")
    memory_bytes = models.BigIntegerField()
    present = models.BooleanField(default=True)

    objects = GpuQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index("machine", "chip", condition=Q(present=True), name="gpu_present"),
        ]
        constraints = [
            models.UniqueConstraint("uuid", condition=Q(present=True), name="gpu_uuid_once"),
            models.UniqueConstraint("machine", "uuid", name="gpu_once_per_machine"),
            models.CheckConstraint(condition=Q(memory_bytes__gt=0), name="gpu_has_memory"),
        ]

    def __str__(self) -> str:
        return f"{self.nvml_name} {self.uuid}"


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
        ]

    def __str__(self) -> str:
        return f"{self.chip} on {self.machine}"
