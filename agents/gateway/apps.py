from django.apps import AppConfig


class GatewayConfig(AppConfig):
    name = "agents.gateway"
    label = "gateway"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import checks  # noqa: F401  registers them
