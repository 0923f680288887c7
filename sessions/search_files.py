"""What of files can be found: their names and texts, and the pages that a result shows."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from django.contrib.postgres.aggregates import StringAgg
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, Func, IntegerField, JSONField, OuterRef, Subquery, TextField, Value
from django.db.models.functions import Coalesce, Greatest, JSONObject, Left, Substr

from portal.searching.kinds import Found, Passage, SearchText
from portal.searching.text import HYPHENED, WORD
from sessions.models import File, FilePage
from sessions.search_meetings import (
    committee_ids,
    committee_names,
    day_of_meeting,
    in_meeting,
    paper_committees,
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


def file_texts(ids: Collection[int]) -> Iterator[SearchText]:
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
            paper_committees=paper_committees("paper"),
            of_meeting=meeting,
            meeting_committees=committee_ids(meetings=OuterRef("of_meeting")),
        )
    )
    for file in rows:
        meeting_of_it = file.agenda_item.meeting if file.agenda_item else file.meeting
        yield SearchText(
            object_id=file.pk,
            title=file.name or file.get_role_display(),
            references=file.paper.reference if file.paper else "",
            body=file.words,
            day=file.date or (file.paper.date if file.paper else day_of_meeting(meeting_of_it)),
            committees=[*file.paper_committees, *file.meeting_committees],
        )


def file_results(ids: Collection[int], words: Collection[str]) -> Mapping[int, Found]:
    rows = (
        File.objects.published()
        .filter(pk__in=ids)
        .defer("text")
        .select_related("paper", "agenda_item__meeting", "meeting")
        .annotate(of_meeting=Coalesce("agenda_item__meeting", "meeting"))
        .annotate(committee_names=committee_names("of_meeting"), **_passages_with(words))
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
        meeting = in_meeting(file.agenda_item.meeting, file.committee_names)
        return f"{role} zu {file.agenda_item}, {meeting}"
    return f"{role}, {in_meeting(file.meeting, file.committee_names)}"


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
