"""What can go wrong with a call, at the wish of a test; each name is used up by one call."""

from .wire import Answer, Refusal

#: answered instead of doing the work
REFUSED = {
    "401": ("invalid_request_error", "Invalid API Key provided."),
    "403": ("invalid_request_error", "This key does not have the required permissions."),
    "409": ("idempotency_error", "Another request with this key is under way."),
    "429": ("invalid_request_error", "Too many requests."),
    "500": ("api_error", "Something went wrong."),
}
#: the work is done and the answer is lost
DROP = "drop"
#: the work is done and the answer comes late
SLOW = "slow"
#: the work is done, and this is answered, also to every repetition under the same key
BROKEN = "broken"
ALL = (*REFUSED, DROP, SLOW, BROKEN)


def stumble(fault: str) -> None:
    """Refuse the call, if that is what the fault does."""
    if fault in REFUSED:
        raise Refusal(int(fault), *REFUSED[fault])


def broken() -> Answer:
    return Answer(500, Refusal(500, *REFUSED["500"]).body)
