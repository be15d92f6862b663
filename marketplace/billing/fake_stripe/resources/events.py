"""Events as they can be asked for, for whoever missed the webhook."""

from marketplace.billing.fake_stripe.listing import page
from marketplace.billing.fake_stripe.routing import endpoint
from marketplace.billing.fake_stripe.state import Fake
from marketplace.billing.fake_stripe.wire import Json, missing


@endpoint("GET", "/v1/events")
def list_events(fake: Fake, body: Json) -> Json:
    wanted = body.get("types")
    rows = [row for row in fake.events if wanted is None or row["type"] in wanted]
    return page(rows, body, "/v1/events", by=("type",))


@endpoint("GET", "/v1/events/{id}")
def retrieve_event(fake: Fake, body: Json, name: str) -> Json:
    for row in fake.events:
        if row["id"] == name:
            return row
    raise missing(name)
