from django.urls import path
from django.views.decorators.cache import cache_page

from . import (
    api_keys,
    cards,
    changes,
    costs,
    disputes,
    document,
    invoices,
    keepings,
    offers,
    organisation,
    payouts,
    quotes,
    reservations,
    screening,
    service_levels,
    statements,
    telemetry,
    terms_offers,
    usage,
    waiting,
    wallet,
    webhooks,
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
    path("quotes/pinned", reservations.Pins.as_view(), name="pins"),
    path("reservations", reservations.Reservations.as_view(), name="reservations"),
    path(
        "reservations/<uuid:public_id>", reservations.OneReservation.as_view(), name="reservation"
    ),
    path("reservations/<uuid:public_id>/confirm", reservations.Confirm.as_view(), name="confirm"),
    path("reservations/<uuid:public_id>/pay", reservations.Pay.as_view(), name="pay"),
    path("reservations/<uuid:public_id>/cancel", reservations.Cancel.as_view(), name="cancel"),
    path("reservations/<uuid:public_id>/stop", reservations.Stop.as_view(), name="stop"),
    path(
        "reservations/<uuid:public_id>/consequence",
        changes.Consequence.as_view(),
        name="consequence",
    ),
    path("reservations/<uuid:public_id>/changes", changes.Changes.as_view(), name="changes"),
    path("reservations/<uuid:public_id>/extend", changes.Extend.as_view(), name="extend"),
    path("reservations/<uuid:public_id>/shorten", changes.Shorten.as_view(), name="shorten"),
    path("reservations/<uuid:public_id>/keeping", keepings.OneKeeping.as_view(), name="keeping"),
    path(
        "reservations/<uuid:public_id>/keeping/consequence",
        keepings.KeepingCost.as_view(),
        name="keeping-consequence",
    ),
    path("reservations/<uuid:public_id>/notices", changes.Notices.as_view(), name="notices"),
    path("reservations/<uuid:public_id>/if-lost", reservations.Instruct.as_view(), name="if-lost"),
    path("reservations/<uuid:public_id>/rolls-on", reservations.RollOn.as_view(), name="rolls-on"),
    path("reservations/<uuid:public_id>/cost", costs.Cost.as_view(), name="cost"),
    path("reservations/<uuid:public_id>/usage", usage.ReservationUsage.as_view(), name="usage"),
    path(
        "reservations/<uuid:public_id>/telemetry",
        telemetry.ReservationTelemetry.as_view(),
        name="telemetry",
    ),
    path(
        "reservations/<uuid:public_id>/usage/statement",
        usage.Statement.as_view(),
        name="usage-statement",
    ),
    path("waitlist", waiting.Waitlist.as_view(), name="waitlist"),
    path("waitlist/<uuid:public_id>", waiting.OneWaiting.as_view(), name="one-waiting"),
    path("wallet", wallet.Wallet.as_view(), name="wallet"),
    path("wallet/top-ups", wallet.TopUps.as_view(), name="top-ups"),
    path("wallet/top-ups/<uuid:public_id>", wallet.OneTopUp.as_view(), name="top-up"),
    path("earnings", payouts.EarningsNow.as_view(), name="earnings"),
    path("payout-account", payouts.Account.as_view(), name="payout-account"),
    path(
        "payout-account/onboarding", payouts.Onboarding.as_view(), name="payout-account-onboarding"
    ),
    path("payouts", payouts.Payouts.as_view(), name="payouts"),
    path("payouts/<uuid:public_id>", payouts.OnePayout.as_view(), name="payout"),
    path(
        "payouts/<uuid:public_id>/rentals", payouts.PayoutRentals.as_view(), name="payout-rentals"
    ),
    path("wallet/cards", cards.Cards.as_view(), name="cards"),
    path("wallet/cards/<uuid:public_id>", cards.OneCard.as_view(), name="card"),
    path("wallet/cards/<uuid:public_id>/default", cards.DefaultCard.as_view(), name="default-card"),
    path("wallet/checkouts", cards.Checkouts.as_view(), name="checkouts"),
    path("wallet/automatic-top-ups", cards.AutoTopUps.as_view(), name="automatic-top-ups"),
    path("wallet/lots", cards.Lots.as_view(), name="lots"),
    path("service-levels", service_levels.ServiceLevels.as_view(), name="service-levels"),
    path(
        "reservations/<uuid:public_id>/service-level",
        service_levels.ReservationServiceLevel.as_view(),
        name="service-level",
    ),
    path("disputes", disputes.Disputes.as_view(), name="disputes"),
    path("disputes/<uuid:public_id>", disputes.OneDispute.as_view(), name="dispute"),
    path(
        "disputes/<uuid:public_id>/answer",
        disputes.AnswerDispute.as_view(),
        name="answer-dispute",
    ),
    path(
        "disputes/<uuid:public_id>/withdraw",
        disputes.WithdrawDispute.as_view(),
        name="withdraw-dispute",
    ),
    path("terms-offers", terms_offers.TermsOffers.as_view(), name="terms-offers"),
    path("terms-offers/<uuid:public_id>", terms_offers.OneTermsOffer.as_view(), name="terms-offer"),
    path(
        "terms-offers/<uuid:public_id>/accept",
        terms_offers.AcceptTerms.as_view(),
        name="accept-terms",
    ),
    path("webhooks", webhooks.Webhooks.as_view(), name="webhooks"),
    path("webhooks/<uuid:public_id>", webhooks.OneWebhook.as_view(), name="webhook"),
    path("webhooks/<uuid:public_id>/test", webhooks.Test.as_view(), name="test-webhook"),
    path("webhooks/<uuid:public_id>/resume", webhooks.Resume.as_view(), name="resume-webhook"),
    path("webhooks/<uuid:public_id>/secret", webhooks.Secret.as_view(), name="webhook-secret"),
    path(
        "webhooks/<uuid:public_id>/deliveries",
        webhooks.Deliveries.as_view(),
        name="webhook-deliveries",
    ),
    path(
        "webhooks/<uuid:public_id>/deliveries/<uuid:delivery>/again",
        webhooks.Again.as_view(),
        name="redeliver",
    ),
    path("billing-details", invoices.Details.as_view(), name="billing-details"),
    path("invoices", invoices.Invoices.as_view(), name="invoices"),
    path("invoices/<uuid:public_id>", invoices.OneInvoice.as_view(), name="invoice"),
    path("invoices/<uuid:public_id>/pdf", invoices.InvoicePdf.as_view(), name="invoice-pdf"),
    path("credit-notes", invoices.CreditNotes.as_view(), name="credit-notes"),
    path("credit-notes/<uuid:public_id>", invoices.OneCreditNote.as_view(), name="credit-note"),
    path(
        "credit-notes/<uuid:public_id>/pdf",
        invoices.CreditNotePdf.as_view(),
        name="credit-note-pdf",
    ),
]
