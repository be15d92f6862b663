"""From nothing to the first listed GPU: one guided page, which watches for the agent."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agents.gateway import services as gateway
from agents.gateway.models import EnrolmentToken, Node
from marketplace.accounts.services import Principal
from marketplace.catalog import joining
from marketplace.catalog.models import Machine, Site
from marketplace.catalog.trust import services as trust
from marketplace.catalog.trust import tiers
from marketplace.web.access import provider
from marketplace.web.limits import limited, user
from marketplace.web.live.streams import stream
from marketplace.web.said import said
from marketplace.web.sentences import sentence, together

from .fleet import last_seen, own_machines
from .start_forms import MachineForm

HOUR = 3600
#: seconds after which a page without scripts looks again
LOOK_AGAIN = 15


@dataclass(frozen=True, slots=True)
class Check:
    """A step on the way to being rented: whether it is done, and what shows it or what to do."""

    name: str
    word: str
    todo: str
    done: bool
    end: str = ""
    at: datetime | None = None
    hint: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
@provider
@limited("new-machine", most=60, seconds=HOUR, by=user)
def new_machine(request: HttpRequest, principal: Principal) -> HttpResponse:
    """Say where a machine stands and what it is called."""
    sites = Site.objects.filter(operator=principal.organisation).order_by("name")
    form = MachineForm(request.POST or None, sites=sites)
    if request.method == "POST" and form.is_valid():
        made = _add(form, principal)
        if made is not None:
            messages.success(request, _("Added. Now let its agent join."))
            return redirect("machine-start", made.public_id)
    status = 422 if form.errors else 200
    return render(request, "provider/new_machine.html", {"form": form}, status=status)


def _add(form: MachineForm, principal: Principal) -> Machine | None:
    facts, at = form.cleaned_data, now()
    site, by = facts["site"], principal.user
    try:
        if site is None:
            site = joining.add_site(
                operator=principal.organisation,
                name=facts["site_name"],
                country=facts["country"],
                city=facts["city"],
                by=by,
                at=at,
            )
    except joining.NameTaken:
        form.add_error("site_name", _("You have a site of this name; choose it above."))
        return None
    try:
        return joining.add_machine(site=site, name=facts["name"], by=by, at=at)
    except joining.NameTaken:
        form.add_error("name", _("A machine of this site has this name."))
        return None


@require_http_methods(["GET", "HEAD", "POST"])
@provider
@limited("machine-start", most=30, seconds=HOUR, by=user)
def start(request: HttpRequest, principal: Principal, machine: UUID) -> HttpResponse:
    """What is done and what comes next; a POST makes a token, whose secret is shown this once."""
    row = get_object_or_404(own_machines(principal.organisation), public_id=machine)
    secret = _secret(request, row, principal) if request.method == "POST" else ""
    context = {
        "row": row,
        "secret": secret,
        "valid_minutes": int(gateway.VALID.total_seconds() // 60),
        "server": settings.PUBLIC_URL,
        "simulated": settings.SIMULATED_GPUS,
        "look_again": None if secret else LOOK_AGAIN,
        **_standing(row),
    }
    return render(request, "provider/start.html", context)


def _secret(request: HttpRequest, machine: Machine, principal: Principal) -> str:
    try:
        return gateway.issue_token(machine=machine, by=principal.user, at=now())
    except gateway.MachineRetired as error:
        messages.error(request, sentence(error))
        return ""


@require_safe
@provider
def start_now(request: HttpRequest, principal: Principal, machine: UUID) -> HttpResponse:
    row = get_object_or_404(own_machines(principal.organisation), public_id=machine)
    return render(request, "provider/start_checks.html", {"row": row, **_standing(row)})


@require_safe
@provider
def machine_events(request: HttpRequest, principal: Principal, machine: UUID) -> HttpResponse:
    row = get_object_or_404(own_machines(principal.organisation), public_id=machine)
    return stream(request, row)


def _standing(row: Machine) -> dict[str, object]:
    checks = [*_agent(row), *_market(row)]
    done = sum(check.done for check in checks)
    following = next((check for check in checks if not check.done), None)
    return {"checks": checks, "done": done, "following": following}


def _agent(row: Machine) -> list[Check]:
    at = now()
    node = Node.objects.live().filter(machine=row).first()
    open_ = EnrolmentToken.objects.usable(at=at).filter(machine=row).order_by("-pk").first()
    seen = last_seen([row])[row.pk]
    waits = _("waits for the agent") if open_ else _("not yet")
    joined = _("version %(version)s") % {"version": node.agent_version} if node else _("not yet")
    return [
        Check("named", _("Machine and site named"), _("name the machine"), True, str(row.site)),
        Check(
            "token",
            _("Token made"),
            _("make a token"),
            node is not None or open_ is not None,
            _("used") if node else waits,
            hint=""
            if node or open_
            else _("Make one beside this; it works once, for one machine."),
        ),
        Check(
            "joined",
            _("Agent joined"),
            _("let the agent join"),
            node is not None,
            joined,
            node.enrolled_at if node else None,
            "" if node else _("Run the commands beside this on the machine."),
        ),
        Check(
            "heard",
            _("First heartbeat"),
            _("start the service"),
            seen is not None,
            "" if seen else _("not yet"),
            seen,
            "" if seen else _("It comes within half a minute of the agent's start."),
        ),
    ]


def _market(row: Machine) -> list[Check]:
    gpus = list(row.gpus.filter(present=True).select_related("chip"))
    known = sum(gpu.chip is not None for gpu in gpus)
    listed = row.offers.listed().exists()
    return [
        Check(
            "recognised",
            _("GPUs recognised"),
            _("let it report its GPUs"),
            known > 0,
            _("%(part)s of %(total)s") % {"part": known, "total": len(gpus)}
            if gpus
            else _("not yet"),
            hint=""
            if known or not gpus
            else _("None of its models is classified for export yet; our staff does that."),
        ),
        # simulated GPUs earn no tier: nothing waits for one
        *([] if row.simulated else [_consistent(row)]),
        Check(
            "listed",
            _("Listed on the market"),
            _("set a price"),
            listed,
            _("yes") if listed else _("not yet"),
            hint="" if listed else _("Set a price, as soon as its GPUs are recognised."),
        ),
    ]


def _consistent(row: Machine) -> Check:
    stands = trust.standing(machine=row, at=now())
    proven = tiers.TIERS.index(stands.tier) > 0
    lacks = together(said(one) for one in stands.missing)
    return Check(
        "consistent",
        _("Self-description consistent"),
        _("let it describe itself"),
        proven,
        said(stands.tier) if proven else _("not yet"),
        hint="" if proven else sentence(lacks),
    )
