"""Accounts of those whom the platform pays: opened by us, onboarded on a page of Stripe's."""

from collections.abc import Sequence

import stripe

from marketplace.billing.fake_stripe import types
from marketplace.billing.fake_stripe.listing import page
from marketplace.billing.fake_stripe.routing import endpoint
from marketplace.billing.fake_stripe.state import Fake
from marketplace.billing.fake_stripe.wire import Json, refused

#: minutes that a link to the onboarding page is good for
LINK_LASTS = 5
#: what a new account has yet to be told
AT_FIRST = ("business_type", "external_account", "tos_acceptance.date")


@endpoint("POST", "/v1/accounts")
def create_account(fake: Fake, body: Json) -> Json:
    if body.get("capabilities", {}).get("transfers", {}).get("requested") != "true":
        raise refused("You must request the transfers capability for this account.")
    made = fake.put(
        stripe.Account,
        "acct",
        country=body["country"],
        email=body.get("email"),
        controller=_controller(body.get("controller", {})),
        capabilities={"transfers": "inactive"},
        charges_enabled=False,
        details_submitted=False,
        payouts_enabled=False,
        metadata=body.get("metadata", {}),
        tos_acceptance=body.get("tos_acceptance", {}),
        type="none",
    )
    _require(made, AT_FIRST, "requirements.past_due")
    return made


def _controller(asked: Json) -> Json:
    return {
        "type": "application",
        "is_controller": True,
        **{name: value for name, value in asked.items() if name != "capabilities"},
    }


def _require(account: Json, due: Sequence[str], reason: str | None) -> None:
    account["requirements"] = types.neutral(
        stripe.Account.Requirements,
        currently_due=list(due),
        eventually_due=list(due),
        past_due=list(due) if due else [],
        disabled_reason=reason,
    )


@endpoint("GET", "/v1/accounts/{id}")
def retrieve_account(fake: Fake, body: Json, name: str) -> Json:
    return fake.get("account", name)


@endpoint("GET", "/v1/accounts")
def list_accounts(fake: Fake, body: Json) -> Json:
    return page(fake.all("account"), body, "/v1/accounts")


@endpoint("POST", "/v1/account_links")
def create_account_link(fake: Fake, body: Json) -> Json:
    fake.get("account", body["account"])
    for name in ("return_url", "refresh_url"):
        if name not in body:
            raise refused(f"Missing required param: {name}.", param=name)
    fake.returns[body["account"]] = body["return_url"]
    return {
        "object": "account_link",
        "created": fake.now(),
        "expires_at": fake.now() + LINK_LASTS * 60,
        "url": f"{fake.address}/_fake/onboard/{body['account']}",
    }


def back_from(fake: Fake, name: str) -> str:
    """Where the onboarding page sends people back to."""
    return fake.returns.get(name, "")


def enable(fake: Fake, name: str) -> Json:
    """All is known and in order: it takes transfers and pays out."""
    account = fake.get("account", name)
    account.update(details_submitted=True, payouts_enabled=True)
    account["capabilities"]["transfers"] = "active"
    _require(account, (), None)
    fake.emit("account.updated", account, account=name)
    return account


def restrict(
    fake: Fake, name: str, *, due: Sequence[str], reason: str = "requirements.past_due"
) -> Json:
    """Stripe wants to know more, and until then nothing can be transferred there."""
    account = fake.get("account", name)
    account.update(details_submitted=True, payouts_enabled=False)
    account["capabilities"]["transfers"] = "inactive"
    _require(account, due, reason)
    fake.emit("account.updated", account, account=name)
    return account


def deauthorize(fake: Fake, name: str) -> None:
    """The owner takes our access away; the account is not shown to us any more."""
    fake.objects.pop(name)
    fake.emit(
        "account.application.deauthorized", {"id": "ca_fake", "object": "application"}, account=name
    )
