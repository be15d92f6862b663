"""Each row of usage carries what was sealed of its lease before it; the database reckons it."""

import django.db.models.deletion
from django.db import migrations, models

#: what rows from before would carry, had it been reckoned as they came; those of a lease came under
#: its lock, so in the order of their ids
EARLIER = """
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE metering_usage DISABLE TRIGGER append_only;
UPDATE metering_usage u SET before_us = s.before_us, in_order = s.in_order
FROM (
  SELECT id, coalesce(sum((extract(epoch FROM upper(during) - lower(during)) * 1000000)::bigint)
      OVER earlier, 0) AS before_us,
    coalesce(max(upper(during)) OVER earlier <= lower(during), true) AS in_order
  FROM metering_usage
  WINDOW earlier AS (
    PARTITION BY lease_id ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) s
WHERE s.id = u.id;
ALTER TABLE metering_usage ENABLE TRIGGER append_only;
"""
#: One snapshot for both columns. Who holds no lock on the lease may miss a row that commits
#: meanwhile; its sum is taken then (usage_sum_once).
RECKONED = """
CREATE FUNCTION metering_reckon_usage() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE before bigint; ordered boolean;
BEGIN
  SELECT coalesce((
      SELECT u.before_us
        + (extract(epoch FROM upper(u.during) - lower(u.during)) * 1000000)::bigint
      FROM metering_usage u WHERE u.lease_id = NEW.lease_id ORDER BY u.before_us DESC LIMIT 1), 0),
    NOT EXISTS (SELECT 1 FROM metering_usage u WHERE u.lease_id = NEW.lease_id AND u.in_order
      AND lower(u.during) > lower(NEW.during))
  INTO before, ordered;
  IF NEW.before_us <> before OR NEW.in_order <> ordered THEN
    RAISE EXCEPTION 'what was sealed of the lease before is % us, in order %, not % and %',
      before, ordered, NEW.before_us, NEW.in_order USING ERRCODE = 'check_violation';
  END IF;
  NEW.before_us := before;
  NEW.in_order := ordered;
  RETURN NEW;
END $$;
CREATE TRIGGER reckoned BEFORE INSERT ON metering_usage
  FOR EACH ROW EXECUTE FUNCTION metering_reckon_usage();
"""
RECKONED_BACK = """
DROP TRIGGER reckoned ON metering_usage;
DROP FUNCTION metering_reckon_usage();
"""
#: What is used up to a moment: by the last row in order that begins before it everything is told
#: that came before that row; what came after it and lies before the moment is out of order. A
#: ruling cuts a slice into more of them. The planner takes a hundred pieces for each slice; it would
#: compile for longer than they take.
BILLED = """
CREATE FUNCTION metering_billed_us(
  leases bigint[], since timestamptz[], until timestamptz[]) RETURNS TABLE (place bigint, us bigint)
LANGUAGE sql STABLE SET search_path = public, pg_temp SET jit = off AS $$
SELECT asked.place, coalesce(sum(CASE edge.sign WHEN 1 THEN used.us ELSE -used.us END), 0)::bigint
FROM unnest(leases, since, until) WITH ORDINALITY AS asked (lease, since, until, place)
JOIN brokerage_lease l ON l.id = asked.lease
CROSS JOIN LATERAL (
  SELECT greatest(l.started_at, lower(l.during), asked.since) AS begin,
    least(l.ended_at, upper(l.during), asked.until) AS finish) f
LEFT JOIN LATERAL unnest(
  tstzmultirange(tstzrange(f.begin, greatest(f.begin, f.finish)))
  - coalesce((SELECT range_agg(r.during) FROM metering_outageruling r
              WHERE r.assignment_id = l.assignment_id), '{}')) AS piece ON true
LEFT JOIN LATERAL (VALUES (1, upper(piece)), (-1, lower(piece))) AS edge (sign, moment) ON true
LEFT JOIN LATERAL (
  SELECT coalesce(last.until_us, 0) + coalesce((
    SELECT sum((extract(epoch FROM least(upper(o.during), edge.moment) - lower(o.during))
                * 1000000)::bigint)
    FROM metering_usage o
    WHERE o.lease_id = l.id AND NOT o.in_order AND lower(o.during) < edge.moment
      AND o.before_us > coalesce(last.before_us, -1)), 0) AS us
  FROM (SELECT) one LEFT JOIN LATERAL (
    SELECT u.before_us, u.before_us
      + (extract(epoch FROM least(upper(u.during), edge.moment) - lower(u.during))
         * 1000000)::bigint AS until_us
    FROM metering_usage u
    WHERE u.lease_id = l.id AND u.in_order AND lower(u.during) < edge.moment
    ORDER BY lower(u.during) DESC LIMIT 1) last ON true) used ON true
GROUP BY asked.place
$$;
CREATE OR REPLACE FUNCTION metering_billed_ms(bigint) RETURNS bigint
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT coalesce((SELECT us / 1000 FROM metering_billed_us(
    ARRAY[$1], ARRAY[NULL]::timestamptz[], ARRAY[NULL]::timestamptz[])), 0)
$$;
"""
BILLED_BACK = """
CREATE OR REPLACE FUNCTION metering_billed_ms(bigint) RETURNS bigint
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT coalesce(floor(sum(extract(epoch FROM upper(piece) - lower(piece))) * 1000), 0)::bigint
  FROM unnest(metering_billed($1)) AS piece
$$;
DROP FUNCTION metering_billed_us(bigint[], timestamptz[], timestamptz[]);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("brokerage", "0018_lease_cleaning"),
        ("metering", "0003_statements"),
    ]

    operations = [
        migrations.AddField(
            model_name="usage",
            name="before_us",
            field=models.BigIntegerField(
                editable=False,
                null=True,
                help_text="sealed of the lease before it, microseconds",
            ),
        ),
        migrations.AddField(
            model_name="usage",
            name="in_order",
            field=models.BooleanField(
                editable=False,
                null=True,
                help_text="all that was sealed before it lies before it in time",
            ),
        ),
        migrations.AddField(
            model_name="usage",
            name="links",
            field=models.PositiveIntegerField(
                default=0, db_default=0, help_text="so many of the chain were sealed whole with it"
            ),
        ),
        migrations.RunSQL(EARLIER, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="usage",
            name="before_us",
            field=models.BigIntegerField(
                editable=False, help_text="sealed of the lease before it, microseconds"
            ),
        ),
        migrations.AlterField(
            model_name="usage",
            name="in_order",
            field=models.BooleanField(
                editable=False, help_text="all that was sealed before it lies before it in time"
            ),
        ),
        migrations.AlterField(
            model_name="usage",
            name="lease",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="usage",
                to="brokerage.lease",
            ),
        ),
        migrations.AlterField(
            model_name="link",
            name="assignment",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="links",
                to="brokerage.assignment",
            ),
        ),
        migrations.AddConstraint(
            model_name="usage",
            constraint=models.UniqueConstraint(
                models.F("lease"), models.F("before_us"), name="usage_sum_once"
            ),
        ),
        migrations.AddIndex(
            model_name="usage",
            index=models.Index(
                models.F("lease"),
                models.Func(models.F("during"), function="lower"),
                condition=models.Q(("in_order", True)),
                name="usage_in_order",
            ),
        ),
        migrations.AddIndex(
            model_name="usage",
            index=models.Index(
                models.F("lease"),
                condition=models.Q(("in_order", False)),
                name="usage_out_of_order",
            ),
        ),
        migrations.RunSQL(RECKONED, RECKONED_BACK),
        migrations.RunSQL(BILLED, BILLED_BACK),
    ]
