"""Those who wait for GPUs that are not free at their price."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_sightings"),
        ("brokerage", "0009_failures"),
        ("compliance", "0010_rescreening"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Waiting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("gpu_count", models.PositiveIntegerField()),
                (
                    "together",
                    models.CharField(
                        choices=[
                            ("offer", "offer"),
                            ("machine", "machine"),
                            ("fabric", "fabric"),
                            ("site", "site"),
                        ],
                        default="offer",
                        max_length=8,
                    ),
                ),
                (
                    "country",
                    models.CharField(blank=True, help_text="of the site; empty: any", max_length=2),
                ),
                ("length_s", models.PositiveIntegerField()),
                ("earliest", models.DateTimeField()),
                (
                    "latest",
                    models.DateTimeField(
                        help_text="it must have started by then; afterwards it lapses"
                    ),
                ),
                ("limit_micro_per_gpu_hour", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("workload", models.JSONField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("served", "Served"),
                            ("lapsed", "Lapsed"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="waiting",
                        max_length=16,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True, help_text="what stands in the way", max_length=300
                    ),
                ),
                ("slot", models.PositiveSmallIntegerField(help_text="which of its renter's")),
                (
                    "tries",
                    models.PositiveIntegerField(default=0, help_text="reservations made for it"),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("idempotency_key", models.CharField(max_length=200)),
                ("request_sha256", models.BinaryField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="notice",
            name="notice_kind_known",
        ),
        migrations.AlterField(
            model_name="notice",
            name="kind",
            field=models.CharField(
                choices=[
                    ("starts", "Starts"),
                    ("ends", "Ends"),
                    ("replaced", "Replaced"),
                    ("unreachable", "Unreachable"),
                    ("lost", "Lost"),
                    ("served", "Served"),
                ],
                max_length=16,
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["starts", "ends", "replaced", "unreachable", "lost", "served"])
                ),
                name="notice_kind_known",
            ),
        ),
        migrations.AddField(
            model_name="waiting",
            name="chip",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="compliance.chipmodel",
            ),
        ),
        migrations.AddField(
            model_name="waiting",
            name="renter",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="waiting",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="waiting",
            name="requested_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="waiting",
            name="reservation",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="waited",
                to="brokerage.reservation",
            ),
        ),
        migrations.AddIndex(
            model_name="waiting",
            index=models.Index(
                models.F("chip"),
                models.F("created_at"),
                condition=models.Q(("state", "waiting")),
                name="waiting_in_line",
            ),
        ),
        migrations.AddConstraint(
            model_name="waiting",
            constraint=models.UniqueConstraint(
                models.F("renter"), models.F("idempotency_key"), name="waiting_key_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="waiting",
            constraint=models.UniqueConstraint(
                models.F("renter"),
                models.F("slot"),
                condition=models.Q(("state", "waiting")),
                name="waiting_slot_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="waiting",
            constraint=models.CheckConstraint(
                condition=models.Q(("slot__gte", 1), ("slot__lte", 10)), name="waiting_slot_within"
            ),
        ),
        migrations.AddConstraint(
            model_name="waiting",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["waiting", "served", "lapsed", "withdrawn"])),
                name="waiting_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="waiting",
            constraint=models.CheckConstraint(
                condition=models.Q(("together__in", ["offer", "machine", "fabric", "site"])),
                name="waiting_together_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="waiting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("gpu_count__gt", 0), ("length_s__gt", 0), ("limit_micro_per_gpu_hour__gt", 0)
                ),
                name="waiting_amounts_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="waiting",
            constraint=models.CheckConstraint(
                condition=models.Q(("latest__gte", models.F("earliest"))),
                name="waiting_window_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="waiting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reservation__isnull", False), ("state", "served")),
                    models.Q(
                        models.Q(("state", "served"), _negated=True), ("reservation__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="waiting_served_has_reservation",
            ),
        ),
    ]
