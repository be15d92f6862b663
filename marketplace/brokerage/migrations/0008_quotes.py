"""Pinned quotes, cleaning between leases, and windows that move by changes on record."""

import uuid

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from marketplace.core.append_only import append_only

#: declared immutable, which adding seconds is: only days and months depend on a time zone
RANGES = """
CREATE FUNCTION brokerage_occupied(during tstzrange, cleaning_s integer) RETURNS tstzrange
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
  $$ SELECT tstzrange(lower(during), upper(during) + make_interval(secs => cleaning_s)) $$;
CREATE FUNCTION brokerage_apart(during tstzrange, cleaning_s integer) RETURNS tstzrange
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
  $$ SELECT tstzrange(lower(during) - make_interval(secs => cleaning_s),
                      upper(during) + make_interval(secs => cleaning_s)) $$;
"""
RANGES_BACK = """
DROP FUNCTION brokerage_occupied(tstzrange, integer);
DROP FUNCTION brokerage_apart(tstzrange, integer);
"""

#: As in 0004_licences, for quotes too; what is booked out of a quote is looked at as what is held.
FITS = """
CREATE OR REPLACE FUNCTION brokerage_decision_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  live CONSTANT text[] := ARRAY[{live}];
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
FITS_BACK = FITS.replace("{live}", "'held', 'confirmed', 'active'")
FITS = FITS.replace("{live}", "'pinned', 'held', 'confirmed', 'active'")

#: As in 0004_licences; but a draw may give way to another on the same licence, of another length.
STAYS_DRAWN = """
CREATE OR REPLACE FUNCTION brokerage_licence_stays_drawn() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  resting uuid;
BEGIN
  SELECT r.public_id INTO resting
  FROM compliance_licencedraw drawn
    JOIN brokerage_reservation r ON r.public_id = drawn.rental
    JOIN compliance_decision d ON d.id = r.decision_id
  WHERE drawn.id = NEW.draw_id AND d.licence_id = drawn.licence_id
    AND r.state IN ({live}){unless};
  IF FOUND THEN
    RAISE EXCEPTION 'reservation % still rests on the licence that is given back', resting
      USING ERRCODE = 'check_violation', CONSTRAINT = 'reservation_licence_stays_drawn';
  END IF;
  RETURN NULL;
END $$;
"""
UNLESS = """
    AND NOT EXISTS (
      SELECT FROM compliance_licencedraw again
      WHERE again.rental = drawn.rental AND again.licence_id = drawn.licence_id
        AND upper(again.during) >= upper(r.during)
        AND NOT EXISTS (SELECT FROM compliance_licencereturn WHERE draw_id = again.id))"""
STAYS_DRAWN_BACK = STAYS_DRAWN.replace("{live}", "'held', 'confirmed', 'active'").replace(
    "{unless}", ""
)
STAYS_DRAWN = STAYS_DRAWN.replace("{live}", "'pinned', 'held', 'confirmed', 'active'").replace(
    "{unless}", UNLESS
)

#: the end of a booking moves by a change on record, and never its start
MOVES = """
CREATE FUNCTION brokerage_window_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF lower(NEW.during) = lower(OLD.during) AND EXISTS (
    SELECT FROM brokerage_windowchange change
    WHERE change.reservation_id = NEW.id AND change.was_until = upper(OLD.during)
      AND change.until = upper(NEW.during) AND change.kind IN ('extended', 'shortened')
      AND (change.decision_id IS NULL OR change.decision_id = NEW.decision_id)
  ) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'the window of a reservation moves by a change on record only'
    USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER window_moves BEFORE UPDATE ON brokerage_reservation FOR EACH ROW
  WHEN (OLD.during IS DISTINCT FROM NEW.during)
  EXECUTE FUNCTION brokerage_window_moves();
"""
MOVES_BACK = """
DROP TRIGGER window_moves ON brokerage_reservation;
DROP FUNCTION brokerage_window_moves();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_sightings"),
        ("brokerage", "0006_gangs"),
        ("catalog", "0006_terms"),
        ("compliance", "0010_rescreening"),
        ("ledger", "0003_seal"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="WindowChange",
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
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("extended", "Extended"),
                            ("shortened", "Shortened"),
                            ("cancelled", "Cancelled"),
                            ("stopped", "Stopped"),
                        ],
                        max_length=16,
                    ),
                ),
                ("was_until", models.DateTimeField(help_text="when it would have ended")),
                ("until", models.DateTimeField(help_text="when it ends instead")),
                (
                    "fee_micro",
                    models.BigIntegerField(help_text="for the time given up, by the schedule"),
                ),
                ("at", models.DateTimeField()),
                ("idempotency_key", models.CharField(max_length=200)),
                ("request_sha256", models.BinaryField()),
            ],
        ),
        migrations.RunSQL(RANGES, RANGES_BACK),
        migrations.RemoveConstraint(
            model_name="lease",
            name="lease_gpu_sold_once",
        ),
        migrations.RemoveConstraint(
            model_name="reservation",
            name="reservation_state_known",
        ),
        migrations.RemoveConstraint(
            model_name="reservation",
            name="reservation_needs_hold",
        ),
        migrations.RemoveIndex(
            model_name="lease",
            name="lease_live",
        ),
        migrations.AddField(
            model_name="lease",
            name="cleaning_s",
            field=models.PositiveIntegerField(
                db_default=0,
                default=0,
                help_text="after it nobody else's for so many seconds, as its offer said",
            ),
        ),
        migrations.AddField(
            model_name="reservation",
            name="pin_slot",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="asked for as a quote to be pinned; which of its renter's",
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="reservation",
            name="state",
            field=models.CharField(
                choices=[
                    ("requested", "Requested"),
                    ("cleared", "Cleared"),
                    ("pinned", "Pinned"),
                    ("held", "Held"),
                    ("confirmed", "Confirmed"),
                    ("active", "Active"),
                    ("ended", "Ended"),
                    ("settled", "Settled"),
                    ("refused", "Refused"),
                    ("expired", "Expired"),
                    ("cancelled", "Cancelled"),
                    ("failed", "Failed"),
                ],
                default="requested",
                max_length=16,
            ),
        ),
        migrations.AddIndex(
            model_name="lease",
            index=models.Index(
                models.F("gpu"),
                condition=models.Q(("state__in", ("held", "confirmed", "active"))),
                include=("during", "cleaning_s"),
                name="lease_live",
            ),
        ),
        migrations.AddConstraint(
            model_name="lease",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("state__in", ("held", "confirmed", "active"))),
                expressions=[
                    (
                        models.Func(
                            models.F("gpu"),
                            models.F("gpu"),
                            models.Value("[]"),
                            function="int8range",
                            output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField(),
                        ),
                        "&&",
                    ),
                    (
                        models.Func(
                            models.F("during"),
                            models.F("cleaning_s"),
                            function="brokerage_occupied",
                            output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField(),
                        ),
                        "&&",
                    ),
                ],
                name="lease_gpu_sold_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "requested",
                            "cleared",
                            "pinned",
                            "held",
                            "confirmed",
                            "active",
                            "ended",
                            "settled",
                            "refused",
                            "expired",
                            "cancelled",
                            "failed",
                        ],
                    )
                ),
                name="reservation_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=models.UniqueConstraint(
                models.F("renter"),
                models.F("pin_slot"),
                condition=models.Q(("state__in", ["requested", "cleared", "pinned"])),
                name="reservation_pin_slot_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("pin_slot__gte", 1), ("pin_slot__isnull", False), ("pin_slot__lte", 5)
                    ),
                    models.Q(
                        ("pin_slot__isnull", True), models.Q(("state", "pinned"), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="reservation_pin_has_slot",
            ),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("hold_expires_at__isnull", False),
                    models.Q(("state", "pinned"), _negated=True),
                    _connector="OR",
                ),
                name="reservation_pin_runs_out",
            ),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("hold__isnull", False),
                    (
                        "state__in",
                        ["requested", "cleared", "pinned", "refused", "expired", "cancelled"],
                    ),
                    _connector="OR",
                ),
                name="reservation_needs_hold",
            ),
        ),
        migrations.AddField(
            model_name="windowchange",
            name="by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="windowchange",
            name="decision",
            field=models.ForeignKey(
                blank=True,
                help_text="if extended",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="compliance.decision",
            ),
        ),
        migrations.AddField(
            model_name="windowchange",
            name="reservation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="changes",
                to="brokerage.reservation",
            ),
        ),
        migrations.AddConstraint(
            model_name="windowchange",
            constraint=models.UniqueConstraint(
                models.F("reservation"), models.F("idempotency_key"), name="change_key_once"
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
                        ("kind__in", ["shortened", "cancelled", "stopped"]),
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
                    models.Q(("fee_micro__gt", 0), models.Q(("kind", "extended"), _negated=True)),
                    _connector="OR",
                ),
                name="change_fee",
            ),
        ),
        append_only("brokerage_windowchange"),
        migrations.RunSQL(FITS, FITS_BACK),
        migrations.RunSQL(STAYS_DRAWN, STAYS_DRAWN_BACK),
        migrations.RunSQL(MOVES, MOVES_BACK),
    ]
