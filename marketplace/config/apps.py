from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "marketplace.config"
    label = "config"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # makes ours the current Celery app, so that hints go to the broker of the settings
        from . import celery  # noqa: F401
