import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_invitations"),
    ]

    operations = [
        migrations.CreateModel(
            name="AccessSighting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                (
                    "prefix",
                    models.CharField(help_text="network of the address, /24 or /48", max_length=64),
                ),
                ("country", models.CharField(blank=True, help_text="empty: unknown", max_length=2)),
                (
                    "network",
                    models.CharField(
                        blank=True,
                        help_text="tor, vpn, proxy, hosting, other; empty: unknown",
                        max_length=16,
                    ),
                ),
                ("first_seen", models.DateTimeField()),
                ("last_seen", models.DateTimeField()),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sightings",
                        to="accounts.organisation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("organisation"),
                        models.F("day"),
                        models.F("prefix"),
                        models.F("country"),
                        models.F("network"),
                        name="sighting_once_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("last_seen__gte", models.F("first_seen"))),
                        name="sighting_times_in_order",
                    ),
                ],
            },
        ),
    ]
