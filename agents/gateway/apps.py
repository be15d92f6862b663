from django.apps import AppConfig


class GatewayConfig(AppConfig):
    name = "agents.gateway"
    label = "gateway"
    default_auto_field = "django.db.models.BigAutoField"
