"""Renters are told of kept workspaces on the pages of their rentals."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("brokerage", "0020_keepings"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="notice",
            name="notice_kind_known",
        ),
        migrations.AlterField(
            model_name="notice",
            name="kind",
            field=models.CharField(
                choices=[
                    ("starts", "Starts"),
                    ("ends", "Ends"),
                    ("replaced", "Replaced"),
                    ("unreachable", "Unreachable"),
                    ("lost", "Lost"),
                    ("served", "Served"),
                    ("evicted", "Evicted"),
                    ("payment_due", "Payment Due"),
                    ("not_rolled", "Not Rolled"),
                    ("kept", "Kept"),
                    ("wipes", "Wipes"),
                    ("kept_no_more", "Kept No More"),
                ],
                max_length=16,
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "starts",
                            "ends",
                            "replaced",
                            "unreachable",
                            "lost",
                            "served",
                            "evicted",
                            "payment_due",
                            "not_rolled",
                            "kept",
                            "wipes",
                            "kept_no_more",
                        ],
                    )
                ),
                name="notice_kind_known",
            ),
        ),
    ]
