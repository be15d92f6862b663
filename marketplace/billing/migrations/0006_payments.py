"""Saved cards, automatic top-ups, lots, refunds, disputes, and Stripe's own account of it all."""

import uuid

import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from marketplace.core.append_only import append_only

#: what the wallet has spent since is drawn from them at the next look
LOTS = """
INSERT INTO billing_creditlot (public_id, created_at, organisation_id, kind, top_up_id,
  amount_micro, spent_micro, gone_micro, refunding_micro, currency)
SELECT gen_random_uuid(), created_at, organisation_id, 'paid', id, amount_micro, 0, 0, 0, currency
FROM billing_topup WHERE state = 'succeeded' ORDER BY id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_sightings"),
        ("billing", "0005_rate_segments"),
        ("ledger", "0004_payments"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AutoTopUp",
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
                ("enabled", models.BooleanField(default=True)),
                (
                    "threshold_micro",
                    models.BigIntegerField(help_text="top up when less is available"),
                ),
                ("amount_micro", models.BigIntegerField()),
                ("day_cap_micro", models.BigIntegerField(help_text="at most in a day (UTC)")),
                (
                    "month_cap_micro",
                    models.BigIntegerField(help_text="at most in a calendar month (UTC)"),
                ),
                ("asked_at", models.DateTimeField(help_text="declines before it do not count")),
                ("disabled_reason", models.CharField(blank=True, max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name="CreditGrant",
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
                ("amount_micro", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("expires_at", models.DateTimeField()),
                ("reason", models.CharField(max_length=300)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Proposed"),
                            ("given", "Given"),
                            ("rejected", "Rejected"),
                        ],
                        default="proposed",
                        max_length=16,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CreditLot",
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
                    models.CharField(choices=[("paid", "Paid"), ("promo", "Promo")], max_length=8),
                ),
                ("amount_micro", models.BigIntegerField()),
                (
                    "spent_micro",
                    models.BigIntegerField(
                        default=0, help_text="drawn for usage, debts or disputes"
                    ),
                ),
                (
                    "gone_micro",
                    models.BigIntegerField(
                        default=0, help_text="refunded, expired or charged back"
                    ),
                ),
                (
                    "refunding_micro",
                    models.BigIntegerField(default=0, help_text="asked back, not booked yet"),
                ),
                ("currency", models.CharField(max_length=3)),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Dispute",
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
                ("dispute_id", models.CharField(max_length=64, unique=True)),
                ("amount_micro", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("reason", models.CharField(blank=True, max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("inquiry", "Inquiry"),
                            ("open", "Open"),
                            ("won", "Won"),
                            ("lost", "Lost"),
                            ("closed", "Closed"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "due_by",
                    models.DateTimeField(
                        blank=True, help_text="evidence must be sent before", null=True
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "clawed_micro",
                    models.BigIntegerField(default=0, help_text="taken from the wallet when lost"),
                ),
                (
                    "owed_micro",
                    models.BigIntegerField(default=0, help_text="what the wallet did not have"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Finding",
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
                            ("missing", "Stripe moved it, the ledger does not know it"),
                            ("extra", "The ledger has it, Stripe does not"),
                            ("amount", "Both have it, with other amounts"),
                            ("balance", "The balances differ by more than the findings explain"),
                            ("command", "A command nobody knows the outcome of"),
                            ("event", "An event that nobody could handle"),
                            ("lot", "A lot of credit is not the sum of its moves"),
                            ("clock", "This server's clock is wrong by Stripe's"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "subject",
                    models.CharField(
                        help_text="key of the posting, or Stripe's id", max_length=200
                    ),
                ),
                ("stripe_micro", models.BigIntegerField(blank=True, null=True)),
                ("ledger_micro", models.BigIntegerField(blank=True, null=True)),
                ("note", models.CharField(max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name="LotMove",
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
                            ("spent", "Spent"),
                            ("returned", "Returned"),
                            ("refunded", "Refunded"),
                            ("refund_failed", "Refund Failed"),
                            ("expired", "Expired"),
                            ("disputed", "Disputed"),
                        ],
                        max_length=16,
                    ),
                ),
                ("amount_micro", models.BigIntegerField(help_text="negative takes from the lot")),
                ("moved_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Reconciliation",
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
                ("made_at", models.DateTimeField()),
                ("until", models.DateTimeField(help_text="what came later may still be under way")),
                ("movements", models.PositiveIntegerField(help_text="of Stripe's, compared")),
                ("postings", models.PositiveIntegerField(help_text="of the ledger's, compared")),
                ("findings_count", models.PositiveIntegerField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Refund",
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
                ("amount_micro", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Asked"),
                            ("pending", "Pending"),
                            ("succeeded", "Succeeded"),
                            ("failed", "Failed"),
                        ],
                        default="asked",
                        max_length=16,
                    ),
                ),
                ("refund_id", models.CharField(blank=True, help_text="at Stripe", max_length=64)),
                ("reason", models.CharField(max_length=300)),
                ("failure", models.CharField(blank=True, max_length=300)),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                ("idempotency_key", models.CharField(max_length=200, unique=True)),
                ("request_sha256", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="SavedCard",
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
                ("payment_method", models.CharField(max_length=64, unique=True)),
                ("brand", models.CharField(max_length=32)),
                ("last4", models.CharField(max_length=4)),
                ("exp_month", models.PositiveSmallIntegerField()),
                ("exp_year", models.PositiveSmallIntegerField()),
                (
                    "country",
                    models.CharField(blank=True, help_text="where it was issued", max_length=2),
                ),
                ("is_default", models.BooleanField(default=False)),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="StripeMovement",
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
                ("txn_id", models.CharField(max_length=64, unique=True)),
                ("type", models.CharField(max_length=48)),
                (
                    "category",
                    models.CharField(help_text="Stripe's reporting category", max_length=48),
                ),
                ("amount_minor", models.BigIntegerField()),
                ("fee_minor", models.BigIntegerField()),
                ("net_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("happened_at", models.DateTimeField()),
                ("available_on", models.DateTimeField()),
                ("source", models.CharField(blank=True, help_text="what moved it", max_length=64)),
                (
                    "ledger_key",
                    models.CharField(
                        blank=True,
                        help_text="of the posting that must stand beside it",
                        max_length=200,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="WalletNotice",
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
                ("key", models.CharField(max_length=200, unique=True)),
                ("text", models.CharField(max_length=400)),
                ("put_away_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="stripecommand",
            name="command_state_known",
        ),
        migrations.AddField(
            model_name="topup",
            name="automatic",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="topup",
            name="checkout_session",
            field=models.CharField(blank=True, max_length=120),
        ),
        migrations.AddField(
            model_name="topup",
            name="settled_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="stripecommand",
            name="state",
            field=models.CharField(
                choices=[
                    ("pending", "Pending"),
                    ("sending", "Sending"),
                    ("done", "Done"),
                    ("failed", "Failed"),
                    ("unknown", "Unknown"),
                ],
                default="pending",
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="topup",
            name="payment_method",
            field=models.CharField(
                blank=True, help_text="empty: one that is given on Stripe's page", max_length=64
            ),
        ),
        migrations.AddConstraint(
            model_name="topup",
            constraint=models.UniqueConstraint(
                models.F("organisation"),
                condition=models.Q(("automatic", True), ("state__in", ("pending", "needs_action"))),
                name="top_up_one_automatic_in_flight",
            ),
        ),
        migrations.AddField(
            model_name="autotopup",
            name="asked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="autotopup",
            name="organisation",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="auto_top_up",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="creditgrant",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="creditgrant",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="credit_grants",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="creditgrant",
            name="proposed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="creditlot",
            name="grant",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lot",
                to="billing.creditgrant",
            ),
        ),
        migrations.AddField(
            model_name="creditlot",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="credit_lots",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="creditlot",
            name="top_up",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lot",
                to="billing.topup",
            ),
        ),
        migrations.AddField(
            model_name="dispute",
            name="hold",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="ledger.hold",
            ),
        ),
        migrations.AddField(
            model_name="dispute",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="disputes",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="dispute",
            name="top_up",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="disputes",
                to="billing.topup",
            ),
        ),
        migrations.AddField(
            model_name="lotmove",
            name="lot",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="moves",
                to="billing.creditlot",
            ),
        ),
        migrations.AddField(
            model_name="finding",
            name="reconciliation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="findings",
                to="billing.reconciliation",
            ),
        ),
        migrations.AddField(
            model_name="refund",
            name="hold",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.hold"
            ),
        ),
        migrations.AddField(
            model_name="refund",
            name="lot",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="refunds",
                to="billing.creditlot",
            ),
        ),
        migrations.AddField(
            model_name="refund",
            name="requested_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="stripecommand",
            name="refund",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="commands",
                to="billing.refund",
            ),
        ),
        migrations.AddField(
            model_name="savedcard",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cards",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="stripecommand",
            name="card",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="commands",
                to="billing.savedcard",
            ),
        ),
        migrations.AddConstraint(
            model_name="stripecommand",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["pending", "sending", "done", "failed", "unknown"])
                ),
                name="command_state_known",
            ),
        ),
        migrations.AddIndex(
            model_name="stripemovement",
            index=models.Index(fields=["happened_at"], name="movement_by_time"),
        ),
        migrations.AddIndex(
            model_name="stripemovement",
            index=models.Index(fields=["ledger_key"], name="movement_by_key"),
        ),
        migrations.AddConstraint(
            model_name="stripemovement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "net_minor",
                        django.db.models.expressions.CombinedExpression(
                            models.F("amount_minor"), "-", models.F("fee_minor")
                        ),
                    )
                ),
                name="movement_net",
            ),
        ),
        migrations.AddField(
            model_name="walletnotice",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="wallet_notices",
                to="accounts.organisation",
            ),
        ),
        migrations.AddConstraint(
            model_name="autotopup",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_micro__gt", 0), ("threshold_micro__gt", 0)),
                name="auto_top_up_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="autotopup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount_micro__lte", models.F("day_cap_micro")),
                    ("day_cap_micro__lte", models.F("month_cap_micro")),
                ),
                name="auto_top_up_within_caps",
            ),
        ),
        migrations.AddConstraint(
            model_name="autotopup",
            constraint=models.CheckConstraint(
                condition=models.Q(("enabled", False), ("disabled_reason", ""), _connector="OR"),
                name="auto_top_up_disabled_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="creditgrant",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_micro__gt", 0)), name="grant_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="creditgrant",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["proposed", "given", "rejected"])),
                name="grant_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="creditgrant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by__isnull", True),
                    models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                    _connector="OR",
                ),
                name="grant_four_eyes",
            ),
        ),
        migrations.AddConstraint(
            model_name="creditgrant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decided_at__isnull", True),
                        ("decided_by__isnull", True),
                        ("state", "proposed"),
                    ),
                    models.Q(
                        models.Q(("state", "proposed"), _negated=True),
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="grant_decided_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="creditlot",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount_micro__gt", 0),
                    ("gone_micro__gte", 0),
                    ("refunding_micro__gte", 0),
                    ("spent_micro__gte", 0),
                ),
                name="lot_parts_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="creditlot",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "amount_micro__gte",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("spent_micro"), "+", models.F("gone_micro")
                            ),
                            "+",
                            models.F("refunding_micro"),
                        ),
                    )
                ),
                name="lot_not_used_twice",
            ),
        ),
        migrations.AddConstraint(
            model_name="creditlot",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("expires_at__isnull", True),
                        ("grant__isnull", True),
                        ("kind", "paid"),
                        ("top_up__isnull", False),
                    ),
                    models.Q(
                        ("expires_at__isnull", False),
                        ("grant__isnull", False),
                        ("kind", "promo"),
                        ("refunding_micro", 0),
                        ("top_up__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="lot_has_one_origin",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_micro__gt", 0)), name="dispute_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["inquiry", "open", "won", "lost", "closed"])),
                name="dispute_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("clawed_micro", 0), ("owed_micro", 0)),
                    models.Q(
                        (
                            "amount_micro",
                            django.db.models.expressions.CombinedExpression(
                                models.F("clawed_micro"), "+", models.F("owed_micro")
                            ),
                        ),
                        ("clawed_micro__gte", 0),
                        ("owed_micro__gte", 0),
                        ("state", "lost"),
                    ),
                    _connector="OR",
                ),
                name="dispute_loss_adds_up",
            ),
        ),
        migrations.AddConstraint(
            model_name="lotmove",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("amount_micro__lt", 0),
                        ("kind__in", ["spent", "refunded", "expired", "disputed"]),
                    ),
                    models.Q(("amount_micro__gt", 0), ("kind__in", ["returned", "refund_failed"])),
                    _connector="OR",
                ),
                name="lot_move_its_way",
            ),
        ),
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.UniqueConstraint(
                models.F("reconciliation"),
                models.F("kind"),
                models.F("subject"),
                name="finding_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.UniqueConstraint(
                models.F("refund_id"),
                condition=models.Q(("refund_id", ""), _negated=True),
                name="refund_id_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_micro__gt", 0)), name="refund_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["asked", "pending", "succeeded", "failed"])),
                name="refund_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="savedcard",
            constraint=models.UniqueConstraint(
                models.F("organisation"),
                condition=models.Q(("is_default", True)),
                name="card_one_default",
            ),
        ),
        migrations.AddConstraint(
            model_name="savedcard",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_default", False), ("removed_at__isnull", True), _connector="OR"
                ),
                name="card_default_not_removed",
            ),
        ),
        migrations.AddIndex(
            model_name="walletnotice",
            index=models.Index(
                condition=models.Q(("put_away_at__isnull", True)),
                fields=["organisation"],
                name="notice_shown",
            ),
        ),
        migrations.RunSQL(LOTS, migrations.RunSQL.noop),
        append_only("billing_lotmove"),
        append_only("billing_stripemovement"),
        append_only("billing_reconciliation"),
        append_only("billing_finding"),
    ]
