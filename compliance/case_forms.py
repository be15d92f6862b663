"""What an officer fills in on the page of a case."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from . import services
from .models import Decision
from .services.cases.deciding import VERDICTS
from .services.cases.documents import FILE_ENDINGS, LARGEST_FILE
from .services.cases.working import LONGEST

DOCUMENT_HELP = f"PDF, PNG or JPEG, {LARGEST_FILE // 2**20} MB at most."
PUBLIC_HELP = (
    "The organisation reads this as it is. Never say which fact decided, or what to change to pass."
)


def _area(help_text: str = "") -> forms.CharField:
    return forms.CharField(
        max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3}), help_text=help_text
    )


class NoForm(forms.Form):
    """A button and nothing to fill in."""


class TextForm(forms.Form):
    text = _area("Only staff read this.")


class RequestForm(forms.Form):
    text = _area(PUBLIC_HELP)


class ReasonForm(forms.Form):
    reason = _area("Kept with your signature.")


class DocumentForm(forms.Form):
    document = forms.FileField(
        help_text=DOCUMENT_HELP,
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(FILE_ENDINGS)}),
    )

    def clean_document(self) -> "UploadedFile[Any]":
        return small(self.cleaned_data["document"])


class ProposeForm(forms.Form):
    """Likenesses and rules are those of the newest decision; each is offered by its place there."""

    verdict = forms.ChoiceField(choices=[("", "Choose one"), *VERDICTS.items()])
    entries = forms.TypedMultipleChoiceField(
        coerce=int, required=False, widget=forms.CheckboxSelectMultiple, label="Clear"
    )
    rules = forms.TypedMultipleChoiceField(
        coerce=int, required=False, widget=forms.CheckboxSelectMultiple, label="Reviewed"
    )
    everywhere = forms.BooleanField(
        required=False, label="For every chip and site, not only the one that was asked for"
    )
    reason = _area("What you compared and found; kept with the verdict.")

    def __init__(self, *args: Any, decision: Decision, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.decision = decision
        self.likenesses = services.likenesses(decision)
        self.reviews = services.reviews(decision)
        self._offer("entries", [_entry(one) for one in self.likenesses])
        self._offer("rules", [f"{one['rule_id']} v{one['rule_version']}" for one in self.reviews])

    def _offer(self, name: str, labels: Sequence[str]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.TypedMultipleChoiceField)  # noqa: S101  declared above
        field.choices = list(enumerate(labels))

    def proposal(self) -> dict[str, Any]:
        """What `propose_verdict` takes."""
        given = self.cleaned_data
        reviews = services.reviews(self.decision, everywhere=given["everywhere"])
        return {
            "verdict": given["verdict"],
            "reason": given["reason"],
            "entries": [self.likenesses[place] for place in given["entries"]],
            "rules": [reviews[place] for place in given["rules"]],
        }


def _entry(one: dict[str, str]) -> str:
    return f"{one['subject']}: {one['source']} {one['entry_uid']}"


def small(upload: "UploadedFile[Any]") -> "UploadedFile[Any]":
    """Refuse a file by its size before it is read."""
    if (upload.size or 0) > LARGEST_FILE:
        raise forms.ValidationError(DOCUMENT_HELP)
    return upload
