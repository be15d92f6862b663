from django.apps import apps
from django.contrib.admin.apps import AdminConfig

from marketplace.core import filters, showing


class StaffAdminConfig(AdminConfig):
    """Django's admin with our site: one frame and look with the pages, and a dashboard."""

    default_site = "marketplace.web.staff.site.StaffSite"

    def ready(self) -> None:
        filters.install()
        for model in apps.get_models():
            showing.named(model)
        super().ready()
