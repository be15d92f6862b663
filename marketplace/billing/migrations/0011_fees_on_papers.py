"""Fees for time given up stand on an invoice, and mature as charges do. Those that were taken before
go on the next invoice and into the next maturity.
"""

import django.db.models.deletion
from django.db import migrations, models

from marketplace.core.append_only import append_only

ONE_OF_THEM = models.Q(rate__isnull=False, change__isnull=True) | models.Q(
    rate__isnull=True, change__isnull=False, billed_ms=0, price_micro_per_gpu_hour=0
)


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0010_windows_move"),
        ("brokerage", "0010_waitlist"),
    ]

    operations = [
        migrations.CreateModel(
            name="MaturedFee",
            fields=[
                (
                    "change",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="matured",
                        serialize=False,
                        to="brokerage.windowchange",
                    ),
                ),
                (
                    "maturity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="fees",
                        to="billing.maturity",
                    ),
                ),
            ],
        ),
        append_only("billing_maturedfee"),
        migrations.AddField(
            model_name="invoiceline",
            name="change",
            field=models.OneToOneField(
                help_text="that cost a fee; then the line has no rate",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="invoice_line",
                to="brokerage.windowchange",
            ),
        ),
        migrations.AlterField(
            model_name="invoiceline",
            name="billed_ms",
            field=models.BigIntegerField(help_text="of all its GPUs together; 0 of a fee"),
        ),
        migrations.AlterField(
            model_name="invoiceline",
            name="price_micro_per_gpu_hour",
            field=models.BigIntegerField(help_text="0 of a fee"),
        ),
        migrations.AlterField(
            model_name="invoiceline",
            name="rate",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="billing.ratesegment",
            ),
        ),
        migrations.AlterField(
            model_name="maturity",
            name="amount_micro",
            field=models.BigIntegerField(help_text="the provider's part of them"),
        ),
        migrations.AlterField(
            model_name="maturity",
            name="upto",
            field=models.DateTimeField(help_text="what was taken until then was old enough"),
        ),
        migrations.AddConstraint(
            model_name="invoiceline",
            constraint=models.CheckConstraint(condition=ONE_OF_THEM, name="line_of_rate_or_fee"),
        ),
    ]
