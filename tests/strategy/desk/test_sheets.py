"""/redaktion/tabelle/: out, compared, and in again, with nothing taken on trust."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from portal.models import Notice
from portal.roles import Role
from strategy.actions import SheetRow, take_sheet
from strategy.models import Change, Measure
from strategy.sheets.read import read
from strategy.sheets.stand import stand
from strategy.sheets.write import csv_file, xlsx
from tests import factories
from tests.signed_in import client_for, client_with
from tests.strategy.sheets.files import csv_bytes, edited

pytestmark = pytest.mark.django_db
PAGE = "/redaktion/tabelle/"
COMPARE = f"{PAGE}vergleich/"
TAKE = f"{PAGE}uebernehmen/"


@pytest.fixture
def measure() -> Measure:
    return factories.a_measure(name="Voicebot", slug="voicebot", summary="Anrufe.")


@pytest.fixture
def editor() -> Client:
    return client_with(Role.EDITOR)


def table() -> bytes:
    return xlsx(stand().lines())


def upload(client: Client, data: bytes, name: str = "massnahmen.xlsx") -> Any:
    return client.post(COMPARE, {"tabelle": SimpleUploadedFile(name, data)})


def text(response: Any) -> str:
    assert response.status_code == 200
    words: str = response.content.decode()
    return words


def take(client: Client, compared: Any, *boxes: str) -> Any:
    return client.post(TAKE, {"inhalt": compared.context["content"], "nehmen": list(boxes)}, follow=True)


# Out


def test_the_page_is_the_dictionary_of_columns(editor: Client) -> None:
    page = text(editor.get(PAGE))
    for words in (
        "Kurzadresse",
        "Verbindlichkeit",
        "nicht bekannt, Ausblick, beschlossen, finanziert",
        "Fassung",
    ):
        assert words in page


def test_all_measures_go_out(editor: Client, measure: Measure) -> None:
    factories.a_measure(published=False, name="Entwurf")
    for name, start in (("sheet-xlsx", b"PK"), ("sheet-csv", b"\xef\xbb\xbfKurzadresse;Name")):
        response = editor.get(reverse(f"desk:{name}"))
        assert response.status_code == 200
        assert response.content.startswith(start)
        assert response["Content-Disposition"].startswith('attachment; filename="massnahmen-20')
        assert response["Cache-Control"] == "private, no-store"
        assert {row.cells["name"].value for row in read(response.content).rows} == {"Voicebot", "Entwurf"}


def test_queries_of_the_download_do_not_grow(
    editor: Client, measure: Measure, django_assert_num_queries: DjangoAssertNumQueries,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    address = reverse("desk:sheet-csv")
    editor.get(address)
    with django_assert_max_num_queries(16) as few:
        editor.get(address)
    for _ in range(20):
        factories.a_report(factories.a_measure())
    with django_assert_num_queries(len(few)):
        editor.get(address)


# In


def test_nothing_changes_before_the_second_button(editor: Client, measure: Measure) -> None:
    page = text(
        upload(
            editor,
            edited(table(), {(2, "Name"): "Sprachassistent", (2, "In einem Satz"): "Anrufe nimmt es an."}),
        )
    )
    assert "2 Zellen sind anders" in page
    assert "Zeile 2, Spalte B<" in page
    assert "Sprachassistent" in page
    assert "nimmt" in page
    assert not Change.objects.exists()


def test_of_what_is_public_a_change_waits(editor: Client, measure: Measure) -> None:
    page = text(take(editor, upload(editor, edited(table(), {(2, "Name"): "Sprachassistent"}))))
    assert "1 Änderung wartet auf Freigabe" in page
    measure.refresh_from_db()
    assert measure.name == "Voicebot"


def test_the_changes_of_a_table_are_one_batch_and_one_notice(measure: Measure) -> None:
    other, releaser, user = factories.a_measure(), factories.a_releaser(), factories.an_editor()
    rows = [
        SheetRow(number, row.pk, {"name": row.name}, {"name": f"{row.name} neu"})
        for number, row in enumerate((measure, other), 2)
    ]
    assert take_sheet(rows=rows, by=user).changes == 2
    changes = Change.objects.order_by("pk")
    assert [change.object_id for change in changes] == [measure.pk, other.pk]
    assert changes[0].batch == changes[1].batch is not None
    assert (
        Notice.objects.get(recipient=releaser).text == "Aus einer Tabelle warten 2 Änderungen auf Freigabe."
    )


def test_the_notice_of_one_change_speaks_of_one(measure: Measure) -> None:
    releaser, user = factories.a_releaser(), factories.an_editor()
    take_sheet(rows=[SheetRow(2, measure.pk, {"name": measure.name}, {"name": "Neu"})], by=user)
    assert Notice.objects.get(recipient=releaser).text == "Aus einer Tabelle wartet 1 Änderung auf Freigabe."


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ({"name": "Telefon"}, "Eine Zelle hat inzwischen auch jemand anders geändert."),
        (
            {"name": "Telefon", "summary": "Rufe."},
            "2 Zellen hat inzwischen auch jemand anders geändert.",
        ),
    ],
)
def test_cells_that_both_changed_are_counted(
    editor: Client, measure: Measure, others: dict[str, str], words: str
) -> None:
    data = edited(table(), {(2, "Name"): "Sprachassistent", (2, "In einem Satz"): "Antwortet."})
    Measure.objects.filter(pk=measure.pk).update(**others)
    assert words in text(upload(editor, data))


def test_what_nobody_can_read_changes_at_once(editor: Client) -> None:
    measure = factories.a_measure(published=False)
    page = text(take(editor, upload(editor, edited(table(), {(2, "Geplanter Beginn"): "2026-Q3"}))))
    assert "1 Maßnahme ist geändert" in page
    measure.refresh_from_db()
    assert measure.planned_start_precision == "quarter"


def test_a_new_row_is_a_measure_that_nobody_sees_yet(editor: Client, measure: Measure) -> None:
    data = csv_bytes(["Kurzadresse", "Name", "Handlungsfeld"], ["", "Neue Maßnahme", measure.field.slug])
    compared = upload(editor, data, "neu.csv")
    assert "neue Maßnahme, noch nicht öffentlich" in text(compared)
    assert "1 Maßnahme ist neu angelegt" in text(take(editor, compared))
    made = Measure.objects.get(name="Neue Maßnahme")
    assert (made.slug, made.is_published) == ("neue-massnahme", False)
    # The same button once more, or the same file: nothing doubles.
    assert "gibt es inzwischen" in text(take(editor, compared))
    assert "gibt es in diesem Handlungsfeld schon" in text(upload(editor, data, "neu.csv"))
    assert Measure.objects.count() == 2


def test_out_and_in_is_no_difference(editor: Client, measure: Measure) -> None:
    assert "Kein Unterschied" in text(upload(editor, table()))
    assert "Kein Unterschied" in text(upload(editor, csv_file(stand().lines()), "massnahmen.csv"))


def test_more_changes_than_one_click_can_write_are_refused_before_anything_is_offered(
    editor: Client, measure: Measure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("strategy.desk.sheets.MOST_CHANGED", 1)
    factories.a_measure()
    data = edited(table(), {(2, "In einem Satz"): "Neu.", (3, "In einem Satz"): "Neu."})
    html = text(upload(editor, data))
    assert "Die Tabelle ändert 2 Maßnahmen, auf einmal gehen 1." in html
    assert TAKE not in html


def test_every_error_is_shown_and_nothing_is_offered(editor: Client, measure: Measure) -> None:
    page = text(upload(editor, edited(table(), {(2, "Name"): None, (2, "Verbindlichkeit"): "vielleicht"})))
    assert "Zeile 2, Spalte B (Name): Diese Zelle darf nicht leer sein." in page
    assert "Zeile 2, Spalte I (Verbindlichkeit): „vielleicht“ gibt es hier nicht." in page
    assert 'name="inhalt"' not in page


def test_a_formula_is_pointed_out(editor: Client, measure: Measure) -> None:
    page = text(upload(editor, edited(table(), {(2, "In einem Satz"): "=1+1"})))
    assert "In der Zelle steht eine Formel" in page


def test_hostile_words_are_text(editor: Client, measure: Measure) -> None:
    page = text(upload(editor, edited(table(), {(2, "Name"): "<script>alert(1)</script>"})))
    assert "<script>alert" not in page


# What changed meanwhile


def test_what_somebody_saved_meanwhile_is_shown_again(editor: Client, measure: Measure) -> None:
    compared = upload(editor, edited(table(), {(2, "Name"): "Sprachassistent"}))
    Measure.objects.filter(pk=measure.pk).update(name="Telefon-Assistent")
    again = take(editor, compared)
    page = text(again)
    assert "Noch nichts übernommen" in page
    assert "Telefon-Assistent" in page
    assert not Change.objects.exists()
    # Without a cross nothing of it is taken, with one it is.
    assert "Es gab nichts zu übernehmen." in text(take(editor, again))
    assert "1 Änderung wartet auf Freigabe" in text(take(editor, again, "2-name"))
    assert Change.objects.get().values == {"name": "Sprachassistent"}


def test_one_row_that_cannot_be_written_stops_all(editor: Client, measure: Measure) -> None:
    draft = factories.a_measure(name="Entwurf", published=False)
    names = [row.cells["name"].value for row in read(table()).rows]
    edits = {(2 + names.index(name), "Name"): f"{name} neu" for name in ("Voicebot", "Entwurf")}
    compared = upload(editor, edited(table(), edits))
    Measure.objects.filter(pk=draft.pk).delete()
    assert "Diese Maßnahme gibt es nicht mehr." in text(take(editor, compared))
    assert not Change.objects.exists()


def test_a_double_click_writes_once(editor: Client, measure: Measure) -> None:
    compared = upload(editor, edited(table(), {(2, "Name"): "Sprachassistent"}))
    take(editor, compared)
    assert "Es gab nichts zu übernehmen." in text(take(editor, compared))
    assert Change.objects.count() == 1


# No trust in what is sent


def test_only_what_was_shown_to_this_account_is_written(
    editor: Client, measure: Measure, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = upload(editor, edited(table(), {(2, "Name"): "Sprachassistent"})).context["content"]
    for client, sent in (
        (editor, ""),
        (editor, content[:-1] + ("A" if content[-1] != "A" else "B")),
        (client_with(Role.EDITOR), content),
    ):
        page = text(client.post(TAKE, {"inhalt": sent}))
        assert "zu alt oder wurde verändert" in page
    later = timezone.now().timestamp() + 25 * 60 * 60
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)
    assert "zu alt oder wurde verändert" in text(editor.post(TAKE, {"inhalt": content}))
    assert not Change.objects.exists()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "leer"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 99, ".xls"),
        (b"x" * 2_100_000, "2 MB"),
        (b"a;b\n1;2", "fehlt"),
    ],
)
def test_what_is_no_table_is_refused(editor: Client, data: bytes, words: str) -> None:
    page = text(upload(editor, data))
    assert "Die Datei passt nicht" in page
    assert words in page


def test_without_a_file(editor: Client) -> None:
    assert "Bitte wählen Sie eine Datei aus." in text(editor.post(COMPARE, {}))
    assert "Bitte wählen Sie eine Datei aus." in text(editor.post(COMPARE, {"tabelle": "x"}))


# Who may


@pytest.mark.parametrize("name", ["sheets", "sheet-xlsx", "sheet-csv"])
def test_who_reads(client: Client, measure: Measure, name: str) -> None:
    address = reverse(f"desk:{name}")
    assert client.get(address).status_code == 302
    assert client_with(Role.RELEASER).get(address).status_code == 200
    for role in (Role.REVIEWER, Role.ADMINISTRATOR):
        assert client_with(role).get(address).status_code == 403
    assert client_with(Role.EDITOR).post(address).status_code == 405


@pytest.mark.parametrize("address", [COMPARE, TAKE])
def test_who_writes(client: Client, measure: Measure, address: str) -> None:
    assert client.post(address).status_code == 403
    for role in (Role.REVIEWER, Role.ADMINISTRATOR, Role.RELEASER):
        assert client_with(role).post(address).status_code == 403
    assert client_with(Role.EDITOR).get(address).status_code == 405


def test_who_only_releases_is_offered_no_upload(measure: Measure) -> None:
    assert "Hochladen" not in text(client_with(Role.RELEASER).get(PAGE))


def test_a_form_of_somebody_else_changes_nothing(measure: Measure) -> None:
    client = client_for(factories.an_editor(), enforce_csrf_checks=True)
    assert upload(client, table()).status_code == 403
