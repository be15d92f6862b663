"""Accounts that invoices and credit notes book on."""

from django.db import migrations, models

KINDS = (
    *("stripe_pending", "stripe_available", "dispute_held", "renter_receivable"),
    *("provider_receivable", "tax_receivable", "wallet_paid", "provider_pending"),
    *("provider_available", "payout_in_transit", "tax_payable", "platform_fee"),
    *("stripe_fee", "promo", "bad_debt", "sla_credit", "rounding"),
)
NAMES = {"wallet_paid": "Wallet"}


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_payouts")]

    operations = [
        migrations.RemoveConstraint("account", "account_kind_known"),
        migrations.AlterField(
            "account",
            "kind",
            models.CharField(
                choices=[(one, NAMES.get(one, one.replace("_", " ").title())) for one in KINDS],
                max_length=32,
            ),
        ),
        migrations.AddConstraint(
            "account",
            models.CheckConstraint(
                condition=models.Q(kind__in=list(KINDS)), name="account_kind_known"
            ),
        ),
    ]
