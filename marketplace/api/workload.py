import json
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from marketplace.brokerage import workload

SCHEMA = {
    "type": "object",
    "properties": {
        "command": {
            "type": "array",
            "items": {"type": "string", "minLength": 1, "maxLength": workload.MAX_WORD},
            "maxItems": workload.MAX_WORDS,
        },
        "environment": {
            "type": "object",
            "additionalProperties": {"type": "string", "maxLength": workload.MAX_WORD},
            "maxProperties": workload.MAX_WORDS,
        },
        "template": {
            "type": "string",
            "enum": list(workload.TEMPLATES),
            "description": "brings an image and a command; without one, a command is needed",
        },
        "image": {"type": "string", "maxLength": workload.MAX_IMAGE},
        "ssh_keys": {
            "type": "array",
            "items": {"type": "string", "maxLength": workload.MAX_KEY},
            "maxItems": workload.MAX_KEYS,
        },
    },
    "additionalProperties": False,
}


@extend_schema_field(SCHEMA)
class WorkloadField(serializers.JSONField):
    """What to run, as brokerage.workload knows it."""

    default_error_messages: ClassVar = {
        "text": "holds characters that are not text (half a surrogate pair)"
    }

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        try:
            # PostgreSQL refuses what UTF-8 cannot write
            json.dumps(data, ensure_ascii=False).encode()
            return dict(workload.parse(data))
        except UnicodeEncodeError:
            self.fail("text")
        except workload.BadWorkload as error:
            raise serializers.ValidationError(str(error)) from error
