from django.urls import path
from django.views.decorators.cache import cache_page

from . import (
    api_keys,
    document,
    invoices,
    offers,
    organisation,
    quotes,
    reservations,
    screening,
    statements,
    usage,
    wallet,
)

app_name = "api"

#: the document changes with a release, and takes a while to make
schema = cache_page(300)(document.Document.as_view())

urlpatterns = [
    path("schema", schema, name="schema"),
    path("organisation", organisation.Who.as_view(), name="organisation"),
    path("organisation/screening", screening.Screening.as_view(), name="screening"),
    path("organisation/screening/ask", screening.Ask.as_view(), name="ask-screening"),
    path(
        "organisation/screening/requests/<uuid:public_id>/answer",
        screening.Answer.as_view(),
        name="answer-screening",
    ),
    path("end-use-statements", statements.Statements.as_view(), name="end-use-statements"),
    path(
        "end-use-statements/wording", statements.Wording.as_view(), name="end-use-statement-wording"
    ),
    path(
        "end-use-statements/<uuid:public_id>",
        statements.OneStatement.as_view(),
        name="end-use-statement",
    ),
    path("api-keys", api_keys.ApiKeys.as_view(), name="api-keys"),
    path("api-keys/<uuid:public_id>", api_keys.OneApiKey.as_view(), name="api-key"),
    path("offers", offers.Offers.as_view(), name="offers"),
    path("offers/facets", offers.OfferFacets.as_view(), name="offer-facets"),
    path("offers/<uuid:public_id>", offers.OneOffer.as_view(), name="offer"),
    path("offers/<uuid:public_id>/calendar", offers.Calendar.as_view(), name="offer-calendar"),
    path("offers/<uuid:public_id>/history", offers.History.as_view(), name="offer-history"),
    path("quotes", quotes.Quotes.as_view(), name="quotes"),
    path("reservations", reservations.Reservations.as_view(), name="reservations"),
    path(
        "reservations/<uuid:public_id>", reservations.OneReservation.as_view(), name="reservation"
    ),
    path("reservations/<uuid:public_id>/confirm", reservations.Confirm.as_view(), name="confirm"),
    path("reservations/<uuid:public_id>/cancel", reservations.Cancel.as_view(), name="cancel"),
    path("reservations/<uuid:public_id>/stop", reservations.Stop.as_view(), name="stop"),
    path("reservations/<uuid:public_id>/usage", usage.ReservationUsage.as_view(), name="usage"),
    path(
        "reservations/<uuid:public_id>/usage/statement",
        usage.Statement.as_view(),
        name="usage-statement",
    ),
    path("wallet", wallet.Wallet.as_view(), name="wallet"),
    path("wallet/top-ups", wallet.TopUps.as_view(), name="top-ups"),
    path("wallet/top-ups/<uuid:public_id>", wallet.OneTopUp.as_view(), name="top-up"),
    path("invoices", invoices.Invoices.as_view(), name="invoices"),
    path("invoices/<uuid:public_id>", invoices.OneInvoice.as_view(), name="invoice"),
]
