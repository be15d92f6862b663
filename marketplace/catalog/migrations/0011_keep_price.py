"""What keeping a workspace costs."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0010_names"),
        ("compliance", "0017_rule_supersedes"),
    ]

    operations = [
        migrations.AddField(
            model_name="offer",
            name="keep_micro_per_gib_hour",
            field=models.BigIntegerField(
                blank=True,
                help_text="what keeping a workspace after its rental costs, micro-units per GiB-hour",
                null=True,
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("keep_micro_per_gib_hour__isnull", True),
                    models.Q(
                        ("keep_micro_per_gib_hour__gt", 0),
                        ("keep_micro_per_gib_hour__isnull", False),
                        ("keep_micro_per_gib_hour__lte", 100000),
                    ),
                    _connector="OR",
                ),
                name="offer_keep_price",
            ),
        ),
    ]
