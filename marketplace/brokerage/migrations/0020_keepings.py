"""Workspaces that outlive a rental."""

import uuid

import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

#: What was agreed stays, what is over stays as it is, and nothing of it ever goes away. Until then
#: what counts towards its price only rises, and never faster than time passes.
STAYS = """
CREATE FUNCTION brokerage_keeping_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state IN ('ended', 'dropped') THEN
    RAISE EXCEPTION '% on % is forbidden: its rows are evidence', TG_OP, TG_TABLE_NAME
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF (OLD.public_id, OLD.created_at, OLD.reservation_id, OLD.assignment_id, OLD.hours, OLD.gib,
      OLD.price_micro_per_gib_hour, OLD.fee_bps, OLD.currency, OLD.hold_id, OLD.wanted_by_id,
      OLD.idempotency_key, OLD.request_sha256)
    IS DISTINCT FROM
     (NEW.public_id, NEW.created_at, NEW.reservation_id, NEW.assignment_id, NEW.hours, NEW.gib,
      NEW.price_micro_per_gib_hour, NEW.fee_bps, NEW.currency, NEW.hold_id, NEW.wanted_by_id,
      NEW.idempotency_key, NEW.request_sha256)
    OR OLD.kept_from IS NOT NULL
      AND (OLD.kept_from, OLD.until) IS DISTINCT FROM (NEW.kept_from, NEW.until)
  THEN
    RAISE EXCEPTION 'what is agreed of a workspace that is to be kept is agreed once'
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF OLD.kept_from IS NOT NULL AND (NEW.looked_at < OLD.looked_at
    OR NOT NEW.answered_ms - OLD.answered_ms
      BETWEEN 0 AND extract(epoch FROM NEW.looked_at - OLD.looked_at) * 1000)
  THEN
    RAISE EXCEPTION 'a workspace is paid for while time passes, and no longer'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'keeping_counts_time';
  END IF;
  IF OLD.state = 'kept' AND NEW.state = 'wanted' THEN
    RAISE EXCEPTION 'a workspace that is kept is wanted no more'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'keeping_goes_on';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keeping_stays BEFORE UPDATE ON brokerage_keeping
  FOR EACH ROW EXECUTE FUNCTION brokerage_keeping_stays();
CREATE TRIGGER keeping_remains BEFORE DELETE ON brokerage_keeping
  FOR EACH ROW EXECUTE FUNCTION straits_forbid_change();
CREATE TRIGGER keeping_remains_truncate BEFORE TRUNCATE ON brokerage_keeping
  FOR EACH STATEMENT EXECUTE FUNCTION straits_forbid_change();
"""
STAYS_BACK = """
DROP TRIGGER keeping_remains_truncate ON brokerage_keeping;
DROP TRIGGER keeping_remains ON brokerage_keeping;
DROP TRIGGER keeping_stays ON brokerage_keeping;
DROP FUNCTION brokerage_keeping_stays();
"""

#: A rental goes on with a workspace of its own renter's, where that lies and while it is kept. The
#: row is locked, so whoever ends the keeping at the same instant does it before or sees the rental.
RESUMES = """
CREATE FUNCTION brokerage_resumes_own() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  own boolean;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    RAISE EXCEPTION 'whose workspace a rental goes on with is agreed once'
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  SELECT k.state = 'kept' AND was.renter_id = NEW.renter_id AND part.machine_id = offer.machine_id
    INTO own
    FROM brokerage_keeping k
    JOIN brokerage_reservation was ON was.id = k.reservation_id
    JOIN brokerage_assignment part ON part.id = k.assignment_id
    JOIN catalog_offer offer ON offer.id = NEW.offer_id
   WHERE k.id = NEW.resumes_id
     FOR NO KEY UPDATE OF k;
  IF own IS NOT TRUE THEN
    RAISE EXCEPTION 'reservation % cannot go on with this workspace', NEW.public_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'reservation_resumes_own';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER resumes_own BEFORE INSERT ON brokerage_reservation FOR EACH ROW
  WHEN (NEW.resumes_id IS NOT NULL) EXECUTE FUNCTION brokerage_resumes_own();
CREATE TRIGGER resumes_stays BEFORE UPDATE ON brokerage_reservation FOR EACH ROW
  WHEN (OLD.resumes_id IS DISTINCT FROM NEW.resumes_id) EXECUTE FUNCTION brokerage_resumes_own();
"""
RESUMES_BACK = """
DROP TRIGGER resumes_stays ON brokerage_reservation;
DROP TRIGGER resumes_own ON brokerage_reservation;
DROP FUNCTION brokerage_resumes_own();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_language"),
        ("brokerage", "0019_rolling"),
        ("catalog", "0011_keep_price"),
        ("compliance", "0017_rule_supersedes"),
        ("ledger", "0008_own_numbers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Keeping",
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
                    "hours",
                    models.BigIntegerField(help_text="for so long after the rental, at most"),
                ),
                (
                    "gib",
                    models.PositiveIntegerField(
                        help_text="what its disk sets aside, GiB, rounded up"
                    ),
                ),
                ("price_micro_per_gib_hour", models.BigIntegerField()),
                (
                    "fee_bps",
                    models.PositiveIntegerField(help_text="the platform's share in 1/10,000"),
                ),
                ("currency", models.CharField(max_length=3)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("wanted", "Wanted"),
                            ("kept", "Kept"),
                            ("ended", "Ended"),
                            ("dropped", "Dropped"),
                        ],
                        default="wanted",
                        max_length=16,
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("resumed", "another rental goes on with it"),
                            ("deleted", "its renter had it deleted"),
                            ("expired", "its time is over"),
                            ("lost", "its machine does not have it any more"),
                            ("refused", "not available to your organisation"),
                        ],
                        default="",
                        max_length=16,
                    ),
                ),
                (
                    "kept_from",
                    models.DateTimeField(
                        blank=True,
                        help_text="when its machine first said that it keeps it",
                        null=True,
                    ),
                ),
                (
                    "until",
                    models.DateTimeField(blank=True, help_text="then it is wiped", null=True),
                ),
                (
                    "looked_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="up to when it is known whether its machine answered",
                        null=True,
                    ),
                ),
                (
                    "answered_ms",
                    models.BigIntegerField(
                        default=0, help_text="for so long, since it is kept, its machine answered"
                    ),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "due_micro",
                    models.BigIntegerField(default=0, help_text="what it cost, once it is over"),
                ),
                ("idempotency_key", models.CharField(max_length=200)),
                ("request_sha256", models.BinaryField()),
                (
                    "assignment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="keepings",
                        to="brokerage.assignment",
                    ),
                ),
                (
                    "hold",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.hold",
                    ),
                ),
                (
                    "reservation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="keepings",
                        to="brokerage.reservation",
                    ),
                ),
                (
                    "wanted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="assignment",
            name="workspace_bytes",
            field=models.BigIntegerField(
                blank=True, help_text="what of the disk is set aside for it, said once", null=True
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("workspace_bytes__isnull", True),
                    ("workspace_bytes__gt", 0),
                    _connector="OR",
                ),
                name="assignment_workspace_has_a_size",
            ),
        ),
        migrations.AddField(
            model_name="reservation",
            name="resumes",
            field=models.ForeignKey(
                blank=True,
                help_text="whose workspace it goes on with",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="resumed_by",
                to="brokerage.keeping",
            ),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("resumes__isnull", True),
                    models.Q(("resumes__isnull", False), ("together", "offer")),
                    _connector="OR",
                ),
                name="reservation_resumes_in_place",
            ),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=models.UniqueConstraint(
                models.F("resumes"),
                condition=models.Q(
                    ("state__in", ("refused", "expired", "cancelled", "failed")), _negated=True
                ),
                name="reservation_resumes_alone",
            ),
        ),
        migrations.AddIndex(
            model_name="keeping",
            index=models.Index(
                models.F("id"),
                condition=models.Q(("state__in", ("wanted", "kept"))),
                name="keeping_live",
            ),
        ),
        migrations.AddConstraint(
            model_name="keeping",
            constraint=models.UniqueConstraint(
                models.F("reservation"), models.F("idempotency_key"), name="keeping_key_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="keeping",
            constraint=models.UniqueConstraint(
                models.F("reservation"),
                condition=models.Q(("state", "dropped"), _negated=True),
                name="keeping_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="keeping",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["wanted", "kept", "ended", "dropped"])),
                name="keeping_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="keeping",
            constraint=models.CheckConstraint(
                condition=models.Q(("hours__gte", 1), ("hours__lte", 720)), name="keeping_hours"
            ),
        ),
        migrations.AddConstraint(
            model_name="keeping",
            constraint=models.CheckConstraint(
                condition=models.Q(("gib__gte", 1), ("gib__lte", 32768)), name="keeping_has_a_size"
            ),
        ),
        migrations.AddConstraint(
            model_name="keeping",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("price_micro_per_gib_hour__gt", 0), ("price_micro_per_gib_hour__lte", 100000)
                ),
                name="keeping_price",
            ),
        ),
        migrations.AddConstraint(
            model_name="keeping",
            constraint=models.CheckConstraint(
                condition=models.Q(("fee_bps__lte", 10000)), name="keeping_fee_within_price"
            ),
        ),
        migrations.AddConstraint(
            model_name="keeping",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kept_from__isnull", False),
                        ("looked_at__gte", models.F("kept_from")),
                        ("looked_at__isnull", False),
                        ("looked_at__lte", models.F("until")),
                        ("state__in", ["kept", "ended"]),
                        ("until__gt", models.F("kept_from")),
                        ("until__isnull", False),
                    ),
                    models.Q(
                        ("answered_ms", 0),
                        ("kept_from__isnull", True),
                        ("looked_at__isnull", True),
                        ("state__in", ["wanted", "dropped"]),
                        ("until__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="keeping_kept_from_until",
            ),
        ),
        migrations.AddConstraint(
            model_name="keeping",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("answered_ms__gte", 0),
                    (
                        "answered_ms__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("hours"), "*", models.Value(3600000)
                        ),
                    ),
                ),
                name="keeping_answered",
            ),
        ),
        migrations.AddConstraint(
            model_name="keeping",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", False), ("state__in", ["ended", "dropped"])),
                    models.Q(
                        ("due_micro", 0),
                        ("ended_at__isnull", True),
                        ("outcome", ""),
                        ("state__in", ("wanted", "kept")),
                    ),
                    _connector="OR",
                ),
                name="keeping_ends",
            ),
        ),
        migrations.AddConstraint(
            model_name="keeping",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("outcome__in", ["resumed", "deleted", "expired", "lost", "refused"]),
                        ("state", "ended"),
                    ),
                    models.Q(
                        models.Q(("state", "ended"), _negated=True),
                        ("due_micro", 0),
                        ("outcome", ""),
                    ),
                    _connector="OR",
                ),
                name="keeping_has_an_outcome",
            ),
        ),
        migrations.AddConstraint(
            model_name="keeping",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("due_micro", 0), ("outcome", "lost")),
                    models.Q(
                        models.Q(("outcome", "lost"), _negated=True),
                        ("due_micro__gte", 0),
                        (
                            "due_micro__lte",
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("gib"), "*", models.F("price_micro_per_gib_hour")
                                    ),
                                    "*",
                                    models.F("answered_ms"),
                                ),
                                "/",
                                models.Value(3600000),
                            ),
                        ),
                    ),
                    _connector="OR",
                ),
                name="keeping_due",
            ),
        ),
        migrations.RunSQL(STAYS, STAYS_BACK),
        migrations.RunSQL(RESUMES, RESUMES_BACK),
    ]
