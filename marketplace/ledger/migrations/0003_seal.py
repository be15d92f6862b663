"""Daily seals, the transaction number they go by, and one order of locks for all postings."""

from django.db import migrations, models

from marketplace.core.append_only import append_only

# rows from before get the number of this migration's own transaction: the next seal holds them
NUMBER = """
ALTER TABLE ledger_transaction ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX ledger_transaction_xid ON ledger_transaction (xid);
"""
NUMBER_BACK = "ALTER TABLE ledger_transaction DROP COLUMN xid;"

LOCKS = """
CREATE FUNCTION ledger_lock_balances(accounts bigint[]) RETURNS void LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM 1 FROM ledger_balance WHERE account_id = ANY (accounts)
    ORDER BY account_id FOR NO KEY UPDATE;
END $$;
"""
LOCKS_BACK = "DROP FUNCTION ledger_lock_balances(bigint[]);"

APPLY = """
CREATE OR REPLACE FUNCTION ledger_apply_transfers() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN{lock}
  UPDATE ledger_balance b SET posted = b.posted + moved.sum
  FROM (
    SELECT account_id, sum(amount)::bigint AS sum
    FROM (
      SELECT debit_id AS account_id, -amount AS amount FROM fresh
      UNION ALL
      SELECT credit_id, amount FROM fresh
    ) legs
    GROUP BY account_id
  ) moved
  WHERE b.account_id = moved.account_id;
  RETURN NULL;
END $$;
"""
ORDERED = """
  PERFORM ledger_lock_balances(
    ARRAY(SELECT debit_id FROM fresh UNION SELECT credit_id FROM fresh)
  );"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_invariants")]

    operations = [
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("seq", models.PositiveIntegerField(primary_key=True, serialize=False)),
                ("day", models.DateField(unique=True)),
                ("sealed_at", models.DateTimeField()),
                (
                    "upto_xid",
                    models.BigIntegerField(
                        help_text="first transaction number not sealed any more"
                    ),
                ),
                ("transactions", models.PositiveBigIntegerField()),
                ("transfers", models.PositiveBigIntegerField()),
                (
                    "sums",
                    models.JSONField(help_text="credits - debits in micro-units, by account id"),
                ),
                ("sha256", models.BinaryField()),
                ("prev_sha256", models.BinaryField(blank=True)),
            ],
        ),
        append_only("ledger_seal"),
        migrations.RunSQL(NUMBER, NUMBER_BACK),
        migrations.RunSQL(LOCKS, LOCKS_BACK),
        migrations.RunSQL(APPLY.format(lock=ORDERED), APPLY.format(lock="")),
    ]
