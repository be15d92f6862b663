"""The windows that a provider takes, and what giving time up costs."""

import uuid
from datetime import UTC, datetime
from typing import Any

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from marketplace.core.append_only import append_only

SINCE = datetime(2026, 11, 28, tzinfo=UTC)
#: Straits' own; a provider chooses one of them for an offer
SCHEDULES = [
    ("flexible", "Flexible: giving time up costs a tenth of the next 24 hours", [[24, 1000]]),
    (
        "moderate",
        "Moderate: half of the next 24 hours, a fifth of the week after",
        [[24, 5000], [192, 2000]],
    ),
    (
        "firm",
        "Firm: all of the next 48 hours, half of the two weeks after",
        [[48, 10000], [384, 5000]],
    ),
]
#: contracts name an offer for their terms; what may change is whether it is listed, and the count
FROZEN = """
CREATE FUNCTION catalog_offer_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'an offer is frozen: other terms are another offer'
    USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER offer_stays BEFORE UPDATE ON catalog_offer FOR EACH ROW
  WHEN ((OLD.machine_id, OLD.chip_id, OLD.price_micro_per_gpu_hour, OLD.currency, OLD.min_window_s,
    OLD.max_window_s, OLD.notice_s, OLD.horizon_days, OLD.cleaning_s, OLD.schedule_id)
    IS DISTINCT FROM
    (NEW.machine_id, NEW.chip_id, NEW.price_micro_per_gpu_hour, NEW.currency, NEW.min_window_s,
    NEW.max_window_s, NEW.notice_s, NEW.horizon_days, NEW.cleaning_s, NEW.schedule_id))
  EXECUTE FUNCTION catalog_offer_stays();
"""
FROZEN_BACK = """
DROP TRIGGER offer_stays ON catalog_offer;
DROP FUNCTION catalog_offer_stays();
"""


def publish(apps: Any, schema_editor: Any) -> None:
    schedule = apps.get_model("catalog", "CancellationSchedule")
    for code, title, steps in SCHEDULES:
        schedule.objects.create(code=code, title=title, steps=steps, since=SINCE)


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0005_trust"),
        ("compliance", "0010_rescreening"),
    ]

    operations = [
        migrations.AddField(
            model_name="offer",
            name="cleaning_s",
            field=models.PositiveIntegerField(
                default=0, help_text="a GPU stays free for so long after a lease, seconds"
            ),
        ),
        migrations.AddField(
            model_name="offer",
            name="horizon_days",
            field=models.PositiveSmallIntegerField(
                default=90, help_text="a booking ends at most so many days from now"
            ),
        ),
        migrations.AddField(
            model_name="offer",
            name="max_window_s",
            field=models.PositiveIntegerField(
                blank=True, help_text="the longest booking, seconds", null=True
            ),
        ),
        migrations.AddField(
            model_name="offer",
            name="min_window_s",
            field=models.PositiveIntegerField(default=0, help_text="the shortest booking, seconds"),
        ),
        migrations.AddField(
            model_name="offer",
            name="notice_s",
            field=models.PositiveIntegerField(
                default=0, help_text="a booking is made at least so long before it starts, seconds"
            ),
        ),
        migrations.CreateModel(
            name="CancellationSchedule",
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
                ("code", models.SlugField(max_length=32)),
                ("title", models.CharField(max_length=200)),
                ("since", models.DateTimeField()),
                (
                    "steps",
                    models.JSONField(
                        default=list,
                        help_text="[[hours ahead, share in 1/10,000], ...], see catalog.fees",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("code"), models.F("since"), name="schedule_once_per_moment"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="offer",
            name="schedule",
            field=models.ForeignKey(
                blank=True,
                help_text="what giving time up costs; without one nothing",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="catalog.cancellationschedule",
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("max_window_s__isnull", True),
                    models.Q(
                        ("max_window_s__gt", 0), ("max_window_s__gte", models.F("min_window_s"))
                    ),
                    _connector="OR",
                ),
                name="offer_windows_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.CheckConstraint(
                condition=models.Q(("horizon_days__gte", 1), ("horizon_days__lte", 90)),
                name="offer_horizon",
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.CheckConstraint(
                condition=models.Q(("cleaning_s__lte", 86400)), name="offer_cleaning"
            ),
        ),
        append_only("catalog_cancellationschedule"),
        migrations.RunPython(publish, migrations.RunPython.noop),
        migrations.RunSQL(FROZEN, FROZEN_BACK),
    ]
