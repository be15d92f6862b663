"""Bookings that are paid at their start: what is due, until when, and that nothing runs before."""

from importlib import import_module

from django.conf import settings
from django.db import migrations, models

quotes = import_module("marketplace.brokerage.migrations.0008_quotes")
LIVE, NOW_LIVE = "'confirmed', 'active'", "'confirmed', 'payment_due', 'active'"
#: as in 0008_quotes, also while a payment is waited for
FITS = quotes.FITS.replace(LIVE, NOW_LIVE)
STAYS_DRAWN = quotes.STAYS_DRAWN.replace(LIVE, NOW_LIVE)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_key_scopes"),
        ("brokerage", "0015_drift"),
        ("catalog", "0008_challenge_after_faults"),
        ("compliance", "0011_known_parties"),
        ("ledger", "0007_bank"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="notice",
            name="notice_kind_known",
        ),
        migrations.RemoveConstraint(
            model_name="reservation",
            name="reservation_state_known",
        ),
        migrations.AddField(
            model_name="reservation",
            name="due_micro",
            field=models.BigIntegerField(
                db_default=0,
                default=0,
                help_text="of its cost what is not set aside yet; nothing runs before it is",
            ),
        ),
        migrations.AddField(
            model_name="reservation",
            name="pay_by",
            field=models.DateTimeField(
                blank=True,
                help_text="it could not be taken, and is waited for until then",
                null=True,
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
                ],
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="reservation",
            name="state",
            field=models.CharField(
                choices=[
                    ("requested", "Requested"),
                    ("cleared", "Cleared"),
                    ("pinned", "Pinned"),
                    ("held", "Held"),
                    ("confirmed", "Confirmed"),
                    ("payment_due", "Payment Due"),
                    ("active", "Active"),
                    ("ended", "Ended"),
                    ("settled", "Settled"),
                    ("refused", "Refused"),
                    ("expired", "Expired"),
                    ("cancelled", "Cancelled"),
                    ("failed", "Failed"),
                ],
                default="requested",
                max_length=16,
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
                    (
                        "state__in",
                        [
                            "requested",
                            "cleared",
                            "pinned",
                            "held",
                            "confirmed",
                            "payment_due",
                            "active",
                            "ended",
                            "settled",
                            "refused",
                            "expired",
                            "cancelled",
                            "failed",
                        ],
                    )
                ),
                name="reservation_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("due_micro", 0),
                    models.Q(
                        ("due_micro__gt", 0),
                        ("interruptible", False),
                        ("pin_slot__isnull", True),
                        models.Q(("state__in", ["active", "ended", "settled"]), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="reservation_runs_paid",
            ),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("due_micro__gt", 0), ("pay_by__isnull", False), ("state", "payment_due")
                    ),
                    models.Q(
                        models.Q(("state", "payment_due"), _negated=True), ("pay_by__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="reservation_payment_due",
            ),
        ),
        migrations.RunSQL(FITS, quotes.FITS),
        migrations.RunSQL(STAYS_DRAWN, quotes.STAYS_DRAWN),
    ]
