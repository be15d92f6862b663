"""Forms of what is done to a booking, and of waiting for one."""

import shlex
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.utils.translation import gettext_lazy as _

from compliance.models import ChipModel
from marketplace.brokerage.keepings import KEEPING_LIVE, MOST_HOURS
from marketplace.brokerage.models import IfLost
from marketplace.core.money import MICRO
from marketplace.web.forms import COUNTRY_ATTRS, DollarsField, StyledForm, TokenForm

from . import market
from .forms import MOST_GPUS, TOGETHER, not_a_command

#: as for an offer, but which machine it will be is open
WAITED_FOR = [(TOGETHER[0][0], _("On one machine")), *TOGETHER[1:]]


class WaitForm(TokenForm):
    """What somebody would wait for."""

    chip = forms.ModelChoiceField(queryset=ChipModel.objects.none(), label="GPU", empty_label=None)
    gpu_count = forms.IntegerField(min_value=1, max_value=MOST_GPUS, initial=1, label=_("GPUs"))
    together = forms.ChoiceField(choices=WAITED_FOR, required=False, label=_("Where"))
    country = forms.CharField(
        required=False,
        max_length=2,
        label=_("Country"),
        help_text=_("Two letters; empty: anywhere."),
        widget=forms.TextInput(attrs=COUNTRY_ATTRS),
    )
    hours = forms.DecimalField(
        max_digits=7,
        decimal_places=2,
        max_value=90 * 24,
        validators=[MinValueValidator(Decimal("0.1"))],
        initial=1,
        label=_("Hours"),
        help_text=_("How long; 0.5 is half an hour."),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    limit = DollarsField(least=1, most=10_000 * MICRO, label=_("Price per GPU-hour, $, at most"))
    earliest = forms.DateTimeField(
        required=False,
        label=_("Not before, UTC"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    latest = forms.DateTimeField(
        label=_("Starts by, UTC"),
        help_text=_("Afterwards it lapses."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    command = forms.CharField(
        max_length=20_000, label=_("Command"), help_text=_("One line as in a shell.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chip = self.fields["chip"]
        assert isinstance(chip, forms.ModelChoiceField)  # noqa: S101  declared above
        chip.queryset = market.chips_on_offer()

    def clean_command(self) -> list[str]:
        try:
            return shlex.split(self.cleaned_data["command"])
        except ValueError as error:
            raise ValidationError(not_a_command(error)) from error


class EndForm(StyledForm):
    """When a booking shall end instead."""

    end = forms.DateTimeField(
        label=_("New end, UTC"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


class ChangeForm(EndForm, TokenForm):
    """The new end and its fee as they were shown; the same token is the same change."""

    fee = forms.IntegerField(min_value=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget = forms.HiddenInput()


class InstructForm(StyledForm):
    if_lost = forms.ChoiceField(
        choices=[
            (IfLost.ASK, _("Tell me, and wait for it")),
            (IfLost.END, _("End the booking after ten minutes")),
        ],
        label=_("If a machine is lost while it runs"),
    )


class GiveUpForm(TokenForm):
    """The fee as it was shown for giving all of it up."""

    fee = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class KeepForm(StyledForm):
    """For how long a workspace is kept after its rental."""

    hours = forms.IntegerField(
        min_value=1,
        max_value=MOST_HOURS,
        initial=24,
        label=_("Hours after the rental"),
        help_text=_("From 1 to 720, which is 30 days."),
    )


class MakeKeepForm(KeepForm, TokenForm):
    """The hours and the most that they cost as they were shown; the same token asks once."""

    most = forms.IntegerField(min_value=1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget = forms.HiddenInput()


class GiveUpKeepingForm(StyledForm):
    """What was to be given up: a wish, or a workspace that lies there."""

    state = forms.ChoiceField(
        choices=[(state, state) for state in KEEPING_LIVE], widget=forms.HiddenInput
    )
