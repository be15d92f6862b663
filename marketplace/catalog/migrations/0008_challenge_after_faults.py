from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

TIERS = ["unverified", "consistent", "challenged", "attested"]


class Migration(migrations.Migration):
    dependencies = [("catalog", "0007_spot")]

    operations = [
        migrations.AddField(
            model_name="trust",
            name="owing",
            field=ArrayField(
                models.CharField(max_length=80),
                blank=True,
                default=list,
                help_text="GPUs that came back after a fault: they are asked as soon as they are "
                "free",
            ),
        ),
        migrations.AddField(
            model_name="trustevidence",
            name="tier",
            field=models.CharField(
                blank=True,
                choices=[(one, one) for one in TIERS],
                help_text="where the machine stood with it; empty: from before this was kept",
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="challenge",
            name="reason",
            field=models.CharField(
                choices=[("random", "random"), ("lease", "lease"), ("fault", "after a fault")],
                max_length=8,
            ),
        ),
        migrations.AddConstraint(
            model_name="trustevidence",
            constraint=models.CheckConstraint(
                condition=models.Q(("tier__in", ["", *TIERS])), name="evidence_tier_known"
            ),
        ),
    ]
