import shlex
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator

from compliance.models import ChipModel
from marketplace.billing.services.top_ups import LEAST_MICRO, MOST_MICRO
from marketplace.brokerage.placement import Together
from marketplace.brokerage.services import Ask
from marketplace.catalog.models import Offer
from marketplace.catalog.query import Comparison, Query, QueryError, narrowed, parse
from marketplace.core.money import MICRO
from marketplace.web.forms import DollarsField, StyledForm, TokenForm

from . import market

NOW, LATER = "now", "later"
CENT = MICRO // 100
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


def _sentence(error: QueryError) -> str:
    said = [text[0].upper() + text[1:] for text in (str(error), error.hint) if text]
    return ". ".join(said)


TOGETHER = [
    (Together.OFFER.value, "On this machine"),
    (Together.MACHINE.value, "On one machine, this or an equal one"),
    (Together.FABRIC.value, "On equal machines that share a fast network"),
    (Together.SITE.value, "On any equal machines of the site"),
]


class FilterForm(StyledForm):
    """What to look for among the offers; everything may be left out."""

    #: why the query cannot be read, if it cannot
    unreadable: QueryError | None = None

    q = forms.CharField(
        required=False,
        strip=False,
        label="Search",
        help_text="gpu ~ H100 and count >= 8 and price < $2.40 for 72h order by price, -memory",
        widget=forms.TextInput(attrs={"spellcheck": "false", "class": "input mono"}),
    )
    chip = forms.ModelChoiceField(
        queryset=ChipModel.objects.none(),
        to_field_name="name",
        required=False,
        label="GPU",
        empty_label="Any",
    )
    memory = forms.IntegerField(
        required=False, min_value=1, max_value=MOST_GPUS, label="Memory of each, GB, at least"
    )
    count = forms.IntegerField(
        required=False, min_value=1, max_value=MOST_GPUS, label="GPUs free now, at least"
    )
    country = forms.ChoiceField(required=False)
    price = DollarsField(
        required=False, least=1, most=10_000 * MICRO, label="Price per GPU-hour, $, at most"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chip, country = self.fields["chip"], self.fields["country"]
        assert isinstance(chip, forms.ModelChoiceField)  # noqa: S101  declared above
        assert isinstance(country, forms.ChoiceField)  # noqa: S101  declared above
        chip.queryset = market.chips_on_offer()
        country.choices = [("", "Any"), *((code, code) for code in market.countries_on_offer())]
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


TEMPLATES = (("ssh", "A machine to log in to by SSH"), ("jupyter", "JupyterLab"))
TYPED = ("hours", "template", "image", "ssh_keys", "command", "environment")


class AskForm(StyledForm):
    """What a renter wants of one offer."""

    gpu_count = forms.IntegerField(min_value=1, max_value=MOST_GPUS, initial=1, label="GPUs")
    together = forms.ChoiceField(
        choices=TOGETHER,
        initial=Together.OFFER.value,
        required=False,
        help_text="Equal: same site, provider, GPU model and price.",
        label="Where",
    )
    when = forms.ChoiceField(
        choices=[(NOW, "Now"), (LATER, "Later, at the time below")],
        initial=NOW,
        widget=forms.RadioSelect,
        label="Start",
    )
    start = forms.DateTimeField(
        required=False,
        label="Start at, UTC",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    hours = forms.DecimalField(
        max_digits=9,
        decimal_places=4,
        max_value=10_000,
        validators=[MinValueValidator(Decimal("0.0001"))],
        initial=1,
        help_text="How long; 0.5 is half an hour.",
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    template = forms.ChoiceField(
        required=False,
        choices=[("", "None: an image and a command of your own"), *TEMPLATES],
        help_text="Brings an image and a command.",
    )
    image = forms.CharField(
        required=False,
        max_length=255,
        help_text="A reference, such as docker.io/library/debian:12. It needs /bin/sh.",
    )
    ssh_keys = forms.CharField(
        required=False,
        max_length=20_000,
        label="SSH keys",
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text="Public keys that may log in, one per line.",
    )
    command = forms.CharField(
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text="One line as in a shell (no pipes or variables), or one word per line.",
    )
    environment = forms.CharField(
        required=False,
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text="NAME=value, one per line. The provider's machine sees these values.",
    )
    hold_only = forms.BooleanField(
        required=False,
        label="Only hold it; I confirm myself",
        help_text="Otherwise it is booked as soon as GPUs and money are set aside.",
    )

    def clean_command(self) -> list[str]:
        text = self.cleaned_data["command"].strip()
        if "\n" in text:
            return [line.strip() for line in _lines(text)]
        try:
            return shlex.split(text)
        except ValueError as error:
            raise ValidationError(f"Not a command: {str(error).lower()}.") from error

    def clean_environment(self) -> dict[str, str]:
        pairs = [line.partition("=") for line in _lines(self.cleaned_data["environment"])]
        for name, equals, _ in pairs:
            if not equals:
                raise ValidationError(f"Write NAME=value; {name[:40]!r} has no = in it.")
        names = [name.strip() for name, _, _ in pairs]
        if len(set(names)) < len(names):
            raise ValidationError("A name stands here twice; keep one.")
        return dict(zip(names, [value for _, _, value in pairs], strict=True))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "command" in cleaned and not cleaned["command"] and not cleaned.get("template"):
            self.add_error("command", "This field is required.")
        if cleaned.get("when") == LATER and not cleaned.get("start") and "start" in cleaned:
            self.add_error("start", "Write when it shall start, or choose to start now.")
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


class TopUpForm(TokenForm):
    """How much money to move into the wallet, and from where."""

    amount = DollarsField(least=LEAST_MICRO, most=MOST_MICRO, label="Amount, $")
    payment_method: forms.Field = forms.CharField(
        max_length=64,
        help_text="The id of a payment method saved with Stripe, such as pm_1NXWPn…",
    )

    def clean_amount(self) -> int:
        micro: int = self.cleaned_data["amount"]
        if micro % CENT:
            raise ValidationError("Write whole cents.")
        return micro


class FakeStripeTopUpForm(TopUpForm):
    """With the fake Stripe: its test payment methods, by what becomes of them."""

    payment_method = forms.ChoiceField(
        choices=[
            ("pm_card_visa", "Test card that pays"),
            ("pm_card_chargeDeclined", "Test card that is declined"),
            ("pm_card_authenticationRequired", "Test card whose bank asks its owner"),
        ],
        label="From",
    )


class KeyForm(StyledForm):
    name = forms.CharField(max_length=80, help_text="What it is for, to tell keys apart.")
