from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm

from compliance.countries import validate_country
from compliance.models import EndUse
from compliance.models.statements import WORDING, WORDINGS
from marketplace.web.forms import Dressed, StyledForm, TokenForm


class SignInForm(Dressed, AuthenticationForm):
    """Django's own, with the address under its own name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "E-mail"

    def clean_username(self) -> str:
        # addresses are kept in lower case
        return str(self.cleaned_data["username"]).strip().lower()


class CountryField(forms.CharField):
    """An ISO 3166-1 code of two letters, in any case."""

    default_validators = [validate_country]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_length=2, max_length=2, **kwargs)

    def to_python(self, value: Any) -> Any:
        return str(super().to_python(value) or "").upper()


class PersonForm(StyledForm):
    """Who signs up."""

    name = forms.CharField(max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(
        label="E-mail", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    password = forms.CharField(
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 8 characters, not a common one, not only digits.",
    )
    organisation_name = forms.CharField(
        label="Organisation", max_length=200, help_text="As it is called here."
    )


class PartyForm(StyledForm):
    """What screening rests on; the names are those of compliance's Party."""

    legal_name = forms.CharField(max_length=300, help_text="As in the register of companies.")
    native_name = forms.CharField(
        max_length=300,
        required=False,
        label="Name in its own script",
        help_text="If it is not written in Latin letters.",
    )
    registration_number = forms.CharField(max_length=64)
    country = CountryField(
        label="Country of registration", help_text="Two letters, such as SG or MY."
    )
    hq_country = CountryField(
        label="Country of the head office", help_text="Where it is directed from."
    )
    parent_name = forms.CharField(
        max_length=300,
        label="Ultimate parent",
        help_text="Whoever owns or controls it in the end. If nobody does, its own legal name.",
    )
    parent_hq_country = CountryField(label="Country of the parent's head office")
    founded_on = forms.DateField(
        required=False,
        label="Founded on",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="As registered.",
    )
    address = forms.CharField(max_length=500, required=False, label="Registered address")
    end_use = forms.ChoiceField(
        choices=[("", "Choose one"), *EndUse.choices], label="What the GPUs are for"
    )
    end_use_statement = forms.CharField(
        max_length=4000,
        label="In your own words",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="What runs, for whom, and who may use the results.",
    )
    is_reseller = forms.BooleanField(
        required=False,
        label="We rent for customers of our own",
        help_text="As a reseller or cloud.",
    )
    end_users = forms.CharField(
        max_length=4000,
        required=False,
        label="Who else uses it",
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Everybody besides your organisation; a reseller names its customers.",
    )


class StatementForm(TokenForm):
    """An end-use statement, to be signed."""

    end_use = forms.ChoiceField(
        choices=[choice for choice in EndUse.choices if choice[0] != EndUse.REFUSED],
        label="What the GPUs are for",
    )
    text = forms.CharField(
        max_length=4000,
        label="In your own words",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="What runs, for whom, and who may use the results.",
    )
    end_users = forms.CharField(
        max_length=4000,
        required=False,
        label="Who else uses it",
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Everybody besides your organisation; a reseller names its customers.",
    )
    signed_name = forms.CharField(max_length=200, label="Your full name, as signature")
    version = forms.CharField(max_length=16, widget=forms.HiddenInput, initial=WORDING)
    signed = forms.BooleanField(label=WORDINGS[WORDING])
