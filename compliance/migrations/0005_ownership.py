import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import compliance.countries
from marketplace.core.append_only import append_only

#: a declaration may be ended, once; nothing else of it may change, and it never goes away
ONLY_END = """
CREATE FUNCTION compliance_only_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.until IS NULL AND NEW.until IS NOT NULL
     AND to_jsonb(NEW) - 'until' = to_jsonb(OLD) - 'until' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% on % is forbidden: its rows are evidence', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END $$;
"""


def only_end(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"""
        CREATE TRIGGER only_end BEFORE UPDATE OR DELETE ON {table}
          FOR EACH ROW EXECUTE FUNCTION compliance_only_end();
        CREATE TRIGGER only_end_truncate BEFORE TRUNCATE ON {table}
          FOR EACH STATEMENT EXECUTE FUNCTION straits_forbid_change();
        """,
        f"""
        DROP TRIGGER only_end ON {table};
        DROP TRIGGER only_end_truncate ON {table};
        """,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("compliance", "0004_chain"),
    ]

    operations = [
        migrations.CreateModel(
            name="ChipAttestation",
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
                    "export_class",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("3A090.a", "3A090.a"),
                            ("3A090.b", "3A090.b"),
                            ("below", "below the thresholds"),
                            ("near", "just below a threshold, not attested"),
                            ("unknown", "unknown"),
                        ],
                        help_text="empty: withdrawn",
                        max_length=16,
                    ),
                ),
                (
                    "eccn",
                    models.CharField(
                        blank=True, help_text="as the vendor writes it", max_length=64
                    ),
                ),
                ("attested_on", models.DateField(help_text="date of the document")),
                (
                    "evidence",
                    models.TextField(help_text="the document, where it is kept, what it shows"),
                ),
                ("recorded_by", models.CharField(max_length=200)),
                ("recorded_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Director",
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
                    "since",
                    models.DateField(help_text="the first day on which it is known to be so"),
                ),
                (
                    "until",
                    models.DateField(
                        blank=True, help_text="the last day; empty: it is so now", null=True
                    ),
                ),
                ("source", models.CharField(help_text="who says so", max_length=300)),
                (
                    "evidence",
                    models.TextField(help_text="the document, where it is kept, what it shows"),
                ),
                ("name", models.CharField(max_length=300)),
                (
                    "country",
                    models.CharField(
                        blank=True, max_length=2, validators=[compliance.countries.validate_country]
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OwnershipStake",
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
                    "since",
                    models.DateField(help_text="the first day on which it is known to be so"),
                ),
                (
                    "until",
                    models.DateField(
                        blank=True, help_text="the last day; empty: it is so now", null=True
                    ),
                ),
                ("source", models.CharField(help_text="who says so", max_length=300)),
                (
                    "evidence",
                    models.TextField(help_text="the document, where it is kept, what it shows"),
                ),
                ("owner_name", models.CharField(blank=True, max_length=300)),
                (
                    "owner_kind",
                    models.CharField(
                        blank=True,
                        choices=[("organisation", "Organisation"), ("person", "Person")],
                        max_length=16,
                    ),
                ),
                (
                    "owner_country",
                    models.CharField(
                        blank=True,
                        help_text="headquarters or home",
                        max_length=2,
                        validators=[compliance.countries.validate_country],
                    ),
                ),
                (
                    "share_bps",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="basis points: 5000 is half; empty: nobody knows",
                        null=True,
                    ),
                ),
                (
                    "controls",
                    models.BooleanField(default=False, help_text="rules it whatever the share"),
                ),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="chipmodel",
            name="chip_class_known",
        ),
        migrations.AddField(
            model_name="chipmodel",
            name="arithmetic",
            field=models.TextField(blank=True, help_text="how the computed class came about"),
        ),
        migrations.AddField(
            model_name="chipmodel",
            name="computed_class",
            field=models.CharField(
                choices=[
                    ("3A090.a", "3A090.a"),
                    ("3A090.b", "3A090.b"),
                    ("below", "below the thresholds"),
                    ("near", "just below a threshold, not attested"),
                    ("unknown", "unknown"),
                ],
                default="unknown",
                max_length=16,
            ),
        ),
        migrations.AddField(
            model_name="chipmodel",
            name="datacentre",
            field=models.BooleanField(default=True, help_text="designed or marketed for it"),
        ),
        migrations.AddField(
            model_name="chipmodel",
            name="die_area_mm2",
            field=models.DecimalField(decimal_places=2, max_digits=8, null=True),
        ),
        migrations.AddField(
            model_name="chipmodel",
            name="rates",
            field=models.JSONField(
                default=dict, help_text="bit length to dense TOPS, as the vendor says"
            ),
        ),
        migrations.AddField(
            model_name="policyrule",
            name="approval",
            field=models.CharField(
                choices=[
                    ("unapproved", "unapproved: needs counsel"),
                    ("approved", "approved by two people"),
                ],
                default="unapproved",
                max_length=16,
            ),
        ),
        migrations.AddField(
            model_name="policyrule",
            name="approved_by_1",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="policyrule",
            name="approved_by_2",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AlterField(
            model_name="chipmodel",
            name="export_class",
            field=models.CharField(
                choices=[
                    ("3A090.a", "3A090.a"),
                    ("3A090.b", "3A090.b"),
                    ("below", "below the thresholds"),
                    ("near", "just below a threshold, not attested"),
                    ("unknown", "unknown"),
                ],
                help_text="the attested class, else the computed one",
                max_length=16,
            ),
        ),
        migrations.AddConstraint(
            model_name="chipmodel",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("computed_class__in", ["3A090.a", "3A090.b", "below", "near", "unknown"]),
                    ("export_class__in", ["3A090.a", "3A090.b", "below", "near", "unknown"]),
                ),
                name="chip_class_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="policyrule",
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
                name="rule_approved_by_two",
            ),
        ),
        migrations.AddField(
            model_name="chipattestation",
            name="chip",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="attestations",
                to="compliance.chipmodel",
            ),
        ),
        migrations.AddField(
            model_name="director",
            name="party",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="directors",
                to="compliance.party",
            ),
        ),
        migrations.AddField(
            model_name="ownershipstake",
            name="owned",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="stakes",
                to="compliance.party",
            ),
        ),
        migrations.AddField(
            model_name="ownershipstake",
            name="owner",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="holdings",
                to="compliance.party",
            ),
        ),
        migrations.AddConstraint(
            model_name="chipattestation",
            constraint=models.CheckConstraint(
                condition=models.Q(("export_class__in", ["", "3A090.a", "3A090.b", "below"])),
                name="attested_class_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="chipattestation",
            constraint=models.CheckConstraint(
                condition=models.Q(("evidence", ""), _negated=True), name="attestation_has_evidence"
            ),
        ),
        migrations.AddConstraint(
            model_name="director",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="director_has_a_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="director",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("until__isnull", True), ("until__gte", models.F("since")), _connector="OR"
                ),
                name="director_dates_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="director",
            constraint=models.UniqueConstraint(
                models.F("party"),
                models.F("name"),
                condition=models.Q(("until__isnull", True)),
                name="director_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="ownershipstake",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("owner__isnull", False),
                        ("owner_country", ""),
                        ("owner_kind", ""),
                        ("owner_name", ""),
                    ),
                    models.Q(("owner__isnull", True), models.Q(("owner_name", ""), _negated=True)),
                    _connector="OR",
                ),
                name="stake_owner_is_party_or_name",
            ),
        ),
        migrations.AddConstraint(
            model_name="ownershipstake",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("owner__isnull", True),
                    models.Q(("owner", models.F("owned")), _negated=True),
                    _connector="OR",
                ),
                name="stake_not_in_itself",
            ),
        ),
        migrations.AddConstraint(
            model_name="ownershipstake",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("share_bps__isnull", True), ("share_bps__lte", 10000), _connector="OR"
                ),
                name="stake_at_most_the_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="ownershipstake",
            constraint=models.CheckConstraint(
                condition=models.Q(("owner_kind__in", ["", "organisation", "person"])),
                name="stake_owner_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="ownershipstake",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("until__isnull", True), ("until__gte", models.F("since")), _connector="OR"
                ),
                name="stake_dates_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="ownershipstake",
            constraint=models.UniqueConstraint(
                models.F("owned"),
                models.F("owner"),
                condition=models.Q(("owner__isnull", False), ("until__isnull", True)),
                name="stake_of_a_party_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="ownershipstake",
            constraint=models.UniqueConstraint(
                models.F("owned"),
                models.F("owner_name"),
                condition=models.Q(("owner__isnull", True), ("until__isnull", True)),
                name="stake_of_a_name_once",
            ),
        ),
        append_only("compliance_chipattestation"),
        migrations.RunSQL(ONLY_END, "DROP FUNCTION compliance_only_end() CASCADE"),
        only_end("compliance_ownershipstake"),
        only_end("compliance_director"),
    ]
