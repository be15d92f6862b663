from django.contrib import admin
from django.urls import include, path

from marketplace.billing.webhooks import stripe_webhook

urlpatterns = [
    path("admin/", admin.site.urls),
    path("agent/v1/", include("agents.gateway.urls")),
    path("api/v1/", include("marketplace.api.urls")),
    path("stripe/webhook", stripe_webhook, name="stripe-webhook"),
    path("", include("marketplace.web.urls")),
]
