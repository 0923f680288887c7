"""A file that is imported again: what people wrote or took away in the portal since stays, and is listed."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.dates import Period
from portal.models import User
from sessions.models import AgendaItem, Person
from strategy import actions
from strategy.models import (
    Change,
    Evidence,
    FieldOfAction,
    Measure,
    Milestone,
    MoneyItem,
    Observation,
    OutsideDocument,
    Partner,
    Question,
    Status,
    StatusReport,
)
from tests import factories
from tests.strategy.test_import_strategy import COMPLETE, changed, everything, without

Import = Callable[..., str]

EDITED = "differs from the file, kept as the portal has it: "
REMOVED = "removed or renamed in the portal, not brought back: "
SUMMARY = ("summary: Ein Programm spricht.", "summary: Ein Programm redet.")
NOT_REACHED = changed(
    COMPLETE,
    ("        reached: 2025-03-01\n", ""),
    ("          - {aspect: reached, document: bericht}\n", ""),
)
UNANSWERED = changed(
    COMPLETE,
    ("    answer: Ja.\n    answered_on: 2025-08-21\n    partial: true\n", ""),
    ("      - {aspect: answer, item: 1000181, quote: ist optimistisch}", ""),
)


@pytest.fixture
def do_import(item: AgendaItem, tmp_path: Path) -> Import:
    """Imports a text as a strategy file; what the command prints."""

    def run(content: str, **options: Any) -> str:
        file = tmp_path / "city.yaml"
        file.write_text(content, encoding="utf-8")
        out = StringIO()
        call_command("import_strategy", file, stdout=out, **options)
        return out.getvalue()

    return run


@pytest.fixture
def editor(db: None) -> User:
    return factories.an_editor()


@pytest.fixture
def releaser(db: None) -> User:
    return factories.a_releaser()


@pytest.fixture
def released(editor: User, releaser: User) -> Callable[..., None]:
    """Changes a public thing as people do: one writes, another releases."""

    def write(thing: Any, **values: Any) -> None:
        saved = actions.save(obj=thing, values=values, base=actions.effective(thing), by=editor)
        assert saved.change is not None
        actions.apply_change(change=saved.change, by=releaser)

    return write


@pytest.fixture
def removed(editor: User, releaser: User) -> Callable[..., None]:
    """Removes a public thing as people do."""

    def remove(thing: Any) -> None:
        change = actions.remove(obj=thing, by=editor)
        assert change is not None
        actions.apply_change(change=change, by=releaser)

    return remove


Released = Callable[..., None]


def listed(printed: str, start: str) -> list[str]:
    """What the command says behind `start`, one entry a line."""
    return [line.removeprefix(start) for line in printed.splitlines() if line.startswith(start)]


def again(do_import: Import, content: str) -> str:
    """Imports twice and checks that neither run writes a row; what the second prints."""
    before = everything()
    assert ": 0 created, 0 changed, " in do_import(content)
    printed = do_import(content)
    assert everything() == before
    return printed


def a_report(editor: User, **values: Any) -> StatusReport:
    return actions.draft_report(
        measure=Measure.objects.get(),
        status=Status.objects.get(code="running"),
        reason="Es geht voran.",
        as_of=Period.parse("2025-10"),
        by=editor,
        **values,
    )


def published(report: StatusReport, editor: User, releaser: User) -> None:
    actions.submit_report(report=report, by=editor)
    actions.publish_report(report=report, by=releaser, urgent_reason="Für den Test.")


# --- Values -----------------------------------------------------------------------------------


def test_a_released_change_outlives_the_next_import(do_import: Import, released: Released) -> None:
    do_import(COMPLETE)
    released(Measure.objects.get(), summary="Neu gesagt.")
    assert listed(again(do_import, COMPLETE), EDITED) == ["Measure voicebot: summary"]
    assert Measure.objects.get().summary == "Neu gesagt."


def test_other_columns_still_follow_the_file(do_import: Import, released: Released) -> None:
    """And an import that wrote the row does not become the writer of what people wrote in it."""
    do_import(COMPLETE)
    released(Measure.objects.get(), summary="Neu gesagt.")
    file = changed(COMPLETE, ("description: Es **spricht**.", "description: Es **redet**."))
    printed = do_import(file, verbosity=2)
    assert "changed Measure voicebot: description\n" in printed
    assert listed(printed, EDITED) == ["Measure voicebot: summary"]
    printed = again(do_import, changed(file, SUMMARY))
    assert listed(printed, EDITED) == ["Measure voicebot: summary"]
    measure = Measure.objects.get()
    assert (measure.summary, measure.description) == ("Neu gesagt.", "Es **redet**.")


def test_what_people_put_back_is_the_imports_again(do_import: Import, released: Released) -> None:
    do_import(COMPLETE)
    released(Measure.objects.get(), summary="Neu gesagt.")
    released(Measure.objects.get(), summary="Ein Programm spricht.")
    assert not listed(do_import(changed(COMPLETE, SUMMARY)), EDITED)
    assert Measure.objects.get().summary == "Ein Programm redet."


def test_a_row_without_history_is_the_imports_own(do_import: Import) -> None:
    """Such rows are older than the history: the database then has an event that says so, or none."""
    do_import(COMPLETE)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE strategy_partner DISABLE TRIGGER USER")
        cursor.execute(
            "INSERT INTO strategy_partner (slug, name, note, website) VALUES ('alt', 'Alt', '', '')"
        )
        cursor.execute("ALTER TABLE strategy_partner ENABLE TRIGGER USER")
    file = changed(COMPLETE, ("partners:\n", "partners:\n  - {slug: alt, name: Neu}\n"))
    assert ": 0 created, 1 changed, " in do_import(file)
    assert Partner.objects.get(slug="alt").name == "Neu"


def test_what_only_people_wrote_is_not_the_files(do_import: Import) -> None:
    do_import(COMPLETE)
    Partner.objects.create(slug="kammer", name="Kammer")
    file = changed(COMPLETE, ("partners:\n", "partners:\n  - {slug: kammer, name: Andere}\n"))
    assert listed(again(do_import, file), EDITED) == ["Partner kammer: name"]


def test_a_waiting_change_can_still_be_released(
    do_import: Import, released: Released, editor: User, releaser: User
) -> None:
    do_import(COMPLETE)
    released(Measure.objects.get(), summary="Neu gesagt.")
    measure = Measure.objects.get()
    change = actions.save(
        obj=measure, values={"summary": "Noch neuer."}, base=actions.effective(measure), by=editor
    ).change
    do_import(COMPLETE)
    actions.apply_change(change=Change.objects.get(pk=change.pk), by=releaser)
    assert Measure.objects.get().summary == "Noch neuer."


def test_columns_of_one_claim_stay_together(do_import: Import, released: Released) -> None:
    do_import(COMPLETE)
    released(MoneyItem.objects.get(slug="preis"), amount="17000.00")
    price = changed(
        COMPLETE, ("amount_max: 18000", "amount_max: 19000"), ("certainty: budgeted", "certainty: actual")
    )
    assert listed(again(do_import, price), EDITED) == [
        "MoneyItem preis of voicebot: amount, amount_max, certainty"
    ]


def test_a_name_of_the_administration_stays(do_import: Import) -> None:
    do_import(COMPLETE)
    Status.objects.filter(code="running").update(label="in Arbeit")
    assert listed(again(do_import, COMPLETE), EDITED) == ["Status running: label"]


def test_a_document_that_people_put_right_stops_no_import(
    do_import: Import, editor: User, releaser: User
) -> None:
    """Once a published report cites it no file may change it; this one does not want to."""
    file = without(COMPLETE, COMPLETE[COMPLETE.index("    reports:") : COMPLETE.index("editions:")])
    do_import(file)
    OutsideDocument.objects.update(title="Richtiger Titel")
    report = a_report(editor)
    actions.add_evidence(subject=report, source=OutsideDocument.objects.get(), by=editor)
    published(report, editor, releaser)
    assert listed(again(do_import, file), EDITED) == ["OutsideDocument bericht: title"]


# --- What reports and answers say -------------------------------------------------------------


def test_a_milestone_that_a_report_reached_stays_reached(
    do_import: Import, editor: User, releaser: User
) -> None:
    do_import(NOT_REACHED)
    report = a_report(editor)
    actions.report_milestone(
        report=report, milestone=Milestone.objects.get(), reached=Period.parse("2025-09"), by=editor
    )
    published(report, editor, releaser)
    printed = again(do_import, NOT_REACHED)
    assert listed(printed, EDITED) == ["Milestone start of voicebot: reached, reached_precision"]
    milestone = Milestone.objects.get()
    assert (milestone.reached_period, milestone.reached_report) == (Period.parse("2025-09"), report)


def test_a_figure_of_a_report_stays(do_import: Import, editor: User, releaser: User) -> None:
    do_import(COMPLETE)
    report = a_report(editor)
    actions.report_figure(
        report=report,
        indicator=Measure.objects.get().indicators.get(),
        observed=Period.parse("2020"),
        value="2.5",
        certainty="actual",
        by=editor,
    )
    published(report, editor, releaser)
    printed = again(do_import, COMPLETE)
    assert listed(printed, EDITED) == ["Observation 2020-01-01 of note of voicebot: value"]
    assert Observation.objects.get(observed="2020-01-01").value == 2.5


def test_an_answer_that_people_gave_stays(do_import: Import, released: Released) -> None:
    do_import(UNANSWERED)
    released(Question.objects.get(), answer="Nein.", answered_on="2025-09-01")
    printed = again(do_import, UNANSWERED)
    assert listed(printed, EDITED) == ["Question zeitplan: answer, answered_on"]
    question = Question.objects.get()
    assert (question.answer, str(question.answered_on)) == ("Nein.", "2025-09-01")


def test_an_answer_is_never_emptied_by_a_file(do_import: Import) -> None:
    do_import(COMPLETE)
    assert listed(do_import(UNANSWERED), EDITED) == [
        "Question zeitplan: answer, answer_is_partial, answered_on"
    ]
    assert Question.objects.get().answer == "Ja."


def test_another_asker_is_no_mistake_of_the_file(do_import: Import) -> None:
    do_import(COMPLETE)
    Question.objects.update(asked_by=Person.objects.get(name="Grunau"))
    assert listed(again(do_import, COMPLETE), EDITED) == ["Question zeitplan: asked_by"]


# --- Links ------------------------------------------------------------------------------------


def test_a_partner_that_people_took_off_stays_off(do_import: Import, released: Released) -> None:
    do_import(COMPLETE)
    released(Measure.objects.get(), partners=[])
    assert listed(again(do_import, COMPLETE), EDITED) == ["Measure voicebot: partners"]
    assert not Measure.objects.get().partners.exists()


def test_a_partner_that_people_added_stays_beside_those_of_the_file(
    do_import: Import, released: Released
) -> None:
    do_import(COMPLETE)
    kammer = Partner.objects.create(slug="kammer", name="Kammer")
    measure = Measure.objects.get()
    released(measure, partners=sorted([kammer.pk, *measure.partners.values_list("pk", flat=True)]))
    file = changed(
        COMPLETE,
        ("partners:\n", "partners:\n  - {slug: verein, name: Verein}\n"),
        ("partners: [hochschule]", "partners: [verein]"),
    )
    printed = do_import(file, verbosity=2)
    assert "changed Measure voicebot: partners\n" in printed
    assert listed(printed, EDITED) == ["Measure voicebot: partners"]
    assert set(measure.partners.values_list("slug", flat=True)) == {"kammer", "verein"}


def test_a_partner_that_is_gone_hides_no_measure(do_import: Import, released: Released) -> None:
    do_import(COMPLETE)
    released(Measure.objects.get(), partners=[])
    Partner.objects.get().delete()
    printed = do_import(changed(COMPLETE, SUMMARY))
    assert listed(printed, REMOVED) == ["Partner hochschule"]
    assert Measure.objects.get().summary == "Ein Programm redet."


# --- What people took away --------------------------------------------------------------------


def test_what_people_removed_is_not_brought_back(do_import: Import, removed: Released) -> None:
    do_import(COMPLETE)
    for piece in MoneyItem.objects.get(slug="preis").evidence.all():
        removed(piece)
    removed(MoneyItem.objects.get(slug="preis"))
    assert listed(again(do_import, COMPLETE), REMOVED) == ["MoneyItem preis of voicebot"]
    assert [item.slug for item in Measure.objects.get().money_items.all()] == ["ersparnis"]


def test_what_was_renamed_is_not_made_a_second_time(do_import: Import, released: Released) -> None:
    """The time of a figure is its name."""
    do_import(COMPLETE)
    released(Observation.objects.get(observed="2020-01-01"), observed="2019")
    printed = again(do_import, COMPLETE)
    assert listed(printed, REMOVED) == ["Observation 2020-01-01 of note of voicebot"]
    assert "not in the file, kept: voicebot: observation of note at 2019-01-01\n" in printed


def test_a_field_that_people_dissolved_leaves_its_measure_where_they_put_it(
    do_import: Import, released: Released, removed: Released
) -> None:
    do_import(COMPLETE)
    other = factories.a_field()
    released(Measure.objects.get(), field=other.pk)
    removed(FieldOfAction.objects.get(slug="feld"))
    printed = do_import(changed(COMPLETE, SUMMARY))
    assert listed(printed, REMOVED) == ["FieldOfAction feld"]
    measure = Measure.objects.get()
    assert (measure.field, measure.summary) == (other, "Ein Programm redet.")


def test_what_people_made_and_removed_was_never_the_files(do_import: Import, editor: User) -> None:
    do_import(COMPLETE)
    Partner.objects.create(slug="kammer", name="Kammer")
    Partner.objects.get(slug="kammer").delete()
    file = changed(COMPLETE, ("partners:\n", "partners:\n  - {slug: kammer, name: Kammer}\n"))
    assert ": 1 created, 0 changed, " in do_import(file)


# --- Evidence ---------------------------------------------------------------------------------

EXISTENCE = "Evidence of Measure voicebot: dass es die Maßnahme gibt"


def test_evidence_that_people_put_right_stays(do_import: Import, editor: User, releaser: User) -> None:
    do_import(COMPLETE)
    piece = Evidence.objects.get(aspect="existence")
    actions.change_evidence(
        evidence=piece,
        by=editor,
        released_by=releaser,
        paragraph=None,
        quote=piece.quote,
        note="Neue Anmerkung",
        is_inferred=False,
        position=piece.position,
    )
    assert listed(again(do_import, COMPLETE), EDITED) == [EXISTENCE]
    newer = changed(COMPLETE, ("note: Anmerkung zum Beleg", "note: Andere Anmerkung"))
    assert listed(again(do_import, newer), EDITED) == [EXISTENCE]
    assert Evidence.objects.get(aspect="existence").note == "Neue Anmerkung"


def test_evidence_that_people_removed_is_not_brought_back(do_import: Import, removed: Released) -> None:
    do_import(COMPLETE)
    removed(Evidence.objects.get(aspect="existence"))
    assert listed(again(do_import, COMPLETE), REMOVED) == [EXISTENCE]


def test_new_evidence_of_the_file_comes_in_beside_what_people_added(
    do_import: Import, editor: User, releaser: User, item: AgendaItem
) -> None:
    """The same claim resting on the same record: what people added is nothing that the file puts right."""
    do_import(COMPLETE)
    measure = Measure.objects.get()
    actions.add_evidence(
        subject=measure, source=item, aspect="existence", note="Von uns", by=editor, released_by=releaser
    )
    more = changed(
        COMPLETE,
        (
            "inferred: true, note: Ein Schluss.}\n",
            "inferred: true, note: Ein Schluss.}\n      - {item: 1000181, note: Aus der Datei}\n",
        ),
    )
    printed = do_import(more)
    assert ": 1 created, 0 changed, " in printed
    assert not listed(printed, EDITED)
    notes = set(measure.evidence.filter(aspect="existence").values_list("note", flat=True))
    assert notes == {"Anmerkung zum Beleg", "Von uns", "Aus der Datei"}


def test_a_file_that_goes_back_to_old_words_is_followed(do_import: Import) -> None:
    do_import(COMPLETE)
    do_import(changed(COMPLETE, ("note: Anmerkung zum Beleg", "note: Neue Anmerkung")))
    assert not listed(do_import(COMPLETE), EDITED)
    assert Evidence.objects.get(aspect="existence").note == "Anmerkung zum Beleg"


# --- The list, and what it costs ---------------------------------------------------------------


def test_a_dry_run_lists_the_same(do_import: Import, released: Released) -> None:
    do_import(COMPLETE)
    released(Measure.objects.get(), summary="Neu gesagt.")
    assert listed(do_import(COMPLETE, dry_run=True), EDITED) == ["Measure voicebot: summary"]


def test_nothing_is_listed_where_nobody_changed_anything(do_import: Import) -> None:
    do_import(COMPLETE)
    printed = do_import(changed(COMPLETE, SUMMARY))
    assert not listed(printed, EDITED)
    assert not listed(printed, REMOVED)


def test_the_history_of_a_row_is_asked_once_and_only_where_it_differs(
    do_import: Import, released: Released
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            do_import(COMPLETE)
        return sum('event"' in query["sql"] for query in queries.captured_queries)

    do_import(COMPLETE)
    assert asked() == 0
    released(Measure.objects.get(), summary="Neu gesagt.", description="Neu.", name="Sprachprogramm")
    assert asked() == 1
