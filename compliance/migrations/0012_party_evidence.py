import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models
from django.db.models import Q

from marketplace.core.append_only import append_only

SHOWN = [
    ("registration", "Registration"),
    ("headquarters", "Head office"),
    ("parent", "Ultimate parent"),
    ("owner", "Owner"),
    ("director", "Director"),
]
#: a paper of one party never shows an owner or director of another
OF_ONE_PARTY = """
CREATE FUNCTION compliance_evidence_of_one_party() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM compliance_partydocument paper
     WHERE paper.id = NEW.document_id
       AND (NEW.stake_id IS NULL OR paper.party_id =
             (SELECT owned_id FROM compliance_ownershipstake WHERE id = NEW.stake_id))
       AND (NEW.director_id IS NULL OR paper.party_id =
             (SELECT party_id FROM compliance_director WHERE id = NEW.director_id))
  ) THEN
    RAISE EXCEPTION 'the paper and what it shows are of two parties'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'evidence_of_one_party';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER of_one_party BEFORE INSERT ON compliance_partyevidence
  FOR EACH ROW EXECUTE FUNCTION compliance_evidence_of_one_party();
"""
NAMED = """
ALTER TABLE compliance_partydocument ADD CONSTRAINT party_document_named_by_hash
  CHECK (sha256 = encode(sha256(content), 'hex') AND size = length(content));
"""


class Migration(migrations.Migration):
    dependencies = [
        ("compliance", "0011_known_parties"),
    ]

    operations = [
        migrations.CreateModel(
            name="PartyEvidence",
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
                ("fact", models.CharField(choices=SHOWN, max_length=16)),
                (
                    "declared",
                    models.CharField(
                        help_text="what was declared of it when the paper was sent",
                        max_length=700,
                    ),
                ),
                ("filed_by", models.CharField(max_length=254)),
                ("filed_at", models.DateTimeField()),
                (
                    "director",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="papers",
                        to="compliance.director",
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shows",
                        to="compliance.partydocument",
                    ),
                ),
                (
                    "stake",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="papers",
                        to="compliance.ownershipstake",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "party evidence",
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(fact__in=[fact for fact, _ in SHOWN]),
                        name="evidence_fact_known",
                    ),
                    models.CheckConstraint(
                        condition=Q(fact="owner", stake__isnull=False, director__isnull=True)
                        | Q(fact="director", stake__isnull=True, director__isnull=False)
                        | (
                            ~Q(fact__in=["owner", "director"])
                            & Q(stake__isnull=True, director__isnull=True)
                        ),
                        name="evidence_of_one_thing",
                    ),
                    models.UniqueConstraint(
                        models.F("document"),
                        models.F("fact"),
                        models.F("stake"),
                        models.F("director"),
                        models.F("declared"),
                        nulls_distinct=False,
                        name="evidence_once",
                    ),
                ],
            },
        ),
        append_only("compliance_partyevidence"),
        migrations.RunSQL(OF_ONE_PARTY, "DROP FUNCTION compliance_evidence_of_one_party() CASCADE"),
        migrations.RunSQL(
            NAMED,
            "ALTER TABLE compliance_partydocument DROP CONSTRAINT party_document_named_by_hash",
        ),
    ]
