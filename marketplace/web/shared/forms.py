from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from compliance import services as compliance
from compliance.countries import validate_country
from compliance.models import EndUse, IdentifierKind, PartyKind
from compliance.models.statements import WORDING, WORDINGS
from compliance.services import Numbered
from marketplace.accounts.models import Role
from marketplace.web.forms import Dressed, StyledForm, TokenForm

#: with one answer
MOST_FILES = 5
#: numbers that a party may give of itself, each under its kind
NUMBERS = (IdentifierKind.USCC, IdentifierKind.LEI, IdentifierKind.TAX)


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


class NewMemberForm(StyledForm):
    """Who joins by an invitation, which names the address."""

    name = forms.CharField(max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 8 characters, not a common one, not only digits.",
    )


class RoleForm(StyledForm):
    """A member's role."""

    role = forms.ChoiceField(choices=Role)


class InvitationForm(RoleForm):
    """Whom an owner wants in the organisation."""

    email = forms.EmailField(label="E-mail", max_length=254)

    field_order = ("email", "role")


class PartyForm(StyledForm):
    """What screening rests on; the names are those of compliance's Party."""

    legal_name = forms.CharField(max_length=300, help_text="As in the register of companies.")
    native_name = forms.CharField(
        max_length=300,
        required=False,
        label="Name in its own script",
        help_text="If it is not written in Latin letters.",
    )
    kind = forms.ChoiceField(
        choices=PartyKind, required=False, label="Kind of party", initial=PartyKind.ORGANISATION
    )
    birth_date = forms.CharField(
        max_length=10,
        required=False,
        help_text="Of a person: 1980-12-31. It tells you from others of the same name.",
    )
    registration_number = forms.CharField(max_length=64)
    uscc = forms.CharField(
        max_length=32,
        required=False,
        label="Unified social credit code",
        help_text="If it is registered in mainland China: 18 signs, on the business licence.",
    )
    lei = forms.CharField(
        max_length=32,
        required=False,
        label="Legal entity identifier (LEI)",
        help_text="If it has one: 20 signs.",
    )
    tax = forms.CharField(max_length=64, required=False, label="Tax number")
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

    def clean_kind(self) -> str:
        return str(self.cleaned_data["kind"] or PartyKind.ORGANISATION)

    def clean_birth_date(self) -> str:
        born = str(self.cleaned_data["birth_date"])
        if born and self.cleaned_data.get("kind") == PartyKind.ORGANISATION:
            raise ValidationError("Only a person has one; leave it empty for an organisation.")
        return born

    @property
    def facts(self) -> dict[str, Any]:
        """What compliance's register_party takes."""
        facts = dict(self.cleaned_data)
        country = facts["country"]
        numbers = {kind: facts.pop(kind) for kind in NUMBERS}
        given = [Numbered(kind, number, country) for kind, number in numbers.items() if number]
        return {**facts, "identifiers": given}


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


class AskForm(StyledForm):
    text = forms.CharField(
        max_length=4000,
        label="Ask for a review",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What a person should know who looks at your organisation.",
    )


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files of a case; what they hold is checked by compliance."""

    def __init__(self, **kwargs: Any) -> None:
        accept = ",".join(compliance.FILE_ENDINGS)
        super().__init__(widget=FilesInput(attrs={"accept": accept}), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        files: list[UploadedFile[Any]] = [
            super(FilesField, self).clean(one, initial) for one in data or [] if one
        ]
        if len(files) > MOST_FILES:
            raise ValidationError(f"Send {MOST_FILES} files at most.")
        for one in files:
            if (one.size or 0) > compliance.LARGEST_FILE:
                raise ValidationError(f"{one.name} is too large.")
        return files


class AnswerForm(StyledForm):
    text = forms.CharField(
        max_length=4000, label="Your answer", widget=forms.Textarea(attrs={"rows": 3})
    )
    document = FilesField(
        required=False,
        label="Documents",
        help_text=f"PDF, PNG or JPEG, up to {MOST_FILES} files of "
        f"{compliance.LARGEST_FILE // 2**20} MB.",
    )

    def uploads(self) -> list[compliance.Upload]:
        files: list[UploadedFile[Any]] = self.cleaned_data["document"]
        return [compliance.Upload(one.name or "", one.read()) for one in files]
