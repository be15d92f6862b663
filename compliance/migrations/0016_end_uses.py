from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("compliance", "0015_audit_checks")]

    operations = [
        migrations.RemoveConstraint(
            model_name="endusestatement",
            name="statement_states_an_end_use",
        ),
        migrations.RemoveConstraint(
            model_name="party",
            name="party_end_use_known",
        ),
        migrations.AlterField(
            model_name="endusestatement",
            name="end_use",
            field=models.CharField(
                choices=[
                    ("inference", "Running models"),
                    ("training", "Training or fine-tuning models"),
                    ("research", "Academic or scientific computing"),
                    ("rendering", "Graphics, film or simulation"),
                    ("supercomputer", "Building or running a supercomputer"),
                    ("chip_making", "Developing or making advanced chips"),
                    ("surveillance", "Surveillance of people"),
                    ("military", "Military, intelligence or weapons"),
                    ("refused", "Prefer not to say"),
                ],
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="party",
            name="end_use",
            field=models.CharField(
                blank=True,
                choices=[
                    ("inference", "Running models"),
                    ("training", "Training or fine-tuning models"),
                    ("research", "Academic or scientific computing"),
                    ("rendering", "Graphics, film or simulation"),
                    ("supercomputer", "Building or running a supercomputer"),
                    ("chip_making", "Developing or making advanced chips"),
                    ("surveillance", "Surveillance of people"),
                    ("military", "Military, intelligence or weapons"),
                    ("refused", "Prefer not to say"),
                ],
                max_length=16,
            ),
        ),
        migrations.AddConstraint(
            model_name="endusestatement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "end_use__in",
                        [
                            "inference",
                            "training",
                            "research",
                            "rendering",
                            "supercomputer",
                            "chip_making",
                            "surveillance",
                            "military",
                        ],
                    )
                ),
                name="statement_states_an_end_use",
            ),
        ),
        migrations.AddConstraint(
            model_name="party",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "end_use__in",
                        [
                            "",
                            "inference",
                            "training",
                            "research",
                            "rendering",
                            "supercomputer",
                            "chip_making",
                            "surveillance",
                            "military",
                            "refused",
                        ],
                    )
                ),
                name="party_end_use_known",
            ),
        ),
    ]
