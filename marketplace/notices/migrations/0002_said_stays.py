from django.db import migrations

FORWARD = """
CREATE TRIGGER said_is_kept BEFORE DELETE ON notices_notice
  FOR EACH ROW EXECUTE FUNCTION straits_forbid_change();
CREATE FUNCTION notices_said_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'what a notice says does not change; record another one'
    USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER said_stays
  BEFORE UPDATE OF organisation_id, kind, key, facts, person_id, at ON notices_notice
  FOR EACH ROW EXECUTE FUNCTION notices_said_stays();
"""
BACK = """
DROP TRIGGER said_stays ON notices_notice;
DROP FUNCTION notices_said_stays();
DROP TRIGGER said_is_kept ON notices_notice;
"""


class Migration(migrations.Migration):
    """Letters and deliveries are noted on a notice; what it says stays, and so does the notice."""

    dependencies = [("core", "0002_append_only"), ("notices", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACK)]
