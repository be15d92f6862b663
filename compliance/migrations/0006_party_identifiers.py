import uuid
from decimal import Decimal

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import compliance.countries
import compliance.models.parties
from marketplace.core.append_only import append_only

#: a new row asks for its link in the chain in the transaction that writes it
SEAL_BANDS = """
CREATE TRIGGER wait_for_link AFTER INSERT ON compliance_scoringband
  FOR EACH ROW EXECUTE FUNCTION compliance_wait_for_link('band');
"""
UNSEAL_BANDS = "DROP TRIGGER wait_for_link ON compliance_scoringband;"
#: as with other declarations: a number may be ended, once, and never goes away
ONLY_END = """
CREATE TRIGGER only_end BEFORE UPDATE OR DELETE ON compliance_partyidentifier
  FOR EACH ROW EXECUTE FUNCTION compliance_only_end();
CREATE TRIGGER only_end_truncate BEFORE TRUNCATE ON compliance_partyidentifier
  FOR EACH STATEMENT EXECUTE FUNCTION straits_forbid_change();
"""
CHANGE_AGAIN = """
DROP TRIGGER only_end ON compliance_partyidentifier;
DROP TRIGGER only_end_truncate ON compliance_partyidentifier;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("compliance", "0005_ownership"),
    ]

    operations = [
        migrations.CreateModel(
            name="PartyIdentifier",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("uscc", "Unified social credit code"),
                            ("lei", "Legal entity identifier"),
                            ("duns", "D-U-N-S number"),
                            ("registration", "Number in another register"),
                            ("tax", "Tax number"),
                        ],
                        max_length=16,
                    ),
                ),
                ("number", models.CharField(max_length=64)),
                (
                    "country",
                    models.CharField(
                        blank=True,
                        help_text="whose register; empty for a worldwide one",
                        max_length=2,
                        validators=[compliance.countries.validate_country],
                    ),
                ),
                (
                    "until",
                    models.DateField(
                        blank=True, help_text="the last day; empty: it is so now", null=True
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ScoringBand",
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
                    "list_code",
                    models.CharField(blank=True, help_text="empty: every list", max_length=50),
                ),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[("organisation", "Organisation"), ("person", "Person")],
                        help_text="empty: parties of every kind",
                        max_length=16,
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("match_at", models.DecimalField(decimal_places=3, max_digits=4)),
                ("possible_at", models.DecimalField(decimal_places=3, max_digits=4)),
                ("effective_from", models.DateField()),
                ("source", models.CharField(help_text="what the numbers rest on", max_length=300)),
                (
                    "approval",
                    models.CharField(
                        choices=[
                            ("unapproved", "unapproved: needs counsel"),
                            ("approved", "approved by two people"),
                        ],
                        default="unapproved",
                        max_length=16,
                    ),
                ),
                ("approved_by_1", models.CharField(blank=True, max_length=200)),
                ("approved_by_2", models.CharField(blank=True, max_length=200)),
            ],
        ),
        migrations.AddField(
            model_name="party",
            name="birth_date",
            field=models.CharField(
                blank=True,
                help_text="of a person: 1980-12-31, 1980-12 or 1980",
                max_length=10,
                validators=[compliance.models.parties.validate_birth_date],
            ),
        ),
        migrations.AddConstraint(
            model_name="party",
            constraint=models.CheckConstraint(
                condition=models.Q(("birth_date", ""), ("kind", "person"), _connector="OR"),
                name="party_born_is_a_person",
            ),
        ),
        migrations.AddField(
            model_name="partyidentifier",
            name="party",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="identifiers",
                to="compliance.party",
            ),
        ),
        migrations.AddConstraint(
            model_name="scoringband",
            constraint=models.UniqueConstraint(
                models.F("list_code"),
                models.F("kind"),
                models.F("version"),
                name="band_version_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="scoringband",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["", "organisation", "person"])),
                name="band_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="scoringband",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("possible_at__gt", 0), ("possible_at__lte", models.F("match_at"))
                ),
                name="band_bounds_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="scoringband",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("match_at__lte", Decimal("0.980")), ("possible_at__lte", Decimal("0.830"))
                ),
                name="band_never_above_the_measured",
            ),
        ),
        migrations.AddConstraint(
            model_name="scoringband",
            constraint=models.CheckConstraint(
                condition=models.Q(("source", ""), _negated=True), name="band_has_a_source"
            ),
        ),
        migrations.AddConstraint(
            model_name="scoringband",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("approval", "unapproved"), ("approved_by_1", ""), ("approved_by_2", "")
                    ),
                    models.Q(
                        ("approval", "approved"),
                        models.Q(("approved_by_1", ""), _negated=True),
                        models.Q(("approved_by_2", ""), _negated=True),
                        models.Q(("approved_by_1", models.F("approved_by_2")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="band_approved_by_two",
            ),
        ),
        migrations.AddConstraint(
            model_name="partyidentifier",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["uscc", "lei", "duns", "registration", "tax"])),
                name="identifier_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="partyidentifier",
            constraint=models.CheckConstraint(
                condition=models.Q(("number", ""), _negated=True), name="identifier_has_a_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="partyidentifier",
            constraint=models.UniqueConstraint(
                models.F("party"),
                models.F("kind"),
                models.F("number"),
                condition=models.Q(("until__isnull", True)),
                name="identifier_once",
            ),
        ),
        append_only("compliance_scoringband"),
        migrations.RunSQL(SEAL_BANDS, UNSEAL_BANDS),
        migrations.RunSQL(ONLY_END, CHANGE_AGAIN),
    ]
