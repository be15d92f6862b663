"""The organisation's record: who did what, and when, out of the audit trail."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.core.paginator import Paginator
from django.db.models import Model, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from django_stubs_ext import StrOrPromise

from compliance.models import EndUseStatement, Party
from marketplace.accounts import roles
from marketplace.accounts.models import ApiKey, Invitation, Organisation, User
from marketplace.accounts.services import Principal
from marketplace.billing.models import AutoTopUp, SavedCard
from marketplace.brokerage.models import Keeping, Reservation, Waiting
from marketplace.catalog.models import Gpu
from marketplace.core.models import AuditEvent
from marketplace.web.access import member

PAGE = 50
#: whom the reader sees for acts of nobody of theirs
STRAITS: Final = "Straits"
#: what events may be about: a table, how a row of it belongs to an organisation, and its name
ABOUT: Final[dict[type[Model], tuple[str, StrOrPromise]]] = {
    Organisation: ("pk", _("organisation")),
    Party: ("organisation", _("facts for screening")),
    EndUseStatement: ("party__organisation", _("end-use statement")),
    User: ("organisations", _("sign-in")),
    ApiKey: ("organisation", _("API key")),
    Invitation: ("organisation", _("invitation")),
    Reservation: ("renter", _("reservation")),
    Keeping: ("reservation__renter", _("workspace")),
    Waiting: ("renter", _("waitlist")),
    AutoTopUp: ("organisation", _("automatic top-up")),
    SavedCard: ("organisation", _("card")),
    Gpu: ("machine__site__operator", "GPU"),
}
NAMES: Final = {model._meta.label: name for model, (_path, name) in ABOUT.items()}
#: never shown: numbers that tell a reader nothing
HIDDEN: Final = frozenset({"sha256", "content", "decision", "id", "public_id", "created_at"})


@dataclass(frozen=True, slots=True)
class Line:
    """One act as a member reads it."""

    at: datetime
    who: str
    what: str
    about: str
    detail: list[tuple[str, str]]


def events_of(organisation: Organisation) -> QuerySet[AuditEvent]:
    """All that was done to what is the organisation's; of its party only what its people did.

    What officers find about a party stays with them.
    """
    subjects = [_named(model, path, organisation) for model, (path, _name) in ABOUT.items()]
    first, *others = subjects
    rows = AuditEvent.objects.filter(subject__in=first.union(*others, all=True))
    own = Q(actor_label__in=people_of(organisation))
    return rows.filter(own | ~Q(subject__startswith=f"{Party._meta.label} ")).order_by("-at", "-pk")


def people_of(organisation: Organisation) -> set[str]:
    """E-mail addresses, also those they left, of everybody who belongs, or once belonged, to it."""
    subject = f"{organisation._meta.label} {organisation.public_id}"
    gone = AuditEvent.objects.filter(subject=subject, verb="removed")
    persons = _named(User, "organisations", organisation)
    changed = AuditEvent.objects.filter(subject__in=persons, verb="changed e-mail")
    here = organisation.members.values_list("email", flat=True)
    left = changed.values_list("detail__old", flat=True)
    return {*here, *left, *gone.values_list("detail__email", flat=True)}


def _named(model: type[Model], path: str, organisation: Organisation) -> QuerySet[Any]:
    """The names under which the trail knows the rows of one table."""
    rows: QuerySet[Any] = model._default_manager.filter(**{path: organisation.pk})
    label = Value(f"{model._meta.label} ", output_field=TextField())
    name = Concat(label, Cast("public_id", TextField()))
    named: QuerySet[Any] = rows.order_by().annotate(name_in_trail=name).values("name_in_trail")
    return named


def line(event: AuditEvent, people: set[str]) -> Line:
    ours = event.actor_label in people
    label = event.subject.partition(" ")[0]
    return Line(
        at=event.at,
        who=event.actor_label if ours else STRAITS,
        what=event.verb.replace("_", " "),
        about=str(NAMES.get(label, "")),
        detail=_said(event.detail) if ours else [],
    )


def _said(detail: dict[str, Any]) -> list[tuple[str, str]]:
    shown = {name: fact for name, fact in detail.items() if name not in HIDDEN and fact}
    return [(name.replace("_", " "), _fact(fact)) for name, fact in shown.items()]


def _fact(fact: Any) -> str:
    """A pair is what was before and what is now."""
    if isinstance(fact, list) and len(fact) == 2:
        return f"{fact[0] or gettext('nothing')} → {fact[1] or gettext('nothing')}"
    return str(fact)


@require_safe
@member(roles.MANAGE)
def record(request: HttpRequest, principal: Principal) -> HttpResponse:
    page = Paginator(events_of(principal.organisation), PAGE).get_page(request.GET.get("page"))
    people = people_of(principal.organisation)
    context = {"page": page, "lines": [line(event, people) for event in page]}
    return render(request, "shared/record.html", context)
