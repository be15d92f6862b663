from typing import Any

from django import forms

from compliance.models import ChipModel
from marketplace.catalog.models import Machine
from marketplace.core.money import MICRO
from marketplace.web.forms import DollarsField, StyledForm


class OfferForm(StyledForm):
    """At which price the machine's GPUs of a chip are rented out."""

    chip = forms.ModelChoiceField(queryset=ChipModel.objects.none(), label="GPU", empty_label=None)
    price = DollarsField(
        least=1,
        most=10_000 * MICRO,
        label="Price per GPU-hour, $",
        help_text="Replaces the offer listed for these GPUs. What is booked keeps its price.",
    )

    def __init__(self, *args: Any, machine: Machine, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chip = self.fields["chip"]
        assert isinstance(chip, forms.ModelChoiceField)  # noqa: S101  declared above
        known = machine.gpus.filter(present=True, chip__isnull=False)
        chip.queryset = ChipModel.objects.filter(pk__in=known.values("chip")).order_by("name")
