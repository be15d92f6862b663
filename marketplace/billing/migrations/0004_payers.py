import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from marketplace.core.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_sightings"),
        ("billing", "0003_rerating"),
    ]

    operations = [
        migrations.CreateModel(
            name="Payer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "fingerprint",
                    models.CharField(help_text="of the card, by Stripe", max_length=64),
                ),
                ("name", models.CharField(blank=True, max_length=200)),
                (
                    "country",
                    models.CharField(blank=True, help_text="of the billing address", max_length=2),
                ),
                ("card_country", models.CharField(blank=True, max_length=2)),
                ("first_seen_at", models.DateTimeField()),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payers",
                        to="accounts.organisation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("organisation"),
                        models.F("fingerprint"),
                        models.F("name"),
                        models.F("country"),
                        models.F("card_country"),
                        name="payer_once",
                    )
                ],
            },
        ),
        append_only("billing_payer"),
    ]
