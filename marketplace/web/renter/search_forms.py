"""What to look for among the offers."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from compliance.models import ChipModel
from marketplace.catalog.query import Comparison, Query, QueryError, narrowed, parse
from marketplace.core.money import MICRO
from marketplace.web.forms import DollarsField, StyledForm

from . import market
from .forms import MOST_GPUS

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
