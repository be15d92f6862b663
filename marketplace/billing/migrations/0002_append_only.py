from django.db import migrations

from marketplace.core.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial"), ("core", "0002_append_only")]

    operations = [
        append_only("billing_charge"),
        append_only("billing_invoice"),
        append_only("billing_invoiceline"),
    ]
