from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import F, Q

from marketplace.brokerage.models import Assignment
from marketplace.catalog.models import Machine
from marketplace.core.models import Record


class Signer(Record):
    """A key that signed usage, and the enrolment that it came with. Append-only."""

    node = models.UUIDField(help_text="public id of the enrolled node")
    machine = models.ForeignKey(Machine, models.PROTECT, related_name="+")
    public_key = models.BinaryField(unique=True, help_text="Ed25519, 32 bytes raw")
    enrolled_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"key of node {self.node}"


class Segment(Record):
    """A slice of time in which a node says an assignment ran. Append-only evidence.

    (assignment's machine, boot_id, seq) is unique for ever, so a repeated or replayed segment is
    the same row. Each names the digest of the one before it; one that follows on a segment which
    another one follows already is a fork. A segment that contradicts itself or the server's own
    clock is kept with the reason in `quarantine` and never billed.
    """

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="segments")
    machine = models.ForeignKey(Machine, models.PROTECT, related_name="segments")
    boot_id = models.UUIDField()
    seq = models.PositiveBigIntegerField()
    start = models.DateTimeField(help_text="the node's corrected wall clock")
    end = models.DateTimeField()
    mono_from_ms = models.PositiveBigIntegerField(
        default=0, help_text="the node's monotonic clock at start"
    )
    mono_ms = models.PositiveBigIntegerField(help_text="length by the node's monotonic clock")
    gpu_uuids = models.JSONField()
    verified_since = models.DateTimeField(
        null=True, blank=True, help_text="these GPUs were seen at every look from then on"
    )
    energy_mj = models.PositiveBigIntegerField(default=0)
    final = models.BooleanField(default=False, help_text="the assignment's last segment")
    received_at = models.DateTimeField()
    content_sha256 = models.BinaryField(help_text="of the text that is signed")
    prev_sha256 = models.BinaryField(default=b"", help_text="content_sha256 of the one before")
    signature = models.BinaryField(default=b"", help_text="Ed25519, 64 bytes raw")
    # rows from before segments were signed have none
    signer = models.ForeignKey(Signer, models.PROTECT, null=True, related_name="segments")
    forked = models.BooleanField(default=False, help_text="another one stands in its place")
    quarantine = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["assignment", "seq"], name="segment_by_assignment")]
        constraints = [
            models.UniqueConstraint("machine", "boot_id", "seq", name="segment_once"),
            # also the way along the chain
            models.UniqueConstraint(
                "assignment",
                "prev_sha256",
                condition=Q(forked=False) & ~Q(prev_sha256=b""),
                name="segment_follows_alone",
            ),
            # range_agg in the seal would fail on it
            models.CheckConstraint(
                condition=Q(end__gte=F("start")) | ~Q(quarantine=""), name="segment_in_order"
            ),
            models.CheckConstraint(
                condition=Q(forked=False) | ~Q(quarantine=""), name="segment_fork_quarantined"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assignment} {self.boot_id} #{self.seq}"


class Link(models.Model):
    """A segment's place in the chain of its assignment, which is whole up to it. Append-only.

    `counted` is the time that it adds to what is billed; nothing, and why, stands in `doubt`.
    """

    segment = models.OneToOneField(Segment, models.PROTECT, primary_key=True)
    # its place has an index that begins with it
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="links", db_index=False)
    position = models.PositiveIntegerField(help_text="1 is the first")
    counted = DateTimeRangeField(null=True, blank=True)
    doubt = models.CharField(max_length=200, blank=True)
    linked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("assignment", "position", name="link_position_once"),
            models.CheckConstraint(
                condition=Q(counted__isnull=True) | Q(counted__isempty=False, doubt=""),
                name="link_counts_without_doubt",
            ),
        ]

    def __str__(self) -> str:
        return f"link {self.position} of {self.assignment}"
