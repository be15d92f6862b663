"""An organisation's customer at Stripe, and the cards saved there, mirrored to be shown."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from marketplace.accounts.models import Organisation, User
from marketplace.accounts.trail import trail
from marketplace.billing import stripe
from marketplace.billing.models import SavedCard, StripeCommand
from marketplace.core.hints import after_commit
from marketplace.core.refusals import BadField


class NoSuchCard(BadField):
    """The organisation has saved no such card."""


def ensure_customer(*, organisation: Organisation) -> str:
    """The id of the organisation's customer at Stripe, made at first use.

    Speaks to Stripe, so call it outside transactions. Raises Unavailable or Misused.
    """
    if not organisation.stripe_customer:
        made = _make_customer(organisation, f"customer:{organisation.public_id}")
        fresh = Organisation.objects.filter(pk=organisation.pk, stripe_customer="")
        fresh.update(stripe_customer=made)
        organisation.refresh_from_db(fields=["stripe_customer"])
    return organisation.stripe_customer


def _make_customer(organisation: Organisation, key: str) -> str:
    """A key that made one which was deleted since still answers with that one."""
    made = stripe.create_customer(
        name=organisation.name, organisation=str(organisation.public_id), idempotency_key=key
    )
    if stripe.customer_is_gone(customer=made):
        return _make_customer(organisation, f"customer-after:{made}")
    return made


def forget_customer(*, customer: str, at: datetime) -> None:
    """Stripe has this customer no more, nor its cards; the next payment makes another."""
    with transaction.atomic():
        rows = Organisation.objects.select_for_update(no_key=True)
        for organisation in rows.filter(stripe_customer=customer):
            cards(organisation=organisation).update(removed_at=at, is_default=False)
            Organisation.objects.filter(pk=organisation.pk).update(stripe_customer="")


def save_card_page(*, organisation: Organisation, back: str, key: str) -> str:
    """Open Stripe's page on which a card is saved for later payments; returns its address.

    `back` is where the visitor comes back to. The same key opens the same page. Raises Unavailable
    or Misused.
    """
    made = stripe.open_checkout(
        params={
            "mode": "setup",
            "currency": settings.CURRENCY.lower(),
            "customer": ensure_customer(organisation=organisation),
            "allowed_payment_method_types": ["card"],
            "success_url": back,
            "cancel_url": back,
            "metadata": {"organisation": str(organisation.public_id)},
        },
        idempotency_key=f"save-card:{organisation.public_id}:{key}",
    )
    return made.url


def mirror_cards(*, organisation: Organisation, at: datetime) -> None:
    """Bring our list of the organisation's cards to what Stripe has. Raises Unavailable, Misused.

    Every path that hears of a change may call it, late and repeatedly.
    """
    if organisation.stripe_customer:
        seen = stripe.list_cards(customer=organisation.stripe_customer)
        note_cards(organisation=organisation, seen=seen, at=at)


def note_cards(*, organisation: Organisation, seen: Collection[stripe.Card], at: datetime) -> None:
    """Write what Stripe had at that time; a card that is not there any more cannot be charged.

    A card that came later is left alone: whoever wrote it had seen more. One that was missed by a
    look before this one is there again, unless its owner removed it.
    """
    with transaction.atomic():
        _lock(organisation)
        SavedCard.objects.bulk_create(
            [
                SavedCard(
                    organisation=organisation,
                    payment_method=card.id,
                    brand=card.brand,
                    last4=card.last4,
                    exp_month=card.exp_month,
                    exp_year=card.exp_year,
                    country=card.country,
                    created_at=at,
                )
                for card in seen
            ],
            update_conflicts=True,
            unique_fields=["payment_method"],
            update_fields=["last4", "exp_month", "exp_year"],
        )
        there = [card.id for card in seen]
        gone = cards(organisation=organisation).exclude(payment_method__in=there)
        gone.filter(created_at__lt=at).update(removed_at=at, is_default=False)
        missed = SavedCard.objects.filter(organisation=organisation, payment_method__in=there)
        missed.filter(removed_at__lt=at, commands=None).update(removed_at=None)
        _keep_a_default(organisation)


def _lock(organisation: Organisation) -> None:
    """One at a time changes the cards of an organisation."""
    rows = Organisation.objects.select_for_update(no_key=True)
    rows.get(pk=organisation.pk)


def _keep_a_default(organisation: Organisation) -> None:
    """The card saved first is the default while nobody has chosen another."""
    mine = cards(organisation=organisation)
    first = mine.order_by("pk").first()
    if first and not mine.filter(is_default=True).exists():
        mine.filter(pk=first.pk).update(is_default=True)


def cards(*, organisation: Organisation) -> QuerySet[SavedCard]:
    """What the organisation may pay with now."""
    return SavedCard.objects.filter(organisation=organisation, removed_at__isnull=True)


def customer_with(*, payment_method: str) -> str:
    """Whose card we know this one to be: the customer's id at Stripe, empty when nobody's."""
    rows = SavedCard.objects.filter(payment_method=payment_method)
    return rows.values_list("organisation__stripe_customer", flat=True).first() or ""


def own_card(*, organisation: Organisation, card: UUID) -> SavedCard:
    """One of them. Raises NoSuchCard."""
    row = cards(organisation=organisation).filter(public_id=card).first()
    if row is None:
        raise NoSuchCard("card", "is not among your saved cards")
    return row


def choose_default(*, organisation: Organisation, card: UUID, by: User, at: datetime) -> None:
    """Make a card the one that automatic top-ups take. Raises NoSuchCard."""
    with transaction.atomic():
        _lock(organisation)
        row = own_card(organisation=organisation, card=card)
        cards(organisation=organisation).update(is_default=False)
        cards(organisation=organisation).filter(pk=row.pk).update(is_default=True)
        trail(verb="chose the default card", subject=row, by=by, at=at)


def remove_card(*, organisation: Organisation, card: UUID, by: User, at: datetime) -> None:
    """Forget a card here at once and at Stripe by command. Raises NoSuchCard."""
    with transaction.atomic():
        _lock(organisation)
        row = own_card(organisation=organisation, card=card)
        mine = cards(organisation=organisation).filter(pk=row.pk)
        mine.update(removed_at=at, is_default=False)
        _keep_a_default(organisation)
        trail(verb="removed a card", subject=row, by=by, at=at)
        command = StripeCommand.objects.create(
            kind="detach_card",
            idempotency_key=f"detach:{row.public_id}",
            card=row,
            params={"id": row.payment_method},
            next_at=at,
            created_at=at,
        )
        after_commit("marketplace.billing.tasks.send_command", command_id=command.pk)
