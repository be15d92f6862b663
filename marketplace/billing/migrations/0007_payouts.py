"""Payouts: what matured, what each payout took along, and what no row of them may become."""

import uuid

import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from marketplace.core.append_only import append_only

#: a line is of the provider and currency of its payout and of its earnings
SAME_PROVIDER = """
ALTER TABLE billing_payoutline
  ADD CONSTRAINT line_of_payouts_provider FOREIGN KEY (payout_id, organisation_id, currency)
    REFERENCES billing_payout (id, organisation_id, currency),
  ADD CONSTRAINT line_of_earnings_provider FOREIGN KEY (maturity_id, organisation_id, currency)
    REFERENCES billing_maturity (id, organisation_id, currency);
"""
SAME_PROVIDER_BACK = """
ALTER TABLE billing_payoutline
  DROP CONSTRAINT line_of_payouts_provider, DROP CONSTRAINT line_of_earnings_provider;
"""
FROZEN = """
CREATE FUNCTION billing_payout_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'what a payout is made of is frozen' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER payout_stays BEFORE UPDATE ON billing_payout FOR EACH ROW
  WHEN ((OLD.organisation_id, OLD.account_id, OLD.decision_id, OLD.currency, OLD.carried_in_micro,
      OLD.earned_micro, OLD.netted_micro, OLD.amount_micro, OLD.carried_out_micro)
    IS DISTINCT FROM
    (NEW.organisation_id, NEW.account_id, NEW.decision_id, NEW.currency, NEW.carried_in_micro,
      NEW.earned_micro, NEW.netted_micro, NEW.amount_micro, NEW.carried_out_micro))
  EXECUTE FUNCTION billing_payout_stays();

CREATE FUNCTION billing_line_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a line of a payout is only released, once'
    USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER line_stays BEFORE UPDATE ON billing_payoutline FOR EACH ROW
  WHEN (OLD.released_at IS NOT NULL OR NEW.released_at IS NULL
    OR (OLD.id, OLD.payout_id, OLD.maturity_id, OLD.organisation_id, OLD.currency)
    IS DISTINCT FROM (NEW.id, NEW.payout_id, NEW.maturity_id, NEW.organisation_id, NEW.currency))
  EXECUTE FUNCTION billing_line_stays();

CREATE TRIGGER payouts_stay BEFORE DELETE ON billing_payout
  FOR EACH ROW EXECUTE FUNCTION straits_forbid_change();
CREATE TRIGGER payouts_stay_whole BEFORE TRUNCATE ON billing_payout
  FOR EACH STATEMENT EXECUTE FUNCTION straits_forbid_change();
CREATE TRIGGER lines_stay BEFORE DELETE ON billing_payoutline
  FOR EACH ROW EXECUTE FUNCTION straits_forbid_change();
CREATE TRIGGER lines_stay_whole BEFORE TRUNCATE ON billing_payoutline
  FOR EACH STATEMENT EXECUTE FUNCTION straits_forbid_change();
"""
FROZEN_BACK = """
DROP TRIGGER payouts_stay ON billing_payout;
DROP TRIGGER payouts_stay_whole ON billing_payout;
DROP TRIGGER lines_stay ON billing_payoutline;
DROP TRIGGER lines_stay_whole ON billing_payoutline;
DROP TRIGGER payout_stays ON billing_payout;
DROP FUNCTION billing_payout_stays();
DROP TRIGGER line_stays ON billing_payoutline;
DROP FUNCTION billing_line_stays();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_sightings"),
        ("billing", "0006_payments"),
        ("brokerage", "0006_gangs"),
        ("compliance", "0010_rescreening"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BankPayout",
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
                ("stripe_id", models.CharField(max_length=64, unique=True)),
                ("amount_micro", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("in_transit", "In Transit"),
                            ("paid", "Paid"),
                            ("failed", "Failed"),
                            ("canceled", "Canceled"),
                        ],
                        max_length=16,
                    ),
                ),
                ("failure", models.CharField(blank=True, max_length=300)),
                ("arrives_on", models.DateField(blank=True, null=True)),
                ("asked_at", models.DateTimeField(help_text="when Stripe last told us")),
            ],
        ),
        migrations.CreateModel(
            name="MaturedCharge",
            fields=[
                (
                    "charge",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="matured",
                        serialize=False,
                        to="billing.charge",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Maturity",
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
                ("currency", models.CharField(max_length=3)),
                (
                    "amount_micro",
                    models.BigIntegerField(help_text="the provider's part of its charges"),
                ),
                (
                    "owed_micro",
                    models.BigIntegerField(help_text="of that, what the provider owes from now on"),
                ),
                ("upto", models.DateTimeField(help_text="charges until then were old enough")),
                ("matured_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Payout",
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
                ("currency", models.CharField(max_length=3)),
                (
                    "carried_in_micro",
                    models.BigIntegerField(help_text="payable that no earnings below explain"),
                ),
                ("earned_micro", models.BigIntegerField(help_text="the sum of its lines")),
                (
                    "netted_micro",
                    models.BigIntegerField(help_text="taken for what the provider owed"),
                ),
                ("amount_micro", models.BigIntegerField(help_text="to be transferred")),
                (
                    "carried_out_micro",
                    models.BigIntegerField(help_text="less than a minor unit, or left to owe"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("paid", "Paid"),
                            ("returned", "Returned"),
                            ("reversed", "Reversed"),
                        ],
                        default="pending",
                        max_length=16,
                    ),
                ),
                ("attempt", models.PositiveIntegerField(default=1)),
                ("transfer_id", models.CharField(blank=True, max_length=64)),
                (
                    "reversed_micro",
                    models.BigIntegerField(default=0, help_text="of the amount, what came back"),
                ),
                ("failure", models.CharField(blank=True, max_length=300)),
                (
                    "settled_at",
                    models.DateTimeField(blank=True, help_text="when its end was known", null=True),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PayoutAccount",
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
                ("country", models.CharField(help_text="where the provider is paid", max_length=2)),
                (
                    "stripe_id",
                    models.CharField(
                        blank=True, help_text="empty until Stripe made it", max_length=64
                    ),
                ),
                (
                    "can_receive",
                    models.BooleanField(default=False, help_text="takes transfers from us"),
                ),
                ("can_pay_out", models.BooleanField(default=False, help_text="pays out to a bank")),
                ("details_submitted", models.BooleanField(default=False)),
                (
                    "closed",
                    models.BooleanField(
                        default=False, help_text="the provider took our access away"
                    ),
                ),
                (
                    "due",
                    models.JSONField(default=list, help_text="what Stripe still wants to know"),
                ),
                ("disabled_reason", models.CharField(blank=True, max_length=80)),
                (
                    "asked_at",
                    models.DateTimeField(
                        blank=True, help_text="when Stripe last told us", null=True
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PayoutHold",
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
                ("reason", models.CharField(max_length=300)),
                ("placed_at", models.DateTimeField()),
                ("released_at", models.DateTimeField(blank=True, editable=False, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="PayoutLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                ("released_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="PayoutReversal",
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
                ("reason", models.CharField(max_length=300)),
                ("asked_at", models.DateTimeField()),
            ],
        ),
        migrations.AddIndex(
            model_name="charge",
            index=django.contrib.postgres.indexes.BrinIndex(
                models.F("charged_at"), name="charge_age"
            ),
        ),
        migrations.AddField(
            model_name="maturity",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="maturities",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="maturedcharge",
            name="maturity",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="charges",
                to="billing.maturity",
            ),
        ),
        migrations.AddField(
            model_name="payout",
            name="decision",
            field=models.ForeignKey(
                help_text="that let the provider be paid",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="compliance.decision",
            ),
        ),
        migrations.AddField(
            model_name="payout",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payouts",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="stripecommand",
            name="payout",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="commands",
                to="billing.payout",
            ),
        ),
        migrations.AddField(
            model_name="payoutaccount",
            name="opened_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="payoutaccount",
            name="organisation",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payout_account",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="payout",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payouts",
                to="billing.payoutaccount",
            ),
        ),
        migrations.AddField(
            model_name="bankpayout",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="bank_payouts",
                to="billing.payoutaccount",
            ),
        ),
        migrations.AddField(
            model_name="payouthold",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payout_holds",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="payouthold",
            name="placed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="payouthold",
            name="released_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="payoutline",
            name="maturity",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lines",
                to="billing.maturity",
            ),
        ),
        migrations.AddField(
            model_name="payoutline",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="payoutline",
            name="payout",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lines",
                to="billing.payout",
            ),
        ),
        migrations.AddField(
            model_name="payoutreversal",
            name="asked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="payoutreversal",
            name="payout",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reversals",
                to="billing.payout",
            ),
        ),
        migrations.AddIndex(
            model_name="maturity",
            index=models.Index(fields=["-upto"], name="maturity_latest"),
        ),
        migrations.AddConstraint(
            model_name="maturity",
            constraint=models.UniqueConstraint(
                models.F("id"),
                models.F("organisation"),
                models.F("currency"),
                name="maturity_of_whom",
            ),
        ),
        migrations.AddConstraint(
            model_name="maturity",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("owed_micro__gte", 0),
                    models.Q(("owed_micro", 0), ("amount_micro__lt", 0), _connector="OR"),
                ),
                name="maturity_owed_of_a_debit",
            ),
        ),
        migrations.AddConstraint(
            model_name="maturity",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount_micro__gte", 0),
                    (
                        "owed_micro__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("amount_micro"), "*", models.Value(-1)
                        ),
                    ),
                    _connector="OR",
                ),
                name="maturity_owed_within_debit",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutaccount",
            constraint=models.UniqueConstraint(
                models.F("stripe_id"),
                condition=models.Q(("stripe_id", ""), _negated=True),
                name="payout_account_stripe_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("can_receive", False),
                    models.Q(("stripe_id", ""), _negated=True),
                    _connector="OR",
                ),
                name="payout_account_receives_once_made",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(("can_receive", False), ("closed", False), _connector="OR"),
                name="payout_account_closed_receives_nothing",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.UniqueConstraint(
                models.F("organisation"),
                models.F("currency"),
                condition=models.Q(("state", "pending")),
                name="payout_one_live",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.UniqueConstraint(
                models.F("transfer_id"),
                condition=models.Q(("transfer_id", ""), _negated=True),
                name="payout_transfer_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.UniqueConstraint(
                models.F("id"),
                models.F("organisation"),
                models.F("currency"),
                name="payout_of_whom",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_micro__gt", 0)), name="payout_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(("carried_out_micro__gte", 0), ("netted_micro__gte", 0)),
                name="payout_parts_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "amount_micro",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    models.F("carried_in_micro"), "+", models.F("earned_micro")
                                ),
                                "-",
                                models.F("netted_micro"),
                            ),
                            "-",
                            models.F("carried_out_micro"),
                        ),
                    )
                ),
                name="payout_adds_up",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["pending", "paid", "returned", "reversed"])),
                name="payout_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["pending", "returned"]), ("transfer_id", "")),
                    models.Q(
                        ("state__in", ["paid", "reversed"]),
                        models.Q(("transfer_id", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="payout_paid_by_a_transfer",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reversed_micro__gte", 0), ("reversed_micro__lte", models.F("amount_micro"))
                ),
                name="payout_reversed_within_amount",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankpayout",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["pending", "in_transit", "paid", "failed", "canceled"])
                ),
                name="bank_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="payouthold",
            constraint=models.UniqueConstraint(
                models.F("organisation"),
                condition=models.Q(("released_at__isnull", True)),
                name="payout_hold_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="payouthold",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="payout_hold_says_why"
            ),
        ),
        migrations.AddConstraint(
            model_name="payouthold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("released_at__isnull", True), ("released_by__isnull", True)),
                    models.Q(("released_at__isnull", False), ("released_by__isnull", False)),
                    _connector="OR",
                ),
                name="payout_hold_released_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutline",
            constraint=models.UniqueConstraint(
                models.F("maturity"),
                condition=models.Q(("released_at__isnull", True)),
                name="maturity_in_one_payout",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutline",
            constraint=models.UniqueConstraint(
                models.F("payout"), models.F("maturity"), name="payout_line_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutreversal",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="payout_reversal_says_why"
            ),
        ),
        migrations.RunSQL(SAME_PROVIDER, SAME_PROVIDER_BACK),
        migrations.RunSQL(FROZEN, FROZEN_BACK),
        append_only("billing_maturity"),
        append_only("billing_maturedcharge"),
        append_only("billing_payoutreversal"),
    ]
