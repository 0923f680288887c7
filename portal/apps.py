from typing import TYPE_CHECKING, Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper


class PortalConfig(AppConfig):
    """The kernel that sessions and strategy share."""

    name = "portal"
    verbose_name = "Portal"

    def ready(self) -> None:
        post_migrate.connect(after_migrate, dispatch_uid="portal.after_migrate")


def after_migrate(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """Once per `migrate`, after the last app: watch new tables, let the application's user use them."""
    from django.apps import apps

    from portal.content_version import watch_content
    from portal.database import grant_to_application_user

    with_models = [config for config in apps.get_app_configs() if config.models_module is not None]
    if sender is with_models[-1]:
        watch_content(using)
        make_groups(using)
        history_cannot_be_switched_off(connections[using])
        grant_to_application_user(connections[using])


def make_groups(using: str) -> None:
    """The groups of portal.roles, as migration 0004 makes them; here for a database that was emptied."""
    from django.contrib.auth.models import Group

    from portal.roles import Role

    if Group._meta.db_table in connections[using].introspection.table_names():
        for role in Role:
            Group.objects.using(using).get_or_create(name=role.value)


def history_cannot_be_switched_off(connection: "BaseDatabaseWrapper") -> None:
    """Takes away the session variable with which pgtrigger's triggers are told to do nothing.

    Installing a trigger writes the function that asks for it anew; therefore after each `migrate`.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regproc('public._pgtrigger_should_ignore') IS NOT NULL")
        if cursor.fetchone()[0]:
            cursor.execute(
                "CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name)"
                " RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT false'"
            )
