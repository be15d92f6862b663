"""Rates as segments that are never edited; each charge and invoice line names its own."""

import uuid

import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from marketplace.core.append_only import append_only

#: what rates are made of; a change is a later rate
FROZEN = """
CREATE FUNCTION billing_terms_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the terms of a reservation are frozen: a change is a rate of its own'
    USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER terms_stay BEFORE UPDATE ON brokerage_reservation FOR EACH ROW
  WHEN ((OLD.price_micro_per_gpu_hour, OLD.fee_bps, OLD.currency, OLD.during, OLD.gpu_count)
    IS DISTINCT FROM
    (NEW.price_micro_per_gpu_hour, NEW.fee_bps, NEW.currency, NEW.during, NEW.gpu_count))
  EXECUTE FUNCTION billing_terms_stay();
"""
FROZEN_BACK = """
DROP TRIGGER terms_stay ON brokerage_reservation;
DROP FUNCTION billing_terms_stay();
"""
#: charges and lines from before were all made by the terms that were booked
BOOKED = """
SET CONSTRAINTS ALL IMMEDIATE;
INSERT INTO billing_ratesegment (public_id, created_at, reservation_id, version, since,
  list_micro_per_gpu_hour, discount_bps, price_micro_per_gpu_hour, fee_bps, currency, minimum_ms,
  reason, opened_at)
SELECT gen_random_uuid(), now(), r.id, 1, lower(r.during), r.price_micro_per_gpu_hour, 0,
  r.price_micro_per_gpu_hour, r.fee_bps, r.currency, 0, 'as booked', r.created_at
FROM brokerage_reservation r WHERE r.id IN (
  SELECT a.reservation_id FROM brokerage_assignment a JOIN brokerage_lease l
    ON l.assignment_id = a.id WHERE l.started_at IS NOT NULL);
"""
NAMED = """
ALTER TABLE {table} DISABLE TRIGGER append_only;
UPDATE {table} c SET rate_id = s.id
FROM brokerage_lease l, brokerage_assignment a, billing_ratesegment s
WHERE l.id = c.lease_id AND a.id = l.assignment_id AND s.reservation_id = a.reservation_id;
ALTER TABLE {table} ENABLE TRIGGER append_only;
ALTER TABLE {table} ALTER COLUMN rate_id SET NOT NULL;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_invitations"),
        ("billing", "0004_payers"),
        ("brokerage", "0004_licences"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Discount",
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
                        choices=[("commitment", "Commitment"), ("volume", "Volume")], max_length=16
                    ),
                ),
                (
                    "threshold",
                    models.BigIntegerField(help_text="at least: hours, or micro-units in 30 days"),
                ),
                ("currency", models.CharField(max_length=3)),
                (
                    "share_bps",
                    models.PositiveIntegerField(
                        help_text="1/10,000 of the price; never above our fee"
                    ),
                ),
                ("since", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="RateSegment",
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
                ("version", models.PositiveIntegerField()),
                ("since", models.DateTimeField()),
                (
                    "list_micro_per_gpu_hour",
                    models.BigIntegerField(help_text="the provider's price"),
                ),
                (
                    "discount_bps",
                    models.PositiveIntegerField(help_text="spared the renter, out of our fee"),
                ),
                (
                    "price_micro_per_gpu_hour",
                    models.BigIntegerField(help_text="what the renter pays"),
                ),
                (
                    "fee_bps",
                    models.PositiveIntegerField(help_text="our share of the provider's price"),
                ),
                ("currency", models.CharField(max_length=3)),
                (
                    "minimum_ms",
                    models.PositiveBigIntegerField(
                        help_text="what a lease is billed for at least, if it had all its time"
                    ),
                ),
                ("reason", models.CharField(max_length=300)),
                ("opened_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="TermsOffer",
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
                    "price_micro_per_gpu_hour",
                    models.BigIntegerField(help_text="before any discount of ours"),
                ),
                ("since", models.DateTimeField(help_text="from when it would hold")),
                ("offered_at", models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="charge",
            name="charge_seq_once",
        ),
        migrations.AddField(
            model_name="usagestatement",
            name="rate_version",
            field=models.PositiveIntegerField(default=1, help_text="the highest it knows"),
        ),
        migrations.AlterField(
            model_name="charge",
            name="covered_ms",
            field=models.BigIntegerField(help_text="billed so far at this rate, milliseconds"),
        ),
        migrations.AlterField(
            model_name="charge",
            name="seq",
            field=models.PositiveIntegerField(help_text="within lease and rate"),
        ),
        migrations.AlterField(
            model_name="charge",
            name="total_micro",
            field=models.BigIntegerField(help_text="charged so far at this rate"),
        ),
        migrations.AlterField(
            model_name="invoiceline",
            name="lease",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="invoice_lines",
                to="brokerage.lease",
            ),
        ),
        migrations.AlterField(
            model_name="usagestatement",
            name="billed_ms",
            field=models.JSONField(help_text="by lease and version of its rate"),
        ),
        migrations.AlterField(
            model_name="usagestatement",
            name="revision",
            field=models.PositiveIntegerField(
                help_text="how many rulings and later rates it knows"
            ),
        ),
        migrations.AddField(
            model_name="discount",
            name="organisation",
            field=models.ForeignKey(
                blank=True,
                help_text="for this renter only",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="discount",
            name="recorded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="ratesegment",
            name="opened_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="ratesegment",
            name="reservation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rates",
                to="brokerage.reservation",
            ),
        ),
        migrations.AddField(
            model_name="charge",
            name="rate",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="charges",
                to="billing.ratesegment",
            ),
        ),
        migrations.AddField(
            model_name="invoiceline",
            name="rate",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="billing.ratesegment",
            ),
        ),
        migrations.RunSQL(BOOKED, migrations.RunSQL.noop),
        migrations.RunSQL(
            NAMED.format(table="billing_charge"),
            migrations.RunSQL.noop,
            state_operations=[
                migrations.AlterField(
                    model_name="charge",
                    name="rate",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="charges",
                        to="billing.ratesegment",
                    ),
                )
            ],
        ),
        migrations.RunSQL(
            NAMED.format(table="billing_invoiceline"),
            migrations.RunSQL.noop,
            state_operations=[
                migrations.AlterField(
                    model_name="invoiceline",
                    name="rate",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.ratesegment",
                    ),
                )
            ],
        ),
        migrations.AddIndex(
            model_name="charge",
            index=models.Index(
                models.F("rate"),
                condition=models.Q(("amount_micro__lt", 0)),
                name="charge_given_back",
            ),
        ),
        migrations.AddConstraint(
            model_name="charge",
            constraint=models.UniqueConstraint(
                models.F("lease"), models.F("rate"), models.F("seq"), name="charge_seq_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="invoiceline",
            constraint=models.UniqueConstraint(
                models.F("lease"), models.F("rate"), name="line_once"
            ),
        ),
        migrations.AddField(
            model_name="termsoffer",
            name="offered_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="termsoffer",
            name="reservation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="terms_offers",
                to="brokerage.reservation",
            ),
        ),
        migrations.AddField(
            model_name="ratesegment",
            name="offer",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="accepted",
                to="billing.termsoffer",
            ),
        ),
        migrations.AddConstraint(
            model_name="discount",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["commitment", "volume"])),
                name="discount_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="discount",
            constraint=models.CheckConstraint(
                condition=models.Q(("threshold__gte", 0)), name="discount_threshold"
            ),
        ),
        migrations.AddConstraint(
            model_name="discount",
            constraint=models.CheckConstraint(
                condition=models.Q(("share_bps__lte", 10000)), name="discount_share"
            ),
        ),
        migrations.AddConstraint(
            model_name="discount",
            constraint=models.CheckConstraint(
                condition=models.Q(("since__gte", models.F("recorded_at"))),
                name="discount_not_backdated",
            ),
        ),
        migrations.AddConstraint(
            model_name="termsoffer",
            constraint=models.CheckConstraint(
                condition=models.Q(("price_micro_per_gpu_hour__gt", 0)), name="terms_price_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="termsoffer",
            constraint=models.CheckConstraint(
                condition=models.Q(("since__gt", models.F("offered_at"))),
                name="terms_lie_in_the_future",
            ),
        ),
        migrations.AddConstraint(
            model_name="ratesegment",
            constraint=models.UniqueConstraint(
                models.F("reservation"), models.F("version"), name="rate_version_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="ratesegment",
            constraint=models.CheckConstraint(
                condition=models.Q(("version__gte", 1)), name="rate_versions_from_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="ratesegment",
            constraint=models.CheckConstraint(
                condition=models.Q(("list_micro_per_gpu_hour__gt", 0)), name="rate_list_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="ratesegment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("discount_bps__lte", models.F("fee_bps")), ("fee_bps__lte", 10000)
                ),
                name="rate_discount_within_fee",
            ),
        ),
        migrations.AddConstraint(
            model_name="ratesegment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "price_micro_per_gpu_hour",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("list_micro_per_gpu_hour"),
                                "*",
                                django.db.models.expressions.CombinedExpression(
                                    models.Value(10000), "-", models.F("discount_bps")
                                ),
                            ),
                            "/",
                            models.Value(10000),
                        ),
                    )
                ),
                name="rate_price_follows",
            ),
        ),
        append_only("billing_discount"),
        append_only("billing_termsoffer"),
        append_only("billing_ratesegment"),
        migrations.RunSQL(FROZEN, FROZEN_BACK),
    ]
