"""Amounts and shares as people write them in forms."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from .money import BadAmount, micro_from_text, text_from_micro


class _Cleaned(forms.Field):
    """A field whose rows hold what it cleans to, which is not what is typed."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return not self.disabled and bool(initial != self.clean(data))
        except ValidationError:
            return True


class MicroField(_Cleaned, forms.CharField):
    """ "12.50" in, micro-units out; None where nothing is written and nothing need be."""

    def __init__(self, *, min_value: int | None = None, **kwargs: Any) -> None:
        self.min_value = min_value
        kwargs.setdefault("help_text", "an amount such as 12.50")
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return text_from_micro(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            micro = micro_from_text(text)
        except BadAmount as error:
            raise ValidationError(str(error)) from error
        if self.min_value is not None and micro < self.min_value:
            raise ValidationError(f"Write at least {text_from_micro(self.min_value)}.")
        return micro


class ShareField(_Cleaned, forms.DecimalField):
    """A share typed in percent, cleaned to basis points; empty is not known."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal"}))
        super().__init__(min_value=0, max_value=100, decimal_places=2, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return f"{Decimal(value) / 100:f}" if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        share = super().clean(value)
        return None if share is None else int(share * 100)
