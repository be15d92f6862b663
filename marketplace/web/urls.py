from django.urls import path

from .provider import earnings, machines
from .renter import keys, offers, reservations, reserving, wallet
from .shared import health, joining, members, organisation, screening, signing, statements

urlpatterns = [
    path("", offers.home, name="home"),
    path("healthz", health.healthz, name="healthz"),
    path("sign-up/", signing.sign_up, name="sign-up"),
    path("sign-in/", signing.sign_in, name="sign-in"),
    path("sign-out/", signing.sign_out, name="sign-out"),
    path("organisation/", organisation.organisation, name="organisation"),
    path("members/", members.members, name="members"),
    path("members/<uuid:membership>/role/", members.change_role, name="change-role"),
    path("members/<uuid:membership>/remove/", members.remove, name="remove-member"),
    path("invitations/<uuid:invitation>/withdraw/", members.withdraw, name="withdraw-invitation"),
    path("join/<str:secret>/", joining.join, name="join"),
    path("organisation/screening/ask/", screening.ask, name="ask-screening"),
    path(
        "organisation/screening/requests/<uuid:asked>/answer/",
        screening.answer,
        name="answer-screening",
    ),
    path(
        "organisation/screening/documents/<uuid:document>/",
        screening.document,
        name="screening-document",
    ),
    path("organisation/statement/", statements.sign, name="sign-statement"),
    path(
        "organisation/statement/<uuid:statement>/withdraw/",
        statements.withdraw,
        name="withdraw-statement",
    ),
    path("offers/<uuid:offer>/", offers.offer, name="offer"),
    path("offers/<uuid:offer>/quote/", reserving.quote, name="quote"),
    path("offers/<uuid:offer>/reserve/", reserving.reserve, name="reserve"),
    path("reservations/", reservations.reservations, name="reservations"),
    path("reservations/<uuid:reservation>/", reservations.reservation, name="reservation"),
    path(
        "reservations/<uuid:reservation>/confirm/",
        reservations.act,
        {"verb": "confirm"},
        name="confirm",
    ),
    path(
        "reservations/<uuid:reservation>/cancel/",
        reservations.act,
        {"verb": "cancel"},
        name="cancel",
    ),
    path("reservations/<uuid:reservation>/stop/", reservations.act, {"verb": "stop"}, name="stop"),
    path(
        "reservations/<uuid:reservation>/usage-statement/",
        reservations.statement,
        name="usage-statement",
    ),
    path("wallet/", wallet.wallet, name="wallet"),
    path("wallet/top-ups/", wallet.top_up, name="top-up"),
    path("invoices/", wallet.invoices, name="invoices"),
    path("invoices/<uuid:invoice>/", wallet.invoice, name="invoice"),
    path("keys/", keys.keys, name="keys"),
    path("keys/<uuid:key>/revoke/", keys.revoke, name="revoke-key"),
    path("provider/", machines.machines, name="provider"),
    path("provider/machines/<uuid:machine>/", machines.machine, name="provider-machine"),
    path("provider/machines/<uuid:machine>/offers/", machines.list_offer, name="list-offer"),
    path("provider/offers/<uuid:offer>/withdraw/", machines.withdraw, name="withdraw-offer"),
    path("earnings/", earnings.earnings, name="earnings"),
]
