"""What every page of the admin has in common: who may, what is recorded, and that no save is lost."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.apps import apps
from django.contrib import admin
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_safe

from portal.editing import plain, seal, unseal
from portal.models import User
from portal.recording import recorded
from portal.roles import Role, has_role
from portal.signed_in import acting_user

if TYPE_CHECKING:
    AnyModelAdmin = admin.ModelAdmin[Any]
    AnyModelForm = forms.ModelForm[Any]
else:  # Only its stubs know what an admin is of.
    AnyModelAdmin = admin.ModelAdmin
    AnyModelForm = forms.ModelForm

CHANGED_MEANWHILE = (
    "Jemand hat das inzwischen geändert. Jetzt steht dort: „%(stands)s“. "
    "Laden Sie die Seite neu und ändern Sie es dann."
)


class ReadOnlyAdmin(AnyModelAdmin):
    """To look at, for whoever the site lets in; nothing is added, changed or removed."""

    actions: Sequence[Any] | None = None
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    # Not every row has a public page: closed items, withdrawn records, bodies of which nothing is known.
    view_on_site = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        user = acting_user(request)
        return user is not None and has_role(user, Role.ADMINISTRATOR)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if isinstance(db_field, models.URLField):
            kwargs["assume_scheme"] = "https"
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        # No key has this character; PostgreSQL refuses to compare it with one that is text.
        return None if "\0" in object_id else super().get_object(request, object_id, from_field)

    @method_decorator(require_safe)
    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """With what the database itself recorded of the row, newest first."""
        response = super().history_view(request, object_id, extra_context)
        # Only Django's look-up knows what to do with an address that names no row; then there is no page.
        if isinstance(response, TemplateResponse) and response.context_data is not None:
            response.context_data["events"] = events_of(response.context_data["object"])
        return response


class SealedForm(AnyModelForm):
    """Carries what its reader saw; another's change of the same field since then is not overwritten."""

    base = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None and "base" in self.fields:
            self.fields["base"].initial = seal(plain(self.instance, self._own_names()))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.instance.pk is None or self.instance._state.adding:
            return cleaned
        try:
            seen = unseal(cleaned.get("base", ""))
        except signing.BadSignature as error:
            raise ValidationError("Das Formular ist unvollständig. Bitte laden Sie die Seite neu.") from error
        for name, stands in plain(self.instance, self._own_names()).items():
            if stands != seen.get(name):
                self.add_error(name, ValidationError(CHANGED_MEANWHILE, params={"stands": stands}))
        return cleaned

    def _own_names(self) -> list[str]:
        columns = {
            column.name for column in (*self._meta.model._meta.fields, *self._meta.model._meta.many_to_many)
        }
        return [name for name in self.fields if name in columns]


class MasterDataAdmin(ReadOnlyAdmin):
    """May be changed here. The row is locked while it is saved; the history says who did it."""

    form = SealedForm
    notice = ""
    """What stands above the form."""

    class Media:
        js = ("js/admin-choices.js",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_view_permission(request, obj)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """With what the form's reader saw, where there is something to overwrite."""
        fields = [name for name in self.get_fields(request, obj) if name != "base"]
        if obj is not None and self.has_change_permission(request, obj):
            fields.append("base")
        return [(None, {"fields": fields, "description": self.notice})]

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        found = super().get_object(request, object_id, from_field)
        if found is not None and request.method == "POST":
            return self.model._base_manager.select_for_update().get(pk=found.pk)
        return found

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        with in_the_admin(request):
            return super().changeform_view(request, object_id, form_url, extra_context)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> Any:
        with in_the_admin(request):
            return super().delete_view(request, object_id, extra_context)


def in_the_admin(request: HttpRequest) -> AbstractContextManager[None]:
    """Every row written inside is recorded with the account, its role, and that it was done in the admin."""
    if request.method != "POST":
        return nullcontext()
    user = cast(User, request.user)  # The site lets nobody else in.
    return recorded(by=user.pk, role=Role.ADMINISTRATOR.value, action="admin")


def events_of(obj: models.Model) -> list[dict[str, Any]]:
    """The events of a row, newest first, as {"at", "label", "by", "role", "action"}; at most 200."""
    event = next((known for known in apps.get_models() if _tracks(known, type(obj))), None)
    if event is None:
        return []
    history: Any = event._base_manager  # Of a model that pghistory has made.
    rows = list(history.filter(pgh_obj_id=obj.pk).select_related("pgh_context").order_by("-pgh_id")[:200])
    contexts: list[dict[str, Any]] = [row.pgh_context.metadata if row.pgh_context else {} for row in rows]
    accounts = User.objects.filter(
        pk__in={context["by"] for context in contexts if isinstance(context.get("by"), int)}
    )
    names: dict[Any, str] = {user.pk: str(user) for user in accounts}
    return [
        {
            "at": row.pgh_created_at,
            "label": LABELS.get(row.pgh_label, row.pgh_label),
            "by": names.get(context.get("by"), ""),
            "role": context.get("role", ""),
            "action": context.get("action", ""),
        }
        for row, context in zip(rows, contexts, strict=True)
    ]


LABELS = {"insert": "angelegt", "update": "geändert", "delete": "entfernt"}


def _tracks(event: type[models.Model], model: type[models.Model]) -> bool:
    tracked = getattr(event, "pgh_tracked_model", None)
    return tracked is model and any(column.name == "pgh_obj" for column in event._meta.fields)
