import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models
from django.db.models import F, Q

from marketplace.core.append_only import append_only

KINDS = [
    ("register", "Extract of the register of companies"),
    ("identity", "Passport or identity card"),
    ("owners", "Register of members, or chart of owners"),
    ("address", "Proof of address"),
    ("other", "Something else"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("compliance", "0010_rescreening"),
    ]

    operations = [
        migrations.CreateModel(
            name="PartyContact",
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
                ("name", models.CharField(max_length=200)),
                (
                    "position",
                    models.CharField(help_text="what the person is there", max_length=120),
                ),
                ("email", models.EmailField(max_length=254)),
                ("phone", models.CharField(blank=True, max_length=40)),
                ("since", models.DateTimeField()),
                (
                    "until",
                    models.DateTimeField(blank=True, help_text="empty: still so", null=True),
                ),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contacts",
                        to="compliance.party",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=~Q(name="") & ~Q(email=""), name="party_contact_can_be_reached"
                    ),
                    models.CheckConstraint(
                        condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                        name="party_contact_times_in_order",
                    ),
                    models.UniqueConstraint(
                        models.F("party"),
                        models.F("email"),
                        condition=Q(until__isnull=True),
                        name="party_contact_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PartyDocument",
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
                ("kind", models.CharField(choices=KINDS, max_length=16)),
                ("name", models.CharField(max_length=200)),
                (
                    "media_type",
                    models.CharField(help_text="by what the file holds", max_length=40),
                ),
                ("size", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("content", models.BinaryField()),
                ("uploaded_by", models.CharField(max_length=254)),
                ("uploaded_at", models.DateTimeField()),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="documents",
                        to="compliance.party",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("party"), models.F("sha256"), name="party_document_once"
                    ),
                    models.CheckConstraint(
                        condition=Q(kind__in=[kind for kind, _ in KINDS]),
                        name="party_document_kind_known",
                    ),
                ],
            },
        ),
        append_only("compliance_partydocument"),
    ]
