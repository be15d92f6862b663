from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.services import Principal
from marketplace.hooks.addresses import MOST
from marketplace.notices.kinds import KINDS
from marketplace.notices.wording import LABELS
from marketplace.web.forms import StyledForm


class WebhookForm(StyledForm):
    url = forms.CharField(
        label=_("Address"),
        max_length=MOST,
        widget=forms.URLInput,
        help_text=_("https:// of a public server of yours. Redirects are not followed."),
    )
    note = forms.CharField(label=_("What it is for"), max_length=120, required=False)
    kinds = forms.MultipleChoiceField(
        label=_("It hears of"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Of what you may read yourself."),
    )

    def __init__(self, *args: Any, principal: Principal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["kinds"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101  declared above
        field.choices = [
            (kind.code, LABELS[kind.code]) for kind in KINDS if principal.may(kind.act)
        ]
