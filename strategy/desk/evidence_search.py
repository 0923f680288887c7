"""What the evidence picker finds: public records of the council, by words or by a paper's number."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page
from django.db.models import Case, Exists, F, IntegerField, OuterRef, Prefetch, Q, QuerySet, Value, When
from django.http import HttpRequest
from django.utils.safestring import SafeString

from portal.german import german_date
from portal.paging import page_of
from portal.search import MOST_WORDS, every_word, excerpt
from sessions.models import AgendaItem, Contribution, File, Motion, Organization, Paper, Vote
from sessions.presenters import meeting_title
from strategy.desk.evidence_claim import Claim, shortened, source_of
from strategy.models import Evidence, Measure, OutsideDocument

FIRST = 5
"""Results of each kind before one kind is asked for alone."""
SUGGESTED = 5
SHORTEST_WORD = 6
"""Letters of a word of a measure's name that says something about it."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One result: where it leads, and enough to tell it from the others."""

    title: str
    where: str
    text: SafeString | str
    url: str


@dataclass(frozen=True, slots=True)
class Found:
    """Results of one kind."""

    code: str
    title: str
    hits: Sequence[Hit]
    page: Page[Any] | None = None
    more_url: str = ""
    """All of them; "" where these are all."""


@dataclass(frozen=True, slots=True)
class _Kind:
    title: str
    rows: Callable[[str], QuerySet[Any]]
    hit: Callable[[Claim, Any, str], Hit]


def find(request: HttpRequest, claim: Claim, words: str, code: str) -> list[Found]:
    """What the record has about `words`: the first of each kind, or a page of the kind `code` alone.

    A constant number of queries. Raises Http404 for a page that is not there.
    """
    if code in KINDS:
        kind = KINDS[code]
        page = page_of(request, kind.rows(words))
        return [Found(code, kind.title, [kind.hit(claim, row, words) for row in page], page)]
    groups = []
    for name, kind in KINDS.items():
        rows = list(kind.rows(words)[: FIRST + 1])
        if rows:
            more = claim.with_query(claim.find_url.partition("?")[0], q=words, art=name)
            hits = [kind.hit(claim, row, words) for row in rows[:FIRST]]
            groups.append(Found(name, kind.title, hits, more_url=more if len(rows) > FIRST else ""))
    return groups


def suggestions(claim: Claim) -> list[Found]:
    """What lies near before anything is typed: what the measure cites already, and what names it."""
    found = [Found("schon", "Darauf beruft sich diese Maßnahme schon", _cited(claim))]
    terms = _telling_words(claim.measure)
    if terms:
        name = " ".join(terms)
        for code in ("absaetze", "vorlagen"):
            kind = KINDS[code]
            rows = _naming(kind.rows(""), "text" if code == "absaetze" else "name", terms)
            hits = [kind.hit(claim, row, name) for row in rows[:SUGGESTED]]
            found.append(Found(f"nah-{code}", f"{kind.title}: nennen Worte aus dem Namen", hits))
    return [group for group in found if group.hits]


def documents(words: str) -> QuerySet[OutsideDocument]:
    """Outside documents that were used already."""
    return OutsideDocument.objects.filter(every_word(words, "title", "publisher", "url")).order_by(
        F("dated").desc(nulls_last=True), "publisher", "title", "pk"
    )


# Kinds -----------------------------------------------------------------------------------------------

_NEWEST = F("agenda_item__meeting__start").desc(nulls_last=True)


def _committees(path: str) -> "Prefetch[Any]":
    return Prefetch(f"{path}organizations", Organization.objects.published())


def _paragraphs(words: str) -> QuerySet[Contribution]:
    named = every_word(words, "text")
    if " " in words:
        # "Ö 13 Voicebot": some of the words may stand in the head of the item.
        around = every_word(words, "text", "agenda_item__title", "agenda_item__number")
        named = around & _some_word(words, "text")
    return (
        Contribution.objects.published()
        .current()
        .filter(named)
        .select_related("agenda_item__meeting")
        .order_by(_NEWEST, "-agenda_item", "position")
        .prefetch_related(_committees("agenda_item__meeting__"))
    )


def _items(words: str) -> QuerySet[AgendaItem]:
    named = every_word(words, "number", "title", "resolution_text", "result")
    minutes = Contribution.objects.current().filter(every_word(words, "text"), agenda_item=OuterRef("pk"))
    return (
        AgendaItem.objects.published()
        .filter(named | Exists(minutes))
        .select_related("meeting")
        .order_by(F("meeting__start").desc(nulls_last=True), "-meeting", "order", "pk")
        .prefetch_related(_committees("meeting__"))
    )


def _motions(words: str) -> QuerySet[Motion]:
    return (
        Motion.objects.published()
        .filter(every_word(words, "wording", "paper__reference", "paper__name"))
        .select_related("agenda_item__meeting", "paper")
        .order_by(_NEWEST, "-agenda_item", "position")
        .prefetch_related(_committees("agenda_item__meeting__"))
    )


def _papers(words: str) -> QuerySet[Paper]:
    # "MV 11986-25" is MV/11986/25: what separates its parts differs from hand to hand.
    parts = " ".join(re.findall(r"\w+", words)) or words
    return (
        Paper.objects.published()
        .filter(every_word(parts, "reference", "name", "paper_type"))
        .order_by(F("date").desc(nulls_last=True), "-reference", "-pk")
    )


def _paragraph_hit(claim: Claim, row: Contribution, words: str) -> Hit:
    item = row.agenda_item
    url = claim.source_url("item", item.pk, row.position)
    return Hit(f"{item}, Absatz {row.position}", meeting_title(item.meeting), excerpt(row.text, words), url)


def _item_hit(claim: Claim, item: AgendaItem, words: str) -> Hit:
    text = excerpt(item.resolution_text, words) if item.resolution_text else ""
    return Hit(str(item), meeting_title(item.meeting), text, claim.source_url("item", item.pk))


def _motion_hit(claim: Claim, motion: Motion, words: str) -> Hit:
    item = motion.agenda_item
    written = f", schriftlich mit {motion.paper.reference or 'einer Vorlage'}" if motion.paper else ""
    return Hit(
        f"{motion.get_kind_display()} zu {item}{written}",
        meeting_title(item.meeting),
        excerpt(motion.wording, words),
        claim.source_url("motion", motion.pk),
    )


def _paper_hit(claim: Claim, paper: Paper, words: str) -> Hit:
    where = german_date(paper.date) if paper.date else "ohne Datum"
    return Hit(str(paper), where, "", claim.source_url("paper", paper.pk))


KINDS: dict[str, _Kind] = {
    "absaetze": _Kind("Absätze der Niederschriften", _paragraphs, _paragraph_hit),
    "tops": _Kind("Tagesordnungspunkte", _items, _item_hit),
    "antraege": _Kind("Anträge", _motions, _motion_hit),
    "vorlagen": _Kind("Vorlagen", _papers, _paper_hit),
}
"""By the word in the address, in the order of the page."""


def _some_word(words: str, field: str) -> Q:
    """At least one of `words` stands in the field itself, not only around it."""
    condition = Q()
    for word in words.split()[:MOST_WORDS]:
        condition |= Q(**{f"{field}__icontains": word})
    return condition


# Suggestions -----------------------------------------------------------------------------------------


def _telling_words(measure: Measure | None) -> list[str]:
    """The longest words of a measure's name: "Telefonzentrale", "Voicebot"."""
    words = dict.fromkeys(re.findall(r"\w+", measure.name)) if measure else ()
    return sorted((word for word in words if len(word) >= SHORTEST_WORD), key=len, reverse=True)[:4]


def _naming(rows: QuerySet[Any], field: str, terms: Sequence[str]) -> QuerySet[Any]:
    """Rows with at least half of `terms` in the field; those with most of them first."""
    score: Any = Value(0)
    for term in terms:
        hit = When(**{f"{field}__icontains": term}, then=Value(1))
        score = score + Case(hit, default=Value(0), output_field=IntegerField())
    # The score alone would read every text; of those with one of the words there is an index.
    some = rows.filter(_some_word(" ".join(terms), field))
    named = some.annotate(named=score).filter(named__gte=(len(terms) + 1) // 2)
    return named.order_by("-named", *rows.query.order_by)


def _cited(claim: Claim) -> list[Hit]:
    """Public records that evidence of the same measure, or of the same strategy, rests on; each once."""
    if claim.measure:
        paths = ("", "report__", "milestone__", "observation__indicator__", "money_item__", "question__")
        condition = Q()
        for path in paths:
            condition |= Q(**{f"{path}measure": claim.measure})
    elif claim.kind == "strategy":
        condition = Q(strategy=claim.subject)
    else:
        condition = Q(**{claim.field: claim.subject})
    rows = (
        Evidence.objects.filter(condition)
        .on_public_records()
        .with_targets()
        .select_related("motion__agenda_item", "vote__agenda_item", "vote__motion")
        .order_by("-pk")
    )
    hits: dict[str, Hit] = {}
    for piece in rows:
        hit = _cited_hit(claim, piece)
        if hit is not None and len(hits) < SUGGESTED:
            hits.setdefault(hit.url, hit)
    return list(hits.values())


def _cited_hit(claim: Claim, piece: Evidence) -> Hit | None:
    target = piece.target
    if isinstance(target, Motion | Vote) and target.superseded_at is not None:
        return None  # The source took it back: it may stay cited, and is no ground for something new.
    text = f"„{shortened(piece.quote, 160)}“" if piece.quote else ""
    place = None
    if piece.contribution and piece.contribution.superseded_at is None:
        place = piece.contribution.position
    title = str(target.agenda_item) if isinstance(target, Motion | Vote) else str(target)
    where = piece.place if isinstance(target, AgendaItem) else str(target) if title != str(target) else ""
    return Hit(title, where, text, claim.source_url(source_of(target), target.pk, place))


# What hangs on a found record ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Nearby:
    """Other sources beside a chosen one: motions, votes, papers, files."""

    title: str
    hits: Sequence[Hit]


def beside_item(claim: Claim, item: AgendaItem, papers: Sequence[Paper]) -> list[Nearby]:
    """Motions and votes of an item, its papers, and the files of both. Three queries."""
    motions = Motion.objects.published().filter(agenda_item=item)
    votes = Vote.objects.published().filter(agenda_item=item).select_related("motion")
    files = File.objects.published().filter(Q(agenda_item=item) | Q(paper__in=papers)).defer("text")
    return _filled(
        Nearby(
            "Anträge",
            [
                Hit(row.get_kind_display(), "", row.wording, claim.source_url("motion", row.pk))
                for row in motions
            ],
        ),
        Nearby(
            "Abstimmungen",
            [
                Hit(
                    f"Abstimmung {row.subject}: {row.words}", "", row.phrase, claim.source_url("vote", row.pk)
                )
                for row in votes
            ],
        ),
        Nearby("Vorlagen", [Hit(str(row), "", "", claim.source_url("paper", row.pk)) for row in papers]),
        Nearby("Dateien", [Hit(str(row), row.format, "", claim.source_url("file", row.pk)) for row in files]),
    )


def beside_paper(claim: Claim, paper: Paper) -> list[Nearby]:
    """Where a paper was treated, the motions put in writing with it, and its files. Four queries."""
    items = (
        AgendaItem.objects.published()
        .filter(consultations__paper=paper, consultations__withdrawn_at__isnull=True)
        .select_related("meeting")
        .prefetch_related(_committees("meeting__"))
        .order_by(F("meeting__start").desc(nulls_last=True), "pk")
        .distinct()
    )
    motions = Motion.objects.published().filter(paper=paper).select_related("agenda_item")
    files = File.objects.published().filter(paper=paper).defer("text")
    return _filled(
        Nearby("Dateien", [Hit(str(row), row.format, "", claim.source_url("file", row.pk)) for row in files]),
        Nearby(
            "Beraten in",
            [
                Hit(str(row), meeting_title(row.meeting), "", claim.source_url("item", row.pk))
                for row in items
            ],
        ),
        Nearby(
            "Anträge",
            [
                Hit(
                    f"{row.get_kind_display()} zu {row.agenda_item}",
                    "",
                    row.wording,
                    claim.source_url("motion", row.pk),
                )
                for row in motions
            ],
        ),
    )


def _filled(*groups: Nearby) -> list[Nearby]:
    return [group for group in groups if group.hits]
