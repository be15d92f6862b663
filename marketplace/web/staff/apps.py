from django.contrib.admin.apps import AdminConfig


class StaffAdminConfig(AdminConfig):
    """Django's admin with our site: one frame and look with the pages, and a dashboard."""

    default_site = "marketplace.web.staff.site.StaffSite"
