"""What renters are told, machines that failed, and those that stand in."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from marketplace.core.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_sightings"),
        ("brokerage", "0008_quotes"),
        ("catalog", "0006_terms"),
        ("compliance", "0010_rescreening"),
        ("ledger", "0003_seal"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MachineFailure",
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
                            ("unreachable", "Unreachable"),
                            ("no-show", "No Show"),
                            ("lost", "Lost"),
                        ],
                        max_length=16,
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Notice",
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
                            ("starts", "Starts"),
                            ("ends", "Ends"),
                            ("replaced", "Replaced"),
                            ("unreachable", "Unreachable"),
                            ("lost", "Lost"),
                        ],
                        max_length=16,
                    ),
                ),
                ("about", models.DateTimeField(help_text="the moment that it is about")),
                (
                    "lead_s",
                    models.PositiveIntegerField(default=0, help_text="so long before it is told"),
                ),
                ("noted_at", models.DateTimeField()),
                ("tries", models.PositiveSmallIntegerField(default=0, help_text="to send it")),
                (
                    "claimed_until",
                    models.DateTimeField(blank=True, help_text="it is being sent", null=True),
                ),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name="assignment",
            name="withdrawn_at",
            field=models.DateTimeField(
                blank=True, help_text="when another machine took its place", null=True
            ),
        ),
        migrations.AddField(
            model_name="reservation",
            name="if_lost",
            field=models.CharField(
                choices=[("ask", "Ask"), ("end", "End")],
                db_default="ask",
                default="ask",
                help_text="what shall become of it when a machine of it is lost while it runs",
                max_length=8,
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("withdrawn_at__isnull", True), ("started_at__isnull", True), _connector="OR"
                ),
                name="assignment_withdrawn_before_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=models.CheckConstraint(
                condition=models.Q(("if_lost__in", ["ask", "end"])),
                name="reservation_if_lost_known",
            ),
        ),
        migrations.AddField(
            model_name="machinefailure",
            name="machine",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="failures",
                to="catalog.machine",
            ),
        ),
        migrations.AddField(
            model_name="machinefailure",
            name="replaced_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="catalog.machine",
            ),
        ),
        migrations.AddField(
            model_name="machinefailure",
            name="reservation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="failures",
                to="brokerage.reservation",
            ),
        ),
        migrations.AddField(
            model_name="notice",
            name="reservation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="notices",
                to="brokerage.reservation",
            ),
        ),
        migrations.AddConstraint(
            model_name="machinefailure",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["unreachable", "no-show", "lost"])),
                name="failure_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="machinefailure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("replaced_by__isnull", True), ("kind", "unreachable"), _connector="OR"
                ),
                name="failure_replaced_before_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="machinefailure",
            constraint=models.UniqueConstraint(
                models.F("reservation"),
                models.F("machine"),
                models.F("kind"),
                condition=models.Q(("replaced_by__isnull", True)),
                name="failure_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="machinefailure",
            constraint=models.UniqueConstraint(
                models.F("reservation"),
                models.F("machine"),
                condition=models.Q(("replaced_by__isnull", False)),
                name="failure_replaced_once",
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                models.F("id"), condition=models.Q(("sent_at__isnull", True)), name="notice_unsent"
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(
                models.F("reservation"),
                models.F("kind"),
                models.F("about"),
                models.F("lead_s"),
                name="notice_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["starts", "ends", "replaced", "unreachable", "lost"])
                ),
                name="notice_kind_known",
            ),
        ),
        append_only("brokerage_machinefailure"),
    ]
