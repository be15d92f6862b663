"""Who earned is told by the site of the machine, so what was ever leased stays with its operator.

Charges name a lease, not a provider. If a site, or a machine, went to another operator, earnings of
the one that were not paid out yet would mature for the other, and be paid out to it.
"""

from django.db import migrations

SITE = """
CREATE FUNCTION billing_site_keeps_operator() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM catalog_machine m JOIN catalog_gpu g ON g.machine_id = m.id
    JOIN brokerage_lease l ON l.gpu_id = g.id WHERE m.site_id = OLD.id
  ) THEN
    RAISE EXCEPTION 'site_keeps_operator: what was leased at site % was earned by its operator',
      OLD.name USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER site_keeps_operator BEFORE UPDATE OF operator_id ON catalog_site
  FOR EACH ROW WHEN (OLD.operator_id IS DISTINCT FROM NEW.operator_id)
  EXECUTE FUNCTION billing_site_keeps_operator();
"""
SITE_BACK = """
DROP TRIGGER site_keeps_operator ON catalog_site;
DROP FUNCTION billing_site_keeps_operator();
"""
MACHINE = """
CREATE FUNCTION billing_machine_keeps_operator() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT count(DISTINCT s.operator_id) FROM catalog_site s
      WHERE s.id IN (OLD.site_id, NEW.site_id)) > 1
    AND EXISTS (
      SELECT FROM catalog_gpu g JOIN brokerage_lease l ON l.gpu_id = g.id
      WHERE g.machine_id = OLD.id
    )
  THEN
    RAISE EXCEPTION 'machine_keeps_operator: what was leased of machine % was earned by another',
      OLD.name USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER machine_keeps_operator BEFORE UPDATE OF site_id ON catalog_machine
  FOR EACH ROW WHEN (OLD.site_id IS DISTINCT FROM NEW.site_id)
  EXECUTE FUNCTION billing_machine_keeps_operator();
"""
MACHINE_BACK = """
DROP TRIGGER machine_keeps_operator ON catalog_machine;
DROP FUNCTION billing_machine_keeps_operator();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0016_inbox_ids"),
        ("brokerage", "0018_lease_cleaning"),
        ("catalog", "0010_names"),
    ]

    operations = [
        migrations.RunSQL(SITE, SITE_BACK),
        migrations.RunSQL(MACHINE, MACHINE_BACK),
    ]
