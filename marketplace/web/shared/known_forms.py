"""What a customer says of itself, step by step; the names of fields are those of compliance."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from compliance import services as compliance
from compliance.models import IdentifierKind, PaperKind, PartyKind, Shown
from marketplace.core.money_fields import ShareField
from marketplace.web.forms import CountryField, StyledForm, choices_of

#: numbers that a party may give of itself, each under its kind
NUMBERS = (IdentifierKind.USCC, IdentifierKind.LEI, IdentifierKind.TAX)
DAY = {"type": "date"}


class PartyForm(StyledForm):
    """As much as an organisation says when it signs up; the rest follows in steps."""

    legal_name = forms.CharField(
        max_length=300, label=_("Legal name"), help_text=_("As in the register of companies.")
    )
    country = CountryField(
        label=_("Country of registration"), help_text=_("Two letters, such as SG or MY.")
    )


class IdentityForm(PartyForm):
    """Who the party is, and the numbers that registers know it by."""

    native_name = forms.CharField(
        max_length=300,
        required=False,
        label=_("Name in its own script"),
        help_text=_("If it is not written in Latin letters."),
    )
    kind = forms.ChoiceField(choices=choices_of(PartyKind), label=_("Kind of party"))
    birth_date = forms.CharField(
        max_length=10,
        required=False,
        label=_("Birth date"),
        help_text=_("Of a person: 1980-12-31. It tells you from others of the same name."),
    )
    registration_number = forms.CharField(
        max_length=64, required=False, label=_("Registration number")
    )
    uscc = forms.CharField(
        max_length=32,
        required=False,
        label=_("Unified social credit code"),
        help_text=_("If it is registered in mainland China: 18 signs, on the business licence."),
    )
    lei = forms.CharField(
        max_length=32,
        required=False,
        label=_("Legal entity identifier (LEI)"),
        help_text=_("If it has one: 20 signs."),
    )
    tax = forms.CharField(max_length=64, required=False, label=_("Tax number"))
    founded_on = forms.DateField(
        required=False, label=_("Founded on"), widget=forms.DateInput(attrs=DAY)
    )
    address = forms.CharField(max_length=500, required=False, label=_("Registered address"))

    field_order = ("kind", "legal_name", "native_name", "birth_date", "country")

    def clean_birth_date(self) -> str:
        born = str(self.cleaned_data["birth_date"])
        if born and self.cleaned_data.get("kind") == PartyKind.ORGANISATION:
            raise ValidationError(_("Only a person has one; leave it empty for an organisation."))
        return born

    @property
    def numbers(self) -> dict[str, str]:
        return {kind: self.cleaned_data[kind] for kind in NUMBERS}

    @property
    def facts(self) -> dict[str, Any]:
        """What compliance's amend_party takes."""
        return {name: fact for name, fact in self.cleaned_data.items() if name not in NUMBERS}


class ControlForm(StyledForm):
    """Where the party is directed from, and by whom in the end."""

    hq_country = CountryField(
        label=_("Country of the head office"),
        help_text=_("Where it is directed from: two letters."),
    )
    parent_name = forms.CharField(
        max_length=300,
        label=_("Ultimate parent"),
        help_text=_("Whoever owns or controls it in the end. If nobody does, its own legal name."),
    )
    parent_hq_country = CountryField(label=_("Country of the parent's head office"))
    is_reseller = forms.BooleanField(
        required=False,
        label=_("It rents for customers of its own"),
        help_text=_("Their names belong into the next step but one, what you will run."),
    )


class OwnerForm(StyledForm):
    owner_name = forms.CharField(
        max_length=300,
        label=pgettext_lazy("of a person or company", "Name"),
        help_text=_("As in the passport or the register."),
    )
    owner_kind = forms.ChoiceField(choices=choices_of(PartyKind), label=_("What it is"))
    owner_country = CountryField(
        label=_("Country"), help_text=_("Of the home or the head office: two letters.")
    )
    share_bps = ShareField(
        required=False, label=_("Share, %"), help_text=_("Held directly. Empty if nobody knows.")
    )
    controls = forms.BooleanField(
        required=False,
        label=_("Controls it whatever the share"),
        help_text=_("By votes, by contract, or by naming directors."),
    )
    since = forms.DateField(label=_("Owner since"), widget=forms.DateInput(attrs=DAY))
    evidence = forms.CharField(
        max_length=1000, label=_("Shown by"), help_text=_("The paper that says so, and its date.")
    )


class DirectorForm(StyledForm):
    name = forms.CharField(
        max_length=300,
        label=pgettext_lazy("of a person", "Name"),
        help_text=_("As in the passport."),
    )
    country = CountryField(label=_("Country"), help_text=_("Of the home: two letters."))
    since = forms.DateField(label=_("Director since"), widget=forms.DateInput(attrs=DAY))
    evidence = forms.CharField(
        max_length=1000, label=_("Shown by"), help_text=_("The paper that says so, and its date.")
    )


class ContactForm(StyledForm):
    name = forms.CharField(max_length=200, label=pgettext_lazy("of a person", "Name"))
    position = forms.CharField(
        max_length=120, label=_("Position"), help_text=_("Such as director or legal counsel.")
    )
    email = forms.EmailField(label=_("E-mail"), max_length=254)
    phone = forms.CharField(max_length=40, required=False, label=_("Phone"))


#: what a paper may show, as whoever sends it reads it
SHOWN = {
    Shown.REGISTRATION: _("Registration"),
    Shown.HEADQUARTERS: _("Head office"),
    Shown.PARENT: _("Ultimate parent"),
    Shown.OWNER: _("Owner"),
    Shown.DIRECTOR: _("Director"),
}


class PaperForm(StyledForm):
    """A file, and which declaration it shows; what it holds is checked by compliance."""

    kind = forms.ChoiceField(choices=choices_of(PaperKind), label=_("What it is"))
    document = forms.FileField(
        label=_("File"),
        help_text=format_lazy(
            _("PDF, PNG or JPEG, up to {most} MB."), most=compliance.LARGEST_FILE // 2**20
        ),
        widget=forms.FileInput(attrs={"accept": ",".join(compliance.FILE_ENDINGS)}),
    )

    about = forms.ChoiceField(
        required=False,
        label=_("What it shows"),
        help_text=_("If it shows several, send it once for each."),
    )

    def __init__(
        self, *args: Any, declared: Iterable[compliance.Declaration] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        about = self.fields["about"]
        assert isinstance(about, forms.ChoiceField)  # noqa: S101  declared above
        about.choices = [
            ("", _("Nothing in particular")),
            *((one.key, format_lazy("{}: {}", SHOWN[one.fact], one.declared)) for one in declared),
        ]

    def clean_document(self) -> UploadedFile[Any]:
        given: UploadedFile[Any] = self.cleaned_data["document"]
        if (given.size or 0) > compliance.LARGEST_FILE:
            raise ValidationError(_("%(file)s is too large."), params={"file": given.name})
        return given
