from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.web.forms import StyledForm

MOMENT = {"type": "datetime-local"}


class UpkeepForm(StyledForm):
    """When a machine takes nothing new."""

    start = forms.DateTimeField(
        label=_("From, UTC"),
        required=False,
        help_text=_("Empty: now."),
        widget=forms.DateTimeInput(attrs=MOMENT, format="%Y-%m-%dT%H:%M"),
    )
    until = forms.DateTimeField(
        label=_("Until, UTC"),
        required=False,
        help_text=_("Empty: until you take it back."),
        widget=forms.DateTimeInput(attrs=MOMENT, format="%Y-%m-%dT%H:%M"),
    )
