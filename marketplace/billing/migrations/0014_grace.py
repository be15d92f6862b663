"""Time to pay: what was lent so that a rental goes on, never above its limit."""

import uuid

import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
from django.db import migrations, models

from marketplace.core.append_only import append_only

#: under the wallet's lock: who comes second sees what the first was lent
NAMES = """
CREATE FUNCTION billing_grace_names_debt() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  whose uuid;
  debts bigint;
  owed bigint;
BEGIN
  SELECT public_id INTO whose FROM accounts_organisation WHERE id = NEW.organisation_id;
  PERFORM ledger_lock_balances(ARRAY(
    SELECT id FROM ledger_account
     WHERE owner = whose AND kind = 'wallet_paid' AND currency = NEW.currency));
  SELECT id INTO debts FROM ledger_account
   WHERE owner = whose AND kind = 'renter_receivable' AND currency = NEW.currency;
  owed := coalesce((SELECT sum(amount) FROM ledger_transfer WHERE debit_id = debts), 0)
    - coalesce((SELECT sum(amount) FROM ledger_transfer WHERE credit_id = debts), 0);
  IF owed <> NEW.owed_micro THEN
    RAISE EXCEPTION '% is owed, not %', owed, NEW.owed_micro
      USING ERRCODE = 'check_violation', CONSTRAINT = 'grace_names_debt';
  END IF;
  IF NOT EXISTS (
    SELECT FROM brokerage_windowchange c JOIN brokerage_reservation r ON r.id = c.reservation_id
     WHERE c.id = NEW.change_id AND c.kind = 'extended' AND r.rolling
       AND r.renter_id = NEW.organisation_id
  ) THEN
    RAISE EXCEPTION 'grace is for what runs until it is stopped'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'grace_of_rolling';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER names_debt BEFORE INSERT ON billing_grace FOR EACH ROW
  EXECUTE FUNCTION billing_grace_names_debt();
"""
NAMES_BACK = """
DROP TRIGGER names_debt ON billing_grace;
DROP FUNCTION billing_grace_names_debt();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_language"),
        ("billing", "0013_names"),
        ("brokerage", "0019_rolling"),
    ]

    operations = [
        migrations.CreateModel(
            name="Grace",
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
                ("amount_micro", models.BigIntegerField()),
                ("owed_micro", models.BigIntegerField(help_text="before it")),
                (
                    "limit_micro",
                    models.BigIntegerField(help_text="what may be owed at most: see billing.grace"),
                ),
                ("currency", models.CharField(max_length=3)),
                ("facts", models.JSONField(help_text="what the limit was made of")),
                ("at", models.DateTimeField()),
                (
                    "change",
                    models.OneToOneField(
                        help_text="which it pays for",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="grace",
                        to="brokerage.windowchange",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="graces",
                        to="accounts.organisation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount_micro__gt", 0), ("owed_micro__gte", 0)),
                        name="grace_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "limit_micro__gte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("owed_micro"), "+", models.F("amount_micro")
                                ),
                            )
                        ),
                        name="grace_within_limit",
                    ),
                ],
            },
        ),
        append_only("billing_grace"),
        migrations.RunSQL(NAMES, NAMES_BACK),
    ]
