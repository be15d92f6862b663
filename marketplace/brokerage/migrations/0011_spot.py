"""Rentals that may be interrupted: how they give way, and what they are owed before."""

from django.conf import settings
from django.db import migrations, models

#: as in 0008_quotes, also by giving way
MOVES = """
CREATE OR REPLACE FUNCTION brokerage_window_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF lower(NEW.during) = lower(OLD.during) AND EXISTS (
    SELECT FROM brokerage_windowchange change
    WHERE change.reservation_id = NEW.id AND change.was_until = upper(OLD.during)
      AND change.until = upper(NEW.during) AND change.kind IN ({kinds})
      AND (change.decision_id IS NULL OR change.decision_id = NEW.decision_id)
  ) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'the window of a reservation moves by a change on record only'
    USING ERRCODE = 'insufficient_privilege';
END $$;
"""

#: Notice, and a paid minimum counted from when every part ran. What has not begun ten minutes after
#: its start (windows.LATE) has nothing to lose but its notice; before that it is left to begin.
OWED = """
CREATE FUNCTION brokerage_eviction_keeps_terms() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  fault text;
BEGIN
  SELECT CASE
    WHEN NOT r.interruptible THEN 'may not be interrupted'
    WHEN NEW.until < NEW.at + make_interval(secs => offer.spot_notice_s)
      THEN 'is owed more notice'
    WHEN ran.started < ran.parts AND NEW.at < lower(r.during) + interval '10 minutes'
      THEN 'has yet to begin'
    WHEN ran.started = ran.parts
        AND NEW.until < ran.since + make_interval(secs => offer.spot_minimum_s)
      THEN 'is within its paid minimum'
  END INTO fault
  FROM brokerage_reservation r JOIN catalog_offer offer ON offer.id = r.offer_id
    CROSS JOIN LATERAL (
      SELECT count(*) AS parts, count(a.started_at) AS started, max(a.started_at) AS since
      FROM brokerage_assignment a
      WHERE a.reservation_id = r.id AND a.withdrawn_at IS NULL) ran
  WHERE r.id = NEW.reservation_id;
  IF fault IS NOT NULL THEN
    RAISE EXCEPTION 'reservation % cannot give way: it %', NEW.reservation_id, fault
      USING ERRCODE = 'check_violation', CONSTRAINT = 'eviction_keeps_terms';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER eviction_keeps_terms BEFORE INSERT ON brokerage_windowchange FOR EACH ROW
  WHEN (NEW.kind = 'evicted')
  EXECUTE FUNCTION brokerage_eviction_keeps_terms();
CREATE FUNCTION brokerage_gives_way() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.evict_at IS NULL AND EXISTS (
    SELECT FROM brokerage_windowchange change
    WHERE change.reservation_id = NEW.id AND change.kind = 'evicted'
      AND change.until = NEW.evict_at
  ) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a reservation gives way once, by a change on record'
    USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER gives_way BEFORE UPDATE ON brokerage_reservation FOR EACH ROW
  WHEN (OLD.evict_at IS DISTINCT FROM NEW.evict_at)
  EXECUTE FUNCTION brokerage_gives_way();
CREATE FUNCTION brokerage_bid_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'what may be interrupted, and at which bid, is agreed once'
    USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER bid_stays BEFORE UPDATE ON brokerage_reservation FOR EACH ROW
  WHEN (OLD.interruptible IS DISTINCT FROM NEW.interruptible
    OR NEW.interruptible AND OLD.price_micro_per_gpu_hour <> NEW.price_micro_per_gpu_hour)
  EXECUTE FUNCTION brokerage_bid_stays();
"""
OWED_BACK = """
DROP TRIGGER bid_stays ON brokerage_reservation;
DROP FUNCTION brokerage_bid_stays();
DROP TRIGGER gives_way ON brokerage_reservation;
DROP FUNCTION brokerage_gives_way();
DROP TRIGGER eviction_keeps_terms ON brokerage_windowchange;
DROP FUNCTION brokerage_eviction_keeps_terms();
"""


def moves(kinds: str) -> str:
    return MOVES.replace("{kinds}", kinds)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_sightings"),
        ("brokerage", "0010_waitlist"),
        ("catalog", "0007_spot"),
        ("compliance", "0010_rescreening"),
        ("ledger", "0006_papers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="notice",
            name="notice_kind_known",
        ),
        migrations.RemoveConstraint(
            model_name="windowchange",
            name="change_goes_its_way",
        ),
        migrations.RemoveConstraint(
            model_name="windowchange",
            name="change_fee",
        ),
        migrations.AddField(
            model_name="reservation",
            name="evict_at",
            field=models.DateTimeField(
                blank=True, help_text="when it gives way, as it was told", null=True
            ),
        ),
        migrations.AddField(
            model_name="reservation",
            name="interruptible",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="on a bid, its price: gives way, told before, to who pays in full or bids more",
            ),
        ),
        migrations.AlterField(
            model_name="notice",
            name="kind",
            field=models.CharField(
                choices=[
                    ("starts", "Starts"),
                    ("ends", "Ends"),
                    ("replaced", "Replaced"),
                    ("unreachable", "Unreachable"),
                    ("lost", "Lost"),
                    ("served", "Served"),
                    ("evicted", "Evicted"),
                ],
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="windowchange",
            name="kind",
            field=models.CharField(
                choices=[
                    ("extended", "Extended"),
                    ("shortened", "Shortened"),
                    ("cancelled", "Cancelled"),
                    ("stopped", "Stopped"),
                    ("evicted", "Evicted"),
                ],
                max_length=16,
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        ["starts", "ends", "replaced", "unreachable", "lost", "served", "evicted"],
                    )
                ),
                name="notice_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("interruptible", False),
                    models.Q(
                        ("interruptible", True), ("pin_slot__isnull", True), ("together", "offer")
                    ),
                    _connector="OR",
                ),
                name="reservation_interruptible_is_plain",
            ),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("evict_at__isnull", True),
                    models.Q(
                        ("during__endswith__lte", models.F("evict_at")),
                        ("evict_at__isnull", False),
                        ("interruptible", True),
                    ),
                    _connector="OR",
                ),
                name="reservation_gives_way",
            ),
        ),
        migrations.AddConstraint(
            model_name="windowchange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decision__isnull", False),
                        ("kind", "extended"),
                        ("until__gt", models.F("was_until")),
                    ),
                    models.Q(
                        ("kind__in", ["shortened", "cancelled", "stopped", "evicted"]),
                        ("until__lt", models.F("was_until")),
                    ),
                    _connector="OR",
                ),
                name="change_goes_its_way",
            ),
        ),
        migrations.AddConstraint(
            model_name="windowchange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("fee_micro", 0),
                    models.Q(
                        ("fee_micro__gt", 0),
                        models.Q(("kind__in", ["extended", "evicted"]), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="change_fee",
            ),
        ),
        migrations.AddIndex(
            model_name="reservation",
            index=models.Index(
                models.F("id"),
                condition=models.Q(
                    ("evict_at__isnull", True),
                    ("interruptible", True),
                    ("state__in", ["confirmed", "active"]),
                ),
                name="reservation_going_on",
            ),
        ),
        migrations.RunSQL(
            moves("'extended', 'shortened', 'evicted'"), moves("'extended', 'shortened'")
        ),
        migrations.RunSQL(OWED, OWED_BACK),
    ]
