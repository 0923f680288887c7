"""The evidence picker: find a record, choose the place, mark the words, say what they back.

Every step has an address of its own and works without script. What everybody reads already gets, changes
or loses evidence only by a change that a second person releases.
"""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path

from portal.context import names_are_open
from portal.editing import Values
from portal.paging import page_of
from portal.roles import Role
from portal.signed_in import WRITE, page_for, signed_in
from sessions.models import AgendaItem, Consultation, Contribution, Paper
from sessions.presenters import meeting_title, name_of
from strategy.actions import (
    FourEyes,
    Source,
    StrategyError,
    add_document,
    add_evidence,
    change_evidence,
    evidence_values,
    propose_evidence,
    remove,
    waiting_change,
)
from strategy.desk.editing import posted
from strategy.desk.evidence_claim import (
    PLACE,
    RESOLUTION,
    SOURCES,
    WHOLE,
    Claim,
    Place,
    kind_of,
    place_in,
    public_source,
    source_of,
)
from strategy.desk.evidence_forms import (
    ChangeDocumentForm,
    ChangeForm,
    ClaimForm,
    DocumentForm,
    EvidenceForm,
    SearchForm,
)
from strategy.desk.evidence_search import (
    KINDS,
    Nearby,
    beside_item,
    beside_paper,
    documents,
    find,
    suggestions,
)
from strategy.models import Evidence, OutsideDocument

TYPED = {
    "quote": "Zitat",
    "note": "Anmerkung",
    "neu-title": "Titel",
    "neu-publisher": "Herausgegeben von",
    "neu-dated": "Datum",
    "neu-url": "Adresse",
}
"""Fields that somebody writes by hand, and their labels."""
ADDED = "Der Beleg ist gespeichert."
PROPOSED = (
    "Der Beleg ist vorgeschlagen. Alle können die Angabe schon lesen. "
    "Darum erscheint er, sobald eine zweite Person ihn freigibt."
)


@page_for(Role.EDITOR)
def add(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Finds the source."""
    claim = Claim.of(request, kind, pk)
    if claim.stands:
        return _stands(request, claim)
    form = SearchForm(request.GET)
    words = form.cleaned_data["q"].strip() if form.is_valid() else ""
    code = request.GET.get("art", "")
    ctx = {
        "claim": claim,
        "form": form,
        "words": words,
        "groups": find(request, claim, words, code) if words else [],
        "only": KINDS[code].title if words and code in KINDS else "",
        "all_url": claim.with_query(request.path, q=words),
        "suggestions": [] if words or form.errors else suggestions(claim),
    }
    return render(request, "desk/evidence_find.html", ctx)


@page_for(Role.EDITOR, methods=WRITE)
def source(request: HttpRequest, kind: str, pk: int, word: str, source_pk: int) -> HttpResponse:
    """Chooses the place in a source, marks the words and saves."""
    claim = Claim.of(request, kind, pk)
    if claim.stands and request.method != "POST":
        return _stands(request, claim)
    record = public_source(word, source_pk)
    if record is None:
        if request.method == "POST" and word in SOURCES:
            return _lost(request, claim, claim.find_url)
        raise Http404("no such source, or not for everybody")
    asked = request.GET.get(PLACE, "")
    if isinstance(record, AgendaItem) and not asked:
        return _choose(request, claim, record)
    place = place_in(record, asked, names_are_open(request))
    if place is None:
        if request.method == "POST":
            return _lost(request, claim, claim.source_url(word, source_pk))
        messages.warning(request, "Diese Stelle gibt es nicht mehr. Bitte wählen Sie noch einmal.")
        return redirect(claim.source_url(word, source_pk))
    form: ClaimForm = (
        EvidenceForm(posted(request), claim=claim, place=place)
        if place.has_words
        else ClaimForm(posted(request), claim=claim)
    )
    if form.is_valid():
        words = form.words if isinstance(form, EvidenceForm) else ""
        said = form.attempt(lambda: _save(request, claim, place, form.plain_values(), words))
        if said:
            messages.success(request, said)
            return redirect(claim.back)
        if public_source(word, source_pk) is None:
            return _lost(request, claim, claim.find_url)
    ctx = {
        "claim": claim,
        "record": record,
        "record_title": record_title(record),
        "place": place,
        "form": form,
        "again_url": claim.source_url(word, source_pk) if isinstance(record, AgendaItem) else "",
        "nearby": beside_paper(claim, record) if isinstance(record, Paper) else [],
    }
    return render(request, "desk/evidence_source.html", ctx)


@page_for(Role.EDITOR, methods=WRITE)
def document(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Chooses a document from outside that is known, or takes a new one."""
    claim = Claim.of(request, kind, pk)
    if claim.stands and request.method != "POST":
        return _stands(request, claim)
    search = SearchForm(request.GET)
    words = search.cleaned_data["q"].strip() if search.is_valid() else ""
    new = DocumentForm(posted(request), prefix="neu")
    form = ClaimForm(posted(request), claim=claim)
    # Both, so that the page shows at once all that is wrong.
    if all([new.is_valid(), form.is_valid()]):
        said = form.attempt(lambda: _save_new_document(request, claim, new, form))
        if said:
            messages.success(request, said)
            return redirect(claim.back)
    page = page_of(request, documents(words))
    ctx = {
        "claim": claim,
        "search": search,
        "words": words,
        "page": page,
        "known": [(row, claim.source_url("document", row.pk)) for row in page],
        "new": new,
        "form": form,
        "twin": new.twin,
        "twin_url": claim.source_url("document", new.twin.pk) if new.twin else "",
    }
    return render(request, "desk/evidence_document.html", ctx)


@page_for(Role.EDITOR, methods=WRITE)
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Changes quote and note of evidence that nobody reads yet."""
    evidence, claim = _evidence(request, pk)
    if claim.needs_release or (claim.stands and request.method != "POST"):
        return _stands(request, claim, evidence)
    is_open = Evidence.objects.on_public_records().filter(pk=pk).exists()
    place = _place_of(request, evidence) if is_open else None
    form_class = ChangeForm if evidence.document is None else ChangeDocumentForm
    form = form_class(posted(request), claim=claim, seen=evidence_values(evidence))
    if form.is_valid():
        values = form.plain_values()
        done = form.attempt(
            lambda: change_evidence(
                evidence=evidence,
                by=signed_in(request),
                paragraph=evidence.contribution.position if evidence.contribution else None,
                quote=str(values.get("quote", "")),
                note=str(values["note"]),
                is_inferred=bool(values["is_inferred"]),
                position=evidence.position,
                base=form.base,
            )
        )
        if done:
            messages.success(request, "Der Beleg ist geändert.")
            return redirect(claim.back)
    ctx = {"claim": claim, "evidence": evidence, "is_open": is_open, "place": place, "form": form}
    return render(request, "desk/evidence_change.html", ctx)


@page_for(Role.EDITOR, methods=WRITE)
def remove_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks once more, then takes evidence away, or proposes it where everybody reads it."""
    evidence, claim = _evidence(request, pk)
    if claim.stands:
        return _stands(request, claim, evidence)
    waiting = waiting_change(evidence)
    error = ""
    if request.method == "POST":
        try:
            proposed = remove(obj=evidence, by=signed_in(request))
        except StrategyError as refused:
            error = refused.german
        else:
            messages.success(
                request,
                "Es ist vorgeschlagen, den Beleg zu entfernen. Eine zweite Person entscheidet."
                if proposed
                else "Der Beleg ist entfernt.",
            )
            return redirect(claim.back)
    ctx = {
        "claim": claim,
        "evidence": evidence,
        "is_open": Evidence.objects.on_public_records().filter(pk=pk).exists(),
        "waiting": waiting,
        "error": error,
    }
    return render(request, "desk/evidence_remove.html", ctx, status=409 if error else 200)


# What the views have in common -----------------------------------------------------------------------


def record_title(record: Source) -> str:
    """What a page calls a source."""
    match record:
        case AgendaItem():
            return f"{record}, {meeting_title(record.meeting)}"
        case OutsideDocument():
            return str(record)
    owner = getattr(record, "agenda_item", None) or getattr(record, "paper", None)
    return f"{record} ({owner})" if owner else str(record)


def _choose(request: HttpRequest, claim: Claim, item: AgendaItem) -> HttpResponse:
    """The places of an agenda item."""
    names_open = names_are_open(request)
    paragraphs = [
        (row, name_of(row.speaker, names_open, row.speaker_role))
        for row in Contribution.objects.published()
        .current()
        .filter(agenda_item=item)
        .select_related("speaker")
        .order_by("position")
    ]
    stations = Consultation.objects.published().filter(agenda_item=item).select_related("paper")
    papers = list({station.paper_id: station.paper for station in stations}.values())
    nearby: list[Nearby] = beside_item(claim, item, papers)
    ctx = {
        "claim": claim,
        "item": item,
        "record_title": record_title(item),
        "paragraphs": paragraphs,
        "nearby": nearby,
        "whole": WHOLE,
        "resolution": RESOLUTION,
        "place_name": PLACE,
    }
    return render(request, "desk/evidence_item.html", ctx)


def _save(request: HttpRequest, claim: Claim, place: Place, values: Values, quote: str) -> str:
    """Adds the evidence, or proposes it; what the page then says."""
    by = signed_in(request)
    aspect, note = str(values["aspect"]), str(values["note"])
    is_inferred = bool(values["is_inferred"])
    try:
        add_evidence(
            subject=claim.subject,
            source=place.record,
            by=by,
            aspect=aspect,
            paragraph=place.paragraph,
            quote=quote,
            note=note,
            is_inferred=is_inferred,
        )
    except FourEyes:
        # Everybody reads it already, or since a moment ago.
        proposed: Values = {
            claim.field: claim.subject.pk,
            SOURCES[source_of(place.record)][1]: place.record.pk,
            "aspect": aspect,
            "paragraph": place.paragraph,
            "quote": quote,
            "note": note,
            "is_inferred": is_inferred,
        }
        propose_evidence(subject=claim.subject, values=proposed, by=by)
        return PROPOSED
    return ADDED


def _save_new_document(request: HttpRequest, claim: Claim, new: DocumentForm, form: ClaimForm) -> str:
    """Takes the document in together with the evidence that rests on it, or neither."""
    data = new.cleaned_data
    with transaction.atomic():
        added = add_document(
            by=signed_in(request),
            title=data["title"],
            publisher=data["publisher"],
            url=data["url"],
            dated=data["dated"],
            title_is_description=data["title_is_description"],
        )
        return _save(request, claim, Place(added, "", ""), form.plain_values(), "")


def _evidence(request: HttpRequest, pk: int) -> tuple[Evidence, Claim]:
    """Raises Http404."""
    subjects = ("report__measure", "measure", "milestone__measure", "observation__indicator__measure")
    evidence = (
        Evidence.objects.with_targets()
        .select_related(
            *subjects,
            *("money_item__measure", "money_item__strategy", "question__measure", "question__strategy"),
            *("strategy", "motion__agenda_item__meeting", "vote__agenda_item__meeting", "vote__motion"),
        )
        .filter(pk=pk)
        .first()
    )
    if evidence is None:
        raise Http404("no such evidence")
    return evidence, Claim.about(request, kind_of(evidence), evidence.subject)


def _place_of(request: HttpRequest, evidence: Evidence) -> Place | None:
    """The words that the quote stands in."""
    if evidence.contribution:
        paragraph = evidence.contribution
        speaker = name_of(paragraph.speaker, names_are_open(request), paragraph.speaker_role)
        title = f"Absatz {paragraph.position}"
        return Place(evidence.agenda_item, title, paragraph.text, paragraph.position, speaker)
    return place_in(evidence.target, WHOLE, names_are_open(request))


def _stands(request: HttpRequest, claim: Claim, evidence: Evidence | None = None) -> HttpResponse:
    """Why nothing changes here, and what does. 409, but not for who follows the link at public evidence."""
    ctx: dict[str, Any] = {"claim": claim, "evidence": evidence}
    status = 409 if claim.stands or request.method == "POST" else 200
    return render(request, "desk/evidence_stands.html", ctx, status=status)


def _lost(request: HttpRequest, claim: Claim, again_url: str) -> HttpResponse:
    """409: the source is gone since the page was opened; what was typed is shown, so it is not lost."""
    ctx = {"claim": claim, "again_url": again_url, "typed": _typed(request)}
    return render(request, "desk/evidence_lost.html", ctx, status=409)


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """What somebody has written into a form, with what the form calls it."""
    return [(label, request.POST[name]) for name, label in TYPED.items() if request.POST.get(name)]


urls: list[URLPattern] = [
    path("belege/neu/<slug:kind>/<int:pk>/", add, name="evidence-add"),
    path("belege/neu/<slug:kind>/<int:pk>/dokument/", document, name="evidence-document"),
    path("belege/neu/<slug:kind>/<int:pk>/<slug:word>/<int:source_pk>/", source, name="evidence-source"),
    path("belege/<int:pk>/", change, name="evidence-change"),
    path("belege/<int:pk>/entfernen/", remove_page, name="evidence-remove"),
]
