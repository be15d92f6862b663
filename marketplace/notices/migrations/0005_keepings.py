"""Kinds that tell of kept workspaces."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_language"),
        ("notices", "0004_rolling"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="choice",
            name="choice_is_free",
        ),
        migrations.RemoveConstraint(
            model_name="notice",
            name="notice_of_known_kind",
        ),
        migrations.AddConstraint(
            model_name="choice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
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
                            "invoice.issued",
                            "payout.paid",
                            "payout.returned",
                            "payout.reversed",
                            "machine.unreachable",
                            "machine.back",
                            "webhook.paused",
                        ],
                    )
                ),
                name="choice_is_free",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        (
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
                        ),
                    )
                ),
                name="notice_of_known_kind",
            ),
        ),
    ]
