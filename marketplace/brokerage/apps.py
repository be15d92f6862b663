from django.apps import AppConfig


class BrokerageConfig(AppConfig):
    name = "marketplace.brokerage"
    label = "brokerage"
    default_auto_field = "django.db.models.BigAutoField"
