from django.db import migrations

from marketplace.core.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("compliance", "0001_initial"), ("core", "0002_append_only")]

    operations = [
        append_only("compliance_decision"),
        append_only("compliance_listsnapshot"),
        append_only("compliance_policyrule"),
    ]
