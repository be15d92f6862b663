"""An invoice says how much of it promotional credit has paid for."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("billing", "0011_fees_on_papers")]

    operations = [
        migrations.AddField(
            model_name="invoice",
            name="promo_micro",
            field=models.BigIntegerField(
                default=0, help_text="of the total, what promotional credit has paid for"
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(promo_micro__gte=0, promo_micro__lte=models.F("total_micro")),
                name="invoice_promo_within_total",
            ),
        ),
    ]
