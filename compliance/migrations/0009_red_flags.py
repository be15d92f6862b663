import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import compliance.countries
from marketplace.core.append_only import append_only


def seal(kind: str, table: str) -> migrations.RunSQL:
    """Every new row asks for its link in the chain, as those of 0004 do."""
    return migrations.RunSQL(
        f"""
        CREATE TRIGGER wait_for_link AFTER INSERT ON {table}
          FOR EACH ROW EXECUTE FUNCTION compliance_wait_for_link('{kind}');
        """,
        f"DROP TRIGGER wait_for_link ON {table};",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("compliance", "0008_licences"),
    ]

    operations = [
        migrations.AddField(
            model_name="party",
            name="address",
            field=models.CharField(blank=True, help_text="as registered", max_length=500),
        ),
        migrations.AddField(
            model_name="party",
            name="end_users",
            field=models.TextField(
                blank=True, help_text="who uses what is rented, besides the party itself"
            ),
        ),
        migrations.AddField(
            model_name="party",
            name="founded_on",
            field=models.DateField(blank=True, help_text="as registered", null=True),
        ),
        migrations.AddField(
            model_name="party",
            name="is_reseller",
            field=models.BooleanField(default=False, help_text="rents for customers of its own"),
        ),
        migrations.AlterField(
            model_name="party",
            name="end_use_statement",
            field=models.TextField(
                blank=True, help_text="in its own words; counts only as it was signed"
            ),
        ),
        migrations.CreateModel(
            name="EndUseStatement",
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
                    "wording",
                    models.CharField(
                        help_text="version of the sentence that was signed", max_length=16
                    ),
                ),
                (
                    "end_use",
                    models.CharField(
                        choices=[
                            ("inference", "Running models"),
                            ("training", "Training or fine-tuning models"),
                            ("research", "Academic or scientific computing"),
                            ("rendering", "Graphics, film or simulation"),
                            ("military", "Military, intelligence or weapons"),
                            ("refused", "Prefer not to say"),
                        ],
                        max_length=16,
                    ),
                ),
                ("text", models.TextField(help_text="in the party's own words")),
                (
                    "end_users",
                    models.TextField(blank=True, help_text="empty: only the party itself"),
                ),
                ("signed_by", models.UUIDField(help_text="public id of the user")),
                ("signed_name", models.CharField(max_length=200)),
                ("signed_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("idempotency_key", models.CharField(max_length=200)),
                ("request_sha256", models.BinaryField()),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="end_use_statements",
                        to="compliance.party",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="EndUseStatementWithdrawn",
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
                ("withdrawn_at", models.DateTimeField()),
                ("withdrawn_by", models.CharField(help_text="e-mail", max_length=200)),
                ("reason", models.TextField(blank=True)),
                (
                    "statement",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="withdrawn",
                        to="compliance.endusestatement",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "end use statements withdrawn",
            },
        ),
        migrations.CreateModel(
            name="RedFlag",
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
                ("text", models.TextField(help_text="what was seen, for staff")),
                ("evidence", models.JSONField(help_text="what makes it this flag and no other")),
                ("evidence_sha256", models.CharField(max_length=64)),
                (
                    "raised_by",
                    models.CharField(help_text="e-mail of staff, or sweep", max_length=200),
                ),
                ("raised_at", models.DateTimeField()),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="red_flags",
                        to="compliance.party",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RedFlagClosed",
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
                ("reason", models.TextField()),
                ("closed_by", models.CharField(max_length=200)),
                ("closed_at", models.DateTimeField()),
                (
                    "flag",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="closed",
                        to="compliance.redflag",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "red flags closed",
            },
        ),
        migrations.CreateModel(
            name="RedFlagKind",
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
                ("code", models.CharField(help_text="R1, R2, ...", max_length=8, unique=True)),
                ("title", models.CharField(max_length=200)),
                (
                    "weight",
                    models.CharField(choices=[("hard", "Hard"), ("soft", "Soft")], max_length=4),
                ),
                (
                    "automatic",
                    models.BooleanField(help_text="a detector raises it; else only staff do"),
                ),
                ("parameters", models.JSONField(blank=True, default=dict)),
                ("source", models.CharField(max_length=300)),
                ("verification", models.CharField(max_length=200)),
                ("effective_from", models.DateField()),
                (
                    "effective_to",
                    models.DateField(blank=True, help_text="the last day it counts", null=True),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("weight__in", ["hard", "soft"])),
                        name="flag_kind_weight_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("effective_to__isnull", True),
                            ("effective_to__gte", models.F("effective_from")),
                            _connector="OR",
                        ),
                        name="flag_kind_dates_in_order",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="redflag",
            name="kind",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="flags",
                to="compliance.redflagkind",
            ),
        ),
        migrations.CreateModel(
            name="SiteRisk",
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
                    "country",
                    models.CharField(
                        max_length=2, validators=[compliance.countries.validate_country]
                    ),
                ),
                (
                    "operator",
                    models.CharField(
                        blank=True, help_text="empty: every operator there", max_length=200
                    ),
                ),
                (
                    "site",
                    models.CharField(
                        blank=True, help_text="empty: every site of it", max_length=120
                    ),
                ),
                (
                    "dimension",
                    models.CharField(
                        choices=[
                            ("geopolitical", "Geopolitical"),
                            ("data_security", "data security"),
                            ("export_control", "export control"),
                            ("physical", "Physical"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "grade",
                    models.CharField(
                        choices=[
                            ("low", "Low"),
                            ("guarded", "Guarded"),
                            ("elevated", "Elevated"),
                            ("high", "High"),
                        ],
                        max_length=8,
                    ),
                ),
                ("statement", models.CharField(max_length=600)),
                ("source", models.CharField(max_length=300)),
                ("as_of", models.DateField(help_text="the day on which it was so")),
                ("verification", models.CharField(max_length=200)),
                ("effective_from", models.DateField()),
                (
                    "effective_to",
                    models.DateField(blank=True, help_text="the last day it counts", null=True),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("country"),
                        models.F("operator"),
                        models.F("site"),
                        models.F("dimension"),
                        models.F("effective_from"),
                        name="site_risk_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "dimension__in",
                                ["geopolitical", "data_security", "export_control", "physical"],
                            ),
                            ("grade__in", ["low", "guarded", "elevated", "high"]),
                        ),
                        name="site_risk_graded",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("site", ""), models.Q(("operator", ""), _negated=True), _connector="OR"
                        ),
                        name="site_risk_site_of_an_operator",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("effective_to__isnull", True),
                            ("effective_to__gte", models.F("effective_from")),
                            _connector="OR",
                        ),
                        name="site_risk_dates_in_order",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="endusestatement",
            index=models.Index(fields=["party", "-signed_at"], name="statement_by_party"),
        ),
        migrations.AddConstraint(
            model_name="endusestatement",
            constraint=models.UniqueConstraint(
                models.F("party"), models.F("idempotency_key"), name="statement_key_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="endusestatement",
            constraint=models.CheckConstraint(
                condition=models.Q(("expires_at__gt", models.F("signed_at"))),
                name="statement_expires_after_signed",
            ),
        ),
        migrations.AddConstraint(
            model_name="endusestatement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("text", ""), _negated=True),
                    models.Q(("signed_name", ""), _negated=True),
                ),
                name="statement_says_and_is_signed",
            ),
        ),
        migrations.AddConstraint(
            model_name="endusestatement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("end_use__in", ["inference", "training", "research", "rendering", "military"])
                ),
                name="statement_states_an_end_use",
            ),
        ),
        migrations.AddConstraint(
            model_name="redflagclosed",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="flag_closed_for_a_reason"
            ),
        ),
        migrations.AddIndex(
            model_name="redflag",
            index=models.Index(fields=["party", "raised_at"], name="flag_by_party"),
        ),
        migrations.AddConstraint(
            model_name="redflag",
            constraint=models.UniqueConstraint(
                models.F("party"),
                models.F("kind"),
                models.F("evidence_sha256"),
                name="flag_once_per_evidence",
            ),
        ),
        migrations.AddConstraint(
            model_name="redflag",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="flag_has_a_text"
            ),
        ),
        append_only("compliance_redflag"),
        append_only("compliance_redflagclosed"),
        append_only("compliance_endusestatement"),
        append_only("compliance_endusestatementwithdrawn"),
        seal("flag", "compliance_redflag"),
        seal("flag_closed", "compliance_redflagclosed"),
    ]
