"""What providers earned, by reservation: machines used, time given up, and workspaces kept."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, overload
from uuid import UUID

from django.db.models import F, Max, QuerySet, Sum, TextChoices, Value

from marketplace.accounts.models import Organisation
from marketplace.billing.models import Charge, Payout
from marketplace.brokerage.models import Keeping, WindowChange

#: as in Rental
COLUMNS = ("of", "machine", "what", "until", "charged", "fee", "yours")
#: so that pages of a list do not overlap
ORDER = COLUMNS[:3]


class EarnedFor(TextChoices):
    """What a provider earned it for."""

    USED = "used", "Used"
    GIVEN_UP = "given_up", "Time given up"
    KEPT = "kept", "Workspace kept"


@dataclass(frozen=True)
class Rental:
    """Sums of one reservation on one machine, for one thing; fees for time given up are of none.

    Charged to the renter, our fee, and the provider's part, all in micro-units.
    """

    reservation: UUID
    machine: str
    what: str
    until: datetime
    charged_micro: int
    fee_micro: int
    yours_micro: int


class Rentals(Sequence[Rental]):
    """As many as there are, read a page at a time."""

    def __init__(self, rows: "QuerySet[Any, tuple[Any, ...]]") -> None:
        self._rows = rows

    def __len__(self) -> int:
        return self._rows.count()

    @overload
    def __getitem__(self, part: int) -> Rental: ...

    @overload
    def __getitem__(self, part: slice) -> list[Rental]: ...

    def __getitem__(self, part: int | slice) -> Rental | list[Rental]:
        if isinstance(part, int):
            return Rental(*self._rows[part])
        return [Rental(*row) for row in self._rows[part]]

    def __iter__(self) -> Iterator[Rental]:
        return (Rental(*row) for row in self._rows)


def rentals(*, payout: Payout) -> Rentals:
    """What a payout is for, by reservation."""
    besides = (_fee_sums(fees_of(payout)), _kept_sums(keepings_of(payout)))
    return Rentals(_sums(charges_of(payout)).union(*besides, all=True).order_by(*ORDER))


def all_rentals(*, provider: Organisation) -> Rentals:
    """What a provider ever earned, last charged first."""
    charges = Charge.objects.filter(lease__gpu__machine__site__operator=provider)
    fees = WindowChange.objects.with_fee().filter(
        reservation__offer__machine__site__operator=provider
    )
    kept = Keeping.objects.charged().filter(reservation__offer__machine__site__operator=provider)
    besides = (_fee_sums(fees), _kept_sums(kept))
    return Rentals(_sums(charges).union(*besides, all=True).order_by("-until", *ORDER))


def charges_of(payout: Payout) -> QuerySet[Charge]:
    """The charges that a payout took along."""
    return Charge.objects.filter(matured__maturity__lines__payout=payout)


def fees_of(payout: Payout) -> QuerySet[WindowChange]:
    """The fees that a payout took along."""
    return WindowChange.objects.with_fee().filter(matured__maturity__lines__payout=payout)


def keepings_of(payout: Payout) -> QuerySet[Keeping]:
    """The kept workspaces that a payout took along."""
    return Keeping.objects.charged().filter(matured__maturity__lines__payout=payout)


def _sums(charges: QuerySet[Charge]) -> "QuerySet[Any, tuple[Any, ...]]":
    of = F("lease__assignment__reservation__public_id")
    return (
        charges.values(
            of=of, machine=F("lease__gpu__machine__name"), what=Value(EarnedFor.USED.value)
        )
        .annotate(
            until=Max("charged_at"),
            charged=Sum("amount_micro"),
            fee=Sum("fee_micro"),
            yours=Sum("provider_micro"),
        )
        .values_list(*COLUMNS)
    )


def _fee_sums(fees: QuerySet[WindowChange]) -> "QuerySet[Any, tuple[Any, ...]]":
    return (
        fees.values(
            of=F("reservation__public_id"), machine=Value(""), what=Value(EarnedFor.GIVEN_UP.value)
        )
        .annotate(
            until=Max("at"),
            charged=Sum("fee_micro"),
            fee=Sum(F("fee_micro") - F("theirs_micro")),
            yours=Sum("theirs_micro"),
        )
        .values_list(*COLUMNS)
    )


def _kept_sums(kept: QuerySet[Keeping]) -> "QuerySet[Any, tuple[Any, ...]]":
    return (
        kept.values(
            of=F("reservation__public_id"),
            machine=F("assignment__machine__name"),
            what=Value(EarnedFor.KEPT.value),
        )
        .annotate(
            until=Max("ended_at"),
            charged=Sum("due_micro"),
            fee=Sum(F("due_micro") - F("theirs_micro")),
            yours=Sum("theirs_micro"),
        )
        .values_list(*COLUMNS)
    )
