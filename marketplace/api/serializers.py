"""What all shapes of requests have in common."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rest_framework import serializers

MOST_GPUS = 10_000
MOST_ROWS = 200
NAMED = 5


class Strict(serializers.Serializer[Any]):
    """Refuses what it does not know, so that a misspelt field is not silently ignored."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if isinstance(data, Mapping):
            unknown = sorted(set(data) - set(self.fields))
            if unknown:
                raise serializers.ValidationError(
                    {name[:80]: self._not_known() for name in unknown[:NAMED]}
                )
        return dict(super().to_internal_value(data))

    def _not_known(self) -> list[str]:
        known = ", ".join(sorted(self.fields))
        return [f"is not known here; known are: {known}" if known else "nothing is taken here"]


class UtcField(serializers.DateTimeField):
    """A moment with its zone, such as 2026-11-24T12:00:00Z."""

    default_error_messages = {"naive": "needs a zone; write UTC, such as 2026-11-24T12:00:00Z"}

    def enforce_timezone(self, value: datetime) -> datetime:
        if value.tzinfo is None:
            self.fail("naive")
        return super().enforce_timezone(value)


class PageQuery(Strict):
    limit = serializers.IntegerField(
        min_value=1, max_value=MOST_ROWS, required=False, help_text="rows per page, 50 by default"
    )
    offset = serializers.IntegerField(
        min_value=0, max_value=2**31, required=False, help_text="rows to skip"
    )


class WindowQuery(Strict):
    """A window to look at: both ends or neither, which means the hour that begins now."""

    start = UtcField(required=False)
    end = UtcField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("start" in attrs) != ("end" in attrs):
            missing = "end" if "start" in attrs else "start"
            raise serializers.ValidationError({missing: "give both ends of the window or neither"})
        if attrs.get("start") and attrs["end"] <= attrs["start"]:
            raise serializers.ValidationError({"end": "must be after the start"})
        return attrs


class GpuCountField(serializers.IntegerField):
    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=1, max_value=MOST_GPUS, **options)
