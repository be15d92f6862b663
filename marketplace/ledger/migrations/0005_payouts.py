"""Accounts of payouts and debts; what may be paid out carries a balance and cannot be overpaid."""

from django.db import migrations, models

OPEN = """
CREATE OR REPLACE FUNCTION ledger_open_balance() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.kind IN ({kinds}) THEN
    INSERT INTO ledger_balance (account_id, posted, held, floor) VALUES (NEW.id, 0, 0, 0);
  END IF;
  RETURN NULL;
END $$;
"""
#: such accounts were never posted to before; one that was, by hand, must stand above the floor
OPENED = """
INSERT INTO ledger_balance (account_id, posted, held, floor)
SELECT a.id, coalesce((SELECT sum(amount) FROM ledger_transfer WHERE credit_id = a.id), 0)
  - coalesce((SELECT sum(amount) FROM ledger_transfer WHERE debit_id = a.id), 0), 0, 0
FROM ledger_account a WHERE a.kind = 'provider_available';
"""
CLOSED = """
DELETE FROM ledger_balance b USING ledger_account a
WHERE a.id = b.account_id AND a.kind = 'provider_available';
"""
KINDS = [
    ("stripe_pending", "Stripe Pending"),
    ("stripe_available", "Stripe Available"),
    ("dispute_held", "Dispute Held"),
    ("renter_receivable", "Renter Receivable"),
    ("provider_receivable", "Provider Receivable"),
    ("wallet_paid", "Wallet"),
    ("provider_pending", "Provider Pending"),
    ("provider_available", "Provider Available"),
    ("payout_in_transit", "Payout In Transit"),
    ("platform_fee", "Platform Fee"),
    ("stripe_fee", "Stripe Fee"),
    ("promo", "Promo"),
    ("bad_debt", "Bad Debt"),
]


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_payments")]

    operations = [
        migrations.RemoveConstraint("account", "account_kind_known"),
        migrations.AlterField("account", "kind", models.CharField(choices=KINDS, max_length=32)),
        migrations.AddConstraint(
            "account",
            models.CheckConstraint(
                condition=models.Q(kind__in=[name for name, _ in KINDS]),
                name="account_kind_known",
            ),
        ),
        migrations.RunSQL(
            OPEN.format(kinds="'wallet_paid', 'provider_available'"),
            OPEN.format(kinds="'wallet_paid'"),
        ),
        migrations.RunSQL(OPENED, CLOSED),
    ]
