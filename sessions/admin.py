"""The council in the admin: to look at. Its records come from imports, which would undo every change."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest

from portal.admin_base import MasterDataAdmin, ReadOnlyAdmin
from sessions.models import (
    AgendaItem,
    Body,
    Consultation,
    Contribution,
    DanglingReference,
    File,
    FilePage,
    FileText,
    LegislativeTerm,
    Location,
    Meeting,
    Membership,
    Motion,
    Organization,
    Paper,
    Person,
    Source,
    SourceObject,
    Vote,
)

WITHDRAWN = ("withdrawn_at", admin.EmptyFieldListFilter)


@admin.register(Body)
class BodyAdmin(MasterDataAdmin):
    """The city's own entry; its name, key and website come from the city file, the rest is kept here."""

    list_display = ("name", "short_name", "ags", "website")
    search_fields = ("name", "short_name", "ags")
    KEPT_HERE = ("rgs", "classification", "license")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_ours = obj is None or obj.external_id == f"body:{settings.CITY.ags}"
        return is_ours and super().has_change_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [column.name for column in Body._meta.fields if column.name not in self.KEPT_HERE]


@admin.register(LegislativeTerm)
class LegislativeTermAdmin(ReadOnlyAdmin):
    list_display = ("name", "start_date", "end_date")
    list_filter = (WITHDRAWN,)
    search_fields = ("name",)


@admin.register(Location)
class LocationAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "street_address", "locality")
    list_filter = (WITHDRAWN,)
    search_fields = ("description", "street_address", "room", "locality")


@admin.register(Organization)
class OrganizationAdmin(ReadOnlyAdmin):
    list_display = ("name", "type", "classification", "start_date", "end_date")
    list_filter = ("type", WITHDRAWN)
    search_fields = ("name", "short_name")


@admin.register(Person)
class PersonAdmin(ReadOnlyAdmin):
    list_display = ("name", "title", "kind", "role")
    list_filter = ("kind", WITHDRAWN, ("closed_at", admin.EmptyFieldListFilter))
    search_fields = ("name", "family_name", "given_name")


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    list_display = ("person", "organization", "role", "start_date", "end_date")
    list_filter = ("voting_right", WITHDRAWN)
    list_select_related = ("person", "organization")
    search_fields = ("person__name", "organization__name", "role")


@admin.register(Meeting)
class MeetingAdmin(ReadOnlyAdmin):
    list_display = ("title", "start", "state", "cancelled")
    list_filter = ("cancelled", "start", WITHDRAWN)
    search_fields = ("name", "organizations__name")
    date_hierarchy = "start"

    @admin.display(description="Name", ordering="name")
    def title(self, meeting: Meeting) -> str:
        return meeting.name or f"Sitzung {meeting.pk}"


@admin.register(AgendaItem)
class AgendaItemAdmin(ReadOnlyAdmin):
    list_display = ("title", "number", "public", "result", "meeting_start")
    list_filter = ("public", WITHDRAWN, ("closed_at", admin.EmptyFieldListFilter))
    list_select_related = ("meeting",)
    search_fields = ("title", "number")

    @admin.display(description="Sitzung", ordering="meeting__start")
    def meeting_start(self, item: AgendaItem) -> Any:
        return item.meeting.start


@admin.register(Contribution)
class ContributionAdmin(ReadOnlyAdmin):
    list_display = ("beginning", "kind", "position", "item")
    list_filter = ("kind", ("superseded_at", admin.EmptyFieldListFilter))
    list_select_related = ("agenda_item",)
    search_fields = ("text", "agenda_item__title")

    @admin.display(description="Text")
    def beginning(self, paragraph: Contribution) -> str:
        return paragraph.text[:120]

    @admin.display(description="Tagesordnungspunkt", ordering="agenda_item__title")
    def item(self, paragraph: Contribution) -> str:
        return paragraph.agenda_item.title


@admin.register(Paper)
class PaperAdmin(ReadOnlyAdmin):
    list_display = ("name", "reference", "paper_type", "date", "public")
    list_filter = ("public", "date", WITHDRAWN)
    search_fields = ("name", "reference")


@admin.register(Consultation)
class ConsultationAdmin(ReadOnlyAdmin):
    list_display = ("number", "paper_name", "role", "authoritative")
    list_filter = ("authoritative", WITHDRAWN)
    list_select_related = ("paper",)
    search_fields = ("paper__name", "paper__reference", "role")

    @admin.display(description="Nummer", ordering="pk")
    def number(self, consultation: Consultation) -> int:
        return consultation.pk

    @admin.display(description="Vorlage", ordering="paper__name")
    def paper_name(self, consultation: Consultation) -> str:
        return consultation.paper.name if consultation.paper else ""


@admin.register(File)
class FileAdmin(ReadOnlyAdmin):
    list_display = ("title", "mime_type", "size", "date", "public")
    list_filter = ("public", "role", WITHDRAWN)
    search_fields = ("name", "file_name")

    @admin.display(description="Name", ordering="name")
    def title(self, file: File) -> str:
        return file.name or file.file_name or f"Datei {file.pk}"


@admin.register(FileText)
class FileTextAdmin(ReadOnlyAdmin):
    list_display = ("title", "state", "page_count", "cut", "attempts", "read_at", "address")
    list_filter = ("state", "cut")
    list_select_related = ("file",)
    search_fields = ("file__name", "file__file_name", "address")

    @admin.display(description="Datei", ordering="file__name")
    def title(self, text: FileText) -> str:
        return text.file.name or text.file.file_name or f"Datei {text.file_id}"


@admin.register(FilePage)
class FilePageAdmin(ReadOnlyAdmin):
    list_display = ("beginning", "number", "title")
    list_select_related = ("file",)
    search_fields = ("text", "file__name", "file__file_name")

    @admin.display(description="Text")
    def beginning(self, page: FilePage) -> str:
        return page.text[:120]

    @admin.display(description="Datei", ordering="file__name")
    def title(self, page: FilePage) -> str:
        return page.file.name or page.file.file_name or f"Datei {page.file_id}"


@admin.register(Motion)
class MotionAdmin(ReadOnlyAdmin):
    list_display = ("beginning", "kind", "item")
    list_filter = ("kind", ("superseded_at", admin.EmptyFieldListFilter))
    list_select_related = ("agenda_item",)
    search_fields = ("wording", "agenda_item__title")

    @admin.display(description="Wortlaut")
    def beginning(self, motion: Motion) -> str:
        return motion.wording[:120]

    @admin.display(description="Tagesordnungspunkt", ordering="agenda_item__title")
    def item(self, motion: Motion) -> str:
        return motion.agenda_item.title


@admin.register(Vote)
class VoteAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "majority", "yes", "no", "abstain", "item")
    list_filter = ("result", "majority", ("superseded_at", admin.EmptyFieldListFilter))
    list_select_related = ("agenda_item",)
    search_fields = ("phrase", "agenda_item__title")

    @admin.display(description="Tagesordnungspunkt", ordering="agenda_item__title")
    def item(self, vote: Vote) -> str:
        return vote.agenda_item.title


@admin.register(Source)
class SourceAdmin(ReadOnlyAdmin):
    list_display = ("address", "kind", "full_at", "synced_until")
    list_filter = ("kind",)
    search_fields = ("address",)


@admin.register(SourceObject)
class SourceObjectAdmin(ReadOnlyAdmin):
    list_display = ("name", "type", "row", "modified", "missing_since", "deleted_at")
    list_filter = ("type", ("missing_since", admin.EmptyFieldListFilter))
    search_fields = ("name",)


@admin.register(DanglingReference)
class DanglingReferenceAdmin(ReadOnlyAdmin):
    list_display = ("target", "field", "owner")
    list_select_related = ("owner",)
    search_fields = ("target",)
