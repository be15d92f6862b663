"""What all forms of the pages share."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.utils.translation import gettext as _

from compliance.countries import CODES, validate_country
from marketplace.catalog.models import MOST_KEEP_MICRO
from marketplace.core import money
from marketplace.core.money import BadAmount
from marketplace.web.said import said
from marketplace.web.sentences import sentence


class Dressed(forms.BaseForm):
    """A form whose widgets carry the classes of straits.css."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            _dress(field.widget)


def _dress(widget: forms.Widget) -> None:
    if isinstance(
        widget,
        forms.RadioSelect | forms.CheckboxInput | forms.CheckboxSelectMultiple | forms.HiddenInput,
    ):
        return
    widget.attrs.setdefault("class", "select" if isinstance(widget, forms.Select) else "input")


class StyledForm(Dressed, forms.Form):
    pass


class DollarsField(forms.CharField):
    """An amount typed in dollars, cleaned to micro-units."""

    def __init__(self, *, least: int, most: int, **kwargs: Any) -> None:
        self.least, self.most = least, most
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal"}))
        super().__init__(max_length=20, **kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            micro = money.micro_from_text(text.removeprefix("$").replace(",", ""))
        except BadAmount as error:
            raise ValidationError(sentence(error)) from error
        if not self.least <= micro <= self.most:
            text = _("Write an amount from %(least)s to %(most)s.")
            raise ValidationError(text % {"least": dollars(self.least), "most": dollars(self.most)})
        return micro


#: of a month, where what is priced by the hour is said by the month
MONTH_HOURS = 730


class KeepPriceField(DollarsField):
    """What a GiB costs for a month, cleaned to micro-units per GiB-hour; never rounded."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(least=MONTH_HOURS, most=MOST_KEEP_MICRO * MONTH_HOURS, **kwargs)

    def clean(self, value: Any) -> Any:
        month = super().clean(value)
        if month is None:
            return None
        hourly, rest = divmod(month, MONTH_HOURS)
        if rest:
            near = {
                "less": dollars(hourly * MONTH_HOURS),
                "more": dollars((hourly + 1) * MONTH_HOURS),
            }
            text = _(
                "By the hour that is no whole number of millionths. Write %(less)s or %(more)s."
            )
            raise ValidationError(text % near)
        return hourly


def dollars(micro: int) -> str:
    """Micro-units as a reader knows them, exact: 1234500000 -> "$1,234.50"."""
    sign = "-" if micro < 0 else ""
    whole, fraction = money.text_from_micro(abs(micro)).split(".")
    return f"{sign}${int(whole):,}.{fraction}"


#: page.js offers the names of countries in the language of the page, where it runs
COUNTRY_ATTRS = {
    "data-countries": " ".join(sorted(CODES)),
    "autocomplete": "off",
    "autocapitalize": "characters",
}


class CountryField(forms.CharField):
    """An ISO 3166-1 code of two letters, in any case."""

    default_validators = [validate_country]

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs=COUNTRY_ATTRS))
        super().__init__(min_length=2, max_length=2, **kwargs)

    def to_python(self, value: Any) -> Any:
        return str(super().to_python(value) or "").upper()

    def run_validators(self, value: Any) -> None:
        try:
            super().run_validators(value)
        except ValidationError as error:
            raise ValidationError([said(text) for text in error.messages]) from error


def choices_of(
    kinds: type[TextChoices], *, without: str | None = None
) -> Callable[[], list[tuple[str, str]]]:
    """The choices of another room with their labels in the language of the page."""
    return lambda: [(value, said(label)) for value, label in kinds.choices if value != without]


class TokenForm(StyledForm):
    """A form that acts once however often it is sent: its token becomes the idempotency key."""

    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    @property
    def key(self) -> str:
        return f"web:{self.cleaned_data['token']}"


def lines(text: str) -> list[str]:
    """Lines with something in them. Not splitlines, which cuts at more than the end of a line."""
    return [line for line in text.replace("\r\n", "\n").split("\n") if line.strip()]


def take_over(form: forms.BaseForm, error: ValidationError, *, default: str | None) -> None:
    """Show a service's refusal at the fields it names, and under `default` where it names none."""
    if not hasattr(error, "error_dict"):
        form.add_error(default, [said(text) for text in error.messages])
        return
    messages: Iterable[tuple[str, list[str]]] = error.message_dict.items()
    for name, texts in messages:
        form.add_error(name if name in form.fields else None, [said(text) for text in texts])
