"""Steps that are lists: owners and directors, contacts, documents. Rows are ended, never edited."""

from collections import defaultdict
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from compliance import services as compliance
from compliance.models import Director, OwnershipStake, Party, PartyDocument
from compliance.ownership import WHOLE
from compliance.services import ITSELF
from compliance.serving import download
from marketplace.accounts import roles
from marketplace.accounts.services import Principal
from marketplace.web.access import member
from marketplace.web.forms import StyledForm, take_over
from marketplace.web.limits import limited, user
from marketplace.web.said import said

from .knowing import FORMS, HOUR, step_page
from .known_forms import ContactForm, DirectorForm, OwnerForm, PaperForm


@require_http_methods(FORMS)
@member(roles.MANAGE)
@limited("know", most=120, seconds=HOUR, by=user)
def owners(request: HttpRequest, principal: Principal) -> HttpResponse:
    """A POST declares an owner, or a director where `director` is sent with it."""
    of_director = "director" in request.POST
    owner = OwnerForm(request.POST if request.method == "POST" and not of_director else None)
    director = DirectorForm(request.POST if of_director else None, prefix="d")
    form: StyledForm = director if of_director else owner
    if form.is_valid() and _declared(form, principal, of_director=of_director):
        return redirect("know-owners")
    party = principal.organisation.party
    # what officers declared of a party is theirs: it is neither shown here nor ended from here
    stakes = list(
        party.stakes.filter(until=None, source=ITSELF).select_related("owner").order_by("pk")
    )
    directors = party.directors.filter(until=None, source=ITSELF).order_by("pk")
    papers = _papers(party)
    named = sum(stake.share_bps or 0 for stake in stakes)
    context = {
        "owner": owner,
        "director": director,
        "stakes": [(one, papers.get((one.pk, None), [])) for one in stakes],
        "directors": [(one, papers.get((None, one.pk), [])) for one in directors],
        "named": named,
        "unnamed": WHOLE - named,
    }
    status = 422 if form.errors else 200
    return step_page(request, principal, "owners", status=status, **context)


def _papers(party: Party) -> dict[tuple[int | None, int | None], list[PartyDocument]]:
    """What was sent of each owner or director, by the keys of stake and director."""
    found = defaultdict(list)
    for one in compliance.evidence_of(party=party):
        found[one.stake_id, one.director_id].append(one.document)
    return found


def _declared(form: StyledForm, principal: Principal, *, of_director: bool) -> bool:
    party, by = principal.organisation.party, principal.user.email
    try:
        if of_director:
            compliance.add_director(
                party=party, source=ITSELF, by=by, at=now(), **form.cleaned_data
            )
        else:
            compliance.add_stake(owned=party, source=ITSELF, by=by, at=now(), **form.cleaned_data)
    except ValidationError as error:
        take_over(form, error, default=None)
        return False
    return True


@require_POST
@member(roles.MANAGE)
def end_owner(request: HttpRequest, principal: Principal, stake: UUID) -> HttpResponse:
    rows = OwnershipStake.objects.filter(owned=principal.organisation.party_id, source=ITSELF)
    row = get_object_or_404(rows.select_related("owned", "owner"), public_id=stake)
    try:
        compliance.end_stake(stake=row, until=now().date(), by=principal.user.email, at=now())
    except ValidationError as error:
        messages.error(request, said(error.messages[0]))
    return redirect("know-owners")


@require_POST
@member(roles.MANAGE)
def end_director(request: HttpRequest, principal: Principal, director: UUID) -> HttpResponse:
    rows = Director.objects.filter(party=principal.organisation.party_id, source=ITSELF)
    row = get_object_or_404(rows.select_related("party"), public_id=director)
    try:
        compliance.end_director(director=row, until=now().date(), by=principal.user.email, at=now())
    except ValidationError as error:
        messages.error(request, said(error.messages[0]))
    return redirect("know-owners")


@require_http_methods(FORMS)
@member(roles.MANAGE)
@limited("know", most=120, seconds=HOUR, by=user)
def contacts(request: HttpRequest, principal: Principal) -> HttpResponse:
    party, form = principal.organisation.party, ContactForm(request.POST or None)
    if form.is_valid():
        try:
            compliance.add_contact(
                party=party, by=principal.user.email, at=now(), **form.cleaned_data
            )
        except ValidationError as error:
            take_over(form, error, default=None)
        else:
            return redirect("know-contacts")
    context = {"form": form, "contacts": list(compliance.contacts_of(party=party))}
    status = 422 if form.errors else 200
    return step_page(request, principal, "contacts", status=status, **context)


@require_POST
@member(roles.MANAGE)
def end_contact(request: HttpRequest, principal: Principal, contact: UUID) -> HttpResponse:
    rows = principal.organisation.party.contacts.select_related("party")
    row = get_object_or_404(rows, public_id=contact)
    compliance.end_contact(contact=row, by=principal.user.email, at=now())
    return redirect("know-contacts")


@require_http_methods(FORMS)
@member(roles.MANAGE)
@limited("know", most=120, seconds=HOUR, by=user)
def documents(request: HttpRequest, principal: Principal) -> HttpResponse:
    """Files that stay: none can be taken back, as with everything that we decide on."""
    party = principal.organisation.party
    declared = compliance.declarations_of(party=party)
    if request.method == "POST":
        form = PaperForm(request.POST, request.FILES, declared=declared)
    else:
        form = PaperForm(initial={"about": request.GET.get("about", "")}, declared=declared)
    if form.is_valid():
        given = form.cleaned_data["document"]
        try:
            compliance.file_document(
                party=party,
                kind=form.cleaned_data["kind"],
                name=given.name or "",
                content=given.read(),
                about=form.cleaned_data["about"],
                by=principal.user.email,
                at=now(),
            )
        except ValidationError as error:
            take_over(form, error, default=None)
        else:
            return redirect("know-documents")
    shown = defaultdict(list)
    for one in compliance.evidence_of(party=party):
        shown[one.document_id].append(one)
    papers = [(one, shown[one.pk]) for one in compliance.papers_of(party=party)]
    context = {"form": form, "papers": papers}
    status = 422 if form.errors else 200
    return step_page(request, principal, "documents", status=status, **context)


@require_safe
@member(roles.MANAGE)
def document(request: HttpRequest, principal: Principal, document: UUID) -> HttpResponse:
    """A file that the organisation gave us, for its owners; all others are not there."""
    rows = principal.organisation.party.documents.filter(by_party=True)
    return download(get_object_or_404(rows, public_id=document))
