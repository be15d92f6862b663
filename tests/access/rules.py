"""Who may come in where: one line for every address there is. A page without a line fails.

Each line is `name method act thing`. The act is one of accounts.roles (the roles that may do it are
written out below, not read from there), `public`, `person` (whoever is signed in, with or without
an organisation) or `own-way` (the view turns people away by a rule of its own, which has tests of
its own). The thing is what the address names; it belongs to the renting organisation, or to its
providing side.
"""

from dataclasses import dataclass
from typing import Final

PUBLIC, OWN_WAY, PERSON = "public", "own-way", "person"

#: the roles of an organisation that may do an act
ROLES: Final = {
    "view": {"owner", "billing", "engineer", "viewer"},
    "rent": {"owner", "engineer"},
    "pay": {"owner", "billing"},
    "provide": {"owner", "engineer"},
    "manage": {"owner"},
}

WEB: Final = """
home                      GET  public
healthz                   GET  public
usage-verifier            GET  public
sign-up                   GET  public
sign-in                   GET  public
sign-out                  POST public
language                  POST public
theme                     POST public
account_signup            GET  public
account_login             GET  public
mfa_authenticate          GET  own-way
mfa_login_webauthn        GET  own-way
account_inactive          GET  public
account_email_verification_sent GET public
send-confirmation         POST person
account_confirm_email     GET  own-way
account_reset_password    GET  public
account_reset_password_done GET public
account_reset_password_from_key GET own-way
account_reset_password_from_key_done GET public
mfa_index                 GET  person
account_email             GET  person
account_change_password   GET  person
change-address            GET  person
change-address            POST person
prove-address             GET  own-way
prove-address             POST own-way
account_reauthenticate    GET  person
mfa_reauthenticate        GET  person
mfa_reauthenticate_webauthn GET person
mfa_activate_totp         GET  person
mfa_deactivate_totp       GET  own-way
mfa_view_recovery_codes   GET  own-way
mfa_generate_recovery_codes GET person
mfa_download_recovery_codes GET own-way
mfa_list_webauthn         GET  own-way
mfa_add_webauthn          GET  person
mfa_remove_webauthn       GET  own-way
mfa_edit_webauthn         GET  own-way
require-factor            POST manage
offer                     GET  public   offer
join                      GET  own-way
organisation              GET  view
members                   GET  view
members                   POST manage
change-role               POST manage   membership
remove-member             POST manage   membership
withdraw-invitation       POST manage   invitation
record                    GET  manage
notices                   GET  view
notices-now               GET  view
bell                      GET  view
notices-events            GET  view
read-notices              POST view
read-notice               POST view     told
notice-choices            GET  view
notice-choices            POST view
webhooks                  GET  rent
webhooks                  POST rent
webhook                   GET  rent     endpoint
webhook                   POST rent     endpoint
rotate-webhook            POST rent     endpoint
test-webhook              POST rent     endpoint
resume-webhook            POST rent     endpoint
remove-webhook            POST rent     endpoint
redeliver                 POST rent     delivery
know                      GET  view
send-known                POST manage
know-identity             GET  manage
know-identity             POST manage
know-control              GET  manage
know-control              POST manage
know-owners               GET  manage
know-owners               POST manage
end-owner                 POST manage   stake
end-director              POST manage   director
know-use                  GET  manage
know-use                  POST manage
know-contacts             GET  manage
know-contacts             POST manage
end-contact               POST manage   contact
know-documents            GET  manage
know-documents            POST manage
known-document            GET  manage   paper
ask-screening             POST manage
answer-screening          POST manage   request
screening-document        GET  view     document
sign-statement            POST manage
withdraw-statement        POST manage   statement
quote                     POST rent     offer
reserve                   POST rent     offer
reservations              GET  view
reservation               GET  view     reservation
reservation-now           GET  view     reservation
reservation-events        GET  view     reservation
confirm                   POST rent     reservation
pay                       POST rent     reservation
cancel                    POST rent     reservation
stop                      POST rent     reservation
usage-statement           GET  view     settled
pin                       POST rent     offer
change                    POST rent     reservation
make-change               POST rent     reservation
keep                      POST rent     reservation
make-keep                 POST rent     reservation
give-up-keeping           POST rent     reservation
accept-rise               POST rent     rise
instruct                  POST rent     reservation
let-end                   POST rent     reservation
roll-on                   POST rent     reservation
waitlist                  GET  view
wait                      POST rent
leave-line                POST rent     waiting
wallet                    GET  view
wallet-now                GET  view
wallet-events             GET  view
top-up                    POST pay
confirm-top-up            POST pay      top-up
save-card                 POST pay
default-card              POST pay      card
remove-card               POST pay      card
auto-top-up               POST pay
end-auto-top-up           POST pay
put-away-notice           POST view     notice
invoices                  GET  view
issue-invoice             POST pay
billing-details           GET  pay
billing-details           POST pay
invoice                   GET  view     invoice
invoice-pdf               GET  view     invoice
invoice-json              GET  view     invoice
credit-note               GET  view     note
credit-note-pdf           GET  view     note
credit-note-json          GET  view     note
cost                      GET  view     settled
service-levels            GET  public
raise-dispute             GET  pay      settled
raise-dispute             POST pay      settled
disputes                  GET  view
dispute                   GET  view     dispute
withdraw-dispute          POST pay      dispute
answer-dispute            POST provide  claim
keys                      GET  manage
keys                      POST manage
revoke-key                POST manage   key
provider                  GET  provide
new-machine               GET  provide
new-machine               POST provide
machine-start             GET  provide  machine
machine-start             POST provide  machine
machine-start-now         GET  provide  machine
machine-events            GET  provide  machine
incidents                 GET  provide
provider-machine          GET  provide  machine
list-offer                POST provide  machine
plan-upkeep               GET  provide  machine
plan-upkeep               POST provide  machine
end-upkeep                POST provide  machine
withdraw-offer            POST provide  own-offer
provider-rental           GET  provide  guest
offer-terms               POST provide  guest
put-back                  POST provide  gpu
earnings                  GET  provide
payouts                   GET  pay
payout                    GET  pay      payout
payout-charges            GET  pay      payout
payout-account            GET  pay
payout-account            POST pay
"""

API: Final = """
schema                    GET    public
organisation              GET    view
screening                 GET    view
ask-screening             POST   manage
answer-screening          POST   manage  request
end-use-statements        GET    view
end-use-statements        POST   manage
end-use-statement-wording GET    view
end-use-statement         GET    view    statement
end-use-statement         DELETE manage  statement
api-keys                  GET    manage
api-keys                  POST   manage
api-key                   GET    manage  key
api-key                   DELETE manage  key
offers                    GET    view
offer-facets              GET    view
offer                     GET    view    offer
offer-calendar            GET    view    offer
offer-history             GET    view    offer
quotes                    POST   view
reservations              GET    view
reservations              POST   rent
reservation               GET    view    reservation
confirm                   POST   rent    reservation
pay                       POST   rent    reservation
cancel                    POST   rent    reservation
stop                      POST   rent    reservation
usage                     GET    view    reservation
usage-statement           GET    view    settled
telemetry                 GET    view    reservation
pins                      POST   rent
consequence               POST   view    reservation
changes                   GET    view    reservation
extend                    POST   rent    reservation
shorten                   POST   rent    reservation
notices                   GET    view    reservation
if-lost                   POST   rent    reservation
rolls-on                  POST   rent    reservation
keeping                   GET    view    workspace
keeping                   POST   rent    reservation
keeping                   DELETE rent    workspace
keeping-consequence       POST   view    reservation
cost                      GET    view    settled
service-levels            GET    view
service-level             GET    view    assessed
disputes                  GET    view
disputes                  POST   pay
dispute                   GET    view    dispute
withdraw-dispute          POST   pay     dispute
answer-dispute            POST   provide claim
webhooks                  GET    rent
webhooks                  POST   rent
webhook                   GET    rent    endpoint
webhook                   PUT    rent    endpoint
webhook                   DELETE rent    endpoint
test-webhook              POST   rent    endpoint
resume-webhook            POST   rent    endpoint
webhook-secret            POST   rent    endpoint
webhook-deliveries        GET    rent    endpoint
redeliver                 POST   rent    delivery
terms-offers              GET    view
terms-offers              POST   provide
terms-offer               GET    view    offered
accept-terms              POST   rent    offered
waitlist                  GET    view
waitlist                  POST   rent
one-waiting               GET    view    waiting
one-waiting               DELETE rent    waiting
wallet                    GET    view
top-ups                   GET    view
top-ups                   POST   pay
top-up                    GET    view    top-up
cards                     GET    view
cards                     POST   pay
card                      GET    view    card
card                      DELETE pay     card
default-card              POST   pay     card
checkouts                 POST   pay
automatic-top-ups         GET    view
automatic-top-ups         PUT    pay
automatic-top-ups         DELETE pay
lots                      GET    view
invoices                  GET    view
invoices                  POST   pay
invoice                   GET    view    invoice
invoice-pdf               GET    view    invoice
credit-notes              GET    view
credit-note               GET    view    note
credit-note-pdf           GET    view    note
billing-details           GET    view
billing-details           PUT    pay
earnings                  GET    pay
payout-account            GET    pay
payout-account-onboarding POST   pay
payouts                   GET    pay
payout                    GET    pay     payout
payout-rentals            GET    pay     payout
"""

#: things that everybody may look at
SHARED: Final = {"", "offer"}


@dataclass(frozen=True)
class Rule:
    name: str
    method: str
    act: str
    thing: str

    @property
    def own(self) -> bool:
        """Whether the address names something that belongs to one organisation."""
        return self.thing not in SHARED

    def __str__(self) -> str:
        return f"{self.method} {self.name}"


def read(table: str) -> list[Rule]:
    return [Rule(*[*line.split(), ""][:4]) for line in table.strip().splitlines()]


def things_of(rules: list[Rule]) -> list[str]:
    """Each thing that rules name, once: what is made for one of them serves all."""
    return sorted({rule.thing for rule in rules})
