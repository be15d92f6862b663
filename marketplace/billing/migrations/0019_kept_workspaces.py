"""What a kept workspace cost stands on an invoice, and matures as charges and fees do."""

import django.db.models.deletion
from django.db import migrations, models

from marketplace.core.append_only import append_only

NO_TIME = models.Q(rate__isnull=True, billed_ms=0, price_micro_per_gpu_hour=0)
ONE_OF_THEM = models.Q(rate__isnull=False, change__isnull=True, keeping__isnull=True) | NO_TIME & (
    models.Q(change__isnull=False, keeping__isnull=True)
    | models.Q(change__isnull=True, keeping__isnull=False)
)
#: a keeping changes until it is over; what it cost goes on paper, and to its provider, after that
ENDED = """
CREATE FUNCTION billing_line_as_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM brokerage_keeping one WHERE one.id = NEW.keeping_id AND one.state = 'ended'
      AND one.reservation_id = NEW.reservation_id AND one.due_micro = NEW.amount_micro
  ) THEN
    RAISE EXCEPTION 'line_as_kept: keeping % is not over, of another reservation, or cost another '
      'amount', NEW.keeping_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER line_as_kept BEFORE INSERT ON billing_invoiceline FOR EACH ROW
  WHEN (NEW.keeping_id IS NOT NULL) EXECUTE FUNCTION billing_line_as_kept();

CREATE FUNCTION billing_matured_once_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM brokerage_keeping one WHERE one.id = NEW.keeping_id AND one.state = 'ended'
  ) THEN
    RAISE EXCEPTION 'matured_once_kept: keeping % is not over', NEW.keeping_id
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER matured_once_kept BEFORE INSERT ON billing_maturedkeeping FOR EACH ROW
  EXECUTE FUNCTION billing_matured_once_kept();
"""
ENDED_BACK = """
DROP TRIGGER matured_once_kept ON billing_maturedkeeping;
DROP FUNCTION billing_matured_once_kept();
DROP TRIGGER line_as_kept ON billing_invoiceline;
DROP FUNCTION billing_line_as_kept();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0018_stripe_tax"),
        ("brokerage", "0020_keepings"),
    ]

    operations = [
        migrations.CreateModel(
            name="MaturedKeeping",
            fields=[
                (
                    "keeping",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="matured",
                        serialize=False,
                        to="brokerage.keeping",
                    ),
                ),
                (
                    "maturity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="keepings",
                        to="billing.maturity",
                    ),
                ),
            ],
        ),
        append_only("billing_maturedkeeping"),
        migrations.RemoveConstraint(model_name="invoiceline", name="line_of_rate_or_fee"),
        migrations.AddField(
            model_name="invoiceline",
            name="keeping",
            field=models.OneToOneField(
                help_text="that cost something; then the line has no rate",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="invoice_line",
                to="brokerage.keeping",
            ),
        ),
        migrations.AlterField(
            model_name="invoiceline",
            name="billed_ms",
            field=models.BigIntegerField(help_text="of all its GPUs together; 0 without a rate"),
        ),
        migrations.AlterField(
            model_name="invoiceline",
            name="price_micro_per_gpu_hour",
            field=models.BigIntegerField(help_text="0 without a rate"),
        ),
        migrations.AddConstraint(
            model_name="invoiceline",
            constraint=models.CheckConstraint(condition=ONE_OF_THEM, name="line_of_rate_or_fee"),
        ),
        migrations.RunSQL(ENDED, ENDED_BACK),
    ]
