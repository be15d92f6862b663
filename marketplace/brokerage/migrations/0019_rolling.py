"""Rentals that run until they are stopped: what was asked for so stays so."""

from django.conf import settings
from django.db import migrations, models

STAYS = """
CREATE FUNCTION brokerage_rolling_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'what runs for a fixed time, and what until it is stopped, is agreed once'
    USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER rolling_stays BEFORE UPDATE ON brokerage_reservation FOR EACH ROW
  WHEN (OLD.rolling IS DISTINCT FROM NEW.rolling)
  EXECUTE FUNCTION brokerage_rolling_stays();
"""
STAYS_BACK = """
DROP TRIGGER rolling_stays ON brokerage_reservation;
DROP FUNCTION brokerage_rolling_stays();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_language"),
        ("brokerage", "0018_lease_cleaning"),
        ("catalog", "0010_names"),
        ("compliance", "0017_rule_supersedes"),
        ("ledger", "0007_bank"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="notice",
            name="notice_kind_known",
        ),
        migrations.AddField(
            model_name="reservation",
            name="roll_refused",
            field=models.CharField(
                blank=True,
                choices=[
                    ("taken", "its GPUs are somebody else's after that"),
                    ("longest", "its provider takes no longer bookings"),
                    ("withdrawn", "its offer was withdrawn"),
                    ("uncleared", "not available to your organisation"),
                    ("stale", "not available at the moment"),
                    ("frozen", "the wallet is frozen"),
                    ("money", "the wallet does not cover more time"),
                    ("part", "a part of it has ended"),
                    ("lost", "a machine of it does not answer"),
                ],
                db_default="",
                default="",
                help_text="why it was not moved on when that was last tried; empty: it was",
                max_length=16,
            ),
        ),
        migrations.AddField(
            model_name="reservation",
            name="rolling",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="asked for until it is stopped: its end moves on by itself, and binds nobody",
            ),
        ),
        migrations.AddField(
            model_name="reservation",
            name="rolls_on",
            field=models.BooleanField(
                db_default=False, default=False, help_text="whether its renter still wants that"
            ),
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
                    ("evicted", "Evicted"),
                    ("payment_due", "Payment Due"),
                    ("not_rolled", "Not Rolled"),
                ],
                max_length=16,
            ),
        ),
        migrations.AddIndex(
            model_name="reservation",
            index=models.Index(
                models.F("id"),
                condition=models.Q(("rolls_on", True), ("state", "active")),
                name="reservation_rolling",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "starts",
                            "ends",
                            "replaced",
                            "unreachable",
                            "lost",
                            "served",
                            "evicted",
                            "payment_due",
                            "not_rolled",
                        ],
                    )
                ),
                name="notice_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("rolling", False),
                    models.Q(
                        ("auto_confirm", True),
                        ("due_micro", 0),
                        ("interruptible", False),
                        ("pin_slot__isnull", True),
                        ("rolling", True),
                    ),
                    _connector="OR",
                ),
                name="reservation_rolling_is_plain",
            ),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("rolling", True),
                    models.Q(("roll_refused", ""), ("rolls_on", False)),
                    _connector="OR",
                ),
                name="reservation_rolls_as_asked",
            ),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "roll_refused__in",
                        [
                            "",
                            "taken",
                            "longest",
                            "withdrawn",
                            "uncleared",
                            "stale",
                            "frozen",
                            "money",
                            "part",
                            "lost",
                        ],
                    )
                ),
                name="reservation_roll_refused_known",
            ),
        ),
        migrations.RunSQL(STAYS, STAYS_BACK),
    ]
