from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_key_scopes"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="language",
            field=models.CharField(
                blank=True,
                choices=[("en", "English"), ("zh-hans", "Chinese"), ("ms", "Malay")],
                default="",
                help_text="of pages and letters; empty: no choice made",
                max_length=8,
            ),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=Q(("language__in", ["", "en", "zh-hans", "ms"])),
                name="user_language_known",
            ),
        ),
    ]
