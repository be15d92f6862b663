"""All that the page of a reservation shows; its live part is the same, asked for again."""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from compliance import services as compliance
from marketplace.accounts import roles
from marketplace.accounts.services import Principal
from marketplace.billing import services as billing
from marketplace.billing.models import TermsOffer, UsageStatement
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Lease, Reservation
from marketplace.brokerage.states import MOVES, NEVER_RAN, SHORT, State
from marketplace.catalog.pricing import milliseconds
from marketplace.web.shared.loads import loads
from marketplace.web.words import RESERVATION

from . import usage
from .change_forms import EndForm, GiveUpForm, InstructForm
from .changing import BOOKED
from .kept import keeping_acts, kept, version_of
from .reaching import ways
from .timeline import timeline

TO_PAY = (State.CONFIRMED, State.PAYMENT_DUE)


def live(principal: Principal, row: Reservation, at: datetime) -> dict[str, Any]:
    """How it stands: what changes by itself."""
    leases: list[Any] = list(usage.leases(row))
    parts = list(row.assignments.wanted().select_related("machine").order_by("pk"))
    charged = usage.charged_micro(row)
    most = 0 if row.state in NEVER_RAN else brokerage.cost_micro(row)
    rises = _rises(row, at)
    workspace = kept(row)
    goes_on = bool(MOVES[row.state])
    return {
        "row": row,
        "goes_on": goes_on,
        "listens": goes_on or workspace["keeps_on"],
        "rolls": row.rolling and row.state in BOOKED,
        "words": RESERVATION[row.state],
        "steps": timeline(row, parts),
        "leases": leases,
        "used": timedelta(milliseconds=sum(lease.used_ms for lease in leases)),
        "loads": loads(leases, at=at),
        "ways": ways(parts),
        "charged": charged,
        "most": most,
        "hourly": row.price_micro_per_gpu_hour * row.gpu_count,
        "left": _left(row, at),
        "notices": row.notices.order_by("pk"),
        "changes": row.changes.by_hand().order_by("pk"),
        "rises": rises,
        "can_rent": principal.may(roles.RENT),
        **workspace,
        "version": _version(row, leases, rises, workspace),
    }


def acts(
    principal: Principal, row: Reservation, at: datetime, shown: dict[str, Any]
) -> dict[str, Any]:
    """What may be done with it now, and what each act would mean; `shown` as `live` tells it."""
    may = principal.may(roles.RENT)
    return {
        "can_confirm": may and row.state in SHORT,
        "can_instruct": may and row.state in (*SHORT, *BOOKED),
        "can_change": may and row.state in BOOKED and not row.rolling,
        "can_roll": may and row.state in BOOKED and row.rolling and row.during.upper > at,
        "can_cancel": may and State.CANCELLED in MOVES[row.state],
        "can_pay": may and row.due_micro > 0 and row.state in TO_PAY,
        "can_stop": may and row.state == State.ACTIVE,
        "instruct_form": InstructForm(initial={"if_lost": row.if_lost}),
        **keeping_acts(principal, row, shown),
        **_giving_up(row, at),
        **_settled(principal, row),
    }


def still(row: Reservation) -> dict[str, Any]:
    """What never changes once it was asked for."""
    named = {"template": _("Template"), "image": _("Image")}
    return {
        "chosen": [
            (word, row.workload[name]) for name, word in named.items() if name in row.workload
        ],
        "screening": compliance.public_reason(row.decision) if row.decision else "",
    }


def statement_of(row: Reservation) -> UsageStatement | None:
    """There is none before all of it is charged."""
    return billing.latest_statement(reservation=row) if row.state == State.SETTLED else None


def _left(row: Reservation, at: datetime) -> int:
    """Milliseconds until it ends; none before it runs and after."""
    left = row.during.upper - at if row.state == State.ACTIVE else timedelta(0)
    return max(0, milliseconds(left))


def _rises(row: Reservation, at: datetime) -> list[TermsOffer]:
    """Prices that were offered for the rest of it and may still be accepted."""
    open_ = TermsOffer.objects.filter(reservation=row, accepted=None, since__gt=at)
    return list(open_.order_by("pk")) if row.state in BOOKED else []


def _version(
    row: Reservation, leases: list[Lease], rises: list[TermsOffer], workspace: dict[str, Any]
) -> str:
    """Another once other acts are open: only then are the forms, in which somebody may be writing,
    replaced.
    """
    facts = (
        row.state,
        row.during.upper,
        row.hold_expires_at,
        row.due_micro,
        row.if_lost,
        row.rolls_on,
        [lease.state for lease in leases],
        [rise.pk for rise in rises],
        *version_of(workspace),
    )
    return sha256(repr(facts).encode()).hexdigest()[:16]


def _giving_up(row: Reservation, at: datetime) -> dict[str, Any]:
    """What cancelling or stopping it now would mean, and the forms of changes."""
    if row.state not in (*BOOKED, State.PAYMENT_DUE):
        return {"giving_up": None, "give_up_form": GiveUpForm(initial={"fee": 0})}
    start = row.during.lower
    found = brokerage.consequence(
        reservation=row, until=max(at, start) if row.state == State.ACTIVE else start, at=at
    )
    return {
        "giving_up": found,
        "give_up_form": GiveUpForm(initial={"fee": found.fee_micro}),
        "end_form": EndForm(initial={"end": row.during.upper}),
        "minimum_s": settings.MINIMUM_BILLED_SECONDS,
    }


def _settled(principal: Principal, row: Reservation) -> dict[str, Any]:
    """What there is once all of it is charged."""
    over = row.state == State.SETTLED
    return {
        "cost": getattr(row, "cost_statement", None),
        "statement": statement_of(row),
        "assessment": billing.assessment_of(reservation=row) if over else None,
        "can_dispute": over and principal.may(roles.PAY),
    }
