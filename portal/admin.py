"""Accounts and the portal's own records in the admin."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest

from portal.accounts import actions
from portal.accounts.errors import AccountError
from portal.admin_base import MasterDataAdmin, ReadOnlyAdmin, SealedForm
from portal.models import ImportRun, Invitation, Notice, User
from portal.roles import Role


class AccountForm(SealedForm):
    groups = forms.ModelMultipleChoiceField(
        Group.objects.filter(name__in=Role.values).order_by("name"),
        label="Rollen",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Redaktion schreibt, Freigabe veröffentlicht, Rat prüft, Administration führt Konten.",
    )


@admin.register(User)
class UserAdmin(MasterDataAdmin):
    """Accounts come from invitations. Address, password and second factor belong to their owner."""

    form = AccountForm
    fields = (
        "email",
        "first_name",
        "last_name",
        "is_active",
        "groups",
        "second_factor",
        "last_login",
        "date_joined",
    )
    readonly_fields = ("email", "second_factor", "last_login", "date_joined")
    list_display = ("email", "full_name", "roles", "is_active", "second_factor", "last_login")
    list_filter = ("is_active", "groups")
    search_fields = ("email", "first_name", "last_name")
    ordering = ("email",)
    actions = ("close", "reopen", "reset_second_factor", "disable_password")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        from allauth.mfa.models import Authenticator

        factor = Authenticator.objects.filter(user=OuterRef("pk")).exclude(type="recovery_codes")
        accounts: QuerySet[Any] = super().get_queryset(request)
        return accounts.prefetch_related("groups").annotate(with_second_factor=Exists(factor))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes the own account here, see portal.accounts.actions."""
        return super().has_change_permission(request, obj) and (obj is None or obj.pk != request.user.pk)

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """No filter in an address finds out, letter by letter, what is kept of a password."""
        return not lookup.startswith("password") and super().lookup_allowed(lookup, value, request)

    @admin.display(description="Name", ordering="last_name")
    def full_name(self, user: User) -> str:
        return user.get_full_name()

    @admin.display(description="Rollen")
    def roles(self, user: User) -> str:
        return ", ".join(sorted(group.name for group in user.groups.all()))

    @admin.display(description="zweiter Faktor", boolean=True)
    def second_factor(self, user: Any) -> bool:
        return bool(user.with_second_factor)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        by: Any = request.user
        obj.save(update_fields=["first_name", "last_name"])
        if "is_active" in form.changed_data:
            (actions.reopen_account if obj.is_active else actions.close_account)(user=obj, by=by)
        if "groups" in form.changed_data:
            roles = [Role(group.name) for group in form.cleaned_data["groups"]]
            actions.set_roles(user=obj, roles=roles, by=by)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Roles are written by `save_model`."""

    @admin.action(description="Konten schließen")
    def close(self, request: HttpRequest, accounts: QuerySet[User]) -> None:
        self._each(request, accounts, actions.close_account, "geschlossen")

    @admin.action(description="Konten wieder öffnen")
    def reopen(self, request: HttpRequest, accounts: QuerySet[User]) -> None:
        self._each(request, accounts, actions.reopen_account, "geöffnet")

    @admin.action(description="Zweiten Faktor zurücksetzen und überall abmelden")
    def reset_second_factor(self, request: HttpRequest, accounts: QuerySet[User]) -> None:
        self._each(request, accounts, actions.reset_second_factor, "zurückgesetzt")

    @admin.action(description="Passwort ungültig machen und überall abmelden")
    def disable_password(self, request: HttpRequest, accounts: QuerySet[User]) -> None:
        self._each(request, accounts, actions.disable_password, "ohne Passwort")

    def _each(self, request: HttpRequest, accounts: QuerySet[User], act: Any, done: str) -> None:
        for user in accounts:
            try:
                act(user=user, by=request.user)
            except AccountError as error:
                self.message_user(request, f"{user.email}: {error.german}", messages.ERROR)
            else:
                self.message_user(request, f"{user.email}: {done}.", messages.SUCCESS)


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    list_display = ("email", "roles", "invited_at", "invited_by", "expires_at", "accepted_at")
    list_filter = ("groups", "invited_at")
    list_select_related = ("invited_by",)
    search_fields = ("email", "invited_by__email")
    fields = ("email", "groups", "invited_at", "invited_by", "expires_at", "accepted_at", "accepted_by")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        invitations: QuerySet[Any] = super().get_queryset(request)
        return invitations.prefetch_related("groups")

    @admin.display(description="Rollen")
    def roles(self, invitation: Invitation) -> str:
        return ", ".join(sorted(group.name for group in invitation.groups.all()))


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    list_display = ("text", "kind", "recipient", "created_at", "sent_at")
    list_filter = ("kind", ("sent_at", admin.EmptyFieldListFilter))
    list_select_related = ("recipient",)
    search_fields = ("text", "recipient__email")


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnlyAdmin):
    list_display = ("kind", "source", "state", "started_at", "finished_at", "created_count", "changed_count")
    list_filter = ("kind", "state", "started_at")
    search_fields = ("source",)


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnlyAdmin):
    """What was done to accounts and in the admin."""

    list_display = ("action_time", "user", "content_type", "object_repr", "what")
    list_display_links = ("action_time",)
    list_filter = ("action_flag", "action_time")
    list_select_related = ("user", "content_type")
    search_fields = ("object_repr", "user__email", "change_message")

    @admin.display(description="Änderung")
    def what(self, entry: LogEntry) -> str:
        return entry.get_change_message()
