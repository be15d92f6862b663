from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from marketplace.catalog.models import Offer


class StepOut(serializers.Serializer[Any]):
    hours = serializers.IntegerField(help_text="of time that lies less than so many hours ahead")
    share_bps = serializers.IntegerField(help_text="so much of its price is due, in 1/10,000")


class ScheduleOut(serializers.Serializer[Any]):
    """What giving booked time up costs; time further ahead than every step costs nothing."""

    code = serializers.CharField()
    title = serializers.CharField()
    since = serializers.DateTimeField()
    steps = serializers.SerializerMethodField()

    @extend_schema_field(StepOut(many=True))
    def get_steps(self, row: Any) -> list[dict[str, int]]:
        return [{"hours": hours, "share_bps": share} for hours, share in row.steps]


class SpotOut(serializers.Serializer[Offer]):
    """What is asked and promised of rentals on a bid, which give way to the full price."""

    floor_micro = serializers.IntegerField(
        source="spot_floor_micro", help_text="the least bid, per GPU-hour; what is bid is paid"
    )
    notice_s = serializers.IntegerField(
        source="spot_notice_s", help_text="told so long before it gives way"
    )
    minimum_s = serializers.IntegerField(
        source="spot_minimum_s", help_text="never interrupted within so long after it began to run"
    )


class TermsOut(serializers.Serializer[Offer]):
    """What the provider asks of the windows in which its GPUs are booked."""

    min_window_s = serializers.IntegerField(help_text="the shortest booking, seconds")
    max_window_s = serializers.IntegerField(
        allow_null=True, help_text="the longest booking, seconds; null: up to the horizon"
    )
    notice_s = serializers.IntegerField(help_text="booked at least so long before it starts")
    horizon_days = serializers.IntegerField(help_text="ends at most so many days from now")
    cleaning_s = serializers.IntegerField(help_text="its GPUs stay free for so long after it")
    cancellation = ScheduleOut(
        source="schedule", allow_null=True, help_text="null: giving time up costs nothing"
    )
    spot = serializers.SerializerMethodField(help_text="null: no bids are taken")

    @extend_schema_field(SpotOut(allow_null=True))
    def get_spot(self, row: Offer) -> Any:
        return None if row.spot_floor_micro is None else SpotOut(row).data
