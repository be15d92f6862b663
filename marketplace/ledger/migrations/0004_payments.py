"""Accounts of disputes and credit, and wallets that may take no new hold."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

APPLY_HOLD = """
CREATE OR REPLACE FUNCTION ledger_apply_hold() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  change bigint;
BEGIN
  IF TG_OP = 'INSERT' THEN
    change := NEW.amount;
  ELSIF NEW.amount > OLD.amount OR (NEW.key, NEW.account_id, NEW.placed)
      IS DISTINCT FROM (OLD.key, OLD.account_id, OLD.placed) THEN
    RAISE EXCEPTION 'a hold only shrinks' USING ERRCODE = 'check_violation';
  ELSE
    change := NEW.amount - OLD.amount;
  END IF;
  UPDATE ledger_balance SET held = held + change WHERE account_id = NEW.account_id;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'account % carries no balance to hold from', NEW.account_id
      USING ERRCODE = 'check_violation';
  END IF;{frozen}
  RETURN NULL;
END $$;
"""
# after the balance was locked, so that a freeze which waited for this hold, or was waited for, counts
FROZEN = """
  IF TG_OP = 'INSERT' AND EXISTS (
    SELECT FROM ledger_freeze f WHERE f.account_id = NEW.account_id AND f.lifted_at IS NULL
  ) THEN
    RAISE EXCEPTION 'wallet_frozen: account % takes no new hold', NEW.account_id
      USING ERRCODE = 'check_violation';
  END IF;"""
FREEZES = """
CREATE FUNCTION ledger_freeze_only_lifted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.lifted_at IS NOT NULL
      OR (NEW.key, NEW.account_id, NEW.reason, NEW.placed_at)
        IS DISTINCT FROM (OLD.key, OLD.account_id, OLD.reason, OLD.placed_at) THEN
    RAISE EXCEPTION 'a freeze is only lifted, once' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER only_lifted BEFORE UPDATE OR DELETE ON ledger_freeze
  FOR EACH ROW EXECUTE FUNCTION ledger_freeze_only_lifted();
"""
FREEZES_BACK = """
DROP TRIGGER only_lifted ON ledger_freeze;
DROP FUNCTION ledger_freeze_only_lifted();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0003_seal"),
    ]

    operations = [
        migrations.CreateModel(
            name="Freeze",
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
                ("key", models.CharField(max_length=200, unique=True)),
                ("reason", models.CharField(max_length=300)),
                ("placed_at", models.DateTimeField()),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="account",
            name="account_kind_known",
        ),
        migrations.AlterField(
            model_name="account",
            name="kind",
            field=models.CharField(
                choices=[
                    ("stripe_pending", "Stripe Pending"),
                    ("stripe_available", "Stripe Available"),
                    ("dispute_held", "Dispute Held"),
                    ("renter_receivable", "Renter Receivable"),
                    ("wallet_paid", "Wallet"),
                    ("provider_pending", "Provider Pending"),
                    ("provider_available", "Provider Available"),
                    ("platform_fee", "Platform Fee"),
                    ("stripe_fee", "Stripe Fee"),
                    ("promo", "Promo"),
                    ("bad_debt", "Bad Debt"),
                ],
                max_length=32,
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "stripe_pending",
                            "stripe_available",
                            "dispute_held",
                            "renter_receivable",
                            "wallet_paid",
                            "provider_pending",
                            "provider_available",
                            "platform_fee",
                            "stripe_fee",
                            "promo",
                            "bad_debt",
                        ],
                    )
                ),
                name="account_kind_known",
            ),
        ),
        migrations.AddField(
            model_name="freeze",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="freezes",
                to="ledger.account",
            ),
        ),
        migrations.AddIndex(
            model_name="freeze",
            index=models.Index(
                condition=models.Q(("lifted_at__isnull", True)),
                fields=["account"],
                name="freeze_standing",
            ),
        ),
        migrations.AddConstraint(
            model_name="freeze",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("lifted_at__isnull", True),
                    ("lifted_at__gte", models.F("placed_at")),
                    _connector="OR",
                ),
                name="freeze_lifted_after",
            ),
        ),
        migrations.RunSQL(FREEZES, FREEZES_BACK),
        migrations.RunSQL(APPLY_HOLD.format(frozen=FROZEN), APPLY_HOLD.format(frozen="")),
    ]
