from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PortalConfig(AppConfig):
    """The kernel that sessions and strategy share."""

    name = "portal"
    verbose_name = "Portal"

    def ready(self) -> None:
        post_migrate.connect(after_migrate, dispatch_uid="portal.after_migrate")


def after_migrate(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """Once per `migrate`, after the last app: watch new tables, let the application's user use them."""
    from django.apps import apps
    from django.db import connections

    from portal.content_version import watch_content
    from portal.database import grant_to_application_user

    with_models = [config for config in apps.get_app_configs() if config.models_module is not None]
    if sender is with_models[-1]:
        watch_content(using)
        grant_to_application_user(connections[using])
