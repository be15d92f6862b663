"""What all forms of the pages share."""

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError

from marketplace.core import money
from marketplace.core.money import BadAmount


class Dressed(forms.BaseForm):
    """A form whose widgets carry the classes of straits.css."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            _dress(field.widget)


def _dress(widget: forms.Widget) -> None:
    if isinstance(widget, forms.RadioSelect | forms.CheckboxInput | forms.HiddenInput):
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
            raise ValidationError(f"{error}.") from error
        if not self.least <= micro <= self.most:
            raise ValidationError(
                f"Write an amount from {dollars(self.least)} to {dollars(self.most)}."
            )
        return micro


def dollars(micro: int) -> str:
    """Micro-units as a reader knows them, exact: 1234500000 -> "$1,234.50"."""
    sign = "-" if micro < 0 else ""
    whole, fraction = money.text_from_micro(abs(micro)).split(".")
    return f"{sign}${int(whole):,}.{fraction}"


class TokenForm(StyledForm):
    """A form that acts once however often it is sent: its token becomes the idempotency key."""

    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    @property
    def key(self) -> str:
        return f"web:{self.cleaned_data['token']}"


def take_over(form: forms.BaseForm, error: ValidationError, *, default: str | None) -> None:
    """Show a service's refusal at the fields it names, and under `default` where it names none."""
    if not hasattr(error, "error_dict"):
        form.add_error(default, error.messages)
        return
    messages: Iterable[tuple[str, list[str]]] = error.message_dict.items()
    for name, texts in messages:
        form.add_error(name if name in form.fields else None, texts)
