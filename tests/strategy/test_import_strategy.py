"""import_strategy: what goes in, what is refused and how it says so, and that nothing is changed silently."""

import re
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any, get_args

import pghistory.models
import pytest
import yaml
from django.apps import apps
from django.core.management import CommandError, call_command
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from portal.models import ImportRun, User
from sessions.models import AgendaItem, Contribution, File, Organization, Person
from strategy.imports import nodes as schema
from strategy.imports import values
from strategy.imports.accounts import FILE_ACCOUNT, IMPORT_ACCOUNT
from strategy.imports.strategy_file import read_strategy_file
from strategy.imports.yaml_tree import MAX_BYTES, Unreadable, read_tree
from strategy.models import (
    Evidence,
    Indicator,
    Measure,
    MoneyItem,
    Question,
    Status,
    StatusReport,
    Strategy,
)
from strategy.models.figures import Certainty
from strategy.quotes import find_quote
from tests import factories
from tests.strategy.conftest import DATA, DEMO, PAGE, ROOT

COMPLETE = (DATA / "complete.yaml").read_text(encoding="utf-8")
FORMAT = (ROOT / "docs" / "strategy-file.md").read_text(encoding="utf-8")

REPORT = """      - number: {number}
        status: running
        reason: Noch dabei.
        as_of: 2025-10
        evidence: [{{document: bericht}}]
editions:
"""
"""One more report of the last measure; in place of the key that follows the measures."""

Import = Callable[..., str]
Refused = Callable[..., list[str]]


@pytest.fixture
def do_import(tmp_path: Path) -> Import:
    """Imports a text as a strategy file; what the command prints."""

    def run(content: str | bytes, **options: Any) -> str:
        file = tmp_path / "city.yaml"
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        out = StringIO()
        call_command("import_strategy", file, stdout=out, **options)
        return out.getvalue().replace(str(file), "city.yaml")

    return run


@pytest.fixture
def refused(do_import: Import, tmp_path: Path) -> Refused:
    """The errors of a file, one a line; checks that it changed nothing and that the run says it failed."""

    def run(content: str | bytes, **options: Any) -> list[str]:
        before = everything()
        with pytest.raises(CommandError) as caught:
            do_import(content, **options)
        assert caught.value.returncode == 2
        assert everything() == before
        if not options.get("dry_run"):
            last = ImportRun.objects.latest("pk")
            assert last.state == ImportRun.State.FAILED
            assert last.refused
        return str(caught.value).replace(str(tmp_path / "city.yaml"), "city.yaml").splitlines()

    return run


def everything() -> dict[str, list[Any]]:
    """All rows of the portal but the list of imports."""
    models = [
        model
        for label in ("portal", "council", "strategy")
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
    ]
    return {
        model.__name__: list(model._default_manager.order_by("pk").values())
        for model in models
        if model is not ImportRun
    }


def without(text: str, *parts: str) -> str:
    return changed(text, *((part, "") for part in parts))


def changed(text: str, *changes: tuple[str, str]) -> str:
    """`text` with each old part, which must stand there, replaced once."""
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


# --- What goes in -----------------------------------------------------------------------------


def test_every_key_arrives(item: AgendaItem, do_import: Import) -> None:
    assert "0 changed, 0 unchanged" in do_import(COMPLETE)
    measure = Measure.objects.published().get()
    assert (measure.slug, measure.is_working_title, measure.binding) == ("voicebot", True, "outlook")
    assert (measure.field.slug, measure.field.target_area.slug) == ("feld", "zielfeld")
    assert [str(unit) for unit in measure.responsible_units.all()] == ["Bereich 72"]
    assert [str(partner) for partner in measure.partners.all()] == ["Hochschule"]
    assert [measure.planned_start_precision, measure.planned_end_precision] == ["year", "quarter"]
    assert [measure.actual_start_precision, measure.actual_end_precision] == ["month", "day"]
    milestone = measure.milestones.get()
    assert (milestone.planned_precision, milestone.reached_precision) == ("quarter", "day")
    first, second = measure.indicators.get().observations.all()
    assert (first.value, first.certainty) == (3.5, Certainty.ACTUAL)
    assert (second.value, second.not_yet_measurable_reason) == (None, "Noch keine Messung.")
    price, saving = measure.money_items.all()
    assert (str(price.amount), str(price.amount_max), price.year) == ("17170.50", "18000.00", 2025)
    assert (saving.amount, saving.base, saving.not_yet_measurable) == (None, "Personalaufwendungen", True)
    newest, oldest = measure.reports.published()
    assert (newest.corrects, newest.schedule, newest.new_end_precision) == (oldest, "late", "quarter")
    edition = Strategy.objects.published().get().editions.published().get()
    assert edition.adopted_by.reference == "MV/11986/25"
    assert edition.edition_measures.get().official_wording == "Voicebot einführen"
    question = Question.objects.published().get()
    assert (str(question.asked_by), question.measure, question.answer) == ("Ratsherr Grimm", measure, "Ja.")
    assert question.answer_is_partial


def test_evidence_knows_its_source_and_paragraph(item: AgendaItem, do_import: Import) -> None:
    do_import(COMPLETE)
    measure = Measure.objects.get()
    targets = [type(piece.target).__name__ for piece in measure.evidence.all()]
    assert targets == [
        "AgendaItem",
        "Paper",
        "OutsideDocument",
        "Motion",
        "Vote",
        "File",
        "OutsideDocument",
        "OutsideDocument",
    ]
    assert measure.evidence.get(aspect="existence").contribution.position == 1
    assert [piece.aspect for piece in measure.evidence.filter(is_inferred=True)] == ["actual_end"]
    binding = Strategy.objects.get().evidence.get(aspect="binding")
    assert (binding.contribution.position, binding.quote) == (12, "lediglich einen ersten Ausblick")
    answer = Question.objects.get().evidence.get(aspect="answer")
    assert answer.contribution.position == 3


def test_a_second_run_changes_nothing(item: AgendaItem, do_import: Import) -> None:
    first = do_import(COMPLETE)
    before = everything()
    created = int(re.search(r"(\d+) created", first)[1])
    assert f"0 created, 0 changed, {created} unchanged." in do_import(COMPLETE)
    assert everything() == before


def test_the_run_is_on_record(item: AgendaItem, do_import: Import) -> None:
    do_import(COMPLETE)
    run = ImportRun.objects.get()
    assert (run.kind, run.state) == ("import_strategy", ImportRun.State.COMPLETED)
    assert run.created_count > 20


def test_only_what_differs_is_changed(item: AgendaItem, do_import: Import) -> None:
    do_import(COMPLETE)
    before = Measure.objects.get()
    out = do_import(
        changed(COMPLETE, ("summary: Ein Programm spricht.", "summary: Ein Programm redet.")), verbosity=2
    )
    assert "changed Measure voicebot: summary\n" in out
    assert "0 created, 1 changed" in out
    after = Measure.objects.get()
    assert after.summary == "Ein Programm redet."
    assert after.changed_at > before.changed_at
    assert after.published_at == before.published_at


def test_links_follow_the_file(item: AgendaItem, do_import: Import) -> None:
    do_import(COMPLETE)
    out = do_import(
        changed(
            COMPLETE,
            ("partners: [hochschule]", "partners: []"),
            ("      - {aspect: partner, motion", "      - {motion"),
        ),
        verbosity=2,
    )
    assert "changed Measure voicebot: partners\n" in out
    assert not Measure.objects.get().partners.exists()


def test_dry_run_says_and_writes_nothing(item: AgendaItem, do_import: Import) -> None:
    before = everything()
    out = do_import(COMPLETE, dry_run=True)
    assert "created Measure voicebot\n" in out
    assert out.endswith("Dry run: nothing was written.\n")
    assert everything() == before
    assert not ImportRun.objects.exists()


def test_dry_run_finds_the_same_errors(item: AgendaItem, refused: Refused) -> None:
    wrong = changed(COMPLETE, ("quote: Entwicklung von Voicebots", "quote: Entwicklung von Robotern"))
    assert refused(wrong, dry_run=True) == refused(wrong)


def test_the_system_account_cannot_sign_in(item: AgendaItem, do_import: Import) -> None:
    do_import(COMPLETE)
    writer, publisher = (User.objects.get(email=email) for email in (IMPORT_ACCOUNT, FILE_ACCOUNT))
    for account in (writer, publisher):
        assert not account.has_usable_password()
        assert not account.is_staff
    measure = Measure.objects.get()
    assert (measure.written_by, measure.published_by) == (writer, publisher)


def test_by_names_who_publishes(item: AgendaItem, do_import: Import) -> None:
    account = factories.a_releaser()
    do_import(COMPLETE, by=account.email.upper())
    assert StatusReport.objects.first().published_by == account
    assert not User.objects.filter(email=FILE_ACCOUNT).exists()


def test_by_must_have_the_right_to_publish(item: AgendaItem, do_import: Import) -> None:
    with pytest.raises(CommandError, match="not in the group Freigabe"):
        do_import(COMPLETE, by=factories.an_editor().email)
    assert not Strategy.objects.exists()


def test_by_must_be_an_open_account(item: AgendaItem, do_import: Import) -> None:
    closed = factories.a_user(is_active=False)
    for email in (closed.email, "niemand@example.org"):
        with pytest.raises(CommandError, match="no open account"):
            do_import(COMPLETE, by=email)
    assert not Strategy.objects.exists()


def test_a_unit_of_the_council_record_is_not_made_again(item: AgendaItem, do_import: Import) -> None:
    unit = Organization.objects.create(external_id="allris:gr:17", body=item.meeting.body, name="Bereich 72")
    own = COMPLETE[COMPLETE.index("  - key: bereich") : COMPLETE.index("partners:\n  - slug")]
    do_import(changed(COMPLETE, (own, "  - {key: bereich, record: 17}\n")))
    assert list(Measure.objects.get().responsible_units.all()) == [unit]


def test_the_minimal_example_of_the_documentation_works(do_import: Import, db: None) -> None:
    (example,) = re.findall(r"^```yaml\n(.*?)^```$", FORMAT, re.DOTALL | re.MULTILINE)
    assert len(example.splitlines()) <= 30
    assert "0 changed" in do_import(example)
    assert Measure.objects.published().with_latest_report().get().status_code == "planned"


# --- What stays -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "columns"),
    [
        ("reason: Angekündigt.\n", "reason: Nur angekündigt.\n", "reason"),
        ("status: planned\n        reason", "status: running\n        reason", "status"),
        ("as_of: 2025-08-20\n        evidence", "as_of: 2025-08\n        evidence", "as_of"),
        ("[{item: 1000181, paragraph: 1}]", "[{item: 1000181, paragraph: 2}]", "evidence"),
        ("[{item: 1000181, paragraph: 1}]", "[{item: 1000181, paragraph: 1, note: Neu}]", "evidence"),
        (
            "[{item: 1000181, paragraph: 1}]",
            "[{item: 1000181, paragraph: 1, inferred: true, note: Neu}]",
            "evidence",
        ),
    ],
)
def test_a_published_report_stands(
    item: AgendaItem, do_import: Import, refused: Refused, old: str, new: str, columns: str
) -> None:
    do_import(COMPLETE)
    _, error = refused(changed(COMPLETE, (old, new)))
    assert error.startswith("city.yaml: measures[0].reports[0]: report 1 is published and stands")
    assert f"({columns}); add a new report with `corrects: 1`" in error


def test_more_evidence_for_a_published_report_is_refused(
    item: AgendaItem, do_import: Import, refused: Refused
) -> None:
    do_import(COMPLETE)
    more = "evidence: [{item: 1000181, paragraph: 1}, {document: bericht}]"
    _, error = refused(changed(COMPLETE, ("evidence: [{item: 1000181, paragraph: 1}]", more)))
    assert "(evidence)" in error


@pytest.mark.parametrize(
    ("old", "new", "columns"),
    [
        ("title: Bericht\n", "title: Anderer Bericht\n", "title"),
        ("url: https://example.org/bericht?id=1\n    dated: 2025-08\n", "url: https://example.org\n",
         "url, dated, dated_precision"),
    ],
)  # fmt: skip
def test_a_document_that_a_published_report_cites_stands(
    item: AgendaItem, do_import: Import, refused: Refused, old: str, new: str, columns: str
) -> None:
    do_import(COMPLETE)
    head, error = refused(changed(COMPLETE, (old, new)))
    assert head == "1 error, nothing was written."
    assert error.startswith(
        "city.yaml: documents[0]: document bericht is cited by a published report, so it stands "
        f"({columns}); add a new document (line "
    )
    note = ("note: Anmerkung zum Bericht", "note: Neue Anmerkung")
    assert "changed OutsideDocument bericht: note" in do_import(changed(COMPLETE, note), verbosity=2)


def test_a_document_that_no_published_report_cites_may_change(item: AgendaItem, do_import: Import) -> None:
    file = without(COMPLETE, COMPLETE[COMPLETE.index("    reports:") : COMPLETE.index("editions:")])
    do_import(file)
    out = do_import(changed(file, ("title: Bericht\n", "title: Anderer Bericht\n")), verbosity=2)
    assert "changed OutsideDocument bericht: title" in out


def test_a_new_wording_of_a_status_leaves_old_reports_alone(item: AgendaItem, do_import: Import) -> None:
    do_import(COMPLETE)
    do_import(changed(COMPLETE, ("label: läuft", "label: in Arbeit"), ("Begonnen.", "Es wird gearbeitet.")))
    report = StatusReport.objects.select_related("status").get(number=2)
    assert (report.status.label, report.status_label, report.criterion) == ("in Arbeit", "läuft", "Begonnen.")


def test_a_report_that_the_file_leaves_out_is_kept(item: AgendaItem, do_import: Import) -> None:
    do_import(COMPLETE)
    second = COMPLETE[COMPLETE.index("      - number: 2") : COMPLETE.index("editions:")]
    out = do_import(without(COMPLETE, second))
    assert "not in the file, kept: voicebot: report 2\n" in out
    assert Measure.objects.get().reports.count() == 2


def test_nothing_is_deleted_because_it_is_absent(item: AgendaItem, do_import: Import) -> None:
    do_import(COMPLETE)
    before = everything()
    head = COMPLETE[: COMPLETE.index("target_areas:")]
    kept = do_import(without(head, head[head.index("  money:") : head.index("statuses:")])).splitlines()
    for what in (
        "target area zielfeld",
        "measure voicebot",
        "edition erste",
        "question zeitplan",
        "money item personal",
    ):
        assert any(what in line for line in kept), what
    assert everything() == before


def test_a_new_report_takes_the_next_number(item: AgendaItem, do_import: Import, refused: Refused) -> None:
    do_import(COMPLETE)
    head, line = refused(changed(COMPLETE, ("editions:\n", REPORT.format(number=4))))
    assert head == "1 error, nothing was written."
    assert line.startswith(
        "city.yaml: measures[0].reports[2].number: the next report of this measure has number 3"
    )
    assert "2 created, 0 changed" in do_import(changed(COMPLETE, ("editions:\n", REPORT.format(number=3))))


def test_a_draft_of_the_portal_is_not_overwritten(
    item: AgendaItem, do_import: Import, refused: Refused
) -> None:
    do_import(COMPLETE)
    factories.a_report(Measure.objects.get(), published=False)
    _, error = refused(changed(COMPLETE, ("editions:\n", REPORT.format(number=3))))
    assert "reports[2].number: report 3 is being written in the portal (draft)" in error


def test_a_measure_that_was_taken_back_stays_hidden(item: AgendaItem, do_import: Import) -> None:
    file = without(COMPLETE, COMPLETE[COMPLETE.index("    reports:") : COMPLETE.index("editions:")])
    do_import(file)
    Measure.objects.update(published_at=None, published_by=None)
    out = do_import(changed(file, ("summary: Ein Programm spricht.", "summary: Ein Programm redet.")))
    assert "Measure voicebot is not published; the import leaves it so" in out
    measure = Measure.objects.get()
    assert (measure.summary, measure.is_published) == ("Ein Programm redet.", False)


def test_a_quote_that_is_put_right_replaces_the_old_one(item: AgendaItem, do_import: Import) -> None:
    do_import(COMPLETE)
    number = Evidence.objects.count()
    out = do_import(
        changed(COMPLETE, ("quote: Entwicklung von Voicebots", "quote: Entwicklung")), verbosity=2
    )
    assert "changed Evidence of Measure voicebot\n" in out
    assert Measure.objects.get().evidence.get(aspect="existence").quote == "Entwicklung"
    assert Evidence.objects.count() == number


def test_a_conclusion_that_a_source_says_after_all_is_one_no_more(
    item: AgendaItem, do_import: Import
) -> None:
    do_import(COMPLETE)
    out = do_import(
        changed(COMPLETE, ("inferred: true, note: Ein Schluss.", "note: Es steht da.")), verbosity=2
    )
    assert "changed Evidence of Measure voicebot\n" in out
    evidence = Measure.objects.get().evidence.get(aspect="actual_end")
    assert (evidence.is_inferred, evidence.note) == (False, "Es steht da.")


def test_evidence_that_the_file_leaves_out_is_kept(item: AgendaItem, do_import: Import) -> None:
    do_import(COMPLETE)
    more = changed(
        COMPLETE,
        (
            "inferred: true, note: Ein Schluss.}\n",
            "inferred: true, note: Ein Schluss.}\n      - {paper: MV/11986/25}\n",
        ),
    )
    assert "1 created, 0 changed" in do_import(more)
    assert "kept: evidence of Measure voicebot: dass es die Maßnahme gibt\n" in do_import(COMPLETE)
    assert Measure.objects.get().evidence.count() == 9


def test_minutes_that_change_later_do_not_hurt_what_rests_on_them(
    item: AgendaItem, do_import: Import, refused: Refused
) -> None:
    """The source rewrites paragraph 1: what quoted it stands, but nothing new can quote the old words."""
    do_import(COMPLETE)
    Contribution.objects.filter(position=1).update(superseded_at=timezone.now())
    Contribution.objects.create(agenda_item=item, position=1, anchor="absatz-1-neu", text="Ganz anders.")
    assert "0 created, 0 changed" in do_import(COMPLETE)
    first = "    evidence:\n      - item: 1000181\n        quote: Entwicklung von Voicebots\n"
    moved = changed(COMPLETE, (first, first.replace("evidence:\n", "evidence:\n      - document: bericht\n")))
    assert "1 created, 8 changed" in do_import(moved)
    assert "0 created, 0 changed" in do_import(moved)
    new = "      - {item: 1000181, quote: Entwicklung von Voicebots, note: neu}\n"
    at = "      - {aspect: binding, paper: MV/11986/25}\n"
    _, error = refused(changed(COMPLETE, (at, new + at)))
    assert "evidence[1].quote: not found word for word in item 1000181" in error


# --- What is refused --------------------------------------------------------------------------


def cases(name: str) -> list[Any]:
    """Changes of complete.yaml, each with the error it must give."""
    rows = yaml.safe_load((DATA / name).read_text(encoding="utf-8"))
    return [pytest.param(*row, id=row[2]) for row in rows]


@pytest.mark.parametrize(("old", "new", "message"), cases("wrong_files.yaml"))
def test_what_is_wrong_with_a_file_is_named_with_its_place(old: str, new: str, message: str) -> None:
    reading = read_strategy_file(changed(COMPLETE, (old, new)).encode())
    problems = [str(problem) for problem in reading.problems]
    assert any(problem.startswith(message) for problem in problems), problems
    assert all(re.fullmatch(r"\S+: .+", problem) for problem in problems), problems


@pytest.mark.parametrize(("old", "new", "message"), cases("wrong_records.yaml"))
def test_what_the_records_do_not_bear_out_is_refused(
    item: AgendaItem, refused: Refused, old: str, new: str, message: str
) -> None:
    lines = refused(changed(COMPLETE, (old, new)))
    assert any(line.startswith(f"city.yaml: {message}") for line in lines), lines
    assert all(re.fullmatch(r"city\.yaml: \S+: .+ \(line \d+\)", line) for line in lines[1:]), lines


def test_a_table_that_no_page_could_set_is_refused() -> None:
    bomb = "|" * 300 + "\\n" + "|-" * 300 + "|" + "\\n|" * 100
    text = changed(COMPLETE, ("description: Es **spricht**.", f'description: "{bomb}"'))
    problems = [str(problem) for problem in read_strategy_file(text.encode()).problems]
    assert any("too many cells" in problem for problem in problems), problems


def test_all_errors_come_at_once_and_in_order(item: AgendaItem, refused: Refused) -> None:
    """A wrong shape hides neither a wrong reference nor a wrong quote."""
    lines = refused(
        changed(
            COMPLETE,
            ("  summary: Was die Stadt vorhat.", "  sumary: Was die Stadt vorhat."),
            ("field: feld", "field: acker"),
            ("quote: Entwicklung von Voicebots", "quote: Entwicklung von Robotern"),
            ("amount: 17170.50", "amount: viel"),
            ("paper: MV/11986/25, number: 1", "paper: MV/1/25, number: 1"),
            ("- {aspect: answer, item", "- {item"),
        )
    )
    assert [re.sub(r"^city\.yaml: ([^ ]+): .*", r"\1", line) for line in lines] == [
        "6 errors, nothing was written.",
        "strategy.sumary",
        "measures[0].field",
        "measures[0].evidence[0].quote",
        "measures[0].evidence[5].file.paper",
        "measures[0].money[0].amount",
        "questions[0].answer",
    ]


def test_the_line_is_the_line_of_the_file(item: AgendaItem, refused: Refused) -> None:
    wrong = changed(COMPLETE, ("quote: Entwicklung von Voicebots", "quote: Entwicklung von Robotern"))
    number = next(n for n, line in enumerate(wrong.splitlines(), start=1) if "Robotern" in line)
    assert refused(wrong)[1].endswith(f"(line {number})")


def test_a_source_that_is_not_public_is_none(item: AgendaItem, refused: Refused) -> None:
    AgendaItem.objects.update(public=False)
    assert any("measures[0].evidence[0]: item 1000181 is not public" in line for line in refused(COMPLETE))


def test_a_file_of_unknown_publicity_is_none(item: AgendaItem, refused: Refused) -> None:
    File.objects.update(public=None)
    (_, error) = refused(COMPLETE)
    assert "measures[0].evidence[5]: file 1 is not public" in error


def test_two_of_a_name_are_not_guessed(item: AgendaItem, refused: Refused) -> None:
    factories.a_person(title="Ratsherr", name="Grimm")
    (_, error) = refused(COMPLETE)
    assert "questions[0].asked_by: elected person 'Ratsherr Grimm' is not clear" in error


def test_an_employee_is_no_asker(item: AgendaItem, refused: Refused) -> None:
    Person.objects.filter(name="Grimm").update(kind=Person.Kind.EMPLOYEE)
    (_, error) = refused(COMPLETE)
    assert "questions[0].asked_by" in error


def test_a_changed_database_stays_as_it_was(item: AgendaItem, do_import: Import, refused: Refused) -> None:
    do_import(COMPLETE)
    refused(changed(COMPLETE, ("name: Voicebot\n", "name: Anders\n"), ("- {aspect: answer, item", "- {item")))
    assert Measure.objects.get().name == "Voicebot"


# --- Files that are none ----------------------------------------------------------------------

BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))
BAD: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "the file is empty"),
    "white space": (b" \n\n", "the file is empty"),
    "comment": (b"# nothing\n", "the file is empty"),
    "null": (b"~\n", "the file is empty"),
    "list": (b"- format: 1\n", "the file must hold keys and values at its top"),
    "text": (b"Digitalstrategie der Stadt", "the file must hold keys and values at its top"),
    "latin-1": ("name: Lüneburg".encode("latin-1"), "not in UTF-8 (byte 8)"),
    "utf-16": ("name: x".encode("utf-16"), "not in UTF-8 (byte 1)"),
    "binary": (bytes(range(256)), "not in UTF-8"),
    "zeros": (b"\0" * 100, "not YAML"),
    "pdf": (b"%PDF-1.7\n1 0 obj\n", "line 1: not YAML"),
    "cut": (b"strategy:\n  name: 'Digital", "not YAML"),
    "tabs": (b"strategy:\n\tname: x", "line 2: not YAML"),
    "bomb": (BOMB.encode(), "line 1: anchors and aliases are not allowed"),
    "alias": (b"a: *unknown\n", "anchors and aliases are not allowed"),
    "python": (b"a: !!python/object/apply:os.system [ls]\n", "line 1: tags such as !!str are not allowed"),
    "two documents": (b"a: 1\n---\nb: 2\n", "line 2: more than one YAML document"),
    "complex key": (b"? [a, b]\n: c\n", "line 1: a key must be a single word or text"),
    "deep flow": (b"a: " + b"[" * 100_000, "nested more than 20 levels deep"),
    "deep block": (
        "".join(f"{' ' * n}a:\n" for n in range(1000)).encode(),
        "nested more than 20 levels deep",
    ),
    "surrogate": (b'a: "\\ud800"\n', "not YAML"),
    "too large": (b"# " + b"x" * MAX_BYTES, "larger than 2 MB"),
    "many values": (b"a: [" + b"x," * 300_000 + b"]", "more than 200000 values"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_gives_one_clear_line(name: str, refused: Refused, db: None) -> None:
    content, reason = BAD[name]
    lines = refused(content)
    assert len(lines) == 1
    assert lines[0].startswith("city.yaml: ")
    assert reason in lines[0]


def test_fifty_megabytes_are_not_read(tmp_path: Path, db: None) -> None:
    file = tmp_path / "large.yaml"
    with file.open("wb") as stream:
        stream.truncate(50_000_000)
    with pytest.raises(CommandError, match="larger than 2 MB"):
        call_command("import_strategy", file)


@pytest.mark.parametrize("name", ["missing.yaml", "."])
def test_a_file_that_cannot_be_read(name: str, tmp_path: Path, db: None) -> None:
    with pytest.raises(CommandError, match="cannot be read: "):
        call_command("import_strategy", tmp_path / name)


@given(st.binary(max_size=300))
def test_no_bytes_bring_the_reader_down(data: bytes) -> None:
    try:
        problems = read_strategy_file(data).problems
    except Unreadable as error:
        problems = [error]
    assert problems
    assert all("\n" not in str(problem) for problem in problems)


def nodes(root: type[schema.Node] = schema.Node) -> Iterator[type[schema.Node]]:
    for node in root.__subclasses__():
        yield node
        yield from nodes(node)


KEYS = sorted({key for node in nodes() for key in node.model_fields})
VALUES = st.recursive(
    st.none() | st.text(max_size=8) | st.sampled_from(["1", "2025", "a", "true", "running", "2025-Q5"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=20,
)


@given(st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=8))
def test_no_shape_brings_the_reader_down(content: dict[str, Any]) -> None:
    data = yaml.safe_dump(content, allow_unicode=True).encode()
    try:
        reading = read_strategy_file(data)
    except Unreadable:
        return
    assert reading.file is None
    assert all("\n" not in str(problem) for problem in reading.problems)


# --- The schema -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "choices"),
    [
        (values.Aspect, Evidence.Aspect),
        (values.Certainty, Certainty),
        (values.StatusCode, Status.Code),
        (values.Binding, Measure.Binding),
        (values.Origin, Measure.Origin),
        (values.Schedule, StatusReport.Schedule),
        (values.MoneyKind, MoneyItem.Kind),
        (values.Direction, Indicator.Direction),
        (values.UnitType, Organization.Type),
    ],
)
def test_the_schema_knows_the_values_of_the_models(words: Any, choices: Any) -> None:
    assert sorted(get_args(words)) == sorted(choices.values)


def test_the_documentation_names_every_key() -> None:
    missing = {
        f"{node.__name__}.{key}" for node in nodes() for key in node.model_fields if f"`{key}`" not in FORMAT
    }
    assert missing == set()


def test_every_value_is_read_as_it_was_written() -> None:
    root = read_tree(b"a: 2025\nb: no\nc: 1_000\nd: 2025-08-20\ne:\nf: 'null'\n").root
    assert root == {"a": "2025", "b": "no", "c": "1_000", "d": "2025-08-20", "f": "null"}


# --- The demo ---------------------------------------------------------------------------------

STAFF = ("Müller", "Sauerwein", "Prigge", "Pérez", "Fernández", "Winterholler")


@pytest.fixture
def demo(db: None) -> None:
    """Lüneburg as `make demo` imports it."""
    call_command("import_allris", PAGE, stdout=StringIO())
    call_command("import_strategy", DEMO / "strategie.yaml", stdout=StringIO())


def test_the_demo_is_imported_once(demo: None) -> None:
    before = everything()
    out = StringIO()
    call_command("import_strategy", DEMO / "strategie.yaml", stdout=out)
    assert ": 0 created, 0 changed, " in out.getvalue()
    assert "kept" not in out.getvalue()
    assert everything() == before


def test_the_history_says_that_a_file_did_it(demo: None) -> None:
    contexts = {
        (event.pgh_context.metadata["role"], event.pgh_context.metadata["action"])
        for model in apps.get_app_config("strategy").get_models()
        if issubclass(model, pghistory.models.Event)
        for event in model._default_manager.select_related("pgh_context")
    }
    assert contexts == {("Import", "import_strategy")}


def test_the_demo_quotes_the_minutes(demo: None) -> None:
    quoting = Evidence.objects.exclude(quote="").select_related("contribution")
    assert quoting.count() >= 8
    for evidence in quoting:
        assert find_quote(evidence.quote, evidence.contribution.text), evidence.quote
    assert {evidence.contribution.position for evidence in quoting} >= {1, 2, 3, 4, 5, 6, 7, 12}


def test_the_demo_claims_no_more_than_the_strategy_item(demo: None) -> None:
    named = Measure.objects.filter(origin=Measure.Origin.STRATEGY)
    assert sorted(named.values_list("slug", flat=True)) == [
        "ki-schulungen",
        "ki-strassenzustand",
        "voicebot-telefonzentrale",
    ]
    assert set(named.values_list("binding", flat=True)) == {"outlook"}
    for measure in named:
        assert measure.evidence.get(aspect="existence").agenda_item_id == 1000181
    # No source puts the others into a Zielfeld.
    others = Measure.objects.filter(origin=Measure.Origin.OTHER)
    assert set(others.values_list("field__target_area", flat=True)) == {None}


def test_the_demo_shows_no_saving(demo: None) -> None:
    reference = MoneyItem.objects.get(amount=98_000_000)
    assert (reference.kind, reference.certainty) == ("reference", "stated")
    savings = MoneyItem.objects.filter(kind=MoneyItem.Kind.SAVING)
    assert [saving.amount for saving in savings] == [None]


def test_the_demo_names_no_staff_and_no_second_source_as_read() -> None:
    text = (DEMO / "strategie.yaml").read_text(encoding="utf-8")
    reading = read_strategy_file(text.encode())
    for quote in (evidence.quote for evidence in reading.evidence() if evidence.quote):
        text = re.sub(r"\s+".join(map(re.escape, quote.split())), "", text)
    assert [name for name in STAFF if name in text] == []
    assert all(document.title_is_description for document in reading.file.documents)


def test_the_demo_marks_what_it_concludes(demo: None) -> None:
    """No evidence speaks of a conclusion without being marked as one."""
    evidence = Evidence.objects.all()
    assert not evidence.filter(note__icontains="ein Schluss", is_inferred=False).exists()
    roads = Measure.objects.published().with_units_and_partners().get(slug="ki-strassenzustand")
    assert roads.inferred_aspects == ["actual_start", "partner", "responsible"]
    for name in ("milestone__measure", "observation__indicator__measure"):
        assert set(evidence.filter(**{name: roads}).values_list("is_inferred", flat=True)) == {True}


def test_the_demo_reports_a_status_only_where_its_criterion_is_met(demo: None) -> None:
    wlan = Measure.objects.get(slug="wlan-innenstadt")
    assert [report.status_id for report in wlan.reports.all()] == ["stopped"]
    assert wlan.money_items.get(slug="kosten").amount_max == 15_000
    assert not Measure.objects.get(slug="deepl-uebersetzung").responsible_units.exists()
    assert Question.objects.counts() == {"open": 0, "partial": 1, "answered": 2}
