"""What providers earned, by reservation: by machine what it was used for, and time given up."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, overload
from uuid import UUID

from django.db.models import F, Max, QuerySet, Sum, Value

from marketplace.accounts.models import Organisation
from marketplace.billing.models import Charge, Payout
from marketplace.brokerage.models import WindowChange

#: as in Rental
COLUMNS = ("of", "machine", "until", "charged", "fee", "yours")


@dataclass(frozen=True)
class Rental:
    """Sums of one reservation on one machine; without a machine: fees for time given up.

    Charged to the renter, our fee, and the provider's part, all in micro-units.
    """

    reservation: UUID
    machine: str
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
    return Rentals(
        _sums(charges_of(payout)).union(_fee_sums(fees_of(payout)), all=True).order_by(*COLUMNS[:2])
    )


def all_rentals(*, provider: Organisation) -> Rentals:
    """What a provider ever earned, last charged first."""
    charges = Charge.objects.filter(lease__gpu__machine__site__operator=provider)
    fees = WindowChange.objects.with_fee().filter(
        reservation__offer__machine__site__operator=provider
    )
    return Rentals(_sums(charges).union(_fee_sums(fees), all=True).order_by("-until", *COLUMNS[:2]))


def charges_of(payout: Payout) -> QuerySet[Charge]:
    """The charges that a payout took along."""
    return Charge.objects.filter(matured__maturity__lines__payout=payout)


def fees_of(payout: Payout) -> QuerySet[WindowChange]:
    """The fees that a payout took along."""
    return WindowChange.objects.with_fee().filter(matured__maturity__lines__payout=payout)


def _sums(charges: QuerySet[Charge]) -> "QuerySet[Any, tuple[Any, ...]]":
    of = F("lease__assignment__reservation__public_id")
    return (
        charges.values(of=of, machine=F("lease__gpu__machine__name"))
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
        fees.values(of=F("reservation__public_id"), machine=Value(""))
        .annotate(
            until=Max("at"),
            charged=Sum("fee_micro"),
            fee=Sum(F("fee_micro") - F("theirs_micro")),
            yours=Sum("theirs_micro"),
        )
        .values_list(*COLUMNS)
    )
