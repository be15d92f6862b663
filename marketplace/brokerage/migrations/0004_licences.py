from django.db import migrations

#: As in 0002_decision_fits, and what is allowed under a licence must be drawn on it.
FITS = """
CREATE OR REPLACE FUNCTION brokerage_decision_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  live CONSTANT text[] := ARRAY['held', 'confirmed', 'active'];
  entered boolean;
  booked boolean;
  fault text;
BEGIN
  entered := TG_OP = 'INSERT' OR NOT OLD.state = ANY (live)
    OR (OLD.decision_id, OLD.renter_id, OLD.offer_id, OLD.during)
      IS DISTINCT FROM (NEW.decision_id, NEW.renter_id, NEW.offer_id, NEW.during);
  booked := NEW.state <> 'active' AND (TG_OP = 'INSERT' OR OLD.state <> NEW.state);
  IF NOT (NEW.state = ANY (live) AND (entered OR booked)) THEN
    RETURN NULL;
  END IF;
  SELECT CASE
    WHEN d.outcome NOT IN ('allow', 'allow_licence') THEN 'does not allow it'
    WHEN d.party_id <> renter.party_id THEN 'is about another party'
    WHEN d.chip_id IS DISTINCT FROM offer.chip_id THEN 'is about another chip'
    WHEN d.site_country <> site.country THEN 'is about another site country'
    WHEN d.during IS NULL OR NOT d.during @> NEW.during THEN 'does not cover its window'
    WHEN booked AND NEW.booked_at IS NULL THEN 'cannot be dated: booked_at is not set'
    WHEN booked AND NOT (d.decided_at <= NEW.booked_at AND NEW.booked_at < d.valid_until)
      THEN 'was not in force when it was ' || NEW.state
    WHEN d.licence_id IS NOT NULL AND NOT EXISTS (
      SELECT FROM compliance_licencedraw drawn
      WHERE drawn.rental = NEW.public_id AND drawn.licence_id = d.licence_id
        AND drawn.gpus >= NEW.gpu_count AND upper(drawn.during) >= upper(NEW.during)
        AND lower(drawn.during) <= greatest(lower(NEW.during), d.decided_at)
        AND NOT EXISTS (SELECT FROM compliance_licencereturn WHERE draw_id = drawn.id)
    ) THEN 'names a licence of which too little is drawn for it'
  END INTO fault
  FROM compliance_decision d, accounts_organisation renter, catalog_offer offer
    JOIN catalog_machine machine ON machine.id = offer.machine_id
    JOIN catalog_site site ON site.id = machine.site_id
  WHERE d.id = NEW.decision_id AND renter.id = NEW.renter_id AND offer.id = NEW.offer_id;
  IF fault IS NOT NULL THEN
    RAISE EXCEPTION 'reservation % is %, but its decision %', NEW.public_id, NEW.state, fault
      USING ERRCODE = 'check_violation', CONSTRAINT = 'reservation_decision_fits';
  END IF;
  RETURN NULL;
END $$;
"""
BEFORE = """
CREATE OR REPLACE FUNCTION brokerage_decision_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  live CONSTANT text[] := ARRAY['held', 'confirmed', 'active'];
  entered boolean;
  booked boolean;
  fault text;
BEGIN
  entered := TG_OP = 'INSERT' OR NOT OLD.state = ANY (live)
    OR (OLD.decision_id, OLD.renter_id, OLD.offer_id, OLD.during)
      IS DISTINCT FROM (NEW.decision_id, NEW.renter_id, NEW.offer_id, NEW.during);
  booked := NEW.state <> 'active' AND (TG_OP = 'INSERT' OR OLD.state <> NEW.state);
  IF NOT (NEW.state = ANY (live) AND (entered OR booked)) THEN
    RETURN NULL;
  END IF;
  SELECT CASE
    WHEN d.outcome <> 'allow' THEN 'does not allow it'
    WHEN d.party_id <> renter.party_id THEN 'is about another party'
    WHEN d.chip_id IS DISTINCT FROM offer.chip_id THEN 'is about another chip'
    WHEN d.site_country <> site.country THEN 'is about another site country'
    WHEN d.during IS NULL OR NOT d.during @> NEW.during THEN 'does not cover its window'
    WHEN booked AND NEW.booked_at IS NULL THEN 'cannot be dated: booked_at is not set'
    WHEN booked AND NOT (d.decided_at <= NEW.booked_at AND NEW.booked_at < d.valid_until)
      THEN 'was not in force when it was ' || NEW.state
  END INTO fault
  FROM compliance_decision d, accounts_organisation renter, catalog_offer offer
    JOIN catalog_machine machine ON machine.id = offer.machine_id
    JOIN catalog_site site ON site.id = machine.site_id
  WHERE d.id = NEW.decision_id AND renter.id = NEW.renter_id AND offer.id = NEW.offer_id;
  IF fault IS NOT NULL THEN
    RAISE EXCEPTION 'reservation % is %, but its decision %', NEW.public_id, NEW.state, fault
      USING ERRCODE = 'check_violation', CONSTRAINT = 'reservation_decision_fits';
  END IF;
  RETURN NULL;
END $$;
"""

#: At the commit, so that the row may move or rest on another decision after its draw went back.
STAYS_DRAWN = """
CREATE FUNCTION brokerage_licence_stays_drawn() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  resting uuid;
BEGIN
  SELECT r.public_id INTO resting
  FROM compliance_licencedraw drawn
    JOIN brokerage_reservation r ON r.public_id = drawn.rental
    JOIN compliance_decision d ON d.id = r.decision_id
  WHERE drawn.id = NEW.draw_id AND d.licence_id = drawn.licence_id
    AND r.state IN ('held', 'confirmed', 'active');
  IF FOUND THEN
    RAISE EXCEPTION 'reservation % still rests on the licence that is given back', resting
      USING ERRCODE = 'check_violation', CONSTRAINT = 'reservation_licence_stays_drawn';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER reservation_licence_stays_drawn AFTER INSERT ON compliance_licencereturn
  DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION brokerage_licence_stays_drawn();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("brokerage", "0003_live_leases"),
        ("compliance", "0008_licences"),
    ]

    operations = [
        migrations.RunSQL(FITS, BEFORE),
        migrations.RunSQL(STAYS_DRAWN, "DROP FUNCTION brokerage_licence_stays_drawn() CASCADE"),
    ]
