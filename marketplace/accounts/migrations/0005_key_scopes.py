import django.contrib.postgres.fields
from django.db import migrations, models
from django.db.models import Q

import marketplace.accounts.models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_confirmed_email"),
    ]

    operations = [
        migrations.AddField(
            model_name="apikey",
            name="per_minute",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="requests at most, below the usual limit; empty: that",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="apikey",
            name="scopes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=8),
                default=marketplace.accounts.models.every_act,
                help_text="acts of accounts.roles; what the maker's role does not allow it does not either",
                size=None,
            ),
        ),
        migrations.AddConstraint(
            model_name="apikey",
            constraint=models.CheckConstraint(
                condition=Q(
                    ("scopes__contained_by", ["view", "rent", "pay", "provide", "manage"]),
                    ("scopes__len__gt", 0),
                ),
                name="api_key_scopes_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="apikey",
            constraint=models.CheckConstraint(
                condition=Q(("per_minute__isnull", True), ("per_minute__gt", 0), _connector="OR"),
                name="api_key_may_ask_at_all",
            ),
        ),
    ]
