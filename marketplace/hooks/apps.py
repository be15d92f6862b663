from django.apps import AppConfig


class HooksConfig(AppConfig):
    name = "marketplace.hooks"
    label = "hooks"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Webhooks"
