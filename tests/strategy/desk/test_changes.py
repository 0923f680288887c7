"""Changes of what is public: listed, shown field by field, released by a second person, returned, withdrawn."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from portal.editing import Values
from portal.models import User
from portal.roles import Role
from strategy.actions import create, effective, propose_evidence, remove, save
from strategy.desk.changes import differences
from strategy.models import Change, Evidence, Measure, MeasureLink, Partner
from tests import factories
from tests.signed_in import client_for, client_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> User:
    return factories.an_editor()


@pytest.fixture
def releaser() -> Client:
    return client_with(Role.RELEASER)


def address(change: Change) -> str:
    return reverse("desk:change", args=[change.pk])


def changed(obj: Any, by: User, *, batch: Any = None, note: str = "", **values: Any) -> Change:
    saved = save(obj=obj, values=values, base=effective(obj), by=by, batch=batch, note=note)
    assert saved.change is not None
    return saved.change


@pytest.fixture
def measure() -> Measure:
    return factories.a_measure(
        name="Alt", summary="Ein Satz, der lang genug ist, um Wort für Wort verglichen zu werden."
    )


# The ladder


@pytest.mark.parametrize("role", [Role.EDITOR, Role.RELEASER])
def test_list_and_change_are_shown_to_who_writes_and_who_releases(
    measure: Measure, editor: User, role: Role
) -> None:
    change = changed(measure, editor, name="Neu")
    client = client_with(role)
    assert "Alt" in client.get(reverse("desk:changes")).content.decode()
    response = client.get(address(change))
    assert response.status_code == 200
    assert response.content.count(b"<h1") == 1


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.ADMINISTRATOR])
def test_others_do_not_see_them(measure: Measure, editor: User, role: Role) -> None:
    change = changed(measure, editor, name="Neu")
    client = client_with(role)
    assert client.get(reverse("desk:changes")).status_code == 403
    assert client.get(address(change)).status_code == 403
    assert client.post(address(change), {"schritt": "freigeben"}).status_code == 403
    assert Client().get(address(change)).status_code == 302


def test_what_is_not_there_and_wrong_methods(releaser: Client) -> None:
    assert releaser.get("/redaktion/aenderungen/999999/").status_code == 404
    assert releaser.get("/redaktion/aenderungen/99999999999999999999999/").status_code == 404
    assert releaser.get("/redaktion/aenderungen/eins/").status_code == 404
    assert releaser.post("/redaktion/aenderungen/").status_code == 405
    assert releaser.get("/redaktion/aenderungen/freigeben/").status_code == 405
    assert releaser.get("/redaktion/aenderungen/?page=99").status_code == 404


def test_an_editor_neither_releases_nor_returns(measure: Measure, editor: User) -> None:
    change = changed(measure, editor, name="Neu")
    client = client_with(Role.EDITOR)
    for step in ("freigeben", "zurueckgeben"):
        html = client.post(address(change), {"schritt": step, "grund": "weil"}).content.decode()
        assert "fehlt Ihnen das Recht" in html
    assert client.post(reverse("desk:changes-release"), {"aenderung": change.pk}).status_code == 403
    measure.refresh_from_db()
    assert measure.name == "Alt"


# What is shown


def test_short_values_stand_side_by_side_and_long_texts_word_by_word(
    measure: Measure, editor: User, releaser: Client
) -> None:
    change = changed(
        measure,
        editor,
        name="Neu",
        summary=measure.summary.replace("verglichen", "gegenübergestellt"),
        note="Darum",
    )
    html = releaser.get(address(change)).content.decode()
    assert "<del>Alt</del>" in html
    assert "<ins>Neu</ins>" in html
    assert "entfernt: </span>verglichen" in html
    assert "neu: </span>gegenübergestellt" in html
    assert "Darum" in html


def test_numbers_and_codes_are_shown_as_words(measure: Measure, editor: User) -> None:
    other = factories.a_field(name="Verkehr")
    partner = Partner.objects.create(slug="verein", name="Verein")
    change = changed(
        measure,
        editor,
        field=other.pk,
        partners=[partner.pk],
        binding="decided",
        binding_reason="Beschluss",
        planned_end="2026-Q3",
        is_working_title=True,
    )
    shown = {row.label: (row.old, row.new) for row in differences([change])[change.pk]}
    assert shown == {
        "Handlungsfeld": (str(measure.field), "Verkehr"),
        "Partner": ("leer", "Verein"),
        "Verbindlichkeit": ("nicht bekannt", "beschlossen"),
        "Grund der Einstufung": ("leer", "Beschluss"),
        "Geplantes Ende": ("leer", "3. Quartal 2026"),
        "Arbeitstitel": ("nein", "ja"),
    }


def test_a_row_that_is_gone_is_said_to_be_gone(measure: Measure, editor: User, releaser: Client) -> None:
    partner = Partner.objects.create(slug="verein", name="Verein")
    change = changed(measure, editor, partners=[partner.pk])
    partner.delete()
    assert "nicht mehr da" in releaser.get(address(change)).content.decode()
    html = releaser.post(address(change), {"schritt": "freigeben"}).content.decode()
    assert "passt nicht mehr" in html
    change.refresh_from_db()
    assert change.state == "open"


def test_text_of_people_is_shown_and_not_run(measure: Measure, editor: User, releaser: Client) -> None:
    change = changed(measure, editor, name="<script>alert(1)</script>", note="<img src=x>")
    html = releaser.get(address(change)).content.decode()
    assert "<script>alert" not in html
    assert "<img src=x>" not in html


def test_new_things_and_evidence_are_shown_in_words(measure: Measure, editor: User, releaser: Client) -> None:
    values: Values = {"measure": measure.pk, "title": "Dienst", "url": "https://example.org/", "position": 0}
    link = create(model=MeasureLink, values=values, by=editor).change
    item = factories.an_item()
    evidence = propose_evidence(
        subject=measure, values={"measure": measure.pk, "agenda_item": item.pk}, by=editor
    )
    assert link is not None
    html = releaser.get(address(link)).content.decode()
    assert "Das kommt dazu" in html
    assert "https://example.org/" in html
    html = releaser.get(address(evidence)).content.decode()
    assert item.title in html
    for change in (link, evidence):
        assert (
            "Übernommen"
            in releaser.post(address(change), {"schritt": "freigeben"}, follow=True).content.decode()
        )
    assert MeasureLink.objects.get().measure == measure
    assert Evidence.objects.get().agenda_item == item


def test_what_changed_since_is_named(measure: Measure, editor: User, releaser: Client) -> None:
    change = changed(measure, editor, name="Neu")
    Measure.objects.filter(pk=measure.pk).update(name="Dritter Name")
    html = releaser.get(address(change)).content.decode()
    assert "Das passt nicht mehr" in html
    assert "Betroffen: Name" in html


# What becomes of it


def test_a_second_person_releases(measure: Measure, editor: User, releaser: Client) -> None:
    change = changed(measure, editor, name="Neu")
    html = releaser.post(address(change), {"schritt": "freigeben"}, follow=True).content.decode()
    assert "Das sehen jetzt alle" in html
    measure.refresh_from_db()
    assert measure.name == "Neu"
    assert "schon entschieden" in releaser.post(address(change), {"schritt": "freigeben"}).content.decode()


def test_nobody_releases_their_own(measure: Measure) -> None:
    both = factories.an_account(Role.EDITOR, Role.RELEASER)
    client = client_for(both)
    change = changed(measure, both, name="Neu")
    assert "Freigeben muss sie eine andere Person" in client.get(address(change)).content.decode()
    html = client.post(address(change), {"schritt": "freigeben"}).content.decode()
    assert "muss es eine andere Person" in html
    measure.refresh_from_db()
    assert measure.name == "Alt"


def test_who_wrote_a_part_of_it_is_told_so(measure: Measure, editor: User) -> None:
    both = factories.an_account(Role.EDITOR, Role.RELEASER)
    changed(measure, both, name="Meins")
    change = changed(measure, editor, summary="Anderes")
    html = client_for(both).get(address(change)).content.decode()
    assert "Sie haben an dieser Änderung mitgeschrieben." in html
    assert 'value="freigeben"' not in html


def test_a_return_needs_a_reason_and_tells_it(measure: Measure, editor: User, releaser: Client) -> None:
    change = changed(measure, editor, name="Neu")
    assert (
        "nennen Sie den Grund"
        in releaser.post(address(change), {"schritt": "zurueckgeben", "grund": " "}).content.decode()
    )
    for bad in ("x" * 2001, "a\0b"):
        html = releaser.post(address(change), {"schritt": "zurueckgeben", "grund": bad}).content.decode()
        assert "höchstens 2000" in html
    releaser.post(address(change), {"schritt": "zurueckgeben", "grund": "Bitte mit Quelle"})
    change.refresh_from_db()
    assert (change.state, change.decision_reason) == ("returned", "Bitte mit Quelle")
    assert "Bitte mit Quelle" in client_for(editor).get(address(change)).content.decode()


def test_editors_withdraw(measure: Measure, editor: User) -> None:
    change = changed(measure, editor, name="Neu")
    client_for(editor).post(address(change), {"schritt": "zurueckziehen"})
    change.refresh_from_db()
    assert change.state == "withdrawn"


@pytest.mark.parametrize("step", ["", "loeschen", "freigeben\0"])
def test_an_unknown_step_does_nothing(measure: Measure, editor: User, releaser: Client, step: str) -> None:
    change = changed(measure, editor, name="Neu")
    assert "Bitte wählen Sie" in releaser.post(address(change), {"schritt": step}).content.decode()
    change.refresh_from_db()
    assert change.state == "open"


def test_a_removal_is_released(measure: Measure, editor: User, releaser: Client) -> None:
    link = MeasureLink.objects.create(measure=measure, title="Dienst", url="https://example.org/")
    change = remove(obj=link, by=editor)
    assert change is not None
    html = releaser.get(address(change)).content.decode()
    assert "Das wird entfernt" in html
    assert "Dienst" in html
    releaser.post(address(change), {"schritt": "freigeben"})
    assert not MeasureLink.objects.exists()


# The list


def titles(client: Client, query: str) -> set[int]:
    return {change.pk for change in client.get(reverse("desk:changes") + query).context["page"]}


def test_the_list_is_narrowed(measure: Measure, editor: User, releaser: Client) -> None:
    batch = uuid4()
    other = factories.a_measure()
    mine, theirs = (
        changed(measure, editor, name="Neu"),
        changed(other, factories.an_editor(), name="X", batch=batch),
    )
    client = client_for(editor)
    assert titles(client, "") == {mine.pk, theirs.pk}
    assert titles(client, "?stand=meine") == {mine.pk}
    assert titles(client, f"?massnahme={other.slug}") == {theirs.pk}
    assert titles(client, f"?tabelle={batch}") == {theirs.pk}
    releaser.post(address(mine), {"schritt": "freigeben"})
    assert titles(client, "") == {theirs.pk}
    assert titles(client, "?stand=entschieden") == {mine.pk}


@pytest.mark.parametrize(
    "query", ["?stand=%00", "?massnahme=%00", "?tabelle=quatsch", "?tabelle=%00", "?stand=x&page=1"]
)
def test_a_strange_address_shows_the_open_ones(measure: Measure, editor: User, query: str) -> None:
    change = changed(measure, editor, name="Neu")
    assert titles(client_for(editor), query) == {change.pk}


def test_the_list_asks_as_many_questions_for_many_as_for_one(
    editor: User, releaser: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    batch = uuid4()
    for number in range(6):
        changed(
            factories.a_measure(),
            editor,
            batch=batch,
            name=f"Neu {number}",
            field=factories.a_field().pk,
            partners=[Partner.objects.create(slug=f"p{number}", name="P").pk],
        )
    with django_assert_max_num_queries(12):
        releaser.get(reverse("desk:changes"))
    with django_assert_max_num_queries(15):
        releaser.get(reverse("desk:changes"), {"tabelle": str(batch)})


def test_several_of_one_spreadsheet_are_released_at_once_and_own_ones_are_named(editor: User) -> None:
    batch = uuid4()
    both = factories.an_account(Role.EDITOR, Role.RELEASER)
    first, second = factories.a_measure(), factories.a_measure()
    theirs = changed(first, editor, name="Neu 1", batch=batch)
    own = changed(second, both, name="Neu 2", batch=batch)
    client = client_for(both)
    html = client.get(reverse("desk:changes"), {"tabelle": str(batch)}).content.decode()
    assert f'value="{theirs.pk}" checked' in html
    assert f'value="{own.pk}"' not in html
    html = client.post(
        reverse("desk:changes-release"),
        {"aenderung": [theirs.pk, own.pk, "x", "9" * 40], "tabelle": str(batch)},
        follow=True,
    ).content.decode()
    assert "1 Änderung übernommen" in html
    assert "Nicht übernommen" in html
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.name == "Neu 1"
    assert second.name != "Neu 2"


def test_nothing_chosen_is_told(releaser: Client) -> None:
    html = releaser.post(
        reverse("desk:changes-release"), {"tabelle": "quatsch"}, follow=True
    ).content.decode()
    assert "keine Änderung ausgewählt" in html
