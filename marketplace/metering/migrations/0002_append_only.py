from django.db import migrations

from marketplace.core.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("metering", "0001_initial"), ("core", "0002_append_only")]

    operations = [
        append_only("metering_segment"),
        append_only("metering_usage"),
    ]
