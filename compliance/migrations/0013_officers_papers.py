from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("compliance", "0012_party_evidence"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="partydocument", name="party_document_once"),
        migrations.AddField(
            model_name="partydocument",
            name="by_party",
            field=models.BooleanField(
                default=True, help_text="sent by the party, which may read it again"
            ),
        ),
        migrations.AddConstraint(
            model_name="partydocument",
            constraint=models.UniqueConstraint(
                models.F("party"),
                models.F("sha256"),
                models.F("by_party"),
                name="party_document_once",
            ),
        ),
    ]
