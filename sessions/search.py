"""What of the council can be found. People cannot: entries hold only what minutes and files print of them."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    CharField,
    OuterRef,
    QuerySet,
)
from django.db.models.functions import Cast, JSONObject

from portal.german import german_date
from portal.searching.kinds import (
    Found,
    Passage,
    Searchable,
    SearchText,
    register,
    register_facet,
    register_names,
)
from portal.searching.text import words as words_of
from sessions import search_sources
from sessions.models import (
    AgendaItem,
    Consultation,
    Contribution,
    File,
    Motion,
    Organization,
    Paper,
    Person,
)
from sessions.search_files import file_results, file_texts
from sessions.search_meetings import (
    committee_ids,
    committee_names,
    day_of_meeting,
    in_meeting,
    paper_committees,
)

# Agenda items with their minutes ----------------------------------------------------------------------


def _item_texts(ids: Collection[int]) -> Iterator[SearchText]:
    paragraphs = Contribution.objects.current().filter(agenda_item=OuterRef("pk")).order_by("position")
    papers = Consultation.objects.published().filter(agenda_item=OuterRef("pk"))
    rows = (
        AgendaItem.objects.published()
        .filter(pk__in=ids)
        .select_related("meeting")
        .annotate(
            paragraphs=ArraySubquery(paragraphs.values("text")),
            references=ArraySubquery(papers.order_by("position", "pk").values("paper__reference")),
            committees=committee_ids(meetings=OuterRef("meeting")),
        )
    )
    item: Any
    for item in rows:
        yield SearchText(
            object_id=item.pk,
            title=f"{item.number} {item.title}".strip(),
            references=" ".join(item.references),
            body="\n\n".join(part for part in (item.resolution_text, item.result, *item.paragraphs) if part),
            day=day_of_meeting(item.meeting),
            committees=item.committees,
        )


def _item_results(ids: Collection[int], words: Collection[str]) -> Mapping[int, Found]:
    paragraphs = Contribution.objects.current().filter(agenda_item=OuterRef("pk")).order_by("position")
    rows = (
        AgendaItem.objects.published()
        .filter(pk__in=ids)
        .order_by()
        .select_related("meeting")
        .only(
            *("number", "title", "result", "resolution_text"),
            *("meeting__name", "meeting__occasion", "meeting__start"),
        )
        .annotate(
            paragraphs=ArraySubquery(
                paragraphs.values(row=JSONObject(position="position", anchor="anchor", text="text"))
            ),
            committee_names=committee_names("meeting"),
        )
    )
    return {item.pk: _found_item(item, item.get_absolute_url()) for item in rows}


def _found_item(item: Any, page: str) -> Found:
    return Found(
        title=str(item),
        url=page,
        where=in_meeting(item.meeting, item.committee_names),
        passages=_item_passages(item, page),
    )


def _item_passages(item: Any, page: str) -> list[Passage]:
    found = [
        Passage(text, f"{page}#ergebnis", label)
        for text, label in ((item.resolution_text, "Beschluss"), (item.result, "Ergebnis"))
        if text
    ]
    return found + [
        Passage(row["text"], f"{page}#{row['anchor']}", f"Absatz {row['position']}")
        for row in item.paragraphs
    ]


# Motions ----------------------------------------------------------------------------------------------


def _motion_texts(ids: Collection[int]) -> Iterator[SearchText]:
    rows = (
        Motion.objects.published()
        .filter(pk__in=ids)
        .select_related("agenda_item__meeting", "paper")
        .annotate(committees=committee_ids(meetings=OuterRef("agenda_item__meeting")))
    )
    for motion in rows:
        yield SearchText(
            object_id=motion.pk,
            title=f"{motion.get_kind_display()} {motion.agenda_item.title}".strip(),
            references=motion.paper.reference if motion.paper else "",
            body=motion.wording,
            day=day_of_meeting(motion.agenda_item.meeting),
            committees=motion.committees,
        )


def _motion_results(ids: Collection[int], words: Collection[str]) -> Mapping[int, Found]:
    rows = (
        Motion.objects.published()
        .filter(pk__in=ids)
        .select_related("agenda_item__meeting")
        .annotate(committee_names=committee_names("agenda_item__meeting"))
    )
    return {
        motion.pk: Found(
            title=f"{motion.get_kind_display()} zu {motion.agenda_item}",
            url=motion.get_absolute_url(),
            where=in_meeting(motion.agenda_item.meeting, motion.committee_names),
            passages=[Passage(motion.wording, motion.get_absolute_url())],
        )
        for motion in rows
    }


# Papers -----------------------------------------------------------------------------------------------


def _paper_texts(ids: Collection[int]) -> Iterator[SearchText]:
    rows = Paper.objects.published().filter(pk__in=ids).annotate(committees=paper_committees("pk"))
    for paper in rows:
        yield SearchText(
            object_id=paper.pk,
            title=paper.name,
            references=paper.reference,
            body=paper.paper_type,
            day=paper.date,
            committees=paper.committees,
        )


def _paper_results(ids: Collection[int], words: Collection[str]) -> Mapping[int, Found]:
    found = {}
    for paper in Paper.objects.published().filter(pk__in=ids):
        number = paper.reference if paper.name else ""
        dated = f"vom {german_date(paper.date)}" if paper.date else ""
        found[paper.pk] = Found(
            title=paper.name or paper.reference or "Vorlage ohne Titel",
            url=paper.get_absolute_url(),
            where=" ".join(part for part in (paper.paper_type or "Vorlage", number, dated) if part),
        )
    return found


# Facets -----------------------------------------------------------------------------------------------


def _committee_labels(ids: Collection[str]) -> "QuerySet[Organization, tuple[str, str]]":
    numbers = [int(number) for number in ids if number.isascii() and number.isdecimal() and len(number) < 19]
    committees = Organization.objects.published().filter(pk__in=numbers).order_by()
    return committees.values_list(Cast("pk", CharField()), "name")


# People -----------------------------------------------------------------------------------------------


def _names_among(words: Collection[str]) -> set[str]:
    """Of the words in lower case, those in the name of a person, whether public or not."""
    pattern = rf"\m({'|'.join(map(re.escape, words))})\M"
    names = Person.objects.filter(name__iregex=pattern).order_by().values_list("name", flat=True)
    return {word.lower() for name in names for word in words_of(name)} & set(words)


KINDS: Final = (
    Searchable(
        kind="item",
        place=40,
        label="Tagesordnungspunkt",
        plural="Tagesordnungspunkte",
        published=lambda: AgendaItem.objects.published(),
        texts=_item_texts,
        results=_item_results,
        watches=search_sources.ITEM,
    ),
    Searchable(
        kind="motion",
        place=50,
        label="Antrag",
        plural="Anträge",
        published=lambda: Motion.objects.published(),
        texts=_motion_texts,
        results=_motion_results,
        watches=search_sources.MOTION,
    ),
    Searchable(
        kind="paper",
        place=60,
        label="Vorlage",
        plural="Vorlagen",
        published=lambda: Paper.objects.published(),
        texts=_paper_texts,
        results=_paper_results,
        watches=search_sources.PAPER,
    ),
    Searchable(
        kind="file",
        place=70,
        label="Dokument",
        plural="Dokumente",
        published=lambda: File.objects.published(),
        texts=file_texts,
        results=file_results,
        watches=search_sources.FILE,
    ),
)


def register_searchables() -> None:
    for searchable in KINDS:
        register(searchable)
    register_facet("committees", "Gremium", _committee_labels)
    register_names(_names_among)
