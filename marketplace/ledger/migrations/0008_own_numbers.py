"""A transaction bears the number of the one that writes it: no other row escapes, or enters, a seal."""

from django.db import migrations

OWN = """
CREATE FUNCTION ledger_number_is_own() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'transaction % bears a number that is not its own', NEW.key
    USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER number_is_own BEFORE INSERT ON ledger_transaction
  FOR EACH ROW WHEN (NEW.xid IS DISTINCT FROM pg_current_xact_id())
  EXECUTE FUNCTION ledger_number_is_own();
"""
OWN_BACK = """
DROP TRIGGER number_is_own ON ledger_transaction;
DROP FUNCTION ledger_number_is_own();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0007_bank")]

    operations = [migrations.RunSQL(OWN, OWN_BACK)]
