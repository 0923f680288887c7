"""Pages below /rat/."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import groupby

from django.db.models import Prefetch, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from portal.citations import citations_of, cited_among
from portal.context import names_are_open
from portal.paging import page_of
from portal.reading import reading_page
from sessions.filters import (
    ORGANIZATION_TYPES,
    MeetingFilter,
    MotionFilter,
    OrganizationFilter,
    PaperFilter,
)
from sessions.models import (
    AgendaItem,
    Consultation,
    Contribution,
    File,
    Meeting,
    Membership,
    Motion,
    Organization,
    Paper,
    Person,
    Vote,
)
from sessions.presenters import (
    AgendaRow,
    MeetingRow,
    MotionBlock,
    agenda_parts,
    by_month,
    meeting_title,
    mover_of,
    name_of,
    outcome_of,
    paragraphs,
    start_of_today,
    stations,
    uses_of,
)

COMING = 10
"""Meetings to come that the unfiltered list shows before the past ones."""
LATEST = 5
"""Entries of a list on another page, before the link to the whole list."""
MOST_RELATIVES = 50
"""Other papers that a paper's page names."""


def meeting_rows(meetings: Sequence[Meeting]) -> list[MeetingRow]:
    """Meetings with the number of their public items; a constant number of queries."""
    items: dict[int, set[int]] = defaultdict(set)
    for item, meeting in (
        AgendaItem.objects.published().filter(meeting__in=meetings).order_by().values_list("pk", "meeting_id")
    ):
        items[meeting].add(item)
    every_item = set().union(*items.values())
    cited = cited_among("agenda_item", every_item)
    return [
        MeetingRow(meeting, len(items[meeting.pk]), not cited.isdisjoint(items[meeting.pk]))
        for meeting in meetings
    ]


def motion_blocks(motions: Iterable[Motion], names_open: bool) -> list[MotionBlock]:
    return [MotionBlock(motion, mover_of(motion, names_open), list(motion.votes.all())) for motion in motions]


@reading_page
def meetings(request: HttpRequest) -> HttpResponse:
    now = start_of_today()
    filtered = MeetingFilter(request.GET, queryset=Meeting.objects.published(), now=now)
    time = filtered.in_force.get("zeit", "")
    shown = filtered.qs if time else filtered.qs.held(now)
    page = page_of(request, shown.with_committees())
    coming: list[Meeting] = []
    if not time and page.number == 1:
        coming = list(filtered.qs.from_moment(now).with_committees()[:COMING])
    rows = meeting_rows([*coming, *page])
    coming_count = sum(
        choice.count or 0 for choice in filtered.facets["zeit"].choices if choice.value == "kommend"
    )
    ctx = {
        "nav_section": "rat",
        "nav_page": "meetings",
        "filter": filtered,
        "time": time,
        "page": page,
        "coming": by_month(rows[: len(coming)]),
        "months": by_month(rows[len(coming) :]),
        "more_coming": coming_count if len(coming) < coming_count else 0,
    }
    return render(request, "council/meetings.html", ctx)


@reading_page
def meeting(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = get_object_or_404(
        Meeting.objects.published().select_related("location").with_committees(), pk=pk
    )
    items = list(
        AgendaItem.objects.published()
        .filter(meeting=meeting)
        .prefetch_related(
            Prefetch("consultations", Consultation.objects.published().select_related("paper")),
            Prefetch("votes", Vote.objects.published().select_related("motion")),
        )
    )
    cited = cited_among("agenda_item", [item.pk for item in items])
    agenda = [
        AgendaRow(item.number, item.order, item, outcome_of(item, item.votes.all()), item.pk in cited)
        for item in items
    ]
    # The titles of these never leave the database.
    closed = AgendaItem.objects.closed().filter(meeting=meeting).values_list("number", "order", "public")
    agenda += [AgendaRow(number, order, stated_closed=public is False) for number, order, public in closed]
    agenda.sort(key=lambda row: row.order)
    ctx = {
        "nav_section": "rat",
        "nav_page": "meetings",
        "meeting": meeting,
        "title": meeting_title(meeting),
        "agenda": agenda,
        "parts": agenda_parts(agenda),
        "files": File.objects.published().filter(meeting=meeting).defer("text"),
    }
    return render(request, "council/meeting.html", ctx)


@reading_page
def item(request: HttpRequest, pk: int) -> HttpResponse:
    names_open = names_are_open(request)
    item = get_object_or_404(
        AgendaItem.objects.published()
        .select_related("meeting__location")
        .prefetch_related(Prefetch("meeting__organizations", Organization.objects.published())),
        pk=pk,
    )
    citations = citations_of("agenda_item", [item.pk])
    cited = {citation.paragraph_id for citation in citations if citation.paragraph_id}
    # A paragraph that the source took back stays as long as something rests on it.
    contributions = (
        Contribution.objects.published()
        .filter(Q(superseded_at__isnull=True) | Q(pk__in=cited), agenda_item=item)
        .select_related("speaker")
        .order_by("position", "superseded_at", "pk")
    )
    motions = list(
        Motion.objects.published()
        .filter(agenda_item=item)
        .select_related("mover", "mover_organization", "contribution", "paper")
    )
    votes = list(Vote.objects.published().filter(agenda_item=item).select_related("contribution", "motion"))
    shown = {motion.pk for motion in motions}
    item_votes = [vote for vote in votes if vote.motion_id not in shown]
    papers = [
        consultation.paper
        for consultation in Consultation.objects.published().filter(agenda_item=item).select_related("paper")
    ]
    # Most systems keep one document for the minutes of the whole meeting.
    minutes = Q(meeting=item.meeting, role__in=[File.Role.RESULTS, File.Role.VERBATIM])
    files = list(
        File.objects.published().filter(Q(agenda_item=item) | Q(paper__in=papers) | minutes).defer("text")
    )
    ctx = {
        "nav_section": "rat",
        "nav_page": "meetings",
        "item": item,
        "meeting": item.meeting,
        "meeting_title": meeting_title(item.meeting),
        "names_open": names_open,
        "outcome": outcome_of(item, votes),
        "item_votes": item_votes,
        # A vote below says the same with the words it was read from.
        "result": "" if any(vote.phrase == item.result for vote in item_votes) else item.result,
        "motions": [
            MotionBlock(
                motion,
                mover_of(motion, names_open),
                [vote for vote in votes if vote.motion_id == motion.pk],
            )
            for motion in motions
        ],
        "paragraphs": paragraphs(contributions, citations, motions, votes, names_open),
        "uses": uses_of(citation for citation in citations if citation.paragraph_id is None),
        "papers": [(paper, [file for file in files if file.paper_id == paper.pk]) for paper in papers],
        "files": [file for file in files if file.agenda_item_id == item.pk],
        "minutes": [file for file in files if file.meeting_id is not None],
    }
    return render(request, "council/item.html", ctx)


@reading_page
def papers(request: HttpRequest) -> HttpResponse:
    filtered = PaperFilter(request.GET, queryset=Paper.objects.published())
    page = page_of(request, filtered.ordered())
    cited = cited_among("paper", [paper.pk for paper in page])
    ctx = {
        "nav_section": "rat",
        "nav_page": "papers",
        "filter": filtered,
        "page": page,
        "cited": cited,
    }
    return render(request, "council/papers.html", ctx)


@reading_page
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    names_open = names_are_open(request)
    paper = get_object_or_404(
        Paper.objects.published().prefetch_related(
            "originator_people",
            Prefetch("originator_organizations", Organization.objects.published()),
            Prefetch("under_direction_of", Organization.objects.published()),
        ),
        pk=pk,
    )
    consultations = (
        Consultation.objects.published()
        .filter(paper=paper)
        .with_committee_names()
        .select_related("paper", "agenda_item__meeting")
        .prefetch_related(
            Prefetch("meeting", Meeting.objects.published()),
            Prefetch("agenda_item__votes", Vote.objects.published().select_related("motion")),
        )
    )
    files = list(File.objects.published().filter(paper=paper).defer("text"))
    ctx = {
        "nav_section": "rat",
        "nav_page": "papers",
        "paper": paper,
        "people": [name_of(person, names_open) for person in paper.originator_people.all()],
        "stations": stations(consultations),
        "files": files,
        "relatives": Paper.objects.published().relatives_of(paper)[:MOST_RELATIVES],
        "uses": uses_of(
            [*citations_of("paper", [paper.pk]), *citations_of("file", [file.pk for file in files])]
        ),
    }
    return render(request, "council/paper.html", ctx)


@reading_page
def motions(request: HttpRequest) -> HttpResponse:
    names_open = names_are_open(request)
    filtered = MotionFilter(request.GET, queryset=Motion.objects.published())
    page = page_of(request, filtered.qs.with_votes().newest_first())
    ctx = {
        "nav_section": "rat",
        "nav_page": "motions",
        "filter": filtered,
        "page": page,
        "motions": motion_blocks(page, names_open),
    }
    return render(request, "council/motions.html", ctx)


@reading_page
def organizations(request: HttpRequest) -> HttpResponse:
    filtered = OrganizationFilter(request.GET, queryset=Organization.objects.with_page())
    page = page_of(request, filtered.qs.by_type())
    by_type = groupby(page, key=lambda organization: ORGANIZATION_TYPES[organization.type])
    ctx = {
        "nav_section": "rat",
        "nav_page": "organizations",
        "filter": filtered,
        "page": page,
        "types": [(label, list(group)) for label, group in by_type],
        "today": timezone.localdate(),
    }
    return render(request, "council/organizations.html", ctx)


@reading_page
def organization(request: HttpRequest, pk: int) -> HttpResponse:
    organization = get_object_or_404(
        Organization.objects.with_page()
        .select_related("location")
        .prefetch_related(
            Prefetch("parent", Organization.objects.published()),
            Prefetch("children", Organization.objects.published().as_of(timezone.localdate())),
        ),
        pk=pk,
    )
    papers = Paper.objects.published()
    ctx = {
        "nav_section": "rat",
        "nav_page": "organizations",
        "organization": organization,
        "members": Membership.objects.published()
        .as_of(timezone.localdate())
        .filter(organization=organization)
        .select_related("person", "on_behalf_of")
        .order_by("person__family_name", "person__name", "pk"),
        "meetings": Meeting.objects.published().filter(organizations=organization)[:LATEST],
        "treated": papers.treated_by(organization)[:LATEST],
        "brought_in": papers.filter(originator_organizations=organization)[:LATEST],
    }
    return render(request, "council/organization.html", ctx)


@reading_page
def person(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(Person.objects.published(), pk=pk)
    memberships = Membership.objects.published().filter(person=person).select_related("organization")
    today = timezone.localdate()
    motions = list(Motion.objects.published().filter(mover=person).with_votes().newest_first()[:LATEST])
    spoken = Contribution.objects.published().filter(speaker=person)
    if not (memberships or motions or spoken.exists()):
        raise Http404("nothing public names this person any more")
    ctx = {
        "nav_section": "rat",
        "person": person,
        "current": [membership for membership in memberships if membership.is_held_on(today)],
        "former": [membership for membership in memberships if not membership.is_held_on(today)],
        "motions": motion_blocks(motions, names_open=False),
        "papers": Paper.objects.published().filter(originator_people=person)[:LATEST],
    }
    response = render(request, "council/person.html", ctx)
    response["X-Robots-Tag"] = "noindex"
    return response
