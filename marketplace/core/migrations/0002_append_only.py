from django.db import migrations

from marketplace.core.append_only import append_only, forbid_change_function


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [forbid_change_function(), append_only("core_auditevent")]
