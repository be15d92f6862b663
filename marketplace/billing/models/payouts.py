"""What providers are owed, when it may go out, and each payout that took it along."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from compliance.models import Decision
from marketplace.accounts.models import Organisation, User
from marketplace.billing.states import BankState, PayoutState
from marketplace.brokerage.models import Keeping, WindowChange
from marketplace.core.models import Record
from marketplace.core.showing import money
from marketplace.core.states import Stateful


class PayoutAccount(Record):
    """A provider's account with Stripe, to which its earnings are transferred.

    What stands here is what Stripe last said of it; who owns which bank account stays with Stripe.
    """

    organisation = models.OneToOneField(Organisation, models.PROTECT, related_name="payout_account")
    country = models.CharField(max_length=2, help_text="where the provider is paid")
    opened_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    stripe_id = models.CharField(max_length=64, blank=True, help_text="empty until Stripe made it")
    can_receive = models.BooleanField(default=False, help_text="takes transfers from us")
    can_pay_out = models.BooleanField(default=False, help_text="pays out to a bank")
    details_submitted = models.BooleanField(default=False)
    closed = models.BooleanField(default=False, help_text="the provider took our access away")
    due = models.JSONField(default=list, help_text="what Stripe still wants to know")
    disabled_reason = models.CharField(max_length=80, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True, help_text="when Stripe last told us")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "stripe_id", condition=~Q(stripe_id=""), name="payout_account_stripe_once"
            ),
            models.CheckConstraint(
                condition=Q(can_receive=False) | ~Q(stripe_id=""),
                name="payout_account_receives_once_made",
            ),
            models.CheckConstraint(
                condition=Q(can_receive=False) | Q(closed=False),
                name="payout_account_closed_receives_nothing",
            ),
        ]

    def __str__(self) -> str:
        return f"payout account of {self.organisation}"

    @property
    def standing(self) -> str:
        """In one word: new, onboarding, ready, restricted or closed."""
        if self.closed:
            return "closed"
        if self.can_receive:
            return "ready"
        if self.details_submitted:
            return "restricted"
        return "onboarding" if self.stripe_id else "new"


class PayoutHold(Record):
    """Staff keep a provider's payouts back, until they release them."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="payout_holds")
    reason = models.CharField(max_length=300)
    placed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    released_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    released_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organisation", condition=Q(released_at__isnull=True), name="payout_hold_one_open"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="payout_hold_says_why"),
            models.CheckConstraint(
                condition=Q(released_at__isnull=True, released_by__isnull=True)
                | Q(released_at__isnull=False, released_by__isnull=False),
                name="payout_hold_released_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"hold on payouts of {self.organisation}"


class Maturity(Record):
    """Charges and fees of one provider that became payable together. Append-only.

    The sum may be negative: what was given back to renters. As far as nothing payable is left to
    take it from, the provider owes it, and the next payout is less by so much.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="maturities")
    currency = models.CharField(max_length=3)
    amount_micro = models.BigIntegerField(help_text="the provider's part of them")
    owed_micro = models.BigIntegerField(help_text="of that, what the provider owes from now on")
    upto = models.DateTimeField(help_text="what was taken until then was old enough")
    matured_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "maturities"
        indexes = [models.Index(fields=["-upto"], name="maturity_latest")]
        constraints = [
            models.UniqueConstraint("id", "organisation", "currency", name="maturity_of_whom"),
            models.CheckConstraint(
                condition=Q(owed_micro__gte=0) & (Q(owed_micro=0) | Q(amount_micro__lt=0)),
                name="maturity_owed_of_a_debit",
            ),
            models.CheckConstraint(
                condition=Q(amount_micro__gte=0) | Q(owed_micro__lte=-F("amount_micro")),
                name="maturity_owed_within_debit",
            ),
        ]

    def __str__(self) -> str:
        return f"{money(self.amount_micro, self.currency)} of {self.organisation}"

    @property
    def payable_micro(self) -> int:
        """What it changed of what may be paid out, micro-units."""
        return self.amount_micro + self.owed_micro


class MaturedCharge(models.Model):
    """A charge is in one maturity, for ever. Append-only."""

    charge = models.OneToOneField(
        "billing.Charge", models.PROTECT, primary_key=True, related_name="matured"
    )
    maturity = models.ForeignKey(Maturity, models.PROTECT, related_name="charges")

    def __str__(self) -> str:
        return f"{self.charge_id} in {self.maturity_id}"


class MaturedFee(models.Model):
    """A fee for time given up is in one maturity, for ever. Append-only."""

    change = models.OneToOneField(
        WindowChange, models.PROTECT, primary_key=True, related_name="matured"
    )
    maturity = models.ForeignKey(Maturity, models.PROTECT, related_name="fees")

    def __str__(self) -> str:
        return f"fee of {self.change_id} in {self.maturity_id}"


class MaturedKeeping(models.Model):
    """What a kept workspace cost is in one maturity, for ever. Append-only.

    A trigger refuses one that is kept still.
    """

    keeping = models.OneToOneField(
        Keeping, models.PROTECT, primary_key=True, related_name="matured"
    )
    maturity = models.ForeignKey(Maturity, models.PROTECT, related_name="keepings")

    def __str__(self) -> str:
        return f"workspace {self.keeping_id} in {self.maturity_id}"


class PayoutQuerySet(models.QuerySet["Payout"]):
    def live(self) -> Self:
        return self.filter(state=PayoutState.PENDING)


class Payout(Record, Stateful):
    """One transfer to a provider: what it takes along, what it nets, what it leaves for later.

    carried in + earned = amount + netted + carried out, to the micro-unit; the amount is whole
    minor units.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="payouts")
    account = models.ForeignKey(PayoutAccount, models.PROTECT, related_name="payouts")
    decision = models.ForeignKey(
        Decision, models.PROTECT, related_name="+", help_text="that let the provider be paid"
    )
    currency = models.CharField(max_length=3)
    carried_in_micro = models.BigIntegerField(help_text="payable that no earnings below explain")
    earned_micro = models.BigIntegerField(help_text="the sum of its lines")
    netted_micro = models.BigIntegerField(help_text="taken for what the provider owed")
    amount_micro = models.BigIntegerField(help_text="to be transferred")
    carried_out_micro = models.BigIntegerField(help_text="less than a minor unit, or left to owe")
    state = models.CharField(max_length=16, choices=PayoutState, default=PayoutState.PENDING)
    attempt = models.PositiveIntegerField(default=1)
    transfer_id = models.CharField(max_length=64, blank=True)
    reversed_micro = models.BigIntegerField(default=0, help_text="of the amount, what came back")
    failure = models.CharField(max_length=300, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True, help_text="when its end was known")

    objects = PayoutQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organisation",
                "currency",
                condition=Q(state=PayoutState.PENDING),
                name="payout_one_live",
            ),
            models.UniqueConstraint(
                "transfer_id", condition=~Q(transfer_id=""), name="payout_transfer_once"
            ),
            models.UniqueConstraint("id", "organisation", "currency", name="payout_of_whom"),
            models.CheckConstraint(condition=Q(amount_micro__gt=0), name="payout_positive"),
            models.CheckConstraint(
                condition=Q(netted_micro__gte=0, carried_out_micro__gte=0),
                name="payout_parts_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(
                    amount_micro=F("carried_in_micro")
                    + F("earned_micro")
                    - F("netted_micro")
                    - F("carried_out_micro")
                ),
                name="payout_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(state__in=PayoutState.values), name="payout_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[PayoutState.PENDING, PayoutState.RETURNED], transfer_id="")
                | (Q(state__in=[PayoutState.PAID, PayoutState.REVERSED]) & ~Q(transfer_id="")),
                name="payout_paid_by_a_transfer",
            ),
            models.CheckConstraint(
                condition=Q(reversed_micro__gte=0, reversed_micro__lte=F("amount_micro")),
                name="payout_reversed_within_amount",
            ),
        ]

    def __str__(self) -> str:
        return f"payout {self.public_id} ({self.get_state_display().lower()})"


class PayoutLine(models.Model):
    """Earnings that a payout takes along. Released when the money went back to payable."""

    payout = models.ForeignKey(Payout, models.PROTECT, related_name="lines")
    maturity = models.ForeignKey(Maturity, models.PROTECT, related_name="lines")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            # a charge is in one maturity, so it is in one live payout at most
            models.UniqueConstraint(
                "maturity", condition=Q(released_at__isnull=True), name="maturity_in_one_payout"
            ),
            models.UniqueConstraint("payout", "maturity", name="payout_line_once"),
        ]

    def __str__(self) -> str:
        return f"{self.maturity_id} in {self.payout_id}"


class PayoutReversal(Record):
    """Staff asked a transfer back. Append-only; what came of it stands in the payout."""

    payout = models.ForeignKey(Payout, models.PROTECT, related_name="reversals")
    reason = models.CharField(max_length=300)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="payout_reversal_says_why"),
        ]

    def __str__(self) -> str:
        return f"reversal of {self.payout}"


class BankPayout(Record):
    """Stripe moved money from a provider's account there to the bank, or failed to.

    For the eyes only: the money left our books with the transfer.
    """

    account = models.ForeignKey(PayoutAccount, models.PROTECT, related_name="bank_payouts")
    stripe_id = models.CharField(max_length=64, unique=True)
    amount_micro = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=16, choices=BankState)
    failure = models.CharField(max_length=300, blank=True)
    arrives_on = models.DateField(null=True, blank=True)
    asked_at = models.DateTimeField(help_text="when Stripe last told us")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=BankState.values), name="bank_state_known")
        ]

    def __str__(self) -> str:
        return f"{self.stripe_id} ({self.get_state_display().lower()})"
