"""Django's admin at /admin/: master data, and everything else to look at.

It has no sign-in of its own: there nobody would count the attempts or ask for a second factor.
"""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from portal.roles import Role, has_role
from portal.signed_in import WRITE, acting_user, page_for


class PortalAdminSite(AdminSite):
    """Open for the role Administration with a second factor; strangers are sent to the portal's sign-in."""

    site_header = "Administration"
    site_title = "Administration"
    index_title = "Konten und Stammdaten"
    empty_value_display = "–"
    enable_nav_sidebar = False

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        # What may be removed at all is removed one by one, after a look at it.
        self.disable_action("delete_selected")

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Takes only what is built on `portal.admin_base`.

        Libraries register their own tables too, such as the secrets of second factors.
        """
        from portal.admin_base import ReadOnlyAdmin

        if admin_class is not None and issubclass(admin_class, ReadOnlyAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        user = acting_user(request)
        return user is not None and has_role(user, Role.ADMINISTRATOR)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """The portal's door in front of Django's own check: sign-in, second factor, role; kept by nobody."""
        return page_for(Role.ADMINISTRATOR, methods=WRITE)(super().admin_view(view, cacheable))

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """To the front page of the admin, which sends strangers to the portal's sign-in."""
        return redirect("admin:index")

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("account_change_password")

    def password_change_done(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("admin:index")
