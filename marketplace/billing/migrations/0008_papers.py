"""Invoices with numbers, tax and files; credit notes; SLA credits; disputes. What a reservation cost
keeps its rows, as its cost statement.
"""

import uuid

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from marketplace.core.append_only import append_only

#: indexes and sequences keep their names when a table is renamed, and the new tables need them
RENAMED = """
DO $$ DECLARE one record; BEGIN
  FOR one IN SELECT c.oid::regclass AS name, c.relname, c.relkind FROM pg_class c
    LEFT JOIN pg_index i ON i.indexrelid = c.oid
    LEFT JOIN pg_depend d ON d.objid = c.oid AND d.deptype = 'i' AND d.classid = 'pg_class'::regclass
    WHERE c.relname LIKE 'billing_invoice%' AND coalesce(i.indrelid, d.refobjid) IN
      ('billing_coststatement'::regclass, 'billing_costline'::regclass) LOOP
    EXECUTE format('ALTER %s %s RENAME TO %I',
      CASE one.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'INDEX' END, one.name,
      replace(replace(one.relname, 'billing_invoiceline', 'billing_costline'),
        'billing_invoice', 'billing_coststatement'));
  END LOOP;
END $$;
"""
#: what a line was credited so far, and now, is never more than the line; SECURITY DEFINER because
#: a row lock needs UPDATE, which the processes do not have
CREDITED = """
CREATE FUNCTION billing_credit_within_line() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  billed bigint;
  credited bigint;
BEGIN
  SELECT amount_micro INTO billed FROM billing_invoiceline WHERE id = NEW.line_id
    FOR NO KEY UPDATE;
  SELECT coalesce(sum(amount_micro), 0) INTO credited FROM billing_creditline
    WHERE line_id = NEW.line_id;
  IF credited + NEW.amount_micro > billed THEN
    RAISE EXCEPTION 'credit_within_line: % of % are credited before', credited, billed
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER credit_within_line BEFORE INSERT ON billing_creditline
  FOR EACH ROW EXECUTE FUNCTION billing_credit_within_line();
"""
CREDITED_BACK = """
DROP TRIGGER credit_within_line ON billing_creditline;
DROP FUNCTION billing_credit_within_line();
"""
#: a number is given out once and never goes back
NUMBERS = """
CREATE FUNCTION billing_numbers_rise() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'UPDATE' OR NEW.code <> OLD.code OR NEW.last_number <> OLD.last_number + 1 THEN
    RAISE EXCEPTION 'numbers of a series rise by one' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER numbers_rise BEFORE UPDATE OR DELETE ON billing_numberseries
  FOR EACH ROW EXECUTE FUNCTION billing_numbers_rise();
"""
NUMBERS_BACK = """
DROP TRIGGER numbers_rise ON billing_numberseries;
DROP FUNCTION billing_numbers_rise();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_sightings"),
        ("billing", "0007_payouts"),
        ("brokerage", "0006_gangs"),
        ("ledger", "0006_papers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint("invoice", "invoice_not_negative"),
        migrations.RemoveConstraint("invoiceline", "line_once"),
        migrations.RemoveConstraint("invoiceline", "line_not_negative"),
        migrations.RenameModel("Invoice", "CostStatement"),
        migrations.RenameModel("InvoiceLine", "CostLine"),
        migrations.RenameField("costline", "invoice", "statement"),
        migrations.RunSQL(RENAMED, migrations.RunSQL.noop),
        migrations.AlterField(
            "coststatement",
            "reservation",
            models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cost_statement",
                to="brokerage.reservation",
            ),
        ),
        migrations.AlterField(
            "coststatement",
            "organisation",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cost_statements",
                to="accounts.organisation",
            ),
        ),
        migrations.AlterField(
            "costline",
            "lease",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cost_lines",
                to="brokerage.lease",
            ),
        ),
        migrations.CreateModel(
            name="BillingDetails",
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
                ("name", models.CharField(max_length=200)),
                ("address", models.TextField(max_length=500)),
                (
                    "tax_id",
                    models.CharField(
                        blank=True, help_text="tax registration number", max_length=64
                    ),
                ),
                (
                    "reference",
                    models.CharField(
                        blank=True, help_text="such as a purchase order", max_length=80
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "verbose_name_plural": "billing details",
            },
        ),
        migrations.CreateModel(
            name="CreditLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveIntegerField()),
                ("description", models.CharField(max_length=300)),
                ("amount_micro", models.BigIntegerField()),
                (
                    "jurisdiction",
                    models.CharField(blank=True, help_text="empty: not known", max_length=2),
                ),
                ("tax_point", models.DateTimeField()),
                (
                    "treatment",
                    models.CharField(
                        choices=[
                            ("charged", "charged"),
                            ("reverse_charge", "reverse charge"),
                            ("not_taxed", "not taxed"),
                            ("no_rule", "no rule"),
                        ],
                        max_length=16,
                    ),
                ),
                ("tax_bps", models.PositiveIntegerField()),
                (
                    "tax_note",
                    models.CharField(help_text="as printed: the rule, or why none", max_length=300),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CreditNote",
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
                ("number", models.PositiveIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("seller", models.JSONField(help_text="as it stood when this was issued")),
                ("buyer", models.JSONField(help_text="as it stood when this was issued")),
                (
                    "net_micro",
                    models.BigIntegerField(help_text="the sum of its lines; what the ledger says"),
                ),
                (
                    "rounding_micro",
                    models.BigIntegerField(help_text="from the net amount to whole minor units"),
                ),
                ("tax_micro", models.BigIntegerField()),
                ("total_micro", models.BigIntegerField()),
                ("issued_at", models.DateTimeField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("correction", "Correction"),
                            ("sla", "Sla"),
                            ("dispute", "Dispute"),
                            ("goodwill", "Goodwill"),
                        ],
                        max_length=16,
                    ),
                ),
                ("reason", models.CharField(help_text="as printed", max_length=500)),
                (
                    "fault",
                    models.CharField(
                        choices=[
                            ("provider", "Provider"),
                            ("platform", "Platform"),
                            ("renter", "Renter"),
                        ],
                        help_text="at whose cost",
                        max_length=16,
                    ),
                ),
                (
                    "set_off_micro",
                    models.BigIntegerField(
                        default=0, help_text="tax that was not paid yet and is not owed any more"
                    ),
                ),
                (
                    "key",
                    models.CharField(
                        help_text="names the act of issuing it", max_length=200, unique=True
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DisputeEntry",
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
                    "side",
                    models.CharField(
                        choices=[
                            ("renter", "Renter"),
                            ("provider", "Provider"),
                            ("staff", "Staff"),
                            ("system", "System"),
                        ],
                        max_length=16,
                    ),
                ),
                ("text", models.TextField(max_length=4000)),
                (
                    "evidence",
                    models.JSONField(default=dict, help_text="what our own records said then"),
                ),
                ("at", models.DateTimeField()),
            ],
            options={
                "verbose_name_plural": "dispute entries",
            },
        ),
        migrations.CreateModel(
            name="FaultRuling",
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
                    "fault",
                    models.CharField(
                        choices=[
                            ("provider", "Provider"),
                            ("platform", "Platform"),
                            ("renter", "Renter"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "reason",
                    models.CharField(help_text="shown to renter and provider", max_length=500),
                ),
                ("ruled_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Invoice",
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
                ("number", models.PositiveIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("seller", models.JSONField(help_text="as it stood when this was issued")),
                ("buyer", models.JSONField(help_text="as it stood when this was issued")),
                (
                    "net_micro",
                    models.BigIntegerField(help_text="the sum of its lines; what the ledger says"),
                ),
                (
                    "rounding_micro",
                    models.BigIntegerField(help_text="from the net amount to whole minor units"),
                ),
                ("tax_micro", models.BigIntegerField()),
                ("total_micro", models.BigIntegerField()),
                ("issued_at", models.DateTimeField()),
                (
                    "period",
                    django.contrib.postgres.fields.ranges.DateTimeRangeField(
                        help_text="half-open, UTC"
                    ),
                ),
                ("key", models.CharField(help_text="names the act of issuing it", max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name="InvoiceLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveIntegerField()),
                ("description", models.CharField(max_length=300)),
                ("amount_micro", models.BigIntegerField()),
                (
                    "jurisdiction",
                    models.CharField(blank=True, help_text="empty: not known", max_length=2),
                ),
                ("tax_point", models.DateTimeField()),
                (
                    "treatment",
                    models.CharField(
                        choices=[
                            ("charged", "charged"),
                            ("reverse_charge", "reverse charge"),
                            ("not_taxed", "not taxed"),
                            ("no_rule", "no rule"),
                        ],
                        max_length=16,
                    ),
                ),
                ("tax_bps", models.PositiveIntegerField()),
                (
                    "tax_note",
                    models.CharField(help_text="as printed: the rule, or why none", max_length=300),
                ),
                ("billed_ms", models.BigIntegerField(help_text="of all its GPUs together")),
                ("price_micro_per_gpu_hour", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="LineSpan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "charges",
                    django.contrib.postgres.fields.ranges.BigIntegerRangeField(
                        help_text="their numbers, half-open"
                    ),
                ),
                ("billed_ms", models.BigIntegerField()),
                ("amount_micro", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="NumberSeries",
            fields=[
                (
                    "code",
                    models.CharField(
                        help_text="such as INV-2026",
                        max_length=16,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("last_number", models.PositiveIntegerField(default=0)),
            ],
            options={
                "verbose_name_plural": "number series",
            },
        ),
        migrations.CreateModel(
            name="PaperFile",
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
                ("content", models.BinaryField()),
                ("sha256", models.BinaryField()),
                ("made_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="RentalDispute",
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
                ("claim", models.TextField(max_length=4000)),
                ("claimed_micro", models.BigIntegerField(help_text="what the renter wants back")),
                ("currency", models.CharField(max_length=3)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("answered", "Answered"),
                            ("escalated", "Escalated"),
                            ("upheld", "Upheld"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="open",
                        max_length=16,
                    ),
                ),
                ("raised_at", models.DateTimeField()),
                ("answer_by", models.DateTimeField()),
                ("decide_by", models.DateTimeField()),
                (
                    "fault",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("provider", "Provider"),
                            ("platform", "Platform"),
                            ("renter", "Renter"),
                        ],
                        max_length=16,
                    ),
                ),
                ("granted_micro", models.BigIntegerField(blank=True, null=True)),
                (
                    "ruling",
                    models.CharField(blank=True, help_text="shown to both sides", max_length=500),
                ),
                ("ruled_at", models.DateTimeField(blank=True, null=True)),
                ("idempotency_key", models.CharField(max_length=200)),
                ("request_sha256", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="Seller",
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
                ("name", models.CharField(max_length=200)),
                ("address", models.TextField(max_length=500)),
                ("country", models.CharField(help_text="ISO 3166-1", max_length=2)),
                (
                    "tax_id",
                    models.CharField(
                        blank=True, help_text="tax registration number", max_length=64
                    ),
                ),
                (
                    "email",
                    models.EmailField(
                        blank=True, help_text="for questions about an invoice", max_length=254
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="SlaAssessment",
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
                ("revision", models.PositiveIntegerField(help_text="how many rulings it knows")),
                ("run_ms", models.BigIntegerField(help_text="of all GPUs together")),
                ("down_ms", models.BigIntegerField(help_text="of all GPUs together")),
                ("charged_micro", models.BigIntegerField()),
                ("credit_bps", models.PositiveIntegerField()),
                (
                    "credit_micro",
                    models.BigIntegerField(help_text="earned in all, whole minor units"),
                ),
                (
                    "fault",
                    models.CharField(
                        choices=[
                            ("provider", "Provider"),
                            ("platform", "Platform"),
                            ("renter", "Renter"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "evidence",
                    models.JSONField(
                        help_text="gaps and rulings by id, and the rows of the schedule"
                    ),
                ),
                ("assessed_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "SLA assessment",
            },
        ),
        migrations.CreateModel(
            name="SlaTier",
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
                    "below_bps",
                    models.PositiveIntegerField(help_text="availability below this, in 1/10,000"),
                ),
                (
                    "credit_bps",
                    models.PositiveIntegerField(help_text="of what was charged, in 1/10,000"),
                ),
                ("since", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "SLA tier",
            },
        ),
        migrations.CreateModel(
            name="TaxPayment",
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
                ("seq", models.PositiveIntegerField()),
                ("amount_micro", models.BigIntegerField()),
                ("paid_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="TaxRule",
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
                    "jurisdiction",
                    models.CharField(help_text="of the buyer, ISO 3166-1", max_length=2),
                ),
                (
                    "registered",
                    models.BooleanField(help_text="for buyers that gave a tax registration number"),
                ),
                (
                    "treatment",
                    models.CharField(
                        choices=[
                            ("charged", "charged"),
                            ("reverse_charge", "reverse charge"),
                            ("not_taxed", "not taxed"),
                            ("no_rule", "no rule"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "rate_bps",
                    models.PositiveIntegerField(default=0, help_text="1/10,000 of the price"),
                ),
                (
                    "wording",
                    models.CharField(help_text="as printed, such as GST 9%", max_length=200),
                ),
                (
                    "source",
                    models.CharField(
                        help_text="the law or the ruling that says so", max_length=300
                    ),
                ),
                (
                    "checked_by",
                    models.CharField(
                        blank=True,
                        help_text="which counsel checked it; empty: verify with counsel",
                        max_length=200,
                    ),
                ),
                ("since", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
            ],
        ),
        migrations.AddConstraint(
            model_name="costline",
            constraint=models.UniqueConstraint(
                models.F("lease"), models.F("rate"), name="cost_line_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="costline",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_micro__gte", 0)), name="cost_line_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="coststatement",
            constraint=models.CheckConstraint(
                condition=models.Q(("total_micro__gte", 0)), name="cost_not_negative"
            ),
        ),
        migrations.AddField(
            model_name="billingdetails",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="billing_details",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="billingdetails",
            name="recorded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="creditnote",
            name="issued_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="creditnote",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="%(class)ss",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="creditline",
            name="note",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lines",
                to="billing.creditnote",
            ),
        ),
        migrations.AddField(
            model_name="disputeentry",
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
            model_name="faultruling",
            name="reservation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="fault_rulings",
                to="brokerage.reservation",
            ),
        ),
        migrations.AddField(
            model_name="faultruling",
            name="ruled_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="invoice",
            name="issued_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="invoice",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="%(class)ss",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="invoice",
            name="wallet",
            field=models.ForeignKey(
                help_text="of the organisation and currency",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="ledger.account",
            ),
        ),
        migrations.AddField(
            model_name="creditnote",
            name="invoice",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="credit_notes",
                to="billing.invoice",
            ),
        ),
        migrations.AddField(
            model_name="invoiceline",
            name="invoice",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lines",
                to="billing.invoice",
            ),
        ),
        migrations.AddField(
            model_name="invoiceline",
            name="rate",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="billing.ratesegment",
            ),
        ),
        migrations.AddField(
            model_name="invoiceline",
            name="reservation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="invoice_lines",
                to="brokerage.reservation",
            ),
        ),
        migrations.AddField(
            model_name="creditline",
            name="line",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="credits",
                to="billing.invoiceline",
            ),
        ),
        migrations.AddField(
            model_name="linespan",
            name="credit_line",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="spans",
                to="billing.creditline",
            ),
        ),
        migrations.AddField(
            model_name="linespan",
            name="lease",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="brokerage.lease"
            ),
        ),
        migrations.AddField(
            model_name="linespan",
            name="line",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="spans",
                to="billing.invoiceline",
            ),
        ),
        migrations.AddField(
            model_name="linespan",
            name="rate",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="billing.ratesegment",
            ),
        ),
        migrations.AddField(
            model_name="invoice",
            name="series",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="billing.numberseries",
            ),
        ),
        migrations.AddField(
            model_name="creditnote",
            name="series",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="billing.numberseries",
            ),
        ),
        migrations.AddField(
            model_name="paperfile",
            name="credit_note",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="file",
                to="billing.creditnote",
            ),
        ),
        migrations.AddField(
            model_name="paperfile",
            name="invoice",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="file",
                to="billing.invoice",
            ),
        ),
        migrations.AddField(
            model_name="rentaldispute",
            name="credit_note",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="dispute",
                to="billing.creditnote",
            ),
        ),
        migrations.AddField(
            model_name="rentaldispute",
            name="provider",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="disputes_answered",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="rentaldispute",
            name="raised_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="rentaldispute",
            name="renter",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="disputes_raised",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="rentaldispute",
            name="reservation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="disputes",
                to="brokerage.reservation",
            ),
        ),
        migrations.AddField(
            model_name="rentaldispute",
            name="ruled_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="disputeentry",
            name="dispute",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="entries",
                to="billing.rentaldispute",
            ),
        ),
        migrations.AddField(
            model_name="seller",
            name="recorded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="slaassessment",
            name="reservation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="sla_assessments",
                to="brokerage.reservation",
            ),
        ),
        migrations.AddField(
            model_name="slatier",
            name="recorded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="taxpayment",
            name="invoice",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="tax_payments",
                to="billing.invoice",
            ),
        ),
        migrations.AddField(
            model_name="taxrule",
            name="recorded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="invoiceline",
            name="tax_rule",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="billing.taxrule",
            ),
        ),
        migrations.AddField(
            model_name="creditline",
            name="tax_rule",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="billing.taxrule",
            ),
        ),
        migrations.AddConstraint(
            model_name="billingdetails",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("name", ""), _negated=True), models.Q(("address", ""), _negated=True)
                ),
                name="details_named",
            ),
        ),
        migrations.AddConstraint(
            model_name="faultruling",
            constraint=models.CheckConstraint(
                condition=models.Q(("fault__in", ["provider", "platform", "renter"])),
                name="fault_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="faultruling",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="fault_has_a_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="linespan",
            constraint=models.CheckConstraint(
                condition=models.Q(("charges__isempty", False), ("charges__lower_inf", False)),
                name="span_has_charges",
            ),
        ),
        migrations.AddConstraint(
            model_name="linespan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("credit_line__isnull", True), ("line__isnull", False)),
                    models.Q(("credit_line__isnull", False), ("line__isnull", True)),
                    _connector="OR",
                ),
                name="span_of_one_line",
            ),
        ),
        migrations.AddConstraint(
            model_name="linespan",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (
                        models.Func(
                            models.F("lease"),
                            models.F("lease"),
                            models.Value("[]"),
                            function="int8range",
                            output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField(),
                        ),
                        "&&",
                    ),
                    (
                        models.Func(
                            models.F("rate"),
                            models.F("rate"),
                            models.Value("[]"),
                            function="int8range",
                            output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField(),
                        ),
                        "&&",
                    ),
                    (models.F("charges"), "&&"),
                ],
                name="charge_papered_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.UniqueConstraint(
                models.F("series"), models.F("number"), name="invoice_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.UniqueConstraint(
                models.F("organisation"), models.F("key"), name="invoice_key_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gte", 1)), name="invoice_numbers_from_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("period__isempty", False),
                    ("period__lower_inc", True),
                    ("period__lower_inf", False),
                    ("period__upper_inc", False),
                    ("period__upper_inf", False),
                ),
                name="invoice_period_bounded",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("tax_micro__gte", 0),
                    (
                        "total_micro",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("net_micro"), "+", models.F("rounding_micro")
                            ),
                            "+",
                            models.F("tax_micro"),
                        ),
                    ),
                    ("total_micro__gt", 0),
                ),
                name="invoice_adds_up",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(("rounding_micro__lte", 0)), name="invoice_rounds_down"
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (
                        models.Func(
                            models.F("wallet"),
                            models.F("wallet"),
                            models.Value("[]"),
                            function="int8range",
                            output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField(),
                        ),
                        "&&",
                    ),
                    (models.F("period"), "&&"),
                ],
                name="invoice_period_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="creditnote",
            constraint=models.UniqueConstraint(
                models.F("series"), models.F("number"), name="credit_note_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="creditnote",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gte", 1)), name="credit_numbers_from_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="creditnote",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["correction", "sla", "dispute", "goodwill"])),
                name="credit_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="creditnote",
            constraint=models.CheckConstraint(
                condition=models.Q(("fault__in", ["provider", "platform"])),
                name="credit_fault_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="creditnote",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="credit_has_a_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="creditnote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("set_off_micro__gte", 0), ("set_off_micro__lte", models.F("tax_micro"))
                ),
                name="credit_set_off_is_tax",
            ),
        ),
        migrations.AddConstraint(
            model_name="creditnote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("tax_micro__gte", 0),
                    (
                        "total_micro",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("net_micro"), "+", models.F("rounding_micro")
                            ),
                            "+",
                            models.F("tax_micro"),
                        ),
                    ),
                    ("total_micro__gt", 0),
                ),
                name="credit_adds_up",
            ),
        ),
        migrations.AddConstraint(
            model_name="paperfile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("credit_note__isnull", True), ("invoice__isnull", False)),
                    models.Q(("credit_note__isnull", False), ("invoice__isnull", True)),
                    _connector="OR",
                ),
                name="file_of_one_paper",
            ),
        ),
        migrations.AddIndex(
            model_name="rentaldispute",
            index=models.Index(
                condition=models.Q(("state__in", ("open", "answered", "escalated"))),
                fields=["decide_by"],
                name="rental_dispute_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="rentaldispute",
            constraint=models.UniqueConstraint(
                models.F("renter"), models.F("idempotency_key"), name="rental_dispute_key_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="rentaldispute",
            constraint=models.UniqueConstraint(
                models.F("reservation"),
                condition=models.Q(("state__in", ("open", "answered", "escalated"))),
                name="rental_dispute_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="rentaldispute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        ["open", "answered", "escalated", "upheld", "refused", "withdrawn"],
                    )
                ),
                name="rental_dispute_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="rentaldispute",
            constraint=models.CheckConstraint(
                condition=models.Q(("claimed_micro__gt", 0)), name="rental_dispute_claims_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="rentaldispute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("answer_by__lt", models.F("decide_by")),
                    ("raised_at__lt", models.F("answer_by")),
                ),
                name="rental_dispute_deadlines",
            ),
        ),
        migrations.AddConstraint(
            model_name="rentaldispute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("credit_note__isnull", False),
                        ("granted_micro__gt", 0),
                        ("granted_micro__lte", models.F("claimed_micro")),
                        ("ruled_by__isnull", False),
                        ("state", "upheld"),
                    ),
                    models.Q(
                        models.Q(("state", "upheld"), _negated=True),
                        ("credit_note__isnull", True),
                        ("granted_micro__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="rental_dispute_upheld_by_note",
            ),
        ),
        migrations.AddConstraint(
            model_name="rentaldispute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["upheld", "refused"]), _negated=True),
                    models.Q(
                        models.Q(("ruling", ""), _negated=True),
                        ("ruled_at__isnull", False),
                        ("ruled_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="rental_dispute_ruled_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="disputeentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("side__in", ["renter", "provider", "staff", "system"])),
                name="dispute_side_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="disputeentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="dispute_entry_says_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="seller",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("name", ""), _negated=True), models.Q(("address", ""), _negated=True)
                ),
                name="seller_named",
            ),
        ),
        migrations.AddConstraint(
            model_name="seller",
            constraint=models.CheckConstraint(
                condition=models.Q(("country__regex", "^[A-Z]{2}$")), name="seller_country"
            ),
        ),
        migrations.AddConstraint(
            model_name="slaassessment",
            constraint=models.UniqueConstraint(
                models.F("reservation"), models.F("revision"), name="sla_assessed_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="slaassessment",
            constraint=models.CheckConstraint(
                condition=models.Q(("down_ms__gte", 0), ("down_ms__lte", models.F("run_ms"))),
                name="sla_down_within_run",
            ),
        ),
        migrations.AddConstraint(
            model_name="slaassessment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("credit_micro__gte", 0), ("credit_micro__lte", models.F("charged_micro"))
                ),
                name="sla_within_charged",
            ),
        ),
        migrations.AddConstraint(
            model_name="slaassessment",
            constraint=models.CheckConstraint(
                condition=models.Q(("fault__in", ["provider", "platform", "renter"])),
                name="sla_fault_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="slatier",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("below_bps__gt", 0), ("below_bps__lte", 10000), ("credit_bps__lte", 10000)
                ),
                name="sla_tier_shares",
            ),
        ),
        migrations.AddConstraint(
            model_name="slatier",
            constraint=models.CheckConstraint(
                condition=models.Q(("since__gte", models.F("recorded_at"))),
                name="sla_tier_not_backdated",
            ),
        ),
        migrations.AddConstraint(
            model_name="taxpayment",
            constraint=models.UniqueConstraint(
                models.F("invoice"), models.F("seq"), name="tax_payment_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="taxpayment",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_micro__gt", 0)), name="tax_payment_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="taxrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("jurisdiction__regex", "^[A-Z]{2}$")),
                name="tax_rule_jurisdiction",
            ),
        ),
        migrations.AddConstraint(
            model_name="taxrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("rate_bps__gt", 0), ("rate_bps__lte", 10000), ("treatment", "charged")
                    ),
                    models.Q(("rate_bps", 0), ("treatment__in", ["reverse_charge", "not_taxed"])),
                    _connector="OR",
                ),
                name="tax_rule_rate_fits",
            ),
        ),
        migrations.AddConstraint(
            model_name="taxrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("source", ""), _negated=True),
                    models.Q(("wording", ""), _negated=True),
                ),
                name="tax_rule_has_a_source",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoiceline",
            constraint=models.UniqueConstraint(
                models.F("invoice"), models.F("position"), name="line_position_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="invoiceline",
            constraint=models.UniqueConstraint(
                models.F("invoice"), models.F("rate"), name="line_rate_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="invoiceline",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_micro__gt", 0)), name="line_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="creditline",
            constraint=models.UniqueConstraint(
                models.F("note"), models.F("position"), name="credit_position_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="creditline",
            constraint=models.UniqueConstraint(
                models.F("note"), models.F("line"), name="credit_line_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="creditline",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_micro__gt", 0)), name="credit_positive"
            ),
        ),
        append_only("billing_seller"),
        append_only("billing_billingdetails"),
        append_only("billing_taxrule"),
        append_only("billing_invoice"),
        append_only("billing_invoiceline"),
        append_only("billing_linespan"),
        append_only("billing_taxpayment"),
        append_only("billing_paperfile"),
        append_only("billing_creditnote"),
        append_only("billing_creditline"),
        append_only("billing_slatier"),
        append_only("billing_faultruling"),
        append_only("billing_slaassessment"),
        append_only("billing_disputeentry"),
        migrations.RunSQL(CREDITED, CREDITED_BACK),
        migrations.RunSQL(NUMBERS, NUMBERS_BACK),
    ]
