from django.db import migrations

FORWARD = """
CREATE FUNCTION brokerage_lease_outside_upkeep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state IN ('held', 'confirmed', 'active') AND EXISTS (
    SELECT FROM catalog_gpu gpu JOIN catalog_machine machine ON machine.id = gpu.machine_id
     WHERE gpu.id = NEW.gpu_id AND machine.upkeep && NEW.during
  ) THEN
    -- brokers take it as they take a GPU that somebody else has: lease_gpu_sold_once
    RAISE EXCEPTION 'the machine is in maintenance then, as if taken (lease_gpu_sold_once)'
      USING ERRCODE = 'exclusion_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER lease_outside_upkeep BEFORE INSERT ON brokerage_lease
  FOR EACH ROW EXECUTE FUNCTION brokerage_lease_outside_upkeep();
-- what was booked before is kept, and may become shorter; it may not reach further or move there
CREATE TRIGGER lease_moves_outside_upkeep BEFORE UPDATE OF during, gpu_id ON brokerage_lease
  FOR EACH ROW
  WHEN (NEW.gpu_id <> OLD.gpu_id OR NOT NEW.during <@ OLD.during)
  EXECUTE FUNCTION brokerage_lease_outside_upkeep();
"""
BACK = """
DROP TRIGGER lease_moves_outside_upkeep ON brokerage_lease;
DROP TRIGGER lease_outside_upkeep ON brokerage_lease;
DROP FUNCTION brokerage_lease_outside_upkeep();
"""


class Migration(migrations.Migration):
    """No lease is made or moved into the maintenance of its machine; see catalog.upkeep."""

    dependencies = [("brokerage", "0013_notices_without_letters"), ("catalog", "0009_upkeep")]

    operations = [migrations.RunSQL(FORWARD, BACK)]
