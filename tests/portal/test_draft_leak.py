"""A secret word in everything that is not published, and a reader who opens every public door."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.apps import apps
from django.db import models
from django.test import Client
from django.utils import timezone

from portal.models import Invitation, Notice
from portal.roles import Role
from portal.searching.index import catch_up
from portal.searching.models import SearchEntry, SearchShelf, SearchWord
from sessions.models import FilePage, Organization
from strategy import actions
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
    StatusReport,
    Strategy,
    TargetArea,
)
from tests import factories
from tests.sessions.council import (
    GONE,
    a_committee,
    a_consultation,
    a_file,
    a_meeting,
    a_motion,
    a_paper,
    an_employee,
)

pytestmark = pytest.mark.django_db

WORD = "Quastenflosser"
"""Stands in no template and no fixture."""
UNWRITTEN = "Zwiebelfischer"
"""As long, and nobody has written it at all."""
URL = f"https://example.org/{WORD}"
PLAIN = {"url": URL, "email": f"{WORD.lower()}@example.org"}

NOT_PLANTED = {
    # Public by nature: master data that is shown wherever it is used.
    "strategy.Status",
    # No text of its own.
    "strategy.CouncilSeat", "strategy.ReviewVisit", "strategy.ReportMilestone",
    # The record of imports is public; what it refused is not, and that is a list and no text.
    "portal.ImportRun",
    # Accounts: their names are looked for below.
    "portal.User",
    # The search's own tables: what comes into them is made of what is planted, and looked for below.
    "portal.SearchShelf", "portal.SearchEntry", "portal.SearchWord", "portal.SearchSpelling", "portal.SearchPending",
}  # fmt: skip
WITHOUT_WORD = {
    # Set by the database when a report is published.
    "strategy.StatusReport.status_label", "strategy.StatusReport.criterion",
    # Only published reports have one.
    "strategy.StatusReport.urgent_reason",
    # Names of tables and addresses.
    "strategy.Change.model", "portal.Notice.path", "portal.Invitation.token_digest",
}  # fmt: skip


def texts(model: type[models.Model], *, leave: tuple[str, ...] = ()) -> dict[str, str]:
    """The word for every free text of the model; slugs get one of their own."""
    found = {}
    for field in model._meta.fields:
        name = f"{model._meta.label}.{field.name}"
        if not isinstance(field, models.CharField | models.TextField) or field.name in leave:
            continue
        if field.choices or field.name.endswith("_precision") or name in WITHOUT_WORD:
            continue
        found[field.name] = PLAIN.get(field.name, WORD)
        if isinstance(field, models.SlugField):
            found[field.name] = f"{WORD.lower()}-{model._meta.model_name}"
    return found


@pytest.fixture
def secrets(db: None) -> dict[str, Any]:
    """A public measure with everything unpublished around it; every free text of it is the word."""
    strategy = factories.a_strategy()
    editor, releaser = factories.an_editor(), factories.a_releaser()
    staff = factories.an_account(*Role, first_name=WORD, last_name=WORD)
    reviewer = factories.a_reviewer(first_name=WORD, last_name=WORD)
    area = TargetArea.objects.create(strategy=strategy, slug="zielfeld", name="Zielfeld", **public())
    measure = factories.a_measure(field=factories.a_field(target_area=area))
    measure.editors.set([staff])
    published = factories.a_report(measure, published=False, written_by=staff)

    # What was said on the way of a report that is public now.
    factories.submit(published)
    published = actions.return_report(report=published, reason=WORD, by=releaser)
    published = actions.submit_report(report=published, by=editor)
    Review.objects.create(
        report=published,
        reviewer=reviewer,
        submission=published.submission,
        verdict="disagrees",
        comment=WORD,
    )
    actions.publish_report(report=published, by=releaser, urgent_reason="Eilig")

    # Things that nobody has published.
    own_strategy = Strategy.objects.create(body=strategy.body, **texts(Strategy))
    edition = Edition.objects.create(strategy=strategy, **texts(Edition))
    hidden_area = TargetArea.objects.create(strategy=strategy, **texts(TargetArea))
    field = FieldOfAction.objects.create(target_area=hidden_area, **texts(FieldOfAction))
    hidden = Measure.objects.create(field=field, **texts(Measure))
    in_hidden_field = factories.a_measure(field=field, name=WORD, slug=f"{WORD.lower()}-2")
    EditionMeasure.objects.create(edition=edition, measure=hidden, **texts(EditionMeasure))
    hidden.partners.set([Partner.objects.create(**texts(Partner))])
    MeasureLink.objects.create(measure=hidden, **texts(MeasureLink))
    Milestone.objects.create(measure=hidden, **texts(Milestone))
    indicator = Indicator.objects.create(measure=hidden, **texts(Indicator))
    observed = {"observed": "2025-01-01", "observed_precision": "year"}
    unmeasured = {**observed, "not_yet_measurable": True}
    Observation.objects.create(indicator=indicator, **unmeasured, **texts(Observation))
    MoneyItem.objects.create(measure=hidden, kind="cost", not_yet_measurable=True, **texts(MoneyItem))
    question = Question.objects.create(
        strategy=strategy, measure=measure, asked_on="2025-01-01", answered_on="2025-01-02",
        asked_by_account=reviewer, answered_by=staff, **texts(Question),
    )  # fmt: skip

    # A report in each state before publication, with what it rests on and states.
    document = OutsideDocument.objects.create(**texts(OutsideDocument))
    reports = []
    for state in ("draft", "submitted", "returned"):
        about = factories.a_measure(field=measure.field)
        step = Milestone.objects.create(measure=about, slug="start", name="Start")
        figure = Indicator.objects.create(measure=about, slug="anrufe", name="Anrufe", unit="Anrufe")
        report = StatusReport.objects.create(
            measure=about, number=1, status=factories.a_status(), as_of="2025-01-01", as_of_precision="year",
            written_by=staff, returned_at=factories.NOON, returned_by=staff, **texts(StatusReport),
        )  # fmt: skip
        Evidence.objects.create(report=report, document=document, **texts(Evidence))
        ReportMilestone.objects.create(
            report=report, milestone=step, reached="2025-01-01", reached_precision="year"
        )
        ReportFigure.objects.create(report=report, indicator=figure, **unmeasured, **texts(ReportFigure))
        if state != "draft":
            factories.submit(report)
            Review.objects.create(
                report=report, reviewer=reviewer, submission=report.submission, verdict="disagrees",
                comment=WORD, is_public=True,
            )  # fmt: skip
        if state == "returned":
            report.state = "returned"
            report.save()
        reports.append(report)

    # Changes of what is public, waiting and decided; evidence of it that waits too.
    for state in Change.State.values:
        decided = {"decided_at": factories.NOON, "decided_by": releaser} if state != "open" else {}
        Change.objects.create(
            model="strategy.measure", object_id=measure.pk, measure=measure, action="change", state=state,
            values={"summary": WORD, "name": WORD}, base={"summary": WORD}, written_by=staff, **decided,
            **texts(Change),
        )  # fmt: skip
    Notice.objects.create(recipient=staff, kind="asked", path="/", **texts(Notice))
    Invitation.objects.create(
        invited_by=staff, expires_at=timezone.now() + timedelta(days=1), token_digest="0", **texts(Invitation)
    )
    CouncilSeat.objects.create(user=staff, person=factories.a_person())

    committee = closed_council()
    catch_up()
    return {
        "measures": [hidden, in_hidden_field], "reports": reports, "fields": [field], "question": question,
        "strategy": own_strategy, "committee": committee,
    }  # fmt: skip


def closed_council() -> Organization:
    """Council records that are closed, around a public item; that there is a closed one, and its number, is
    public. Gives a committee that its source took back."""
    committee = a_committee(WORD, withdrawn_at=GONE)
    meeting = a_meeting(committee)
    item = factories.an_item(meeting=meeting, title="Massnahme im Rat")
    factories.a_paragraph(item, "Das war einmal.", superseded_at=GONE, speaker=an_employee(name=WORD))
    a_motion(item, wording=WORD, superseded_at=GONE)
    closed = factories.an_item(meeting=meeting, public=False, title=WORD, resolution_text=WORD)
    factories.a_paragraph(closed, WORD)
    a_motion(closed, wording=WORD)
    paper = a_paper(public=False, name=WORD, reference=WORD)
    a_consultation(paper, item, committee)
    a_motion(item, wording=WORD, paper=paper)
    a_consultation(a_paper(name="Massnahme auf Papier"), item, committee)
    for fields in ({"public": False}, {"public": None}, {"withdrawn_at": GONE}):
        FilePage.objects.create(
            file=a_file(agenda_item=item, name=WORD, text=WORD, **fields), number=1, text=WORD
        )
    a_file(agenda_item=closed, name=WORD, text=WORD)
    a_file(paper=paper, name=WORD, text=WORD)
    return committee


def public() -> dict[str, Any]:
    return {"published_at": factories.NOON, "published_by": factories.a_user()}


def planted(model: type[models.Model]) -> Iterator[str]:
    """Names of the free texts of the model in which the word stands in no row."""
    for name in texts(model):
        if not model._default_manager.filter(**{f"{name}__icontains": WORD}).exists():
            yield f"{model._meta.label}.{name}"


def test_the_word_stands_in_every_field_that_people_write(secrets: dict[str, Any]) -> None:
    """A new model or field fails until somebody plants the word there, or says why not."""
    import pghistory.models

    missing = [
        name
        for label in ("portal", "strategy")
        for model in apps.get_app_config(label).get_models()
        if not issubclass(model, pghistory.models.Event) and not model._meta.proxy
        if model._meta.label not in NOT_PLANTED
        for name in planted(model)
    ]
    assert missing == []


LINK = re.compile(r'(?:href|src|action)="([^"]+)"')


def doors(client: Client, start: list[str]) -> Iterator[tuple[str, str]]:
    """Every address that a stranger can reach by following links from `start`, with what it answers."""
    waiting, seen = list(start), set(start)
    while waiting:
        address = waiting.pop()
        response = client.get(address)
        assert response.status_code < 500, address
        headers = "\n".join(f"{name}: {value}" for name, value in response.items())
        body = b"".join(response.streaming_content) if response.streaming else response.content
        text = body.decode("utf-8", errors="replace")
        yield address, headers + text
        if "html" not in response.get("Content-Type", ""):
            continue
        for link in LINK.findall(text):
            target = urlsplit(urljoin(f"http://testserver{address}", link.replace("&amp;", "&")))
            path = f"{target.path}?{target.query}" if target.query else target.path
            if target.netloc == "testserver" and not path.startswith("/static/") and path not in seen:
                seen.add(path)
                waiting.append(path)


def test_no_door_lets_the_word_out(secrets: dict[str, Any], client: Client) -> None:
    start = [
        "/", "/daten/", "/daten/quellen/", "/robots.txt", "/oparl/v1.1/", "/rat/sitzungen/", "/rat/antraege/",
        "/massnahmen/", "/strategie/", "/konto/login/",
        *[f"/suche/?q={word}" for word in (WORD, WORD.lower(), WORD[:6])],
        *[address for measure in secrets["measures"] for address in addresses_of(measure)],
        *[field.get_absolute_url() for field in secrets["fields"]],
        *[report.get_absolute_url() for report in secrets["reports"]],
    ]  # fmt: skip
    opened = 0
    for address, answer in doors(client, start):
        opened += 1
        # A search says what was asked for, and a wrong address is repeated in its own links.
        shown = answer if WORD.lower() not in address.lower() else without_echo(answer, address)
        assert WORD.lower() not in shown.lower(), address
    assert opened > 40


def addresses_of(measure: Measure) -> list[str]:
    return [measure.get_absolute_url(), f"/massnahmen/{measure.slug}/verlauf/"]


def without_echo(answer: str, address: str) -> str:
    """The answer without what the reader said: the path, and the words of a search."""
    path = urlsplit(address).path
    words = [path] if WORD.lower() in path.lower() else []
    query = urlsplit(address).query.partition("q=")[2].partition("&")[0]
    for word in [*words, *([query] if query else [])]:
        answer = re.sub(re.escape(word), "", answer, flags=re.IGNORECASE)
    return answer


def test_machines_do_not_get_the_word_either(secrets: dict[str, Any], client: Client) -> None:
    waiting, seen = ["/oparl/v1.1/"], {"/oparl/v1.1/"}
    while waiting:
        address = waiting.pop()
        answer = client.get(address)
        text = answer.content.decode()
        assert answer.status_code == 200, address
        assert WORD.lower() not in text.lower(), address
        for link in re.findall(r'"(http://testserver/oparl/[^"]+)"', text):
            path = link.removeprefix("http://testserver")
            if path not in seen:
                seen.add(path)
                waiting.append(path)
    assert len(seen) > 5


# The search -------------------------------------------------------------------------------------------


def a_slip_in(word: str) -> str:
    return f"{word[:-2]}{word[-1]}{word[-2]}"


QUESTIONS = {
    "word": "{word}",
    "in small letters": "{small}",
    "beginning": "{word:.6}",
    "without its end": "{word:.13}",
    "with a slip": "{slip}",
    "with another one": "Massnahme {word}",
    "without it": "Massnahme -{word}",
    "one of two": "{word} ODER Massnahme",
    "two slips, one of two": "Masnahme ODER {slip}",
    "phrase": '"Massnahme {word}"',
    "with a hyphen": "{word}-Massnahme",
}
DOORS = ("/suche/", "/suche/vorschlaege/", "/massnahmen/", "/rat/vorlagen/")


def question(way: str, word: str) -> str:
    return QUESTIONS[way].format(word=word, small=word.lower(), slip=a_slip_in(word))


def said(client: Client, address: str, asked: dict[str, str], own: str) -> str:
    """Everything that comes back, without `own`: what the reader typed."""
    response = client.get(address, asked)
    headers = "\n".join(f"{name}: {value}" for name, value in response.items() if name != "ETag")
    answer = f"{response.status_code}\n{headers}\n{response.content.decode()}"
    return re.sub(re.escape(own), "", answer, flags=re.IGNORECASE)


def test_the_index_does_not_have_the_word(secrets: dict[str, Any]) -> None:
    assert SearchEntry.objects.filter(kind="measure").exists()
    assert SearchEntry.objects.filter(kind="item").exists()
    for model, columns in (
        (SearchEntry, ("title", "references", "body", "parts")),
        (SearchWord, ("word", "spelling", "keys")),
        (SearchShelf, ("field", "status")),
    ):
        for column in columns:
            assert not model._default_manager.filter(**{f"{column}__icontains": WORD}).exists(), column
    assert not SearchShelf.objects.filter(committees__contains=[str(secrets["committee"].pk)]).exists()


@pytest.mark.parametrize("address", DOORS)
def test_a_search_answers_as_if_nobody_had_written_the_word(
    secrets: dict[str, Any], client: Client, address: str
) -> None:
    """The same numbers, filters, proposals and titles, to the letter."""
    for way in QUESTIONS:
        answers = [
            said(client, address, {"q": question(way, word)}, word[: 6 if way == "beginning" else 12])
            for word in (WORD, UNWRITTEN)
        ]
        assert answers[0] == answers[1], way


@pytest.mark.parametrize("name", ["art", "jahr", "feld", "status", "sortierung", "page"])
def test_a_filter_does_not_know_the_word(secrets: dict[str, Any], client: Client, name: str) -> None:
    values = {"feld": "{}-fieldofaction"}
    for typed in ("Massnahme", "{word}"):
        answers = [
            said(
                client, "/suche/",
                {"q": typed.format(word=word), name: values.get(name, "{}").format(word.lower())}, word,
            )
            for word in (WORD, UNWRITTEN)
        ]  # fmt: skip
        assert answers[0] == answers[1]


def test_the_filter_does_not_know_a_committee_that_is_gone(secrets: dict[str, Any], client: Client) -> None:
    pk = secrets["committee"].pk
    gone, unknown = (
        said(client, "/suche/", {"q": "Massnahme", "gremium": str(number)}, str(number))
        for number in (pk, pk ^ 1)
    )
    assert "wurde nicht angewandt" in gone
    assert gone == unknown
