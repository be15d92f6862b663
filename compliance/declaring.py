"""Staff declare and end owners, directors and numbers of a party: admin forms, one verb each."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminDateWidget, ForeignKeyRawIdWidget
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.timezone import now

from marketplace.core.evidence import EvidenceInline, TellingAdmin
from marketplace.core.money_fields import ShareField

from . import services
from .asking import page
from .case_forms import DocumentForm
from .models import Director, OwnershipStake, PaperKind, Party, PartyDocument, PartyIdentifier

Verb = Callable[..., Any]
TOLD = (
    "What is declared is evidence: it can be ended and never edited, and earlier decisions about"
    " the party no longer stand."
)


class StakeForm(forms.ModelForm[OwnershipStake]):
    share_bps = ShareField(
        required=False, label="Share, %", help_text="held directly; empty: nobody knows"
    )

    class Meta:
        model = OwnershipStake
        fields = (
            "owner",
            "owner_name",
            "owner_kind",
            "owner_country",
            "share_bps",
            "controls",
            "since",
            "source",
            "evidence",
        )
        widgets = {  # noqa: RUF012  a declaration, as in admin.py
            "owner": ForeignKeyRawIdWidget(
                OwnershipStake._meta.get_field("owner").remote_field, admin.site
            ),
            "since": AdminDateWidget(),
        }


class DirectorForm(forms.ModelForm[Director]):
    class Meta:
        model = Director
        fields = ("name", "country", "since", "source", "evidence")
        widgets = {"since": AdminDateWidget()}  # noqa: RUF012  a declaration, as in admin.py


class IdentifierForm(forms.ModelForm[PartyIdentifier]):
    class Meta:
        model = PartyIdentifier
        fields = ("kind", "number", "country")


class PaperForm(DocumentForm):
    """What an officer found, and which declaration it shows. The party does not see it."""

    kind = forms.ChoiceField(choices=PaperKind)
    about = forms.ChoiceField(required=False, label="What it shows")

    def __init__(self, *args: Any, party: Party, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        about = self.fields["about"]
        assert isinstance(about, forms.ChoiceField)  # noqa: S101  declared above
        declared = services.declarations_of(party=party, by_party=False)
        about.choices = [
            ("", "Nothing in particular"),
            *((one.key, f"{one.fact.label}: {one.declared}") for one in declared),
        ]


class EndForm(forms.Form):
    until = forms.DateField(widget=AdminDateWidget(), help_text="the last day on which it was so")


class _Declared(EvidenceInline[Any]):
    ordering = ("until", "pk")
    word = ""

    @admin.display(description="")
    def end(self, row: OwnershipStake | Director | PartyIdentifier) -> str:
        if row.until:
            return ""
        return format_html(
            '<a href="{}">End</a>', reverse(f"admin:compliance_end_{self.word}", args=[row.pk])
        )


class StakeInline(_Declared):
    model = OwnershipStake
    fk_name = "owned"
    word = "stake"
    verbose_name_plural = "owners"
    fields = readonly_fields = (
        "owner",
        "owner_name",
        "owner_country",
        "share_bps",
        "controls",
        "since",
        "until",
        "source",
        "end",
    )


class DirectorInline(_Declared):
    model = Director
    word = "director"
    fields = readonly_fields = ("name", "country", "since", "until", "source", "end")


class IdentifierInline(_Declared):
    model = PartyIdentifier
    word = "identifier"
    fields = readonly_fields = ("kind", "number", "country", "until", "end")


class DeclaringAdmin(TellingAdmin[Party]):
    """The part of the party's window in which owners, directors and numbers come and go."""

    inlines = (IdentifierInline, StakeInline, DirectorInline)
    change_form_template = "admin/compliance/party_form.html"

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/add-stake/", wrap(self.add_stake), name="compliance_add_stake"),
            path("<int:pk>/add-director/", wrap(self.add_director), name="compliance_add_director"),
            path(
                "<int:pk>/add-identifier/",
                wrap(self.add_identifier),
                name="compliance_add_identifier",
            ),
            path("<int:pk>/add-paper/", wrap(self.add_paper), name="compliance_add_paper"),
            path("stakes/<int:pk>/end/", wrap(self.end_stake), name="compliance_end_stake"),
            path(
                "directors/<int:pk>/end/", wrap(self.end_director), name="compliance_end_director"
            ),
            path(
                "identifiers/<int:pk>/end/",
                wrap(self.end_identifier),
                name="compliance_end_identifier",
            ),
            *super().get_urls(),
        ]

    def add_stake(self, request: HttpRequest, pk: int) -> HttpResponse:
        party = get_object_or_404(Party, pk=pk)
        form, verb = StakeForm(request.POST or None), partial(services.add_stake, owned=party)
        return self._asked(request, party, form, f"Add an owner of {party}", verb)

    def add_director(self, request: HttpRequest, pk: int) -> HttpResponse:
        party = get_object_or_404(Party, pk=pk)
        form, verb = DirectorForm(request.POST or None), partial(services.add_director, party=party)
        return self._asked(request, party, form, f"Add a director of {party}", verb)

    def end_stake(self, request: HttpRequest, pk: int) -> HttpResponse:
        stake = get_object_or_404(OwnershipStake.objects.select_related("owned", "owner"), pk=pk)
        form, verb = EndForm(request.POST or None), partial(services.end_stake, stake=stake)
        return self._asked(request, stake.owned, form, f"End: {stake}", verb)

    def end_director(self, request: HttpRequest, pk: int) -> HttpResponse:
        director = get_object_or_404(Director.objects.select_related("party"), pk=pk)
        form, verb = (
            EndForm(request.POST or None),
            partial(services.end_director, director=director),
        )
        return self._asked(request, director.party, form, f"End: {director}", verb)

    def add_identifier(self, request: HttpRequest, pk: int) -> HttpResponse:
        party = get_object_or_404(Party, pk=pk)
        verb = partial(services.add_identifier, party=party)
        form = IdentifierForm(request.POST or None)
        return self._asked(request, party, form, f"Add a number of {party}", verb)

    def add_paper(self, request: HttpRequest, pk: int) -> HttpResponse:
        party = get_object_or_404(Party, pk=pk)
        form = PaperForm(request.POST or None, request.FILES or None, party=party)
        verb = partial(_file, party=party)
        return self._asked(request, party, form, f"Add a paper about {party}", verb)

    def end_identifier(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = get_object_or_404(PartyIdentifier.objects.select_related("party"), pk=pk)
        form = EndForm(request.POST or None)
        verb = partial(services.end_identifier, identifier=row)
        return self._asked(request, row.party, form, f"End: {row}", verb)

    def _asked(
        self,
        request: HttpRequest,
        party: Party,
        form: forms.BaseForm,
        title: str,
        verb: Verb,
    ) -> HttpResponse:
        """Show the form, or do what it says and go back to the party."""
        if not self.has_change_permission(request, party):
            raise PermissionDenied
        back = reverse("admin:compliance_party_change", args=[party.pk])
        if request.method == "POST" and form.is_valid():
            by = request.user.get_username()
            try:
                verb(**form.cleaned_data, by=by, at=now())
            except ValidationError as refused:
                form.add_error(None, refused.messages)
            else:
                self.message_user(request, f"{title}: done; earlier decisions no longer stand.")
                return redirect(back)
        return page(self, request, form, title=title, about=party, back=back, told=TOLD)


def _file(*, document: "UploadedFile[Any]", **given: Any) -> PartyDocument:
    return services.file_document(
        name=document.name or "", content=document.read(), by_party=False, **given
    )
