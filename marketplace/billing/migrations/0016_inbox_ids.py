"""Room for the ids of whatever Stripe tells of: those of Checkout's pages have 66 characters."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("billing", "0014_grace")]

    operations = [
        migrations.AlterField(
            "stripeevent", "event_id", models.CharField(max_length=255, unique=True)
        ),
        migrations.AlterField("stripeevent", "object_id", models.CharField(max_length=255)),
    ]
