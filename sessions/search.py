"""What of the council can be found. People cannot: entries hold only what minutes and files print of them."""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any, Final

from django.contrib.postgres.aggregates import StringAgg
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    CharField,
    Exists,
    F,
    Func,
    IntegerField,
    JSONField,
    OuterRef,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Coalesce, Greatest, JSONObject, Left, Substr

from portal.german import day_of, german_date
from portal.searching.kinds import (
    Found,
    Passage,
    Searchable,
    SearchText,
    register,
    register_facet,
    register_names,
)
from portal.searching.text import HYPHENED, WORD
from portal.searching.text import words as words_of
from sessions import search_sources
from sessions.models import (
    AgendaItem,
    Consultation,
    Contribution,
    File,
    FilePage,
    Meeting,
    Motion,
    Organization,
    Paper,
    Person,
)

LONGEST_TEXT: Final = 2_000_000
"""Characters of a file that leave the database; an entry has room for far fewer."""
MOST_PAGES: Final = 3
"""Pages of a file that a result shows."""
AROUND: Final = 1000
"""Characters before and behind a word in a text without pages that a result may show."""
MOST_LOOKED_FOR: Final = 20
"""Words that the pages of files are looked through for, the shortest first; each makes every page slower."""
LONG_WORD: Final = 6
"""Letters; a word that has so many is looked for inside of others, too."""


def _committee_ids(**chosen: Any) -> ArraySubquery:
    committees = Organization.objects.published().filter(**chosen)
    return ArraySubquery(committees.order_by("pk").values("pk").distinct())


def _committee_names(meeting: str) -> ArraySubquery:
    """Who meets, as `Meeting.heading` says it, in the same query."""
    return ArraySubquery(Organization.objects.published().filter(meetings=OuterRef(meeting)).values("name"))


def _in_meeting(meeting: Meeting, committees: Collection[str]) -> str:
    """As sessions.presenters.meeting_title."""
    heading = " und ".join(committees) or str(meeting)
    return f"{heading} am {german_date(meeting.start)}" if meeting.start else heading


def _day(meeting: Meeting | None) -> date | None:
    return day_of(meeting.start) if meeting and meeting.start else None


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
            committees=_committee_ids(meetings=OuterRef("meeting")),
        )
    )
    item: Any
    for item in rows:
        yield SearchText(
            object_id=item.pk,
            title=f"{item.number} {item.title}".strip(),
            references=" ".join(item.references),
            body="\n\n".join(part for part in (item.resolution_text, item.result, *item.paragraphs) if part),
            day=_day(item.meeting),
            committees=item.committees,
        )


def _item_results(ids: Collection[int], words: Collection[str]) -> Mapping[int, Found]:
    paragraphs = Contribution.objects.current().filter(agenda_item=OuterRef("pk")).order_by("position")
    rows = (
        AgendaItem.objects.published()
        .filter(pk__in=ids)
        .select_related("meeting")
        .annotate(
            paragraphs=ArraySubquery(
                paragraphs.values(row=JSONObject(position="position", anchor="anchor", text="text"))
            ),
            committee_names=_committee_names("meeting"),
        )
    )
    return {
        item.pk: Found(
            title=str(item),
            url=item.get_absolute_url(),
            where=_in_meeting(item.meeting, item.committee_names),
            passages=_item_passages(item),
        )
        for item in rows
    }


def _item_passages(item: Any) -> list[Passage]:
    page = item.get_absolute_url()
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
        .annotate(committees=_committee_ids(meetings=OuterRef("agenda_item__meeting")))
    )
    for motion in rows:
        yield SearchText(
            object_id=motion.pk,
            title=f"{motion.get_kind_display()} {motion.agenda_item.title}".strip(),
            references=motion.paper.reference if motion.paper else "",
            body=motion.wording,
            day=_day(motion.agenda_item.meeting),
            committees=motion.committees,
        )


def _motion_results(ids: Collection[int], words: Collection[str]) -> Mapping[int, Found]:
    rows = (
        Motion.objects.published()
        .filter(pk__in=ids)
        .select_related("agenda_item__meeting")
        .annotate(committee_names=_committee_names("agenda_item__meeting"))
    )
    return {
        motion.pk: Found(
            title=f"{motion.get_kind_display()} zu {motion.agenda_item}",
            url=motion.get_absolute_url(),
            where=_in_meeting(motion.agenda_item.meeting, motion.committee_names),
            passages=[Passage(motion.wording, motion.get_absolute_url())],
        )
        for motion in rows
    }


# Papers -----------------------------------------------------------------------------------------------


def _paper_committees(paper: str) -> ArraySubquery:
    """Who treats it, as the filter of the list of papers counts them."""
    stations = Consultation.objects.published().filter(paper=OuterRef(OuterRef(paper)))
    return _committee_ids(consultations__in=stations)


def _paper_texts(ids: Collection[int]) -> Iterator[SearchText]:
    rows = Paper.objects.published().filter(pk__in=ids).annotate(committees=_paper_committees("pk"))
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


# Files ------------------------------------------------------------------------------------------------


def _file_texts(ids: Collection[int]) -> Iterator[SearchText]:
    pages = (
        FilePage.objects.filter(file=OuterRef("pk"))
        .order_by()
        .values("file")
        .annotate(words=StringAgg("text", "\n\n", order_by="number"))
    )
    meeting = Coalesce("agenda_item__meeting", "meeting")
    rows = (
        File.objects.published()
        .filter(pk__in=ids)
        .defer("text")
        .select_related("paper", "agenda_item__meeting", "meeting")
        .annotate(
            words=Left(Coalesce(Subquery(pages.values("words")), "text"), LONGEST_TEXT),
            paper_committees=_paper_committees("paper"),
            of_meeting=meeting,
            meeting_committees=_committee_ids(meetings=OuterRef("of_meeting")),
        )
    )
    for file in rows:
        meeting_of_it = file.agenda_item.meeting if file.agenda_item else file.meeting
        yield SearchText(
            object_id=file.pk,
            title=file.name or file.get_role_display(),
            references=file.paper.reference if file.paper else "",
            body=file.words,
            day=file.date or (file.paper.date if file.paper else _day(meeting_of_it)),
            committees=[*file.paper_committees, *file.meeting_committees],
        )


def _file_results(ids: Collection[int], words: Collection[str]) -> Mapping[int, Found]:
    rows = (
        File.objects.published()
        .filter(pk__in=ids)
        .defer("text")
        .select_related("paper", "agenda_item__meeting", "meeting")
        .annotate(of_meeting=Coalesce("agenda_item__meeting", "meeting"))
        .annotate(committee_names=_committee_names("of_meeting"), **_passages_with(words))
    )
    return {
        file.pk: Found(
            title=str(file),
            url=_file_url(file),
            where=_beside(file),
            passages=_file_passages(file),
        )
        for file in rows
    }


def _passages_with(words: Collection[str]) -> dict[str, Any]:
    """Where one of `words` stands in a file: `found_pages` (list of {"number", "text"}) and `found_text`.

    `found_text` is the first such place in a text without pages, else None.
    """
    pattern = _pattern(words)
    if not pattern:
        return {"found_pages": Value([], JSONField()), "found_text": Value(None, TextField())}
    every = FilePage.objects.filter(file=OuterRef("pk"))
    pages = every.filter(text__iregex=pattern).order_by("number")[:MOST_PAGES]
    first = Func(
        *(F("text"), Value(pattern), Value(1), Value(1), Value(0), Value("i")),
        function="regexp_instr",
        output_field=IntegerField(),
    )
    texts = File.objects.filter(~Exists(every), pk=OuterRef("pk")).annotate(first=first).filter(first__gt=0)
    around = Substr("text", Greatest(F("first") - AROUND, 1), 2 * AROUND)
    return {
        "found_pages": ArraySubquery(pages.values(row=JSONObject(number="number", text="text"))),
        "found_text": Subquery(texts.values(around=around)),
    }


def _pattern(words: Collection[str]) -> str:
    """PostgreSQL's regular expression for pages with some of the words; "" where there is none."""
    parts: list[str] = []
    long: list[str] = []
    for word in sorted(words, key=lambda word: (len(word), word)):
        if len(parts) == MOST_LOOKED_FOR:
            break
        # "Digitalisierungsstrategie" need not be looked for where "Digitalisierung" is.
        if not (WORD.fullmatch(word) or HYPHENED.fullmatch(word)) or any(one in word for one in long):
            continue
        if len(word) >= LONG_WORD:
            long.append(word)
            parts.append(re.escape(word))
        else:
            parts.append(rf"\m{re.escape(word)}\M")
    return "|".join(parts)


def _file_url(file: Any) -> str:
    """Where the lists of documents lead to: the source; without an address there, what it belongs to."""
    address = file.access_url or file.download_url
    if address.startswith(("https://", "http://")):
        return address
    parent = file.paper or file.agenda_item or file.meeting
    return f"{parent.get_absolute_url()}#dokumente"


def _beside(file: Any) -> str:
    """What it is and to what it belongs: "Anlage zu MV/11986/25 …"."""
    role = file.get_role_display()
    if file.paper:
        return f"{role} zu {file.paper}"
    if file.agenda_item:
        meeting = _in_meeting(file.agenda_item.meeting, file.committee_names)
        return f"{role} zu {file.agenda_item}, {meeting}"
    return f"{role}, {_in_meeting(file.meeting, file.committee_names)}"


def _file_passages(file: Any) -> list[Passage]:
    url = _file_url(file)
    if file.found_text:
        return [Passage(file.found_text, url)]
    document, _, anchor = url.partition("#")
    return [
        Passage(
            row["text"],
            # Programs that show PDF files open them at this page.
            f"{document}#page={row['number']}" if anchor != "dokumente" else url,
            f"Seite {row['number']}",
        )
        for row in file.found_pages
    ]


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
        texts=_file_texts,
        results=_file_results,
        watches=search_sources.FILE,
    ),
)


def register_searchables() -> None:
    for searchable in KINDS:
        register(searchable)
    register_facet("committees", "Gremium", _committee_labels)
    register_names(_names_among)
