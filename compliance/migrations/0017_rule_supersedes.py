import django.db.models.deletion
from django.db import migrations, models

#: rows that were there before the column are sealed without it, so only new ones are asked
NAMES_WHAT_IT_REPLACES = """
CREATE FUNCTION compliance_rule_names_what_it_replaces() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.version > 1 AND NOT EXISTS (
    SELECT FROM compliance_policyrule
    WHERE id = NEW.supersedes_id AND rule_id = NEW.rule_id AND version = NEW.version - 1
  ) THEN
    RAISE EXCEPTION '% v% does not name the version before it', NEW.rule_id, NEW.version
      USING ERRCODE = 'check_violation', CONSTRAINT = 'rule_names_what_it_replaces';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER names_what_it_replaces BEFORE INSERT ON compliance_policyrule
  FOR EACH ROW EXECUTE FUNCTION compliance_rule_names_what_it_replaces();
"""
NO_MORE = """
DROP TRIGGER names_what_it_replaces ON compliance_policyrule;
DROP FUNCTION compliance_rule_names_what_it_replaces();
"""


class Migration(migrations.Migration):
    dependencies = [("compliance", "0016_end_uses")]

    operations = [
        migrations.AddField(
            model_name="policyrule",
            name="supersedes",
            field=models.OneToOneField(
                blank=True,
                help_text="the version before it, which it replaces from its first day on",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="superseded_by",
                to="compliance.policyrule",
            ),
        ),
        migrations.AddConstraint(
            model_name="policyrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("supersedes__isnull", True), ("version__gt", 1), _connector="OR"
                ),
                name="rule_first_supersedes_nothing",
            ),
        ),
        migrations.RunSQL(NAMES_WHAT_IT_REPLACES, NO_MORE),
    ]
