from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.html import format_html
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from compliance import services as compliance
from compliance.models import EndUse
from compliance.models.statements import WORDING, WORDINGS
from marketplace.accounts.models import Role
from marketplace.web.forms import DollarsField, StyledForm, TokenForm, choices_of

#: with one answer
MOST_FILES = 5


class PersonForm(StyledForm):
    """Who signs up."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 8 characters, not a common one, not only digits."),
    )
    organisation_name = forms.CharField(
        label=_("Organisation"), max_length=200, help_text=_("As it is called here.")
    )


class AddressForm(StyledForm):
    """Where a person wants to get letters from now on, and what they sign in with."""

    email = forms.EmailField(
        label=_("New e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class NewMemberForm(StyledForm):
    """Who joins by an invitation, which names the address."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 8 characters, not a common one, not only digits."),
    )


class RoleForm(StyledForm):
    """A member's role."""

    role = forms.ChoiceField(label=_("Role"), choices=choices_of(Role))


class InvitationForm(RoleForm):
    """Whom an owner wants in the organisation."""

    email = forms.EmailField(label=_("E-mail"), max_length=254)
    # what lets in least stands there at first
    role = forms.ChoiceField(label=_("Role"), choices=choices_of(Role), initial=Role.VIEWER)

    field_order = ("email", "role")


class StatementForm(TokenForm):
    """An end-use statement, to be signed."""

    end_use = forms.ChoiceField(
        choices=choices_of(EndUse, without=EndUse.REFUSED),
        label=_("What the GPUs are for"),
    )
    text = forms.CharField(
        max_length=4000,
        label=_("In your own words"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What runs, for whom, and who may use the results."),
    )
    end_users = forms.CharField(
        max_length=4000,
        required=False,
        label=_("Who else uses it"),
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Everybody besides your organisation; a reseller names its customers."),
    )
    signed_name = forms.CharField(max_length=200, label=_("Your full name, as signature"))
    version = forms.CharField(max_length=16, widget=forms.HiddenInput, initial=WORDING)
    #: the sentence that is signed: of one wording in one language, whatever the page speaks
    signed = forms.BooleanField(label=format_html('<span lang="en">{}</span>', WORDINGS[WORDING]))


class AskForm(StyledForm):
    text = forms.CharField(
        max_length=4000,
        label=_("Ask for a review"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What a person should know who looks at your organisation."),
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
            raise ValidationError(
                gettext("Send %(number)s files at most.") % {"number": MOST_FILES}
            )
        for one in files:
            if (one.size or 0) > compliance.LARGEST_FILE:
                raise ValidationError(gettext("%(name)s is too large.") % {"name": one.name})
        return files


class AnswerForm(StyledForm):
    text = forms.CharField(
        max_length=4000, label=_("Your answer"), widget=forms.Textarea(attrs={"rows": 3})
    )
    document = FilesField(
        required=False,
        label=_("Documents"),
        help_text=format_lazy(
            _("PDF, PNG or JPEG, up to {number} files of {size} MB."),
            number=MOST_FILES,
            size=compliance.LARGEST_FILE // 2**20,
        ),
    )

    def uploads(self) -> list[compliance.Upload]:
        files: list[UploadedFile[Any]] = self.cleaned_data["document"]
        return [compliance.Upload(one.name or "", one.read()) for one in files]


class ClaimForm(TokenForm):
    """What went wrong with a reservation, and what the renter wants back for it."""

    amount = DollarsField(
        least=1,
        most=10**12,
        label=_("What you want back, $"),
        help_text=_("At most what the reservation cost."),
    )
    claim = forms.CharField(
        max_length=4000,
        label=_("What went wrong"),
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_(
            "When, on which GPU, how you saw it. The provider reads this. Our own records "
            "of gaps and rulings are attached by themselves."
        ),
    )


class DisputeAnswerForm(StyledForm):
    """The provider's side."""

    text = forms.CharField(
        max_length=4000,
        label=_("Your answer"),
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("It counts once. The renter reads this."),
    )
