"""What must never be true of the books, said to the database itself."""

from django.db import migrations

from marketplace.core.append_only import append_only

SAME_CURRENCY = """
ALTER TABLE ledger_transfer
  ADD CONSTRAINT transfer_debit_currency FOREIGN KEY (debit_id, currency)
    REFERENCES ledger_account (id, currency),
  ADD CONSTRAINT transfer_credit_currency FOREIGN KEY (credit_id, currency)
    REFERENCES ledger_account (id, currency);
"""
SAME_CURRENCY_BACK = """
ALTER TABLE ledger_transfer
  DROP CONSTRAINT transfer_debit_currency, DROP CONSTRAINT transfer_credit_currency;
"""

# SECURITY DEFINER: the application's role may be denied UPDATE on ledger_balance, these may not.
BALANCES = """
CREATE FUNCTION ledger_open_balance() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.kind = 'wallet_paid' THEN
    INSERT INTO ledger_balance (account_id, posted, held, floor) VALUES (NEW.id, 0, 0, 0);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER open_balance AFTER INSERT ON ledger_account
  FOR EACH ROW EXECUTE FUNCTION ledger_open_balance();

CREATE FUNCTION ledger_apply_transfers() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
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
CREATE TRIGGER apply_transfers AFTER INSERT ON ledger_transfer
  REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_apply_transfers();

CREATE FUNCTION ledger_apply_hold() RETURNS trigger LANGUAGE plpgsql
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
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER apply_hold AFTER INSERT OR UPDATE ON ledger_hold
  FOR EACH ROW EXECUTE FUNCTION ledger_apply_hold();
CREATE TRIGGER holds_stay BEFORE DELETE ON ledger_hold
  FOR EACH ROW EXECUTE FUNCTION straits_forbid_change();
"""
BALANCES_BACK = """
DROP TRIGGER holds_stay ON ledger_hold;
DROP TRIGGER apply_hold ON ledger_hold;
DROP FUNCTION ledger_apply_hold();
DROP TRIGGER apply_transfers ON ledger_transfer;
DROP FUNCTION ledger_apply_transfers();
DROP TRIGGER open_balance ON ledger_account;
DROP FUNCTION ledger_open_balance();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial"), ("core", "0002_append_only")]

    operations = [
        migrations.RunSQL(SAME_CURRENCY, SAME_CURRENCY_BACK),
        migrations.RunSQL(BALANCES, BALANCES_BACK),
        append_only("ledger_account"),
        append_only("ledger_transaction"),
        append_only("ledger_transfer"),
    ]
