from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("compliance", "0013_officers_papers"),
    ]

    operations = [
        migrations.AddField(
            model_name="countrygroup",
            name="verification",
            field=models.CharField(
                default="not verified; needs sign-off by counsel", max_length=200
            ),
        ),
    ]
