"""Forms about money: into the wallet, by itself or asked for, and what invoices say."""

from collections.abc import Iterable
from typing import Any, Self

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.accounts.models import Organisation
from marketplace.billing.models import AutoTopUp, BillingDetails, SavedCard
from marketplace.billing.services.top_ups import LEAST_MICRO, MOST_MICRO
from marketplace.core.money import micro_from_minor, text_from_micro, whole_minor
from marketplace.web.forms import DollarsField, StyledForm, TokenForm, lines
from marketplace.web.said import said

CENT = micro_from_minor(1, settings.CURRENCY)
STRIPES_PAGE = "page"
#: with the fake Stripe, by what becomes of them
TEST_CARDS = [
    ("pm_card_visa", _("Test card that pays")),
    ("pm_card_chargeDeclined", _("Test card that is declined")),
    ("pm_card_authenticationRequired", _("Test card whose bank asks its owner")),
]


class TopUpForm(TokenForm):
    """How much money to move into the wallet, and from where."""

    amount = DollarsField(least=LEAST_MICRO, most=MOST_MICRO, label=_("Amount, $"))
    payment_method = forms.ChoiceField(label=pgettext_lazy("where money comes from", "From"))
    save_card = forms.BooleanField(
        required=False,
        label=_("Keep a new card for later"),
        help_text=_("Stripe keeps it; we see its last four digits."),
    )

    def __init__(self, *args: Any, cards: Iterable[SavedCard] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["payment_method"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  declared above
        field.choices = [
            *((card.payment_method, said(card)) for card in cards),
            (STRIPES_PAGE, _("A card given on Stripe's page")),
            *(TEST_CARDS if settings.FAKE_STRIPE_URL else []),
        ]

    @property
    def on_stripes_page(self) -> bool:
        return bool(self.cleaned_data["payment_method"] == STRIPES_PAGE)

    def clean_amount(self) -> int:
        micro: int = self.cleaned_data["amount"]
        if micro != whole_minor(micro, settings.CURRENCY):
            raise ValidationError(_("Write whole cents."))
        return micro


class AutoTopUpForm(StyledForm):
    """What may be taken from the default card unasked."""

    threshold = DollarsField(
        least=CENT,
        most=MOST_MICRO,
        label=_("When less is available than, $"),
        help_text=_("Or than what runs until you stop it needs to go on."),
    )
    amount = DollarsField(least=LEAST_MICRO, most=MOST_MICRO, label=_("Add, $"))
    day_cap = DollarsField(least=LEAST_MICRO, most=MOST_MICRO, label=_("At most in a day, $"))
    month_cap = DollarsField(
        least=LEAST_MICRO, most=10 * MOST_MICRO, label=_("At most in a month, $")
    )

    @classmethod
    def of(cls, setting: AutoTopUp | None) -> Self:
        """Filled with what is allowed now."""
        names = cls.base_fields if setting else ()
        known = {name: text_from_micro(getattr(setting, f"{name}_micro")) for name in names}
        return cls(initial=known, prefix="auto")

    def micro(self) -> dict[str, int]:
        return {f"{name}_micro": self.cleaned_data[name] for name in self.fields}


class BillingDetailsForm(StyledForm):
    """What an organisation's invoices say of it. Its country is the one that was screened."""

    name = forms.CharField(max_length=200, label=_("Name on the invoice"))
    address = forms.CharField(
        max_length=500,
        label=_("Address"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("As on an envelope."),
    )
    postal_code = forms.CharField(
        max_length=16,
        required=False,
        label=_("Postal code"),
        help_text=_("In some countries, such as the USA and Canada, it decides the tax."),
    )
    tax_id = forms.CharField(
        max_length=64,
        required=False,
        label=_("Tax registration number"),
        help_text=_("Such as a GST, SST or VAT number. It may decide how tax is charged."),
    )
    reference = forms.CharField(
        max_length=80,
        required=False,
        label=_("Reference"),
        help_text=_("Such as a purchase order; printed as it is."),
    )

    @staticmethod
    def first(organisation: Organisation, known: BillingDetails | None) -> dict[str, str]:
        """What stands in the fields at first."""
        if known is None:
            party = organisation.party
            return {"name": party.legal_name, "address": party.address}
        names = ("name", "address", "postal_code", "tax_id", "reference")
        return {name: getattr(known, name) for name in names}

    def clean_address(self) -> str:
        return "\n".join(line.strip() for line in lines(self.cleaned_data["address"]))
