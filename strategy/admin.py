"""The strategy in the admin: master data to change, what people write and decide to look at.

Measures, reports, evidence, reviews and questions have pages of their own, where four eyes are kept.
"""

from typing import Any, ClassVar, cast

from django.contrib import admin
from django.http import HttpRequest

from portal.admin_base import MasterDataAdmin, ReadOnlyAdmin
from portal.models import User
from strategy.models import (
    Change,
    CouncilSeat,
    Edition,
    EditionMeasure,
    Evidence,
    FieldOfAction,
    Indicator,
    Measure,
    MeasureLink,
    Milestone,
    MoneyItem,
    Observation,
    OutsideDocument,
    Partner,
    Question,
    ReportFigure,
    ReportMilestone,
    Review,
    ReviewVisit,
    Status,
    StatusReport,
    Strategy,
    TargetArea,
)

PUBLIC_AT_ONCE = "Das steht auf öffentlichen Seiten. Wer hier speichert, veröffentlicht sofort und allein."
OWN_SEAT = "Ihr eigenes Konto ordnet jemand anders aus der Administration zu."
STATE = ("published_at", admin.EmptyFieldListFilter)


@admin.register(CouncilSeat)
class CouncilSeatAdmin(MasterDataAdmin):
    """Which account belongs to which member of the council; nobody says that of their own account."""

    list_display = ("person", "user")
    list_select_related = ("person", "user")
    search_fields = ("person__name", "user__email")
    autocomplete_fields = ("user", "person")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not _is_own(obj, request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_view_permission(request) and not _is_own(obj, request)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "user":
            kwargs["queryset"] = User.objects.exclude(pk=cast(User, request.user).pk)
            kwargs["error_messages"] = {"invalid_choice": OWN_SEAT}
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


def _is_own(seat: CouncilSeat | None, request: HttpRequest) -> bool:
    return seat is not None and seat.user_id == request.user.pk


@admin.register(Partner)
class PartnerAdmin(MasterDataAdmin):
    notice = PUBLIC_AT_ONCE
    fields = ("name", "slug", "note", "website")
    list_display = ("name", "website")
    search_fields = ("name", "note")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_view_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never one that a measure names."""
        return self.has_view_permission(request) and (obj is None or not obj.measures.exists())


@admin.register(Status)
class StatusAdmin(MasterDataAdmin):
    """The five states are fixed; what the city calls them and when they apply is not."""

    notice = f"{PUBLIC_AT_ONCE} Veröffentlichte Sachstände behalten ihre Worte."
    fields = ("code", "label", "criterion", "position")
    readonly_fields = ("code",)
    list_display = ("label", "code", "criterion")
    search_fields = ("label", "criterion")


@admin.register(OutsideDocument)
class OutsideDocumentAdmin(MasterDataAdmin):
    """Not once it is cited: then the words of others rest on it."""

    list_display = ("title", "publisher", "dated")
    list_filter = ("publisher",)
    search_fields = ("title", "publisher", "url")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not _is_cited(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_view_permission(request) and not _is_cited(obj)


def _is_cited(document: OutsideDocument | None) -> bool:
    return document is not None and Evidence.objects.filter(document=document).exists()


class UnpublishedAdmin(MasterDataAdmin):
    """Texts to change while nobody reads them; the one who changes them will not be the one to publish."""

    list_filter: ClassVar[Any] = ("strategy", STATE)
    list_select_related: ClassVar[Any] = ("strategy",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or not obj.is_published)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.written_by = cast(User, request.user)
        super().save_model(request, obj, form, change)


@admin.register(TargetArea)
class TargetAreaAdmin(UnpublishedAdmin):
    fields = ("strategy", "name", "is_working_title", "position", "published_at", "published_by")
    readonly_fields = ("strategy", "published_at", "published_by")
    list_display = ("name", "strategy", "published_at")
    search_fields = ("name",)


@admin.register(Edition)
class EditionAdmin(UnpublishedAdmin):
    fields = (
        "strategy", "name", "adopted_by", "dated", "dated_precision", "note", "published_at", "published_by",
    )  # fmt: skip
    readonly_fields = ("strategy", "published_at", "published_by")
    autocomplete_fields = ("adopted_by",)
    list_display = ("name", "strategy", "dated", "published_at")
    search_fields = ("name",)


@admin.register(Strategy)
class StrategyAdmin(ReadOnlyAdmin):
    list_display = ("name", "published_at", "published_by")
    list_filter = (STATE,)
    list_select_related = ("published_by",)
    search_fields = ("name",)


@admin.register(FieldOfAction)
class FieldOfActionAdmin(ReadOnlyAdmin):
    list_display = ("name", "target_area", "published_at")
    list_filter = ("target_area", STATE)
    list_select_related = ("target_area",)
    search_fields = ("name",)


@admin.register(Measure)
class MeasureAdmin(ReadOnlyAdmin):
    list_display = ("name", "field", "binding", "published_at")
    list_filter = ("field", "binding", "origin", STATE)
    list_select_related = ("field",)
    search_fields = ("name", "summary")


class OfMeasureAdmin(ReadOnlyAdmin):
    list_select_related: ClassVar[Any] = ("measure",)
    search_fields: ClassVar[Any] = ("measure__name",)


@admin.register(MeasureLink)
class MeasureLinkAdmin(OfMeasureAdmin):
    list_display = ("title", "url", "measure")
    search_fields = ("title", "url", "measure__name")


@admin.register(EditionMeasure)
class EditionMeasureAdmin(OfMeasureAdmin):
    list_display = ("measure", "edition")
    list_filter = ("edition",)
    list_select_related = ("measure", "edition")


@admin.register(Milestone)
class MilestoneAdmin(OfMeasureAdmin):
    list_display = ("name", "measure", "planned", "reached")
    list_filter = (("reached", admin.EmptyFieldListFilter),)
    search_fields = ("name", "measure__name")


@admin.register(Indicator)
class IndicatorAdmin(OfMeasureAdmin):
    list_display = ("name", "unit", "measure")
    search_fields = ("name", "measure__name")


@admin.register(Observation)
class ObservationAdmin(ReadOnlyAdmin):
    list_display = ("indicator", "observed", "value", "certainty")
    list_filter = ("certainty",)
    list_select_related = ("indicator",)
    search_fields = ("indicator__name",)


@admin.register(MoneyItem)
class MoneyItemAdmin(OfMeasureAdmin):
    list_display = ("name", "kind", "amount", "certainty", "measure")
    list_filter = ("kind", "certainty")
    search_fields = ("name", "measure__name")


@admin.register(StatusReport)
class StatusReportAdmin(OfMeasureAdmin):
    """Published reports stand; drafts are written at /redaktion/."""

    list_display = ("name", "status", "state", "submitted_at", "published_at")
    list_filter = ("state", "status")
    list_select_related = ("measure", "status")
    search_fields = ("measure__name", "reason")

    @admin.display(description="Sachstand", ordering="measure__name")
    def name(self, report: StatusReport) -> str:
        return f"{report.measure.name}, Nr. {report.number}"


@admin.register(ReportMilestone)
class ReportMilestoneAdmin(ReadOnlyAdmin):
    list_display = ("number", "reached")
    search_fields = ("report__measure__name",)

    @admin.display(description="Nummer", ordering="pk")
    def number(self, row: ReportMilestone) -> int:
        return row.pk


@admin.register(ReportFigure)
class ReportFigureAdmin(ReadOnlyAdmin):
    list_display = ("number", "observed", "value", "certainty")
    list_filter = ("certainty",)
    search_fields = ("report__measure__name",)

    @admin.display(description="Nummer", ordering="pk")
    def number(self, row: ReportFigure) -> int:
        return row.pk


@admin.register(Evidence)
class EvidenceAdmin(ReadOnlyAdmin):
    list_display = ("number", "aspect", "quoted", "is_inferred")
    list_filter = ("aspect", "is_inferred")
    search_fields = ("quote", "note")

    @admin.display(description="Nummer", ordering="pk")
    def number(self, evidence: Evidence) -> int:
        return evidence.pk

    @admin.display(description="Zitat")
    def quoted(self, evidence: Evidence) -> str:
        return evidence.quote[:120]


@admin.register(Review)
class ReviewAdmin(ReadOnlyAdmin):
    list_display = ("number", "verdict", "reviewer", "is_public", "created_at")
    list_filter = ("verdict", "is_public", ("superseded_at", admin.EmptyFieldListFilter))
    list_select_related = ("reviewer",)
    search_fields = ("comment", "reviewer__email", "report__measure__name")

    @admin.display(description="Nummer", ordering="pk")
    def number(self, review: Review) -> int:
        return review.pk


@admin.register(ReviewVisit)
class ReviewVisitAdmin(ReadOnlyAdmin):
    list_display = ("user", "seen_until")
    list_select_related = ("user",)
    search_fields = ("user__email",)


@admin.register(Question)
class QuestionAdmin(ReadOnlyAdmin):
    list_display = ("text", "measure", "asked_on", "answered_on", "published_at")
    list_filter = (("answered_on", admin.EmptyFieldListFilter), STATE)
    list_select_related = ("measure",)
    search_fields = ("text", "answer", "measure__name")


@admin.register(Change)
class ChangeAdmin(ReadOnlyAdmin):
    list_display = ("title", "action", "state", "written_by", "created_at", "decided_by")
    list_filter = ("state", "action")
    list_select_related = ("written_by", "decided_by")
    search_fields = ("title", "note")
