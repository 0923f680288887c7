"""The public history of a measure: what everybody could see change, and nothing else."""

import importlib
from dataclasses import replace
from datetime import date

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from portal.dates import Period
from portal.history_guard import guard_history, history_tables
from portal.models import User
from portal.recording import recorded
from portal.roles import Role
from sessions.models import Organization
from strategy import actions
from strategy.actions.record import IMPORT
from strategy.history import Entry, Thing, public_history, with_names
from strategy.history.events import Save, _grouped, saves_of
from strategy.history.fields import PUBLIC_FIELDS
from strategy.models import (
    Change,
    Evidence,
    Indicator,
    Measure,
    MeasureLink,
    Milestone,
    MoneyItem,
    Observation,
    OutsideDocument,
    Partner,
    Question,
    Review,
    StatusReport,
)
from tests import factories
from tests.signed_in import client_with

pytestmark = pytest.mark.django_db(transaction=True)

SECRET = "Geheimwort"
NOT_TOLD = {
    Measure: {"editors", "slug", "position"},
    MeasureLink: {"position"},
    Milestone: {"slug", "position"},
    Indicator: {"slug", "position"},
    MoneyItem: {"slug", "position"},
    Question: {"slug", "strategy", "asked_by", "asked_by_account", "answered_by"},
    # The words of its place and speaker as published are no news: they say what it rested on then.
    Evidence: {"position", "cited_place", "cited_speaker"},
}
BOOKKEEPING = {
    "id",
    "measure",
    "indicator",
    "written_by",
    "published_at",
    "published_by",
    "created_at",
    "changed_at",
}


def told(measure: Measure) -> list[Entry]:
    return with_names(public_history(measure), public=True)


def newest(measure: Measure) -> Thing:
    (thing,) = told(measure)[0].things
    return thing


def lines(thing: Thing) -> list[tuple[str, str, str]]:
    return [(one.label, one.old_words, one.new_words) for one in thing.changes]


def page(measure: Measure, client: Client | None = None) -> str:
    response = (client or Client()).get(f"/massnahmen/{measure.slug}/verlauf/")
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def measure() -> Measure:
    return factories.a_measure(name="Voicebot", slug="voicebot")


# --- What is told -----------------------------------------------------------------------------


def test_a_change_of_a_published_measure_is_told_old_and_new(measure: Measure) -> None:
    Measure.objects.update(
        summary="Ein Automat geht ans Telefon.", planned_end=date(2026, 7, 1), planned_end_precision="quarter"
    )
    Measure.objects.update(
        planned_end=date(2027, 1, 1),
        planned_end_precision="year",
        binding="decided",
        binding_reason="Beschluss",
    )
    thing = newest(measure)
    assert (thing.kind, thing.title, thing.verb, thing.url) == (
        "Maßnahme",
        "Voicebot",
        "geändert",
        "/massnahmen/voicebot/",
    )
    assert lines(thing) == [
        ("Verbindlichkeit", "nicht bekannt", "beschlossen"),
        ("Grund der Einstufung", "", "Beschluss"),
        ("geplantes Ende", "3. Quartal 2026", "2027"),
    ]


def test_publication_is_told_once_and_nothing_of_what_was_before() -> None:
    measure = factories.a_measure(published=False, name=SECRET)
    Measure.objects.update(name="Voicebot", summary="kurz")
    Milestone.objects.create(measure=measure, slug="eins", name=f"{SECRET} Meilenstein")
    Milestone.objects.update(name="Start")
    assert told(measure) == []
    Measure.objects.update(published_at=timezone.now(), published_by=factories.a_user())
    (entry,) = told(measure)
    assert [(thing.kind, thing.verb, thing.changes) for thing in entry.things] == [
        ("Maßnahme", "veröffentlicht", ())
    ]
    assert SECRET not in page(measure)


def test_a_measure_in_a_field_that_nobody_sees_yet_has_no_history() -> None:
    measure = factories.a_measure(field=factories.a_field(published=False))
    Measure.objects.update(summary=SECRET)
    assert told(measure) == []
    measure.field.published_at, measure.field.published_by = timezone.now(), factories.a_user()
    measure.field.save()
    (entry,) = told(measure)
    assert entry.things[0].verb == "veröffentlicht"
    assert SECRET not in str(entry)


def test_what_changes_while_nobody_can_see_it_is_not_told(measure: Measure) -> None:
    Measure.objects.update(published_at=None, published_by=None)
    Measure.objects.update(summary=SECRET)
    Measure.objects.update(summary="wieder gut")
    Measure.objects.update(published_at=timezone.now(), published_by=factories.a_user())
    assert SECRET not in str(told(measure))
    assert [entry.things[0].verb for entry in told(measure)] == ["veröffentlicht", "veröffentlicht"]


def test_milestones_links_money_and_figures_are_told(measure: Measure) -> None:
    milestone = Milestone.objects.create(measure=measure, slug="start", name="Start")
    Milestone.objects.update(reached=date(2026, 3, 1), reached_precision="month")
    assert lines(newest(measure)) == [("erreicht", "", "März 2026")]
    MeasureLink.objects.create(measure=measure, title="Termine", url="https://example.org/termin")
    assert newest(measure).verb == "neu"
    MeasureLink.objects.all().delete()
    assert (newest(measure).title, newest(measure).verb) == ("Termine", "entfernt")
    MoneyItem.objects.create(
        measure=measure,
        slug="kosten",
        name="Kosten",
        kind="cost",
        amount="1250.50",
        certainty="stated",
        year=2026,
    )
    assert ("Betrag in Euro", "", "1.250,50\u00a0€") in lines(newest(measure))
    indicator = Indicator.objects.create(measure=measure, slug="anrufe", name="Anrufe", unit="je Tag")
    Observation.objects.create(
        indicator=indicator,
        observed=date(2026, 1, 1),
        observed_precision="year",
        value="12.5",
        certainty="actual",
    )
    assert newest(measure).title == "Anrufe, 2026"
    Observation.objects.update(value="14")
    assert lines(newest(measure)) == [("Wert", "12,5", "14")]
    milestone.delete()
    assert newest(measure).title == "Start"


def test_units_and_partners_are_fields_of_the_measure(measure: Measure) -> None:
    unit = Organization.objects.create(external_id="org:1", body=factories.a_body(), name="Bürgeramt")
    measure.responsible_units.add(unit)
    assert lines(newest(measure)) == [("zuständige Stelle", "", "Bürgeramt")]
    partner = Partner.objects.create(slug="uni", name="Universität")
    measure.partners.add(partner)
    Partner.objects.update(name="Hochschule")
    assert lines(newest(measure)) == [("Partner", "Universität", "Hochschule")]
    measure.responsible_units.clear()
    assert lines(newest(measure)) == [("zuständige Stelle", "Bürgeramt", "")]


def test_a_report_is_told_when_it_is_published_with_what_it_corrects(measure: Measure) -> None:
    first = factories.a_report(measure, status="planned")
    factories.a_report(measure, status="running", corrects=first)
    thing = newest(measure)
    assert (thing.title, thing.verb, thing.url) == (
        "Sachstand 2",
        "veröffentlicht",
        "/massnahmen/voicebot/sachstand/2/",
    )
    assert thing.corrects == ("Sachstand 1", "/massnahmen/voicebot/sachstand/1/")
    assert lines(thing) == [("Status", "geplant", "läuft")]
    assert len(told(measure)) == 3


def test_publishing_a_report_is_one_entry_with_the_milestone_it_reaches(measure: Measure) -> None:
    editor, releaser = factories.an_editor(), factories.a_releaser()
    milestone = Milestone.objects.create(measure=measure, slug="start", name="Start")
    report = actions.draft_report(
        measure=measure, status=factories.a_status(), reason="läuft", as_of=Period.parse("2026-07"), by=editor
    )
    actions.report_milestone(report=report, milestone=milestone, reached=Period.parse("2026-Q2"), by=editor)
    actions.submit_report(report=report, by=editor)
    actions.publish_report(report=report, by=releaser, urgent_reason="Sitzung am Montag")
    entry = told(measure)[0]
    assert (entry.role, entry.by) == ("Freigabe", releaser.pk)
    titles = {thing.title: lines(thing) for thing in entry.things}
    assert titles["Sachstand 1"] == [
        ("Status", "", "läuft"),
        ("ohne Prüfvermerke veröffentlicht, weil", "", "Sitzung am Montag"),
    ]
    assert titles["Start"] == [("erreicht", "", "2. Quartal 2026"), ("laut Sachstand", "", "Sachstand 1")]
    assert len(told(measure)) == 3


def test_a_question_is_told_when_it_is_published_with_its_answer(measure: Measure) -> None:
    assert measure.field.target_area is not None
    strategy = measure.field.target_area.strategy
    Question.objects.create(
        strategy=strategy,
        measure=measure,
        slug="f",
        text="Wann?",
        asked_on=date(2026, 1, 1),
        answer=SECRET,
        answered_on=date(2026, 1, 2),
    )
    Question.objects.update(answer="Bald.")
    assert len(told(measure)) == 1
    Question.objects.update(published_at=timezone.now(), published_by=factories.a_user())
    thing = newest(measure)
    assert (thing.title, lines(thing), thing.url) == (
        "Wann?",
        [("Antwort", "", "Bald.")],
        "/massnahmen/voicebot/#fragen",
    )
    Question.objects.update(answer="Im Juli.")
    assert lines(newest(measure)) == [("Antwort", "Bald.", "Im Juli.")]
    assert SECRET not in str(told(measure))


def test_evidence_is_named_by_its_source(measure: Measure) -> None:
    item = factories.an_item()
    factories.evidence(item, measure=measure, quote="Wort für Wort")
    thing = newest(measure)
    assert (thing.verb, thing.url) == ("neu", item.get_absolute_url())
    assert thing.title == f"{item.number}, Sitzung vom 20. August 2025"
    assert ("Zitat", "", "Wort für Wort") in lines(thing)
    Evidence.objects.all().delete()
    assert newest(measure).verb == "entfernt"


def test_an_address_that_somebody_typed_is_marked_as_outside(measure: Measure) -> None:
    document = OutsideDocument.objects.create(
        slug="bericht", title="Bericht", publisher="Zeitung", url="https://example.org/bericht"
    )
    factories.evidence(document=document, measure=measure)
    assert 'rel="' in page(measure).partition("https://example.org/bericht")[2].partition(">")[0]
    OutsideDocument.objects.update(url="javascript:alert(1)")
    assert "javascript:" not in page(measure)


def test_evidence_of_a_source_that_nobody_may_see_keeps_its_words(measure: Measure) -> None:
    item = factories.an_item(title=SECRET)
    factories.evidence(item, measure=measure, quote=SECRET, note=SECRET)
    item.public = False
    item.save()
    thing = newest(measure)
    assert (thing.title, thing.url, thing.changes) == ("eine Quelle, die nicht mehr öffentlich ist", "", ())
    assert SECRET not in page(measure)


def test_evidence_of_a_milestone_that_moved_away_goes_with_it(measure: Measure) -> None:
    milestone = Milestone.objects.create(measure=measure, slug="start", name="Start")
    hidden = factories.a_measure(published=False)
    Milestone.objects.update(measure=hidden)
    assert (newest(measure).title, newest(measure).verb) == ("Start", "entfernt")
    Milestone.objects.update(name=SECRET)
    factories.evidence(factories.an_item(), milestone=milestone, quote=SECRET)
    assert SECRET not in str(told(measure))


def test_a_transaction_that_waited_is_told_after_the_one_it_waited_for(measure: Measure) -> None:
    """The time is that of a transaction's begin; the numbers know who wrote last."""
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("UPDATE strategy_measure SET summary = 'zuerst'")
        cursor.execute("COMMIT")
    saves = _saves_with_times_swapped(measure)
    assert [save.first.values["summary"] for save in saves] == ["", "zuerst"]


def _saves_with_times_swapped(measure: Measure) -> list[Save]:
    events = [event for save in saves_of(measure) for event in save.events if event.model is Measure]
    first, second = sorted(events, key=lambda event: event.number)
    return _grouped([replace(first, at=second.at), replace(second, at=first.at)])


# --- What is never told -----------------------------------------------------------------------


def test_no_word_that_was_never_public_is_on_the_page(measure: Measure) -> None:
    """A secret word in everything unpublished that belongs to a measure."""
    editor, releaser, reviewer = factories.an_editor(), factories.a_releaser(), factories.a_reviewer()
    for account in (editor, releaser, reviewer):
        account.first_name = account.last_name = SECRET
        account.save()
    measure.editors.add(editor)
    draft = factories.a_report(
        measure,
        published=False,
        reason=f"{SECRET} Grund",
        results=SECRET,
        next_steps=SECRET,
        schedule="late",
        schedule_reason=SECRET,
    )
    factories.evidence(factories.an_item(), report=draft, quote=SECRET, note=SECRET)
    actions.submit_report(report=draft, by=editor)
    actions.review_report(report=draft, submission=1, verdict="disagrees", comment=SECRET, by=reviewer)
    actions.return_report(report=draft, reason=SECRET, by=releaser)
    actions.save(obj=measure, values={"name": SECRET}, base={"name": measure.name}, by=editor, note=SECRET)
    actions.create(model=Milestone, values={"measure": measure.pk, "name": SECRET}, by=editor, note=SECRET)
    change = Change.objects.filter(object_id=measure.pk).get()
    actions.return_change(change=change, reason=SECRET, by=releaser)
    actions.ask_question(measure=measure, text=SECRET, by=reviewer)
    assert (StatusReport.objects.count(), Review.objects.count(), Question.objects.count()) == (1, 1, 1)
    assert SECRET not in page(measure)
    assert SECRET not in str(public_history(measure))


def test_a_proposal_is_told_when_it_is_applied(measure: Measure) -> None:
    editor, releaser = factories.an_editor(), factories.a_releaser()
    saved = actions.save(
        obj=measure, values={"name": "Sprachroboter"}, base={"name": measure.name}, by=editor, note=SECRET
    )
    assert len(told(measure)) == 1
    assert saved.change is not None
    actions.apply_change(change=saved.change, by=releaser)
    (entry, _) = told(measure)
    assert (entry.role, lines(entry.things[0])) == ("Freigabe", [("Name", "Voicebot", "Sprachroboter")])
    assert SECRET not in page(measure)


def test_every_field_of_what_is_public_is_told_or_named_here() -> None:
    for model, names in PUBLIC_FIELDS.items():
        if model is StatusReport:
            continue
        targets = (
            {"strategy", "report", "milestone", "observation", "money_item", "question"}
            if model is Evidence
            else set()
        )
        targets |= (
            {"agenda_item", "contribution", "paper", "motion", "vote", "file", "document"}
            if model is Evidence
            else set()
        )
        targets |= {"strategy"} if model is MoneyItem else set()
        fields = {
            field.name
            for field in (*model._meta.concrete_fields, *model._meta.many_to_many)
            if not field.name.endswith("_precision")
        }
        assert fields - set(names) - NOT_TOLD.get(model, set()) - BOOKKEEPING - targets == set(), model


# --- Who --------------------------------------------------------------------------------------


def rename(measure: Measure, *, by: User) -> None:
    with recorded(by=by.pk, role="Freigabe", action="apply_change"):
        Measure.objects.filter(pk=measure.pk).update(name="Sprachroboter")


def test_the_role_is_told_and_the_name_is_not(measure: Measure) -> None:
    rename(measure, by=factories.a_releaser(first_name="Anna", last_name="Beispiel"))
    text = page(measure)
    assert "Freigabe" in text
    assert "Anna" not in text


def test_where_the_city_opens_the_names_it_is_told_and_never_the_mail(
    measure: Measure, open_names: None
) -> None:
    rename(measure, by=factories.a_releaser(first_name="Anna", last_name="Beispiel"))
    assert "Anna Beispiel (Freigabe)" in page(measure)
    nameless = factories.a_releaser()
    with recorded(by=nameless.pk, role="Freigabe", action="apply_change"):
        Measure.objects.update(name="Telefonroboter")
    assert nameless.email not in page(measure)


@pytest.fixture
def open_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "CITY", settings.CITY.model_copy(update={"employee_names_public": True}))


def test_an_import_is_called_so(measure: Measure, open_names: None) -> None:
    by = factories.a_releaser(first_name="Strategie-Datei")
    with recorded(by=by.pk, role=IMPORT, action="import_strategy"):
        Measure.objects.update(name="Sprachroboter")
    text = page(measure)
    assert "<span>Import</span>" in text
    assert "Strategie-Datei" not in text


# --- Where the record begins ------------------------------------------------------------------


def test_what_was_there_before_is_told_with_its_own_times(measure: Measure) -> None:
    factories.a_report(measure)
    with connection.cursor() as cursor:
        tables = history_tables()
        cursor.execute("".join(f"ALTER TABLE {table} DISABLE TRIGGER USER;" for table in tables))
        cursor.execute(f"TRUNCATE {', '.join(tables)} CASCADE")
        with connection.schema_editor() as editor:
            importlib.import_module("strategy.migrations.0005_history_stands").first_events(apps, editor)
        cursor.execute("".join(f"ALTER TABLE {table} ENABLE TRIGGER USER;" for table in tables))
    guard_history(connection)
    Measure.objects.update(name="Sprachroboter")
    entries = told(measure)
    assert lines(entries[0].things[0]) == [("Name", "Voicebot", "Sprachroboter")]
    assert [entry.begins for entry in entries] == [False, True, False, False]
    assert {entry.at for entry in entries[2:]} == {factories.NOON}
    assert "Beginn der Aufzeichnung" in page(measure)


# --- The page ---------------------------------------------------------------------------------


def test_the_page_is_for_everybody(
    measure: Measure, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(2):
        factories.evidence(factories.an_item(), measure=measure)
    rename(measure, by=factories.a_releaser())
    with django_assert_max_num_queries(12):
        response = Client().get(f"/massnahmen/{measure.slug}/verlauf/")
    assert response.status_code == 200
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
    text = response.content.decode()
    assert text.count("<h1") == 1
    assert "<script" not in text.partition("<main")[2]
    assert '<time datetime="' in text


def test_the_measure_leads_to_it(measure: Measure) -> None:
    assert (
        f"/massnahmen/{measure.slug}/verlauf/"
        in Client().get(f"/massnahmen/{measure.slug}/").content.decode()
    )


@pytest.mark.parametrize("published", [True, False])
def test_a_measure_that_nobody_sees_has_no_page(published: bool) -> None:
    measure = factories.a_measure(published=published, field=factories.a_field(published=not published))
    assert Client().get(f"/massnahmen/{measure.slug}/verlauf/").status_code == 404
    assert Client().get("/massnahmen/gibt-es-nicht/verlauf/").status_code == 404


def test_nobody_writes_here(measure: Measure) -> None:
    response = Client().post(f"/massnahmen/{measure.slug}/verlauf/")
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")


def test_a_long_history_comes_in_pages(measure: Measure) -> None:
    for number in range(settings.PAGE_SIZE):
        Measure.objects.update(summary=f"Fassung {number}.")
    assert "Maßnahme veröffentlicht" not in " ".join(page(measure).split())
    response = Client().get(f"/massnahmen/{measure.slug}/verlauf/?page=2")
    assert "veröffentlicht" in response.content.decode()
    assert Client().get(f"/massnahmen/{measure.slug}/verlauf/?page=3").status_code == 404


def test_nothing_told_is_said_so(measure: Measure, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("strategy.history.views.public_history", lambda measure: [])
    assert "Noch ist keine Änderung aufgezeichnet." in page(measure)


def test_staff_see_the_public_page_too(measure: Measure) -> None:
    assert "Verlauf" in page(measure, client_with(Role.EDITOR))
