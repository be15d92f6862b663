"""Seller and buyer as invoices print them, and the rules of tax: put on record."""

from datetime import datetime
from typing import Any

from django.db import transaction

from marketplace.accounts.models import Organisation, User
from marketplace.accounts.trail import trail
from marketplace.billing.models import BillingDetails, Seller, TaxRule
from marketplace.billing.taxes import Rule


class NoSeller(Exception):
    """Nobody has put on record yet who sells; without that no invoice can be issued."""

    def __init__(self) -> None:
        super().__init__("record the seller's name and address in the admin, under Sellers, first")


def record_seller(*, by: User, at: datetime, **facts: Any) -> Seller:
    """Let invoices from now on name this seller. `facts` are the fields of Seller."""
    with transaction.atomic():
        made = Seller.objects.create(**facts, recorded_by=by, recorded_at=at, created_at=at)
        trail(verb="recorded the seller", subject=made, by=by, at=at)
    return made


def record_details(
    *,
    organisation: Organisation,
    name: str,
    address: str,
    tax_id: str,
    reference: str,
    by: User,
    at: datetime,
    postal_code: str = "",
) -> BillingDetails:
    """Let the organisation's invoices from now on be made out like this; issued ones stay."""
    with transaction.atomic():
        made = BillingDetails.objects.create(
            organisation=organisation,
            name=name,
            address=address,
            postal_code=postal_code,
            tax_id=tax_id,
            reference=reference,
            recorded_by=by,
            recorded_at=at,
            created_at=at,
        )
        trail(verb="recorded billing details", subject=made, by=by, at=at)
    return made


def record_tax_rule(*, by: User, at: datetime, **facts: Any) -> TaxRule:
    """Tax what is invoiced from now on, with a tax point from `since` on, by this rule."""
    with transaction.atomic():
        made = TaxRule.objects.create(**facts, recorded_by=by, recorded_at=at, created_at=at)
        trail(verb="recorded a tax rule", subject=made, by=by, at=at)
    return made


def details_of(organisation: Organisation) -> BillingDetails | None:
    """What the organisation wants on its invoices, if it has said so."""
    return BillingDetails.objects.filter(organisation=organisation).order_by("pk").last()


def seller() -> dict[str, str]:
    """The seller as it is printed. Raises NoSeller."""
    row = Seller.objects.order_by("pk").last()
    if row is None:
        raise NoSeller
    return {name: getattr(row, name) for name in ("name", "address", "country", "tax_id", "email")}


def buyer(organisation: Organisation) -> dict[str, str]:
    """The buyer as it is printed; what it did not say is taken from what screening knows of it.

    The country is always the one that was screened: nobody chooses its tax by a form.
    """
    party, said = organisation.party, details_of(organisation)
    place = {"postal_code": said.postal_code} if said and said.postal_code else {}
    return place | {
        "organisation": str(organisation.public_id),
        "name": said.name if said else party.legal_name,
        "native_name": party.native_name,
        "address": said.address if said else party.address,
        "country": party.country,
        "tax_id": said.tax_id if said else "",
        "reference": said.reference if said else "",
    }


def tax_rules() -> list[Rule]:
    """Every rule on record."""
    names = ("pk", "jurisdiction", "registered", "treatment", "rate_bps", "wording", "since")
    return [Rule(*row) for row in TaxRule.objects.values_list(*names)]
