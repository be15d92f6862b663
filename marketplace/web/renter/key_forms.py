from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.accounts import roles
from marketplace.accounts import services as accounts
from marketplace.web.forms import StyledForm

#: acts of accounts.roles, as a reader knows them
SCOPES = [
    (roles.VIEW, _("Look at everything")),
    (roles.RENT, _("Reserve, change and stop")),
    (roles.PAY, _("Top up and pay")),
    (roles.PROVIDE, _("List and run machines")),
    (roles.MANAGE, _("Manage members, keys and facts")),
]


class KeyForm(StyledForm):
    name = forms.CharField(
        max_length=80, label=_("Name"), help_text=_("What it is for, to tell keys apart.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("It may"),
        choices=SCOPES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nothing beyond your role. None ticked: all that your role may."),
    )
    days = forms.TypedChoiceField(
        label=_("It works for"),
        choices=[
            ("30", _("30 days")),
            ("90", _("90 days")),
            ("365", _("a year")),
            ("", _("no end")),
        ],
        coerce=int,
        empty_value=None,
        required=False,
    )
    per_minute = forms.IntegerField(
        label=_("Requests in a minute, at most"),
        min_value=1,
        max_value=accounts.MOST_PER_MINUTE,
        required=False,
        help_text=_("Empty: the usual limit."),
    )
