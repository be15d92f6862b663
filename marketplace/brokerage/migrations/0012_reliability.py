"""How reliable machines are, day by day; GPUs that broke are on record against them."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from marketplace.core.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("brokerage", "0011_spot"),
        ("catalog", "0007_spot"),
    ]

    operations = [
        migrations.CreateModel(
            name="Reliability",
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
                ("day", models.DateField()),
                ("formula", models.CharField(max_length=16)),
                (
                    "bookings",
                    models.PositiveIntegerField(help_text="renters' days with something to begin"),
                ),
                (
                    "kept",
                    models.PositiveIntegerField(help_text="of them those on which nothing failed"),
                ),
                ("days", models.PositiveIntegerField(help_text="since its agent first reported")),
                (
                    "heard_bps",
                    models.PositiveIntegerField(help_text="of them with reports, in 1/10,000"),
                ),
                (
                    "challenges",
                    models.PositiveIntegerField(help_text="computing challenges that were decided"),
                ),
                ("passed", models.PositiveIntegerField()),
                (
                    "score_bps",
                    models.PositiveIntegerField(
                        help_text="in 1/10,000; null: no evidence", null=True
                    ),
                ),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="machinefailure",
            name="failure_kind_known",
        ),
        migrations.AlterField(
            model_name="machinefailure",
            name="kind",
            field=models.CharField(
                choices=[
                    ("unreachable", "Unreachable"),
                    ("no-show", "No Show"),
                    ("lost", "Lost"),
                    ("broken", "Broken"),
                ],
                max_length=16,
            ),
        ),
        migrations.AddConstraint(
            model_name="machinefailure",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["unreachable", "no-show", "lost", "broken"])),
                name="failure_kind_known",
            ),
        ),
        migrations.AddField(
            model_name="reliability",
            name="machine",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reliability",
                to="catalog.machine",
            ),
        ),
        migrations.AddConstraint(
            model_name="reliability",
            constraint=models.UniqueConstraint(
                models.F("machine"), models.F("day"), name="reliability_once_a_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="reliability",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("heard_bps__lte", 10000),
                    ("kept__lte", models.F("bookings")),
                    ("passed__lte", models.F("challenges")),
                ),
                name="reliability_within_trials",
            ),
        ),
        migrations.AddConstraint(
            model_name="reliability",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("score_bps__isnull", True), ("score_bps__lte", 10000), _connector="OR"
                ),
                name="reliability_is_a_share",
            ),
        ),
        append_only("brokerage_reliability"),
    ]
