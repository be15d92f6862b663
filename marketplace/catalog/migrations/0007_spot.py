"""What a provider asks of bids, frozen like all its terms; how reliable its machines are."""

from django.db import migrations, models

FROZEN = """
DROP TRIGGER offer_stays ON catalog_offer;
CREATE TRIGGER offer_stays BEFORE UPDATE ON catalog_offer FOR EACH ROW
  WHEN ((OLD.machine_id, OLD.chip_id, OLD.price_micro_per_gpu_hour, OLD.currency, OLD.min_window_s,
    OLD.max_window_s, OLD.notice_s, OLD.horizon_days, OLD.cleaning_s, OLD.schedule_id{old})
    IS DISTINCT FROM
    (NEW.machine_id, NEW.chip_id, NEW.price_micro_per_gpu_hour, NEW.currency, NEW.min_window_s,
    NEW.max_window_s, NEW.notice_s, NEW.horizon_days, NEW.cleaning_s, NEW.schedule_id{new}))
  EXECUTE FUNCTION catalog_offer_stays();
"""
SPOT = (
    ", OLD.spot_floor_micro, OLD.spot_notice_s, OLD.spot_minimum_s",
    ", NEW.spot_floor_micro, NEW.spot_notice_s, NEW.spot_minimum_s",
)


def frozen(old: str, new: str) -> str:
    return FROZEN.replace("{old}", old).replace("{new}", new)


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0006_terms"),
        ("compliance", "0010_rescreening"),
    ]

    operations = [
        migrations.AddField(
            model_name="offer",
            name="spot_floor_micro",
            field=models.BigIntegerField(
                blank=True,
                help_text="the least bid for what may be interrupted, micro-units per GPU-hour",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="offer",
            name="spot_minimum_s",
            field=models.PositiveIntegerField(
                db_default=600,
                default=600,
                help_text="and it is never interrupted within so long after it began to run, seconds",
            ),
        ),
        migrations.AddField(
            model_name="offer",
            name="spot_notice_s",
            field=models.PositiveIntegerField(
                db_default=120,
                default=120,
                help_text="such a rental is told at least so long before it is interrupted, seconds",
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("spot_floor_micro__isnull", True),
                    models.Q(
                        ("notice_s", 0),
                        ("spot_floor_micro__gt", 0),
                        ("spot_floor_micro__isnull", False),
                        ("spot_floor_micro__lte", models.F("price_micro_per_gpu_hour")),
                    ),
                    _connector="OR",
                ),
                name="offer_spot_floor",
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("spot_minimum_s__range", (600, 3600)), ("spot_notice_s__range", (120, 900))
                ),
                name="offer_spot_terms",
            ),
        ),
        migrations.AddField(
            model_name="machine",
            name="reliability_bps",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="as last scored, in 1/10,000; null: nothing on record",
                null=True,
            ),
        ),
        migrations.AddConstraint(
            model_name="machine",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reliability_bps__isnull", True),
                    ("reliability_bps__lte", 10_000),
                    _connector="OR",
                ),
                name="machine_reliability_is_a_share",
            ),
        ),
        migrations.RunSQL(frozen(*SPOT), frozen("", "")),
    ]
