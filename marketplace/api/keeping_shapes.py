"""Kept workspaces as the API shows them."""

from uuid import UUID

from rest_framework import serializers

from marketplace.accounts.models import Organisation
from marketplace.brokerage.keepings import KeepingState, Outcome
from marketplace.brokerage.models import Keeping, Reservation
from marketplace.brokerage.services import BadAsk


class KeepingOut(serializers.Serializer[Keeping]):
    """All that it may cost is held until it is over; then what it cost is charged, the rest back.

    Once kept it lies on its machine until `until`. Time counts in which the machine answers.
    """

    id = serializers.UUIDField(source="public_id")
    reservation = serializers.UUIDField(source="reservation.public_id")
    state = serializers.ChoiceField(choices=KeepingState.choices)
    outcome = serializers.ChoiceField(
        choices=["", *Outcome.values], help_text="how it ended; lost costs nothing"
    )
    hours = serializers.IntegerField(help_text="kept for so long after the rental, at most")
    gib = serializers.IntegerField(help_text="what its disk sets aside, rounded up")
    price_micro_per_gib_hour = serializers.IntegerField()
    currency = serializers.CharField()
    most_micro = serializers.IntegerField(help_text="the most it can cost, which is held")
    so_far_micro = serializers.IntegerField(help_text="what it cost by now, or cost in the end")
    kept_from = serializers.DateTimeField(allow_null=True)
    until = serializers.DateTimeField(allow_null=True, help_text="then it is wiped")
    answered_ms = serializers.IntegerField(
        help_text="for so long, since it is kept, its machine answered"
    )
    ended_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


def latest_keeping(row: Reservation) -> Keeping | None:
    return row.keepings.select_related("reservation").order_by("pk").last()


def known_keeping(public_id: UUID, renter: Organisation) -> Keeping:
    """The keeping that a body names, one of the renter's own. Raises BadAsk."""
    rows = Keeping.objects.select_related("reservation", "assignment__machine")
    found = rows.filter(public_id=public_id, reservation__renter=renter).first()
    if found is None:
        raise BadAsk("resumes", "is not known; take the id of a keeping of your own")
    return found
