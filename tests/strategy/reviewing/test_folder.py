"""/pruefung/sitzung/<id>/: what a council member takes to a meeting."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.roles import Role
from sessions.models import AgendaItem, Meeting, Organization
from strategy import actions
from strategy.models import (
    Edition,
    EditionMeasure,
    Indicator,
    Measure,
    Question,
    ReportFigure,
    ReportMilestone,
)
from tests import factories
from tests.sessions.council import (
    a_committee,
    a_consultation,
    a_file,
    a_meeting,
    a_motion,
    a_paper,
    a_vote,
)
from tests.signed_in import client_with
from tests.strategy.reviewing.records import before_the_council, publish_at

pytestmark = pytest.mark.django_db
MaxQueries = Callable[[int], AbstractContextManager[Any]]
BEFORE, BETWEEN, NOW = (datetime(2025, month, 20, 14, tzinfo=UTC) for month in (6, 7, 8))


@pytest.fixture
def committee(db: None) -> Organization:
    return a_committee("Digitalausschuss")


@pytest.fixture
def meeting(committee: Organization) -> Meeting:
    return a_meeting(committee, start=NOW)


def address(meeting: Meeting) -> str:
    return reverse("review:folder", args=[meeting.pk])


def folder(client: Client, meeting: Meeting) -> str:
    response = client.get(address(meeting))
    assert response.status_code == 200
    return response.content.decode()


def touched(client: Client, meeting: Meeting) -> list[str]:
    return [sheet.measure.name for sheet in client.get(address(meeting)).context["folder"].sheets]


# Which measures


def by_evidence(item: AgendaItem, measure: Measure) -> None:
    factories.evidence(item, measure=measure)


def by_a_report(item: AgendaItem, measure: Measure) -> None:
    publish_at(measure, factories.NOON, evidence=item)


def by_a_milestone(item: AgendaItem, measure: Measure) -> None:
    factories.evidence(item, milestone=measure.milestones.create(slug="m", name="Schritt"))


def by_a_motion(item: AgendaItem, measure: Measure) -> None:
    factories.evidence(motion=a_motion(item), measure=measure)


def by_a_vote(item: AgendaItem, measure: Measure) -> None:
    factories.evidence(vote=a_vote(item), measure=measure)


def by_a_paper(item: AgendaItem, measure: Measure) -> None:
    paper = a_paper()
    a_consultation(paper, item)
    factories.evidence(paper=paper, measure=measure)


def by_a_file(item: AgendaItem, measure: Measure) -> None:
    paper = a_paper()
    a_consultation(paper, item)
    factories.evidence(file=a_file(paper=paper), measure=measure)


def by_a_motion_in_writing(item: AgendaItem, measure: Measure) -> None:
    paper = a_paper()
    a_motion(item, paper=paper)
    factories.evidence(paper=paper, measure=measure)


def by_an_edition(item: AgendaItem, measure: Measure) -> None:
    paper = a_paper()
    a_consultation(paper, item)
    edition = Edition.objects.create(
        strategy=measure.field.target_area.strategy, slug="2025", name="Fortschreibung", adopted_by=paper,
        published_at=factories.NOON, published_by=factories.a_user(),
    )  # fmt: skip
    EditionMeasure.objects.create(edition=edition, measure=measure)


def by_an_earlier_item(item: AgendaItem, measure: Measure) -> None:
    paper, earlier = a_paper(), factories.an_item(meeting=a_meeting(a_committee(), start=BEFORE))
    a_consultation(paper, item)
    a_consultation(paper, earlier)
    factories.evidence(earlier, measure=measure)


WAYS = [
    by_evidence, by_a_report, by_a_milestone, by_a_motion, by_a_vote, by_a_paper, by_a_file,
    by_a_motion_in_writing, by_an_edition, by_an_earlier_item,
]  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_an_item_touches_a_measure(
    council: Client, meeting: Meeting, way: Callable[[AgendaItem, Measure], None]
) -> None:
    measure = factories.a_measure()
    factories.a_measure(name="Unberührt")
    way(factories.an_item(meeting=meeting), measure)
    assert touched(council, meeting) == [measure.name]


@pytest.mark.parametrize("way", WAYS)
def test_a_closed_item_touches_nothing_and_is_not_named(
    council: Client, meeting: Meeting, way: Callable[[AgendaItem, Measure], None]
) -> None:
    for public in (False, None):
        item = factories.an_item(meeting=meeting, public=public, title="Geheimer Punkt")
        way(item, factories.a_measure(name=f"Geheime Maßnahme {public}", slug=f"geheim-{public}".lower()))
        if way is by_an_edition:
            break
    html = folder(council, meeting)
    assert "Geheim" not in html
    assert touched(council, meeting) == []


@pytest.mark.parametrize("way", WAYS)
def test_a_measure_that_is_not_public_is_not_named(
    council: Client, meeting: Meeting, way: Callable[[AgendaItem, Measure], None]
) -> None:
    way(factories.an_item(meeting=meeting), factories.a_measure(name="Geheime Maßnahme", published=False))
    assert "Geheime" not in folder(council, meeting)


def test_a_closed_paper_touches_nothing(council: Client, meeting: Meeting) -> None:
    item, paper = factories.an_item(meeting=meeting), a_paper(name="Geheime Vorlage", public=False)
    a_consultation(paper, item)
    factories.evidence(paper=paper, measure=factories.a_measure())
    assert touched(council, meeting) == []
    assert "Geheim" not in folder(council, meeting)


def test_an_agenda_that_touches_nothing_says_so(council: Client, meeting: Meeting) -> None:
    assert "Noch ist keine öffentliche Tagesordnung bekannt." in folder(council, meeting)
    factories.an_item(meeting=meeting)
    assert "Die Tagesordnung berührt keine Maßnahme." in folder(council, meeting)


def test_measures_come_in_the_order_of_the_agenda(council: Client, meeting: Meeting) -> None:
    second, first = factories.a_measure(name="A zweite"), factories.a_measure(name="Z erste")
    factories.evidence(factories.an_item(meeting=meeting, order=2), measure=second)
    factories.evidence(factories.an_item(meeting=meeting, order=1), measure=first)
    assert touched(council, meeting) == ["Z erste", "A zweite"]


# What is said of them


@pytest.fixture
def measure(meeting: Meeting) -> Measure:
    """A measure on the agenda."""
    measure = factories.a_measure()
    factories.evidence(factories.an_item(meeting=meeting), measure=measure)
    return measure


def test_shows_the_state_with_its_criterion_and_its_age(
    council: Client, meeting: Meeting, measure: Measure
) -> None:
    publish_at(measure, BETWEEN, as_of=timezone.localdate() - timedelta(days=40), reason="Weil es so ist.")
    html = folder(council, meeting)
    for words in (
        "Kriterium läuft",
        "(vor 40 Tagen)",
        "Weil es so ist.",
        f"/massnahmen/{measure.slug}/sachstand/1/",
    ):
        assert words in html
    before_the_council(measure, reason="Noch nicht öffentlich.")
    assert "Noch nicht öffentlich." not in folder(council, meeting)


def test_a_report_of_a_whole_year_is_as_old_as_the_end_of_that_year(
    council: Client, meeting: Meeting, measure: Measure
) -> None:
    year = timezone.localdate().year
    publish_at(measure, BETWEEN, as_of=date(year - 1, 1, 1), as_of_precision="year")
    days = (timezone.localdate() - date(year - 1, 12, 31)).days
    assert council.get(address(meeting)).context["folder"].sheets[0].age_days == days


def test_says_where_the_rhythm_of_reports_is_not_kept(
    council: Client, meeting: Meeting, measure: Measure
) -> None:
    publish_at(measure, timezone.now() - timedelta(days=100))
    assert ">fällig<" in folder(council, meeting)
    publish_at(measure, timezone.now())
    assert ">fällig<" not in folder(council, meeting)


def test_without_a_report_nothing_is_claimed(council: Client, meeting: Meeting, measure: Measure) -> None:
    html = folder(council, meeting)
    assert "noch kein Sachstand" in html
    assert "Wie weit die Maßnahme ist, ist nicht bekannt." in html


def test_news_count_since_the_meeting_before_of_the_same_committee(
    council: Client, meeting: Meeting, committee: Organization, measure: Measure
) -> None:
    a_meeting(a_committee(), start=BETWEEN + timedelta(days=20))
    a_meeting(committee, start=BETWEEN + timedelta(days=20), cancelled=True)
    publish_at(measure, BEFORE - timedelta(days=1))
    assert "Eine frühere Sitzung ist nicht bekannt." in folder(council, meeting)
    before = a_meeting(committee, start=BEFORE)
    assert "Nichts Neues veröffentlicht." in folder(council, meeting)
    report = factories.a_report(measure, published=False)
    milestone = measure.milestones.create(slug="m", name="Testlauf")
    ReportMilestone.objects.create(
        report=report, milestone=milestone, reached=date(2025, 7, 1), reached_precision="month"
    )
    indicator = Indicator.objects.create(measure=measure, slug="i", name="Anrufe", unit="Stück")
    ReportFigure.objects.create(
        report=report, indicator=indicator, observed=date(2025, 7, 1), observed_precision="month", value=1200,
        certainty="actual",
    )  # fmt: skip
    factories.publish(report)
    html = folder(council, meeting)
    news = html[html.index("Neu seit der letzten Sitzung") : html.index("Offene Fragen")]
    assert "Sachstand 2: läuft" in news
    assert "Sachstand 1" not in news
    assert "Meilenstein erreicht: Testlauf" in news
    assert "Anrufe" in news
    assert "1.200 (Stück; tatsächlich)" in news
    assert before.get_absolute_url() in html


def test_questions_answered_and_open(
    council: Client, meeting: Meeting, committee: Organization, measure: Measure
) -> None:
    a_meeting(committee, start=BEFORE)
    strategy = measure.field.target_area.strategy
    common = {"strategy": strategy, "measure": measure, "asked_on": date(2025, 1, 1)}
    public = {"published_at": BETWEEN, "published_by": factories.a_user()}
    answer = {"answer": "So.", "answered_on": date(2025, 7, 1)}
    Question.objects.create(slug="a", text="Beantwortete Frage?", **common, **public, **answer)
    Question.objects.create(slug="b", text="Offene Frage?", **common, **public)
    actions.ask_question(measure=measure, text="Geheime Frage?", by=factories.a_reviewer())
    html = folder(council, meeting)
    news, still_open = html.index("Neu seit"), html.index("Offene Fragen")
    assert news < html.index("Beantwortete Frage?") < still_open < html.index("Offene Frage?")
    assert "1 Frage wartet auf Antwort" in html
    assert "Geheime Frage?" not in html


def test_earlier_motions_and_what_became_of_them(council: Client, meeting: Meeting) -> None:
    measure, paper = factories.a_measure(), a_paper()
    item = factories.an_item(meeting=meeting)
    earlier = factories.an_item(meeting=a_meeting(a_committee("Rat"), start=BEFORE))
    later = factories.an_item(meeting=a_meeting(a_committee(), start=NOW + timedelta(days=30)))
    for station in (item, earlier, later):
        a_consultation(paper, station)
    factories.evidence(paper=paper, measure=measure)
    cited = factories.an_item(meeting=a_meeting(a_committee(), start=BEFORE - timedelta(days=9)))
    factories.evidence(cited, measure=measure)
    motion = a_motion(earlier, wording="zu vertagen", mover=factories.a_person(name="Grimm"))
    a_vote(earlier, motion=motion, result="rejected", yes=2, no=5)
    a_motion(cited, wording="mehr Geld zu geben")
    a_motion(later, wording="von später")
    a_motion(item, wording="von heute")
    a_motion(factories.an_item(meeting=earlier.meeting), wording="zu anderem")
    html = folder(council, meeting)
    motions = html[html.index("Frühere Anträge") :]
    for words in (
        "zu vertagen", "Ratsfrau Grimm", "abgelehnt", "2 Ja, 5 Nein, nicht genannt Enthaltungen",
        "mehr Geld zu geben", "Was daraus wurde, nennt die Quelle nicht.", motion.get_absolute_url(),
    ):  # fmt: skip
        assert words in motions, words
    for words in ("von später", "von heute", "zu anderem"):
        assert words not in motions


def test_everything_is_one_click_away_and_has_its_address_on_paper(
    council: Client, meeting: Meeting, measure: Measure
) -> None:
    html = folder(council, meeting)
    assert f'<a class="address" href="http://testserver{measure.get_absolute_url()}">' in html
    assert f'href="#massnahme-{measure.slug}"' in html
    assert f'id="massnahme-{measure.slug}"' in html


# The list


def test_the_list_has_coming_and_past_meetings_with_their_measures(council: Client) -> None:
    coming = a_meeting(a_committee("Kommender"), start=timezone.now() + timedelta(days=3))
    past = a_meeting(a_committee("Vergangener"), start=NOW)
    factories.evidence(factories.an_item(meeting=coming), measure=factories.a_measure())
    gone = a_meeting(a_committee("Geheimer"), start=NOW, withdrawn_at=timezone.now())
    html = council.get(reverse("review:meetings")).content.decode()
    assert html.index("Kommender") < html.index("Vergangene Sitzungen") < html.index("Vergangener")
    assert "1 Maßnahme<" in html
    assert address(past) in html
    assert address(gone) not in html


def test_the_list_says_where_nothing_is_known(council: Client) -> None:
    html = council.get(reverse("review:meetings")).content.decode()
    assert "keine kommende Sitzung bekannt" in html
    assert "keine vergangene Sitzung bekannt" in html
    assert council.get(reverse("review:meetings") + "?page=2").status_code == 404


# Who may come here


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.EDITOR, Role.RELEASER])
def test_council_and_staff_may_read(meeting: Meeting, role: Role) -> None:
    client = client_with(role)
    for path in (address(meeting), reverse("review:meetings")):
        assert client.get(path).status_code == 200
        assert client.post(path).status_code == 405


def test_others_may_not(meeting: Meeting) -> None:
    for path in (address(meeting), reverse("review:meetings")):
        assert Client().get(path).status_code == 302
        assert client_with(Role.ADMINISTRATOR).get(path).status_code == 403


def test_a_meeting_that_is_not_there_has_no_folder(council: Client, committee: Organization) -> None:
    gone = a_meeting(committee, withdrawn_at=timezone.now())
    for path in (address(gone), "/pruefung/sitzung/99999999/", "/pruefung/sitzung/eins/"):
        assert council.get(path).status_code == 404
    assert council.get(f"/pruefung/sitzung/{10**25}/").status_code == 404


@pytest.mark.parametrize("number", [1, 15])
def test_queries_do_not_grow(
    council: Client, meeting: Meeting, committee: Organization, django_assert_max_num_queries: MaxQueries,
    number: int,
) -> None:  # fmt: skip
    earlier = a_meeting(committee, start=BEFORE)
    for place in range(number):
        measure, paper = factories.a_measure(), a_paper()
        item, before = factories.an_item(meeting=meeting), factories.an_item(meeting=earlier)
        a_consultation(paper, item)
        a_consultation(paper, before)
        factories.evidence(item, measure=measure)
        publish_at(measure, BETWEEN, evidence=before)
        a_vote(before, motion=a_motion(before, mover=factories.a_person()))
        Question.objects.create(
            strategy=measure.field.target_area.strategy, measure=measure, slug=f"q{place}", text="Wann?",
            asked_on=date(2025, 1, 1), published_at=factories.NOON, published_by=factories.a_user(),
        )  # fmt: skip
        a_meeting(committee, start=timezone.now() + timedelta(days=place + 1))
    with django_assert_max_num_queries(28):
        folder(council, meeting)
    with django_assert_max_num_queries(24):
        council.get(reverse("review:meetings"))
