import shlex
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Self
from uuid import uuid4

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from compliance.models import ChipModel
from marketplace.accounts.models import Organisation
from marketplace.billing.models import AutoTopUp, BillingDetails, SavedCard
from marketplace.billing.services.top_ups import LEAST_MICRO, MOST_MICRO
from marketplace.brokerage.placement import Together
from marketplace.brokerage.services import Ask
from marketplace.catalog.models import Offer
from marketplace.catalog.query import Comparison, Query, QueryError, narrowed, parse
from marketplace.core.money import MICRO, micro_from_minor, text_from_micro, whole_minor
from marketplace.web.forms import DollarsField, StyledForm, TokenForm
from marketplace.web.said import said

from . import market

NOW, LATER = "now", "later"
CENT = micro_from_minor(1, settings.CURRENCY)
MOST_GPUS = 100_000


def _lines(text: str) -> list[str]:
    """Lines with something in them. Not splitlines, which cuts at more than the end of a line."""
    return [line for line in text.replace("\r\n", "\n").split("\n") if line.strip()]


#: by field of the form: the condition of the search language that it is
FILTERS = {
    "chip": ("gpu", "="),
    "memory": ("memory", ">="),
    "count": ("count", ">="),
    "country": ("country", "="),
    "price": ("price", "<="),
}


def not_a_command(error: ValueError) -> str:
    """Why the shell's rules cannot read a line; the reason is Python's own, in English."""
    return gettext("Not a command: %(why)s.") % {"why": str(error).lower()}


def _sentence(error: QueryError) -> str:
    said = [text[0].upper() + text[1:] for text in (str(error), error.hint) if text]
    return ". ".join(said)


TOGETHER = [
    (Together.OFFER.value, _("On this machine")),
    (Together.MACHINE.value, _("On one machine, this or an equal one")),
    (Together.FABRIC.value, _("On equal machines that share a fast network")),
    (Together.SITE.value, _("On any equal machines of the site")),
]


class FilterForm(StyledForm):
    """What to look for among the offers; everything may be left out."""

    #: why the query cannot be read, if it cannot
    unreadable: QueryError | None = None

    q = forms.CharField(
        required=False,
        strip=False,
        label=_("Search"),
        help_text="gpu ~ H100 and count >= 8 and price < $2.40 for 72h order by price, -memory",
        widget=forms.TextInput(attrs={"spellcheck": "false", "class": "input mono"}),
    )
    chip = forms.ModelChoiceField(
        queryset=ChipModel.objects.none(),
        to_field_name="name",
        required=False,
        label="GPU",
        empty_label=_("Any"),
    )
    memory = forms.IntegerField(
        required=False, min_value=1, max_value=MOST_GPUS, label=_("Memory of each, GB, at least")
    )
    count = forms.IntegerField(
        required=False, min_value=1, max_value=MOST_GPUS, label=_("GPUs free now, at least")
    )
    country = forms.ChoiceField(required=False, label=_("Country"))
    price = DollarsField(
        required=False, least=1, most=10_000 * MICRO, label=_("Price per GPU-hour, $, at most")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chip, country = self.fields["chip"], self.fields["country"]
        assert isinstance(chip, forms.ModelChoiceField)  # noqa: S101  declared above
        assert isinstance(country, forms.ChoiceField)  # noqa: S101  declared above
        chip.queryset = market.chips_on_offer()
        country.choices = [("", _("Any")), *((code, code) for code in market.countries_on_offer())]
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"

    def clean_q(self) -> Query:
        try:
            return parse(self.cleaned_data["q"])
        except QueryError as error:
            self.unreadable = error
            raise ValidationError(_sentence(error)) from error

    def query(self) -> Query:
        """What was typed and every filter given, which all must hold."""
        given = {name: value for name, value in self.cleaned_data.items() if value}
        conditions = [
            Comparison(field, op, (str(given[name]) if name == "chip" else given[name],))
            for name, (field, op) in FILTERS.items()
            if name in given
        ]
        typed: Query = self.cleaned_data["q"]
        return narrowed(typed, *conditions)


TEMPLATES = (("ssh", _("A machine to log in to by SSH")), ("jupyter", "JupyterLab"))
TYPED = ("hours", "template", "image", "ssh_keys", "command", "environment", "spot_bid")


class AskForm(StyledForm):
    """What a renter wants of one offer."""

    gpu_count = forms.IntegerField(min_value=1, max_value=MOST_GPUS, initial=1, label=_("GPUs"))
    together = forms.ChoiceField(
        choices=TOGETHER,
        initial=Together.OFFER.value,
        required=False,
        help_text=_("Equal: same site, provider, GPU model and price."),
        label=_("Where"),
    )
    when = forms.ChoiceField(
        choices=[(NOW, _("Now")), (LATER, _("Later, at the time below"))],
        initial=NOW,
        widget=forms.RadioSelect,
        label=_("Start"),
    )
    start = forms.DateTimeField(
        required=False,
        label=_("Start at, UTC"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    hours = forms.DecimalField(
        max_digits=9,
        decimal_places=4,
        max_value=10_000,
        validators=[MinValueValidator(Decimal("0.0001"))],
        initial=1,
        label=_("Hours"),
        help_text=_("How long; 0.5 is half an hour."),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    template = forms.ChoiceField(
        required=False,
        choices=[("", _("None: an image and a command of your own")), *TEMPLATES],
        label=_("Template"),
        help_text=_("Brings an image and a command."),
    )
    image = forms.CharField(
        required=False,
        max_length=255,
        label=_("Image"),
        help_text=_("A reference, such as docker.io/library/debian:12. It needs /bin/sh."),
    )
    ssh_keys = forms.CharField(
        required=False,
        max_length=20_000,
        label=_("SSH keys"),
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text=_("Public keys that may log in, one per line."),
    )
    command = forms.CharField(
        required=False,
        max_length=20_000,
        label=_("Command"),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_("One line as in a shell (no pipes or variables), or one word per line."),
    )
    environment = forms.CharField(
        required=False,
        max_length=100_000,
        label=_("Environment"),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_("NAME=value, one per line. The provider's machine sees these values."),
    )
    spot_bid = DollarsField(
        required=False,
        least=1,
        most=10_000 * MICRO,
        label=_("Bid per GPU-hour, $, if it may be interrupted"),
        help_text=_("You pay what you bid. Empty: nobody interrupts it, at the full price."),
    )
    hold_only = forms.BooleanField(
        required=False,
        label=_("Only hold it; I confirm myself"),
        help_text=_("Otherwise it is booked as soon as GPUs and money are set aside."),
    )

    def clean_command(self) -> list[str]:
        text = self.cleaned_data["command"].strip()
        if "\n" in text:
            return [line.strip() for line in _lines(text)]
        try:
            return shlex.split(text)
        except ValueError as error:
            raise ValidationError(not_a_command(error)) from error

    def clean_environment(self) -> dict[str, str]:
        pairs = [line.partition("=") for line in _lines(self.cleaned_data["environment"])]
        for name, equals, _value in pairs:
            if not equals:
                said = gettext("Write NAME=value; %(name)r has no = in it.")
                raise ValidationError(said % {"name": name[:40]})
        names = [pair[0].strip() for pair in pairs]
        if len(set(names)) < len(names):
            raise ValidationError(_("A name stands here twice; keep one."))
        return dict(zip(names, [pair[2] for pair in pairs], strict=True))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "command" in cleaned and not cleaned["command"] and not cleaned.get("template"):
            self.add_error("command", _("This field is required."))
        if cleaned.get("when") == LATER and not cleaned.get("start") and "start" in cleaned:
            self.add_error("start", _("Write when it shall start, or choose to start now."))
        return cleaned

    def begin(self, at: datetime) -> datetime:
        given: datetime | None = self.cleaned_data["start"]
        return at if given is None or self.cleaned_data["when"] == NOW else given

    def ask(self, offer: Offer, *, at: datetime) -> Ask:
        """The ask as the broker takes it; what starts now starts at `at`."""
        facts = self.cleaned_data
        start = self.begin(at)
        return Ask(
            offer=offer,
            gpu_count=facts["gpu_count"],
            start=start,
            end=start + timedelta(milliseconds=int(facts["hours"] * 3_600_000)),
            workload=self._workload(),
            auto_confirm=not facts["hold_only"],
            together=Together(facts["together"] or Together.OFFER),
            spot_bid_micro=facts["spot_bid"],
        )

    def _workload(self) -> dict[str, Any]:
        facts = self.cleaned_data
        chosen = {
            "template": facts["template"],
            "image": facts["image"].strip(),
            "ssh_keys": list(map(str.strip, _lines(facts["ssh_keys"]))),
        }
        given = {name: value for name, value in chosen.items() if value}
        return {"command": facts["command"], "environment": facts["environment"], **given}

    def settled(self, ask: Ask) -> "ConfirmForm":
        """The same wish with its start fixed, to be sent once more, and then to act once."""
        typed = {name: self.data.get(name, "") for name in TYPED}
        initial = {
            **typed,
            "gpu_count": ask.gpu_count,
            "together": ask.together.value,
            "when": self.cleaned_data["when"],
            "start": ask.start.isoformat(),
            "hold_only": self.cleaned_data["hold_only"],
            "token": uuid4(),
        }
        return ConfirmForm(initial=initial)


def wished(query: Mapping[str, str]) -> dict[str, Any]:
    """What a link to the form wishes for: the values of it that can be read, as first values."""
    wish: dict[str, Any] = {}
    for name in ("gpu_count", "start", "hours"):
        field: forms.Field = AskForm.base_fields[name]
        with suppress(ValidationError):
            wish[name] = field.clean(query.get(name, ""))
    wish = {name: value for name, value in wish.items() if value is not None}
    return {**wish, "when": LATER} if "start" in wish else wish


class ConfirmForm(AskForm, TokenForm):
    """The wish as it was quoted, carried hidden; the same token is the same reservation."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["start"].required = True
        for field in self.fields.values():
            field.widget = forms.HiddenInput()

    def begin(self, at: datetime) -> datetime:
        given: datetime = self.cleaned_data["start"]
        return given

    def ask(self, offer: Offer, *, at: datetime) -> Ask:
        """By which of its buttons it was sent decides when it is paid."""
        return replace(super().ask(offer, at=at), pay_at_start="pay_at_start" in self.data)


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

    threshold = DollarsField(least=CENT, most=MOST_MICRO, label=_("When less is available than, $"))
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
        names = ("name", "address", "tax_id", "reference")
        return {name: getattr(known, name) for name in names}

    def clean_address(self) -> str:
        return "\n".join(line.strip() for line in _lines(self.cleaned_data["address"]))
