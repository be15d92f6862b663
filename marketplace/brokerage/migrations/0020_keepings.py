"""Workspaces that outlive a rental."""

import uuid

import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_language"),
        ("brokerage", "0019_rolling"),
        ("catalog", "0011_keep_price"),
        ("compliance", "0017_rule_supersedes"),
        ("ledger", "0008_own_numbers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Keeping",
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
                    "hours",
                    models.BigIntegerField(help_text="for so long after the rental, at most"),
                ),
                (
                    "gib",
                    models.PositiveIntegerField(
                        help_text="what its disk sets aside, GiB, rounded up"
                    ),
                ),
                ("price_micro_per_gib_hour", models.BigIntegerField()),
                (
                    "fee_bps",
                    models.PositiveIntegerField(help_text="the platform's share in 1/10,000"),
                ),
                ("currency", models.CharField(max_length=3)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("wanted", "Wanted"),
                            ("kept", "Kept"),
                            ("ended", "Ended"),
                            ("dropped", "Dropped"),
                        ],
                        default="wanted",
                        max_length=16,
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("resumed", "another rental goes on with it"),
                            ("deleted", "its renter had it deleted"),
                            ("expired", "its time is over"),
                            ("lost", "its machine does not have it any more"),
                            ("refused", "not available to your organisation"),
                        ],
                        default="",
                        max_length=16,
                    ),
                ),
                (
                    "kept_from",
                    models.DateTimeField(
                        blank=True,
                        help_text="when its machine first said that it keeps it",
                        null=True,
                    ),
                ),
                (
                    "until",
                    models.DateTimeField(blank=True, help_text="then it is wiped", null=True),
                ),
                (
                    "looked_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="up to when it is known whether its machine answered",
                        null=True,
                    ),
                ),
                (
                    "answered_ms",
                    models.BigIntegerField(
                        default=0, help_text="for so long, since it is kept, its machine answered"
                    ),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "due_micro",
                    models.BigIntegerField(default=0, help_text="what it cost, once it is over"),
                ),
                ("idempotency_key", models.CharField(max_length=200)),
                ("request_sha256", models.BinaryField()),
                (
                    "assignment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="keepings",
                        to="brokerage.assignment",
                    ),
                ),
                (
                    "hold",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.hold",
                    ),
                ),
                (
                    "reservation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="keepings",
                        to="brokerage.reservation",
                    ),
                ),
                (
                    "wanted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="reservation",
            name="resumes",
            field=models.ForeignKey(
                blank=True,
                help_text="whose workspace it goes on with",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="resumed_by",
                to="brokerage.keeping",
            ),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("resumes__isnull", True),
                    models.Q(("resumes__isnull", False), ("together", "offer")),
                    _connector="OR",
                ),
                name="reservation_resumes_in_place",
            ),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=models.UniqueConstraint(
                models.F("resumes"),
                condition=models.Q(
                    ("state__in", ["refused", "expired", "cancelled", "failed"]), _negated=True
                ),
                name="reservation_resumes_alone",
            ),
        ),
        migrations.AddIndex(
            model_name="keeping",
            index=models.Index(
                models.F("id"),
                condition=models.Q(("state__in", ("wanted", "kept"))),
                name="keeping_live",
            ),
        ),
        migrations.AddConstraint(
            model_name="keeping",
            constraint=models.UniqueConstraint(
                models.F("reservation"), models.F("idempotency_key"), name="keeping_key_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="keeping",
            constraint=models.UniqueConstraint(
                models.F("reservation"),
                condition=models.Q(("state", "dropped"), _negated=True),
                name="keeping_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="keeping",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["wanted", "kept", "ended", "dropped"])),
                name="keeping_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="keeping",
            constraint=models.CheckConstraint(
                condition=models.Q(("hours__gte", 1), ("hours__lte", 720)), name="keeping_hours"
            ),
        ),
        migrations.AddConstraint(
            model_name="keeping",
            constraint=models.CheckConstraint(
                condition=models.Q(("gib__gte", 1), ("gib__lte", 32768)), name="keeping_has_a_size"
            ),
        ),
        migrations.AddConstraint(
            model_name="keeping",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("price_micro_per_gib_hour__gt", 0), ("price_micro_per_gib_hour__lte", 100000)
                ),
                name="keeping_price",
            ),
        ),
        migrations.AddConstraint(
            model_name="keeping",
            constraint=models.CheckConstraint(
                condition=models.Q(("fee_bps__lte", 10000)), name="keeping_fee_within_price"
            ),
        ),
        migrations.AddConstraint(
            model_name="keeping",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kept_from__isnull", False),
                        ("looked_at__gte", models.F("kept_from")),
                        ("looked_at__isnull", False),
                        ("looked_at__lte", models.F("until")),
                        ("state__in", ["kept", "ended"]),
                        ("until__gt", models.F("kept_from")),
                        ("until__isnull", False),
                    ),
                    models.Q(
                        ("answered_ms", 0),
                        ("kept_from__isnull", True),
                        ("looked_at__isnull", True),
                        ("state__in", ["wanted", "dropped"]),
                        ("until__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="keeping_kept_from_until",
            ),
        ),
        migrations.AddConstraint(
            model_name="keeping",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("answered_ms__gte", 0),
                    (
                        "answered_ms__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("hours"), "*", models.Value(3600000)
                        ),
                    ),
                ),
                name="keeping_answered",
            ),
        ),
        migrations.AddConstraint(
            model_name="keeping",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", False), ("state__in", ["ended", "dropped"])),
                    models.Q(
                        ("due_micro", 0),
                        ("ended_at__isnull", True),
                        ("outcome", ""),
                        ("state__in", ("wanted", "kept")),
                    ),
                    _connector="OR",
                ),
                name="keeping_ends",
            ),
        ),
        migrations.AddConstraint(
            model_name="keeping",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("outcome__in", ["resumed", "deleted", "expired", "lost", "refused"]),
                        ("state", "ended"),
                    ),
                    models.Q(
                        models.Q(("state", "ended"), _negated=True),
                        ("due_micro", 0),
                        ("outcome", ""),
                    ),
                    _connector="OR",
                ),
                name="keeping_has_an_outcome",
            ),
        ),
        migrations.AddConstraint(
            model_name="keeping",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("due_micro", 0), ("outcome", "lost")),
                    models.Q(
                        models.Q(("outcome", "lost"), _negated=True),
                        ("due_micro__gte", 0),
                        (
                            "due_micro__lte",
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("gib"), "*", models.F("price_micro_per_gib_hour")
                                    ),
                                    "*",
                                    models.F("answered_ms"),
                                ),
                                "/",
                                models.Value(3600000),
                            ),
                        ),
                    ),
                    _connector="OR",
                ),
                name="keeping_due",
            ),
        ),
    ]
