"""Kinds that tell of kept workspaces."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_language"),
        ("hooks", "0003_rolling"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="endpoint",
            name="endpoint_kinds_known",
        ),
        migrations.AddConstraint(
            model_name="endpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kinds__contained_by",
                        [
                            "reservation.confirmed",
                            "reservation.refused",
                            "reservation.expired",
                            "reservation.cancelled",
                            "reservation.starting",
                            "reservation.started",
                            "reservation.ending",
                            "reservation.ended",
                            "reservation.failed",
                            "reservation.evicted",
                            "reservation.payment_due",
                            "reservation.not_rolled",
                            "reservation.machine_replaced",
                            "reservation.machine_unreachable",
                            "reservation.machine_lost",
                            "workspace.kept",
                            "workspace.ending",
                            "workspace.ended",
                            "waitlist.served",
                            "waitlist.returned",
                            "waitlist.lapsed",
                            "wallet.low",
                            "wallet.grace",
                            "wallet.top_up_failed",
                            "wallet.topped_up",
                            "wallet.automatic_off",
                            "wallet.action_needed",
                            "wallet.frozen",
                            "invoice.issued",
                            "payout.paid",
                            "payout.returned",
                            "payout.reversed",
                            "machine.unreachable",
                            "machine.back",
                            "screening.decided",
                            "member.joined",
                            "webhook.paused",
                        ],
                    ),
                    ("kinds__len__gt", 0),
                ),
                name="endpoint_kinds_known",
            ),
        ),
    ]
