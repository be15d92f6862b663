from django.contrib import admin
from django.urls import include, path, re_path

from marketplace.api.errors import unknown_path
from marketplace.billing.webhooks import stripe_webhook

urlpatterns = [
    path("admin/", admin.site.urls),
    path("agent/v1/", include("agents.gateway.urls")),
    path("api/v1/", include("marketplace.api.urls")),
    path("api/screening/", include("marketplace.api.matching.urls")),
    re_path("^api/", unknown_path),
    path("stripe/webhook", stripe_webhook, name="stripe-webhook"),
    path("", include("marketplace.web.urls")),
]
