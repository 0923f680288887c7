"""Records in, rows out: nothing twice, nothing erased, nothing merged by guess."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.imports import Outcome
from portal.models import ImportRun
from sessions.imports.identity import agenda_order, identify, key
from sessions.imports.records import (
    AgendaItemRecord,
    ContributionRecord,
    DecisionRecord,
    FileRecord,
    MotionRecord,
    PageAddress,
    PaperRecord,
    SpeakerRecord,
    VoteRecord,
)
from sessions.imports.upsert import RecordError, city_body, upsert_agenda_item
from sessions.models import (
    AgendaItem,
    Body,
    Consultation,
    Contribution,
    File,
    Meeting,
    Motion,
    Organization,
    Paper,
    Person,
    Vote,
)

BERLIN = ZoneInfo("Europe/Berlin")
ITEM = PageAddress(agenda_item=1000181, meeting=7603)
WITHOUT_MEETING = PageAddress(agenda_item=1000181)
GRIMM = SpeakerRecord(title="Ratsherr", name="Grimm")
RINK = SpeakerRecord(title="Stadtrat", name="Rink")
CHIEF = SpeakerRecord(title="Herr", name="Müller", role="Chief Digital Officer")
PRIGGE = SpeakerRecord(title="Herr", name="Prigge")
ADMINISTRATION = SpeakerRecord(role="Verwaltung")
REJECTED = DecisionRecord(on="procedural", result="rejected", yes=2, no=5, phrase="mit 2 Ja-Stimmen")
CONTENT: tuple[type[Model], ...] = (
    Body, Organization, Person, Meeting, AgendaItem, Contribution, Motion, Vote, Paper, File, Consultation,
)  # fmt: skip

pytestmark = pytest.mark.django_db


def paragraphs(
    *texts: str, speakers: Iterable[SpeakerRecord | None] | None = None
) -> tuple[ContributionRecord, ...]:
    who = list(speakers or [None] * len(texts))
    return tuple(
        ContributionRecord(position=position, text=text, speaker=speaker)
        for position, (text, speaker) in enumerate(zip(texts, who, strict=True), start=1)
    )


PAGE = AgendaItemRecord(
    number="Ö 13",
    title="Fortschreibung der Digitalisierungsstrategie de...",
    title_cut=True,
    public=True,
    date=date(2025, 8, 20),
    start=datetime(2025, 8, 20, 16, tzinfo=BERLIN),
    occasion="Sitzung",
    clerk="Simone Sauerwein",
    contributions=(
        ContributionRecord(position=1, text="Herr Müller erläutert.", speaker=CHIEF),
        ContributionRecord(position=2, text="Ratsherr Grimm fragt.", speaker=GRIMM),
        ContributionRecord(position=3, text="Herr Müller ist optimistisch.", speaker=CHIEF),
        ContributionRecord(position=4, text="Herr Prigge korrigiert.", speaker=PRIGGE),
        ContributionRecord(
            position=5, text="Ratsherr Grimm stellt den Antrag.", kind="motion", speaker=GRIMM
        ),
        ContributionRecord(position=6, text="Der Antrag wird abgelehnt.", kind="vote"),
        ContributionRecord(
            position=7, text="Die Verwaltung weist hin.", kind="statement", speaker=ADMINISTRATION
        ),
    ),
    motions=(MotionRecord(position=1, kind="procedural", wording="nochmals", mover=GRIMM, contribution=5),),
    votes=(VoteRecord(position=1, decision=REJECTED, motion=1, contribution=6),),
    papers=(
        PaperRecord(
            reference="MV/11986/25",
            paper_type="Mitteilungsvorlage",
            files=(FileRecord(position=1, public=True, size_printed="181,2 kB", size=181_200),),
        ),
    ),
)


@pytest.fixture
def body() -> Body:
    return city_body()


@pytest.fixture
def read(body: Body) -> Callable[..., Outcome]:
    def read(record: AgendaItemRecord = PAGE, address: PageAddress = ITEM, **changes: Any) -> Outcome:
        return upsert_agenda_item(replace(record, **changes), address=address, body=body, run=None)

    return read


def rows() -> dict[str, list[dict[str, Any]]]:
    """Every row of the council with every column."""
    return {model.__name__: list(model._base_manager.order_by("pk").values()) for model in CONTENT}


def texts() -> list[tuple[int, str, str]]:
    current = Contribution.objects.filter(superseded_at=None)
    return list(current.order_by("position").values_list("position", "anchor", "text"))


# --- One page ---------------------------------------------------------------------------------
def test_item_and_meeting_hold_what_the_page_says(read: Callable[..., Outcome]) -> None:
    assert read() == Outcome.CREATED
    item = AgendaItem.objects.get()
    assert (item.pk, item.external_id) == (1000181, "allris:to:1000181")
    assert (item.number, item.order, item.public) == ("Ö 13", 13_000_000, True)
    assert (item.title, item.title_cut) == ("Fortschreibung der Digitalisierungsstrategie de...", True)
    assert (item.clerk, item.result, item.resolution_text) == ("Simone Sauerwein", "", "")
    assert item.source_url.endswith("/public/to020?SILFDNR=7603&TOLFDNR=1000181")
    meeting = item.meeting
    assert (meeting.pk, meeting.external_id, meeting.occasion) == (7603, "allris:si:7603", "Sitzung")
    assert (meeting.start, meeting.start_has_time) == (datetime(2025, 8, 20, 16, tzinfo=BERLIN), True)
    assert meeting.source_url.endswith("/public/to010?SILFDNR=7603")


def test_paragraphs_keep_their_order_and_the_same_speaker_is_one_person(read: Callable[..., Outcome]) -> None:
    read()
    found = Contribution.objects.order_by("position").values_list(
        "anchor", "kind", "speaker__name", "speaker__kind", "speaker_role"
    )
    assert list(found) == [
        ("absatz-1", "speech", "Müller", "employee", ""),
        ("absatz-2", "speech", "Grimm", "mandate", ""),
        ("absatz-3", "speech", "Müller", "employee", ""),
        ("absatz-4", "speech", "Prigge", "unknown", ""),
        ("absatz-5", "motion", "Grimm", "mandate", ""),
        ("absatz-6", "vote", None, None, ""),
        ("absatz-7", "statement", None, None, "Verwaltung"),
    ]
    assert Person.objects.count() == 3


def test_motion_and_vote_stand_at_their_paragraphs(read: Callable[..., Outcome]) -> None:
    read()
    motion, vote = Motion.objects.get(), Vote.objects.get()
    assert (motion.kind, motion.wording, str(motion.mover)) == ("procedural", "nochmals", "Ratsherr Grimm")
    assert motion.contribution
    assert motion.contribution.position == 5
    assert (vote.on, vote.result, vote.yes, vote.no, vote.abstain) == ("procedural", "rejected", 2, 5, None)
    assert (vote.majority, vote.phrase, vote.motion) == ("", "mit 2 Ja-Stimmen", motion)
    assert vote.contribution
    assert vote.contribution.position == 6


def test_paper_is_tied_to_item_and_meeting_and_has_its_file(read: Callable[..., Outcome]) -> None:
    read()
    paper, station, file = Paper.objects.get(), Consultation.objects.get(), File.objects.get()
    assert (paper.reference, paper.paper_type, paper.public) == ("MV/11986/25", "Mitteilungsvorlage", True)
    assert (station.paper, station.agenda_item_id, station.meeting_id) == (paper, 1000181, 7603)
    assert (file.paper, file.name, file.public, file.size, file.size_printed) == (
        paper, "", True, 181_200, "181,2 kB",
    )  # fmt: skip


def test_several_papers_per_item(read: Callable[..., Outcome]) -> None:
    read(papers=(PaperRecord(reference="VO/1/25"), PaperRecord(reference="VO/1/25-1", lfdnr=12)))
    assert Consultation.objects.filter(agenda_item=1000181).count() == 2
    assert Paper.objects.get(reference="VO/1/25-1").source_url.endswith("/vo020?VOLFDNR=12")


def test_hostile_text_stays_text(read: Callable[..., Outcome]) -> None:
    hostile = "<script>alert(1)</script> '; DROP TABLE council_paper; -- %s {{ x }} \u202e"
    read(title=hostile, contributions=paragraphs(hostile, speakers=[replace(GRIMM, name=hostile)]))
    assert AgendaItem.objects.get().title == hostile
    contribution = Contribution.objects.get()
    assert contribution.text == hostile
    assert contribution.speaker
    assert contribution.speaker.name == hostile


def test_file_address_must_be_one_of_the_web(read: Callable[..., Outcome]) -> None:
    files = (
        FileRecord(position=1, url="javascript:alert(1)"),
        FileRecord(position=2, url="https://example.org/a.pdf"),
    )
    read(papers=(PaperRecord(reference="VO/1/25", files=files),))
    assert list(File.objects.order_by("position").values_list("access_url", flat=True)) == [
        "",
        "https://example.org/a.pdf",
    ]


# --- Again ------------------------------------------------------------------------------------
def test_the_same_page_writes_nothing(read: Callable[..., Outcome]) -> None:
    read()
    before = rows()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert read() == Outcome.UNCHANGED
    written = [q["sql"] for q in queries if not q["sql"].startswith(("SELECT", "SAVEPOINT", "RELEASE"))]
    assert written == []
    assert rows() == before


@pytest.mark.parametrize(
    "less",
    [
        {"contributions": (), "motions": (), "votes": ()},
        {"papers": ()},
        {"papers": (PaperRecord(reference="MV/11986/25"),)},
        {"clerk": "", "occasion": ""},
        {"start": None},
        {"public": None},
        {"organization": ""},
        {"result": ""},
        {"resolution": ""},
        {"responsible": ""},
    ],
    ids=lambda less: "+".join(less),
)
def test_what_a_page_does_not_state_erases_nothing(
    read: Callable[..., Outcome], less: dict[str, Any]
) -> None:
    full = replace(
        PAGE,
        organization="Ausschuss für Digitales",
        result="zur Kenntnis genommen",
        resolution="Der Ausschuss nimmt Kenntnis.",
        responsible="Stabsstelle",
    )
    read(full)
    before = rows()
    assert read(full, **less) == Outcome.UNCHANGED
    assert read(full, WITHOUT_MEETING, **less) == Outcome.UNCHANGED
    assert rows() == before


def test_a_cut_title_does_not_replace_the_whole_one(read: Callable[..., Outcome]) -> None:
    whole = "Fortschreibung der Digitalisierungsstrategie der Hansestadt"
    read(title=whole, title_cut=False)
    assert read() == Outcome.UNCHANGED
    assert AgendaItem.objects.get().title == whole


def test_another_title_replaces_even_where_it_is_cut(read: Callable[..., Outcome]) -> None:
    read(title="Etwas anderes", title_cut=False)
    assert read() == Outcome.CHANGED
    assert AgendaItem.objects.get().title == PAGE.title


def test_the_whole_title_replaces_the_cut_one(read: Callable[..., Outcome]) -> None:
    read()
    read(title="Fortschreibung der Digitalisierungsstrategie der Hansestadt", title_cut=False)
    assert not AgendaItem.objects.get().title_cut


def test_a_changed_fact_changes_the_item_and_its_day(read: Callable[..., Outcome]) -> None:
    read()
    before = AgendaItem.objects.get().imported_at
    assert read(result="zur Kenntnis genommen") == Outcome.CHANGED
    item = AgendaItem.objects.get()
    assert item.result == "zur Kenntnis genommen"
    assert item.imported_at > before
    assert read(result="zur Kenntnis genommen") == Outcome.UNCHANGED


def test_a_withdrawn_item_stays_withdrawn(read: Callable[..., Outcome]) -> None:
    read()
    AgendaItem.objects.update(withdrawn_at=timezone.now())
    assert read(result="vertagt") == Outcome.CHANGED
    assert AgendaItem.objects.get().withdrawn_at is not None


def test_a_page_without_time_keeps_the_day_only(read: Callable[..., Outcome]) -> None:
    read(start=None)
    meeting = Meeting.objects.get()
    assert (meeting.start, meeting.start_has_time) == (datetime(2025, 8, 20, tzinfo=BERLIN), False)
    read()
    meeting.refresh_from_db()
    assert (meeting.start, meeting.start_has_time) == (PAGE.start, True)


# --- Changed minutes --------------------------------------------------------------------------
def test_paragraphs_change_places_and_keep_their_anchors(read: Callable[..., Outcome]) -> None:
    read(contributions=paragraphs("A", "B", "C"), motions=(), votes=())
    keys = dict(Contribution.objects.values_list("text", "pk"))
    read(contributions=paragraphs("C", "A", "B"), motions=(), votes=())
    assert texts() == [(1, "absatz-3", "C"), (2, "absatz-1", "A"), (3, "absatz-2", "B")]
    assert dict(Contribution.objects.values_list("text", "pk")) == keys


def test_a_paragraph_no_longer_there_is_marked_and_its_anchor_never_given_again(
    read: Callable[..., Outcome],
) -> None:
    read(contributions=paragraphs("A", "B", "C"), motions=(), votes=())
    read(contributions=paragraphs("A", "B2", "C", "D"), motions=(), votes=())
    assert texts() == [
        (1, "absatz-1", "A"), (2, "absatz-4", "B2"), (3, "absatz-3", "C"), (4, "absatz-5", "D"),
    ]  # fmt: skip
    old = Contribution.objects.get(text="B")
    assert old.superseded_at is not None
    assert (old.anchor, old.position) == ("absatz-2", 2)


def test_a_paragraph_that_comes_back_is_the_one_it_was(read: Callable[..., Outcome]) -> None:
    read(contributions=paragraphs("A", "B"), motions=(), votes=())
    read(contributions=paragraphs("A"), motions=(), votes=())
    assert texts() == [(1, "absatz-1", "A")]
    read(contributions=paragraphs("B", "A"), motions=(), votes=())
    assert texts() == [(1, "absatz-2", "B"), (2, "absatz-1", "A")]
    assert Contribution.objects.count() == 2


def test_the_same_words_twice_are_two_paragraphs(read: Callable[..., Outcome]) -> None:
    read(contributions=paragraphs("Ja.", "Nein.", "Ja."), motions=(), votes=())
    read(contributions=paragraphs("Ja.", "Ja.", "Nein."), motions=(), votes=())
    assert texts() == [(1, "absatz-1", "Ja."), (2, "absatz-3", "Ja."), (3, "absatz-2", "Nein.")]


def test_a_corrected_vote_leaves_the_old_one_marked(read: Callable[..., Outcome]) -> None:
    read()
    corrected = VoteRecord(position=1, decision=replace(REJECTED, no=6), motion=1, contribution=6)
    assert read(votes=(corrected,)) == Outcome.CHANGED
    current, old = Vote.objects.get(superseded_at=None), Vote.objects.get(superseded_at__isnull=False)
    assert (current.no, current.position, old.no) == (6, 1, 5)
    assert current.motion == old.motion


def test_a_motion_added_before_another_takes_its_place_only(read: Callable[..., Outcome]) -> None:
    read()
    kept = Motion.objects.get()
    first = MotionRecord(position=1, kind="amendment", wording="früher", contribution=2)
    read(motions=(first, replace(PAGE.motions[0], position=2)), votes=(replace(PAGE.votes[0], motion=2),))
    kept.refresh_from_db()
    assert (kept.position, kept.superseded_at) == (2, None)
    assert Vote.objects.get().motion == kept


def test_a_vote_of_the_result_field_and_those_of_the_minutes_do_not_erase_each_other(
    read: Callable[..., Outcome],
) -> None:
    noted = VoteRecord(position=1, decision=DecisionRecord(on="main", result="noted"))
    only_field = replace(PAGE, contributions=(), motions=(), votes=(noted,), result="zur Kenntnis genommen")
    assert read(only_field) == Outcome.CREATED
    assert read() == Outcome.CHANGED
    assert read(only_field) == Outcome.UNCHANGED
    assert read(votes=(noted, replace(PAGE.votes[0], position=2))) == Outcome.UNCHANGED
    found = Vote.objects.filter(superseded_at=None).order_by("position").values_list("position", "result")
    assert list(found) == [(1, "rejected"), (2, "noted")]


def test_a_result_that_changed_replaces_the_vote_of_the_result_field(read: Callable[..., Outcome]) -> None:
    def page(result: Any) -> AgendaItemRecord:
        vote = VoteRecord(position=1, decision=DecisionRecord(on="main", result=result))
        return replace(PAGE, contributions=(), motions=(), votes=(vote,), result=result)

    read(page("postponed"))
    read(page("accepted"))
    assert list(Vote.objects.filter(superseded_at=None).values_list("result", flat=True)) == ["accepted"]


def test_long_minutes_take_few_statements(read: Callable[..., Outcome]) -> None:
    many = paragraphs(*(f"Absatz {number}" for number in range(300)))
    read(contributions=many[:10], motions=(), votes=())
    with CaptureQueriesContext(connection) as queries:
        read(contributions=many, motions=(), votes=())
    assert len(queries) < 25


# --- Meetings ---------------------------------------------------------------------------------
def test_two_items_of_one_meeting_share_it(read: Callable[..., Outcome]) -> None:
    read()
    read(address=PageAddress(agenda_item=1000182, meeting=7603), number="Ö 14")
    assert AgendaItem.objects.filter(meeting_id=7603).count() == 2
    assert Meeting.objects.count() == 1


def test_two_pages_that_disagree_on_their_meeting_do_not_take_turns(read: Callable[..., Outcome]) -> None:
    other = PageAddress(agenda_item=1000182, meeting=7603)
    read()
    read(address=other, occasion="Sondersitzung")
    assert read() == Outcome.UNCHANGED
    assert read(address=other, occasion="Sondersitzung") == Outcome.UNCHANGED
    assert Meeting.objects.get().occasion == "Sondersitzung"


def test_without_number_an_item_gets_a_provisional_meeting_that_takes_the_number_later(
    read: Callable[..., Outcome],
) -> None:
    read(address=WITHOUT_MEETING)
    provisional = Meeting.objects.get()
    assert (provisional.external_id, provisional.source_url) == ("allris:to:1000181:meeting", "")
    assert read() == Outcome.CHANGED
    meeting = Meeting.objects.get()
    assert (meeting.pk, meeting.external_id) == (provisional.pk, "allris:si:7603")
    assert meeting.source_url.endswith("/to010?SILFDNR=7603")
    assert AgendaItem.objects.get().source_url.endswith("/to020?SILFDNR=7603&TOLFDNR=1000181")
    assert read(address=WITHOUT_MEETING) == Outcome.UNCHANGED


def test_a_provisional_meeting_goes_into_the_one_that_is_there(read: Callable[..., Outcome]) -> None:
    read(address=WITHOUT_MEETING, organization="Ausschuss für Digitales")
    people = set(Person.objects.values_list("pk", flat=True))
    read(address=PageAddress(agenda_item=1000182, meeting=7603), number="Ö 14", papers=(), contributions=())
    assert read() == Outcome.CHANGED
    meeting = Meeting.objects.get()
    assert meeting.pk == 7603
    assert meeting.agenda_items.count() == 2
    assert meeting.organizations.count() == 1
    assert Consultation.objects.get().meeting == meeting
    assert set(Person.objects.values_list("pk", flat=True)) == people
    assert read(result="vertagt") == Outcome.CHANGED
    assert Person.objects.count() == len(people)


def test_two_items_without_number_are_two_meetings(read: Callable[..., Outcome]) -> None:
    read(address=WITHOUT_MEETING)
    read(address=PageAddress(agenda_item=1000182))
    assert Meeting.objects.count() == 2


def test_an_item_that_moved_goes_to_its_new_meeting(read: Callable[..., Outcome]) -> None:
    read()
    read(address=PageAddress(agenda_item=1000181, meeting=8000))
    assert AgendaItem.objects.get().meeting_id == 8000
    assert Meeting.objects.filter(pk=7603).exists()
    assert Consultation.objects.get().meeting_id == 8000


def test_address_elsewhere_is_kept_as_given(read: Callable[..., Outcome]) -> None:
    old = "https://ratsinfo.example.org/bi/to020.asp?TOLFDNR=1000181"
    read()
    assert read(address=replace(ITEM, url=old)) == Outcome.CHANGED
    assert AgendaItem.objects.get().source_url == old
    assert read() == Outcome.UNCHANGED
    assert AgendaItem.objects.get().source_url == old


def test_the_citys_own_address_is_stored_in_one_form(read: Callable[..., Outcome]) -> None:
    read()
    url = f"{AgendaItem.objects.get().source_url}&selfaction=print"
    assert read(address=replace(ITEM, url=url)) == Outcome.UNCHANGED


# --- Committees -------------------------------------------------------------------------------
def test_a_committee_is_known_by_its_name_until_it_has_a_number(read: Callable[..., Outcome]) -> None:
    read(organization="Ausschuss für Digitales")
    first = Organization.objects.get()
    assert first.type == Organization.Type.COMMITTEE
    read(organization="Ausschuss für Digitales", organization_lfdnr=12)
    numbered = Organization.objects.get()
    assert (numbered.pk, numbered.external_id) == (first.pk, "allris:gr:12")
    read(address=PageAddress(agenda_item=5, meeting=6), organization="Ausschuss für Digitales")
    assert Organization.objects.count() == 1
    assert first.meetings.count() == 2


def test_a_name_that_two_committees_bear_is_neither_of_them(read: Callable[..., Outcome]) -> None:
    for number in (11, 12):
        read(
            address=PageAddress(agenda_item=number, meeting=number),
            organization="Ausschuss",
            organization_lfdnr=number,
        )
    read(organization="Ausschuss")
    assert Organization.objects.count() == 3


def test_a_name_given_again_makes_a_row_of_its_own(read: Callable[..., Outcome]) -> None:
    """The first committee took its number and kept its key, so the name's own key is taken."""
    read(organization="Ausschuss")
    read(organization="Ausschuss", organization_lfdnr=11)
    read(address=PageAddress(agenda_item=2, meeting=2), organization="Ausschuss", organization_lfdnr=12)
    read(address=PageAddress(agenda_item=3, meeting=3), organization="Ausschuss")
    assert Organization.objects.count() == 3


def test_the_council_itself_is_no_committee(read: Callable[..., Outcome]) -> None:
    read(organization="Rat der Hansestadt Lüneburg")
    assert Organization.objects.get().type == Organization.Type.COUNCIL


# --- Papers -----------------------------------------------------------------------------------
def test_a_paper_takes_its_number_later_and_stays_one(read: Callable[..., Outcome]) -> None:
    read()
    paper = Paper.objects.get()
    assert paper.external_id == "reference:03355022:MV/11986/25"
    read(papers=(replace(PAGE.papers[0], lfdnr=919),))
    numbered = Paper.objects.get()
    assert (numbered.pk, numbered.external_id) == (paper.pk, "allris:vo:919")
    assert numbered.source_url.endswith("/vo020?VOLFDNR=919")
    assert File.objects.count() == Consultation.objects.count() == 1
    read()
    assert Paper.objects.get().external_id == "allris:vo:919"


def test_a_paper_without_number_and_reference_is_named_by_its_item(read: Callable[..., Outcome]) -> None:
    nameless = PaperRecord(paper_type="Mitteilungsvorlage", files=PAGE.papers[0].files)
    read(papers=(nameless,))
    paper = Paper.objects.get()
    assert paper.external_id == "allris:to:1000181:paper-1"
    read()
    assert Paper.objects.get().external_id == "reference:03355022:MV/11986/25"
    assert Paper.objects.get().pk == paper.pk


def test_rows_that_turn_out_to_be_one_paper_become_one(read: Callable[..., Outcome]) -> None:
    other = PageAddress(agenda_item=7, meeting=8)
    read()
    read(papers=(PaperRecord(lfdnr=919, files=PAGE.papers[0].files),))
    read(address=other, papers=(PaperRecord(reference="MV/11986/25"),))
    assert Paper.objects.count() == 2
    read(papers=(replace(PAGE.papers[0], lfdnr=919),))
    paper = Paper.objects.get()
    assert (paper.pk, paper.reference, paper.paper_type) == (919, "MV/11986/25", "Mitteilungsvorlage")
    assert File.objects.get().paper == paper
    assert set(Consultation.objects.values_list("agenda_item_id", flat=True)) == {1000181, 7}
    assert Consultation.objects.count() == 2


def test_a_reference_that_another_number_holds_is_refused(read: Callable[..., Outcome]) -> None:
    read(papers=(PaperRecord(reference="MV/11986/25", lfdnr=919),))
    before = rows()
    with pytest.raises(
        RecordError, match=r"MV/11986/25 is allris:vo:919, but this page calls it allris:vo:920"
    ):
        read(papers=(PaperRecord(reference="MV/11986/25", lfdnr=920),))
    assert rows() == before


def test_a_page_without_number_finds_the_withdrawn_paper(read: Callable[..., Outcome]) -> None:
    read()
    Paper.objects.update(withdrawn_at=timezone.now())
    read(papers=(replace(PAGE.papers[0], name="Strategie"),))
    paper = Paper.objects.get()
    assert (paper.name, paper.withdrawn_at is None) == ("Strategie", False)


# --- Closed items -----------------------------------------------------------------------------
def test_of_a_closed_item_number_and_title_are_kept_and_nothing_else(read: Callable[..., Outcome]) -> None:
    read(number="N 2", public=False, result="beschlossen", resolution="Geheim.")
    item = AgendaItem.objects.get()
    assert (item.number, item.public, item.clerk, item.result, item.resolution_text) == (
        "N 2", False, "", "", "",
    )  # fmt: skip
    for model in (Contribution, Motion, Vote, Paper, File, Consultation, Person):
        assert not model.objects.exists()
    assert not AgendaItem.objects.published().exists()


def test_an_item_that_becomes_closed_disappears_with_its_minutes(read: Callable[..., Outcome]) -> None:
    read()
    read(public=False)
    assert not AgendaItem.objects.published().exists()
    assert not Contribution.objects.published().exists()
    assert read(public=None) == Outcome.UNCHANGED


def test_an_item_of_unknown_publicity_brings_no_new_paper_into_the_open(read: Callable[..., Outcome]) -> None:
    read(public=None)
    assert Contribution.objects.count() == 7
    assert not Paper.objects.exists()
    assert not AgendaItem.objects.published().exists()
    read()
    assert Paper.objects.get().public


def test_a_paper_that_somebody_closed_stays_closed(read: Callable[..., Outcome]) -> None:
    read()
    Paper.objects.update(public=False)
    read(papers=(replace(PAGE.papers[0], name="Strategie"),))
    assert not Paper.objects.get().public


# --- People -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("title", "role", "kind"),
    [
        ("Ratsherr", "", "mandate"),
        ("Ratsfrau Dr.", "", "mandate"),
        ("Herr Ratsherr", "", "mandate"),
        ("Ratsvorsitzende", "", "mandate"),
        ("Stellv. Bürgermeisterin", "", "mandate"),
        ("Beigeordneter", "Vorsitzender", "mandate"),
        ("Stadtrat", "", "elected_official"),
        ("Erste Stadträtin", "", "elected_official"),
        ("Frau Oberbürgermeisterin", "", "elected_official"),
        ("Herr", "Chief Digital Officer", "employee"),
        ("", "Stabsstelle", "employee"),
        ("Amtsleiterin", "", "employee"),
        ("Herr", "", "unknown"),
        ("Frau Dr.", "", "unknown"),
        ("", "", "unknown"),
        ("Vorsitzende", "", "unknown"),
        ("Großwesir", "Hof", "unknown"),
    ],
)
def test_the_title_says_what_somebody_is(title: str, role: str, kind: str) -> None:
    found = identify(SpeakerRecord(name="Meier", title=title, role=role), body="03355022", meeting=1)
    assert found is not None
    assert found.kind == kind


def test_names_are_taken_apart_without_guessing() -> None:
    found = identify(SpeakerRecord(title="Ratsherr Dr.", name="Grimm"), body="1", meeting=1)
    assert found is not None
    assert (found.title, found.name, found.family_name) == ("Ratsherr", "Dr. Grimm", "Grimm")
    found = identify(SpeakerRecord(title="Herr", name="Jan van der Meer"), body="1", meeting=1)
    assert found is not None
    assert (found.form_of_address, found.title, found.family_name) == ("Herr", "", "")
    assert identify(ADMINISTRATION, body="1", meeting=1) is None


def test_an_employee_without_role_is_labelled_with_the_title() -> None:
    found = identify(SpeakerRecord(title="Amtsleiter", name="Meier"), body="1", meeting=1)
    assert found is not None
    assert found.role == "Amtsleiter"


@pytest.mark.parametrize(
    ("first", "second", "people"),
    [
        (GRIMM, GRIMM, 1),
        (RINK, replace(RINK, title="Erster Stadtrat"), 1),
        (GRIMM, replace(GRIMM, role="Vorsitzender"), 1),
        (CHIEF, CHIEF, 1),
        (GRIMM, replace(GRIMM, title="Ratsfrau"), 2),
        (GRIMM, replace(GRIMM, title="Herr"), 2),
        (GRIMM, replace(GRIMM, title="Ratsherr Dr."), 2),
        (CHIEF, replace(CHIEF, role="Feuerwehr"), 2),
        (CHIEF, replace(CHIEF, title="Frau"), 2),
        (PRIGGE, PRIGGE, 2),
    ],
)
def test_who_is_the_same_person_in_another_meeting(
    read: Callable[..., Outcome], first: SpeakerRecord, second: SpeakerRecord, people: int
) -> None:
    for number, speaker in ((1, first), (2, second)):
        read(
            address=PageAddress(agenda_item=number, meeting=number),
            contributions=paragraphs("Wort", speakers=[speaker]),
            motions=(),
            votes=(),
        )
    assert Person.objects.count() == people


def test_without_function_a_name_is_one_person_within_its_meeting(read: Callable[..., Outcome]) -> None:
    for number in (1, 2):
        read(
            address=PageAddress(agenda_item=number, meeting=9),
            contributions=paragraphs("Wort", speakers=[PRIGGE]),
            motions=(),
            votes=(),
        )
    assert Person.objects.count() == 1


def test_a_clerk_is_no_person(read: Callable[..., Outcome]) -> None:
    read()
    assert not Person.objects.filter(name__contains="Sauerwein").exists()


def test_two_pages_do_not_take_turns_in_renaming_a_person(read: Callable[..., Outcome]) -> None:
    first = replace(PAGE, contributions=paragraphs("Wort", speakers=[RINK]), motions=(), votes=())
    ranked = replace(RINK, title="Erster Stadtrat", role="Dezernent")
    read(first)
    read(first, PageAddress(agenda_item=2, meeting=2), contributions=paragraphs("Wort", speakers=[ranked]))
    person = Person.objects.get()
    assert (person.title, person.role) == ("Stadtrat", "Dezernent")


# --- Names and numbers ------------------------------------------------------------------------
def test_keys_of_different_parts_differ() -> None:
    assert key("a:b", "c") != key("a", "b:c")
    assert key("person", "Jan  Grimm ") == key("person", "Jan Grimm")


def test_agenda_order() -> None:
    numbers = ["Ö 1", "Ö 2", "Ö 4.1", "Ö 4.2.1", "Ö 4.10", "Ö 13", "Ö 99999999999999", "N 1", "N 2"]
    orders = [agenda_order(number) for number in numbers]
    assert orders == sorted(orders)
    assert max(orders) < 2**31
    assert agenda_order("") == 0


# --- Refused ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"number": "Ö" * 51}, "number has 51 characters"),
        ({"clerk": "x" * 301}, "clerk has 301 characters"),
        ({"title": "a\ud800"}, "lone surrogate"),
        ({"title": "a\x00"}, "NUL"),
        ({"contributions": paragraphs("Wort", "")}, "contribution_has_text"),
        ({"votes": (VoteRecord(position=1, decision=replace(REJECTED, yes=2**31)),)}, "out of range"),
        ({"votes": (VoteRecord(position=1, decision=replace(REJECTED, on="?")),)}, "vote_on_known_subject"),
        ({"papers": (PaperRecord(reference="x" * 101),)}, "reference has 101 characters"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_record_that_cannot_be_stored_is_refused_as_a_whole(
    read: Callable[..., Outcome], changes: dict[str, Any], reason: str
) -> None:
    before = rows()
    with pytest.raises(RecordError, match=reason) as refused:
        read(**changes)
    assert "\n" not in str(refused.value)
    assert rows() == before


def test_without_number_there_is_no_item(read: Callable[..., Outcome]) -> None:
    with pytest.raises(RecordError, match="TOLFDNR"):
        read(address=PageAddress(meeting=7603))


def test_a_refused_change_leaves_the_rows_as_they_were(read: Callable[..., Outcome]) -> None:
    read()
    before = rows()
    with pytest.raises(RecordError):
        read(contributions=(*PAGE.contributions[1:], ContributionRecord(position=8, text="")))
    assert rows() == before


# --- Run and city -------------------------------------------------------------------------------
def test_the_run_counts_outcomes(body: Body) -> None:
    run = ImportRun(kind="test")
    for page in (PAGE, PAGE, replace(PAGE, result="vertagt")):
        upsert_agenda_item(page, address=ITEM, body=body, run=run)
    assert (run.created_count, run.changed_count, run.unchanged_count) == (1, 1, 1)


def test_the_city_is_one_body_and_follows_the_settings() -> None:
    first = city_body()
    with CaptureQueriesContext(connection) as queries:
        assert city_body() == first
    assert not [q["sql"] for q in queries if q["sql"].startswith(("INSERT", "UPDATE"))]
    Body.objects.update(name="Früher", imported_at=timezone.now() - timedelta(days=1))
    assert city_body().name == "Hansestadt Lüneburg"
    assert Body.objects.get().external_id == "body:03355022"


# --- Beside another source ----------------------------------------------------------------------
def test_a_motion_in_writing_of_another_source_stays_and_is_voted_on(read: Callable[..., Outcome]) -> None:
    """Another source knows that the item's paper is a motion; the page knows how the vote on it went."""
    read(papers=(PaperRecord(reference="VO/1/25", lfdnr=5),), motions=(), votes=())
    item, paper = AgendaItem.objects.get(), Paper.objects.get()
    motion = Motion.objects.create(
        agenda_item=item, position=1, kind="main", wording="Radweg bauen", paper=paper
    )
    decided = VoteRecord(position=1, decision=DecisionRecord(on="main", result="accepted"))
    read(
        papers=(PaperRecord(reference="VO/1/25", lfdnr=5),),
        motions=(),
        votes=(decided,),
        result="beschlossen",
    )
    motion.refresh_from_db()
    assert motion.superseded_at is None
    assert Vote.objects.get().motion == motion


def test_of_two_papers_no_one_knows_which_the_vote_is_on(read: Callable[..., Outcome]) -> None:
    papers = (PaperRecord(reference="VO/1/25", lfdnr=5), PaperRecord(reference="VO/2/25", lfdnr=6))
    read(papers=papers, motions=(), votes=())
    Motion.objects.create(agenda_item_id=1000181, position=1, kind="main", wording="Radweg bauen", paper_id=5)
    decided = VoteRecord(position=1, decision=DecisionRecord(on="main", result="accepted"))
    read(papers=papers, motions=(), votes=(decided,), result="beschlossen")
    assert Vote.objects.get().motion is None


def test_a_group_that_moves_is_a_faction_and_one_row(read: Callable[..., Outcome]) -> None:
    moved = replace(PAGE.motions[0], mover=None, mover_organization="SPD-Fraktion")
    read(motions=(moved,))
    group = Organization.objects.get(name="SPD-Fraktion")
    assert group.type == Organization.Type.FACTION
    assert Motion.objects.get().mover_organization == group
    read(address=PageAddress(agenda_item=2, meeting=7603), motions=(moved,))
    assert Organization.objects.filter(name="SPD-Fraktion").count() == 1
    assert group.motions.count() == 2


def test_a_group_of_another_source_is_found_by_its_name_and_stays(
    read: Callable[..., Outcome], body: Body
) -> None:
    known = Organization.objects.create(
        external_id="https://oparl.example.org/o/1", body=body, name="SPD-Fraktion", type="faction"
    )
    read(motions=(replace(PAGE.motions[0], mover_organization="SPD-Fraktion"),))
    assert Motion.objects.get().mover_organization == known
    read(motions=PAGE.motions)
    assert Motion.objects.get().mover_organization == known
