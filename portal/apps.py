from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The kernel that sessions and strategy share."""

    name = "portal"
    verbose_name = "Portal"
