"""Addresses below /oparl/v1.1/. Every id is one of them, so none may ever change."""

from django.urls import path, re_path, register_converter

from sessions.oparl import views
from sessions.oparl.bodies import BODY_LISTS
from sessions.oparl.types import TYPES


class KeyConverter:
    """A primary key in its one form: no leading zero, no sign, not too long for the database."""

    regex = "[1-9][0-9]{0,17}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(KeyConverter, "key")

app_name = "oparl"
urlpatterns = [
    path("", views.system, name="system"),
    path("bodies/", views.body_list, name="bodies"),
    *(
        path(f"body/<key:pk>/{list_path}/", views.list_of_body, {"list_path": list_path}, name=list_path)
        for list_path in BODY_LISTS.values()
    ),
    *(
        path(
            f"organization/<key:pk>/{list_path}/",
            views.list_of_organization,
            {"list_path": list_path},
            name=f"organization-{list_path}",
        )
        for list_path in ("meetings", "consultations")
    ),
    *(path(f"{type_.path}/<key:pk>/", views.one, {"path": type_.path}, name=type_.path) for type_ in TYPES),
    re_path("", views.unknown, name="unknown"),
]
