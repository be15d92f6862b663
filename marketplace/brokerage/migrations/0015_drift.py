"""What machines report to run, and where rows and machines differ."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("brokerage", "0014_leases_and_upkeep"),
        ("catalog", "0008_challenge_after_faults"),
    ]

    operations = [
        migrations.CreateModel(
            name="MachineReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("heard_at", models.DateTimeField()),
                (
                    "runs",
                    models.JSONField(
                        help_text="assignment, generation, state, GPUs and end of each"
                    ),
                ),
                (
                    "compared_at",
                    models.DateTimeField(
                        blank=True, help_text="when it was last held against the rows", null=True
                    ),
                ),
                (
                    "machine",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="report",
                        to="catalog.machine",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Drift",
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
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("missing", "missing"),
                            ("unknown", "unknown"),
                            ("unwanted", "unwanted"),
                            ("gpus", "gpus"),
                            ("end", "end"),
                            ("generation", "generation"),
                            ("state", "state"),
                            ("stuck", "stuck"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "subject",
                    models.UUIDField(help_text="the assignment, or the reservation that is stuck"),
                ),
                ("ought", models.TextField(help_text="what the rows say")),
                ("found", models.TextField(help_text="what the machine says")),
                (
                    "mended_by",
                    models.CharField(
                        blank=True,
                        help_text="what mends it by itself; empty: somebody has to look",
                        max_length=80,
                    ),
                ),
                ("since", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
                ("sure_at", models.DateTimeField(blank=True, null=True)),
                ("healed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "machine",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="drifts",
                        to="catalog.machine",
                    ),
                ),
                (
                    "reservation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="drifts",
                        to="brokerage.reservation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "missing",
                                    "unknown",
                                    "unwanted",
                                    "gpus",
                                    "end",
                                    "generation",
                                    "state",
                                    "stuck",
                                ],
                            )
                        ),
                        name="drift_kind_known",
                    ),
                    models.UniqueConstraint(
                        models.F("kind"),
                        models.F("subject"),
                        models.F("machine"),
                        condition=models.Q(("healed_at__isnull", True)),
                        name="drift_open_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("seen_at__gte", models.F("since")),
                            models.Q(
                                ("sure_at__isnull", True),
                                models.Q(
                                    ("sure_at__gte", models.F("since")), ("sure_at__isnull", False)
                                ),
                                _connector="OR",
                            ),
                        ),
                        name="drift_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("healed_at__isnull", True),
                            models.Q(
                                ("healed_at__gte", models.F("sure_at")),
                                ("healed_at__isnull", False),
                                ("sure_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="drift_healed_was_sure",
                    ),
                ],
            },
        ),
    ]
