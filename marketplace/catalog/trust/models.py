from datetime import timedelta
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from marketplace.core.models import Record
from marketplace.core.showing import length
from marketplace.core.states import Stateful
from marketplace.core.times import moment_text

from .states import LIVE, ChallengeState
from .tiers import KINDS, OF_PLACE, TIERS


class EvidenceKind(models.TextChoices):
    CONSISTENT = "consistent"
    CHALLENGED = "challenged"
    ATTESTED = "attested"
    NETWORK = "network", "network address"
    LATENCY = "latency"


class HardwareFacts(Record):
    """What a machine said of its hardware, as it came. Append-only."""

    machine = models.ForeignKey("catalog.Machine", models.PROTECT, related_name="hardware")
    reported_at = models.DateTimeField()
    sha256 = models.CharField(max_length=64, help_text="of the report")
    driver_version = models.CharField(max_length=40)
    nvml_sha256 = models.CharField(max_length=64, blank=True)
    cuda_sha256 = models.CharField(max_length=64, blank=True)
    report = models.JSONField()

    class Meta:
        verbose_name_plural = "hardware facts"
        indexes = [
            # the newest of each machine with a driver, to compare digests
            models.Index("driver_version", "machine", F("id").desc(), name="hardware_by_driver"),
        ]

    def __str__(self) -> str:
        return f"{self.machine}, {moment_text(self.reported_at)}"


class Probe(Record):
    """A place of which we know where it is, from which round trips to machines are measured."""

    name = models.CharField(max_length=40, unique=True, help_text="PROBE of the process there")
    url = models.URLField(max_length=200, unique=True, help_text="its PUBLIC_URL")
    latitude = models.DecimalField(max_digits=8, decimal_places=5)
    longitude = models.DecimalField(max_digits=8, decimal_places=5)
    active = models.BooleanField(default=True, help_text="machines are sent there")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="probe_on_earth",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TrustEvidenceQuerySet(models.QuerySet["TrustEvidence"]):
    def unanswered(self) -> Self:
        """Looks that failed, after which none of their kind held."""
        newer = TrustEvidence.objects.filter(
            machine=OuterRef("machine"), kind=OuterRef("kind"), pk__gt=OuterRef("pk")
        )
        return self.filter(~Exists(newer), passed=False)


class TrustEvidence(Record):
    """One look at a machine: what was looked for, whether it held, until when. Append-only."""

    machine = models.ForeignKey("catalog.Machine", models.PROTECT, related_name="evidence")
    kind = models.CharField(max_length=12, choices=EvidenceKind)
    passed = models.BooleanField()
    at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    tier = models.CharField(
        max_length=12,
        blank=True,
        choices=[(one, one) for one in TIERS],
        help_text="where the machine stood with it; empty: from before this was kept",
    )
    gpu_set = models.CharField(
        max_length=64, blank=True, help_text="SHA-256 of the UUIDs that it is about"
    )
    facts = models.ForeignKey(HardwareFacts, models.PROTECT, null=True, blank=True)
    probe = models.ForeignKey(Probe, models.PROTECT, null=True, blank=True, related_name="+")
    detail = models.JSONField(default=dict)

    objects = TrustEvidenceQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "trust evidence"
        indexes = [models.Index("machine", "kind", F("id").desc(), name="evidence_newest")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="evidence_kind_known"),
            models.CheckConstraint(condition=Q(tier__in=["", *TIERS]), name="evidence_tier_known"),
            models.CheckConstraint(
                condition=Q(passed=True, expires_at__isnull=False, expires_at__gt=F("at"))
                | Q(passed=False, expires_at__isnull=True),
                name="evidence_expires_if_passed",
            ),
            models.CheckConstraint(
                condition=~Q(gpu_set="") | Q(kind__in=sorted(OF_PLACE)),
                name="evidence_is_about_gpus",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.machine}: {self.kind} {'passed' if self.passed else 'failed'}"


class TrustQuerySet(models.QuerySet["Trust"]):
    def doubted(self) -> Self:
        """Machines that are suspended, or whose word something contradicts as it stands."""
        return self.filter(self._doubts())

    def undoubted(self) -> Self:
        return self.exclude(self._doubts())

    def _doubts(self) -> Q:
        against = TrustEvidence.objects.unanswered().filter(machine=OuterRef("machine"))
        return Q(contradicted=True) | ~Q(suspended_for="") | Q(Exists(against))


class Trust(models.Model):
    """Where a machine stands by its newest evidence. A cache: `services.derive` rebuilds it."""

    machine = models.OneToOneField(
        "catalog.Machine", models.CASCADE, primary_key=True, related_name="trust"
    )
    consistent_until = models.DateTimeField(null=True, blank=True)
    challenged_until = models.DateTimeField(null=True, blank=True)
    attested_until = models.DateTimeField(null=True, blank=True)
    network_until = models.DateTimeField(null=True, blank=True)
    latency_until = models.DateTimeField(null=True, blank=True)
    challenge_after = models.DateTimeField(
        null=True, blank=True, help_text="drawn at random; nobody but us knows it"
    )
    owing = ArrayField(
        models.CharField(max_length=80),
        default=list,
        blank=True,
        help_text="GPUs that came back after a fault: they are asked as soon as they are free",
    )
    contradicted = models.BooleanField(default=False, help_text="its place, by newest evidence")
    suspended_for = models.CharField(max_length=200, blank=True)

    objects = TrustQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "trust"

    def __str__(self) -> str:
        return f"trust in {self.machine}"


class BoardClaim(models.Model):
    """A board's serial number belongs to one machine, though several of its GPUs may be on it."""

    serial = models.CharField(max_length=80)
    machine = models.ForeignKey("catalog.Machine", models.CASCADE, related_name="boards")
    claimed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("serial", name="board_serial_once"),
            models.CheckConstraint(condition=~Q(serial=""), name="board_has_serial"),
        ]

    def __str__(self) -> str:
        return self.serial


class Calibration(Record):
    """How long the challenge takes on a card, measured on a machine that is trusted. Append-only.

    A newer row takes the place of an older one. Without any, a card's answers are only measured.
    """

    card = models.CharField(max_length=120, help_text="as NVML names it")
    n = models.PositiveIntegerField()
    k = models.PositiveIntegerField()
    median_ms = models.PositiveIntegerField(help_text="from our asking to our receiving the roots")
    samples = models.PositiveIntegerField()
    machine = models.ForeignKey("catalog.Machine", models.PROTECT, related_name="+")
    measured_at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(median_ms__gt=0, samples__gt=0), name="calibration_was_measured"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.card}: {length(self.median_ms)}"


class ChallengeQuerySet(models.QuerySet["Challenge"]):
    def live(self) -> Self:
        return self.filter(state__in=sorted(LIVE))


class Challenge(Record, Stateful):
    """A question to all free GPUs of a machine at once. What came of it is evidence, not this."""

    machine = models.ForeignKey("catalog.Machine", models.PROTECT, related_name="challenges")
    state = models.CharField(max_length=16, choices=ChallengeState, default=ChallengeState.ASKED)
    reason = models.CharField(
        max_length=8,
        choices=[("random", "random"), ("lease", "lease"), ("fault", "after a fault")],
    )
    nonce = models.BinaryField()
    n = models.PositiveIntegerField()
    k = models.PositiveIntegerField()
    leaf = models.PositiveIntegerField()
    openings = models.PositiveSmallIntegerField(help_text="elements to be shown by each GPU")
    gpu_uuids = ArrayField(models.CharField(max_length=80))
    whole = models.BooleanField(help_text="these are all GPUs of the machine")
    calibrated = models.BooleanField(help_text="the deadline rests on a measured card")
    within_ms = models.PositiveIntegerField()
    asked_at = models.DateTimeField()
    committed_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    finding = models.CharField(max_length=200, blank=True)

    objects = ChallengeQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                "state", "asked_at", condition=Q(state__in=sorted(LIVE)), name="challenge_live"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                "machine", condition=Q(state__in=sorted(LIVE)), name="challenge_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state__in=ChallengeState.values), name="challenge_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "expired"]) | Q(committed_at__isnull=False),
                name="challenge_committed",
            ),
        ]

    def __str__(self) -> str:
        return f"challenge {self.public_id} of {self.machine}"

    @property
    def elapsed_ms(self) -> int | None:
        """From our asking to our receiving the roots."""
        if self.committed_at is None:
            return None
        return (self.committed_at - self.asked_at) // timedelta(milliseconds=1)


class ChallengeAnswer(models.Model):
    """What one GPU committed to, and later showed; the leaves go once they were checked."""

    challenge = models.ForeignKey(Challenge, models.CASCADE, related_name="answers")
    uuid = models.CharField(max_length=80)
    device = models.CharField(max_length=16)
    root = models.CharField(max_length=64)
    elements = ArrayField(models.BigIntegerField(), help_text="drawn when the root was in")
    leaves = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("challenge", "uuid", name="challenge_answered_once"),
        ]

    def __str__(self) -> str:
        return f"{self.uuid}: {self.root[:12]}"


class DeviceKey(models.Model):
    """The key that a GPU signs with belongs to one GPU, for good: it is burnt into it."""

    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of the public key")
    gpu_uuid = models.CharField(max_length=80)
    machine = models.ForeignKey("catalog.Machine", models.PROTECT, related_name="device_keys")
    first_seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("fingerprint", name="device_key_once"),
        ]

    def __str__(self) -> str:
        return f"{self.gpu_uuid}: {self.fingerprint[:12]}"
