from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "marketplace.notices"
    label = "notices"
    default_auto_field = "django.db.models.BigAutoField"
