from typing import Any

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db import connections
from django.db.models.signals import post_migrate


class PortalConfig(AppConfig):
    """The kernel that sessions and strategy share."""

    name = "portal"
    verbose_name = "Portal"

    def ready(self) -> None:
        from portal.accounts import signals

        post_migrate.connect(after_migrate, dispatch_uid="portal.after_migrate")
        signals.connect()


class PortalAdminConfig(AdminConfig):
    """Django's admin behind the portal's own sign-in."""

    default_site = "portal.admin_site.PortalAdminSite"


def after_migrate(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """Once per `migrate`, after the last app: watch new tables, let the application's user use them."""
    from django.apps import apps

    from portal.content_version import watch_content
    from portal.database import grant_to_application_user
    from portal.history_guard import guard_history
    from portal.searching.watching import watch_sources

    with_models = [config for config in apps.get_app_configs() if config.models_module is not None]
    if sender is with_models[-1]:
        watch_content(using)
        watch_sources(using)
        make_groups(using)
        guard_history(connections[using])
        grant_to_application_user(connections[using])


def make_groups(using: str) -> None:
    """The groups of portal.roles, as migration 0004 makes them; here for a database that was emptied."""
    from django.contrib.auth.models import Group

    from portal.roles import Role

    if Group._meta.db_table in connections[using].introspection.table_names():
        for role in Role:
            Group.objects.using(using).get_or_create(name=role.value)
