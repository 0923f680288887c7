"""The desk's pages of measures, of all that belongs to them, and of the strategy."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from portal.models import User
from portal.roles import Role
from strategy.models import (
    Change,
    Edition,
    FieldOfAction,
    Indicator,
    Measure,
    MeasureLink,
    Milestone,
    MoneyItem,
    Observation,
    Partner,
    Strategy,
    TargetArea,
)
from tests import factories
from tests.sessions.council import a_paper
from tests.signed_in import client_for, client_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> User:
    return factories.an_editor()


@pytest.fixture
def client(editor: User) -> Client:
    return client_for(editor)


def url(name: str, *args: Any) -> str:
    return reverse(f"desk:{name}", args=args)


def sent(client: Client, address: str, **changed: Any) -> dict[str, Any]:
    """What a browser would send of the form at `address`, with some fields filled in otherwise."""
    form = client.get(address).context["form"]
    data: dict[str, Any] = {} if form.is_new else {form.base_name: form.sealed_base}
    for name in form.fields:
        value = form[name].value()
        if value is True:
            data[name] = "on"
        elif isinstance(value, list):
            data[name] = value
        elif value is not None and value is not False:
            data[name] = str(value)
    return data | changed


def save(client: Client, address: str, **changed: Any) -> Any:
    return client.post(address, sent(client, address, **changed), follow=True)


def with_everything(*, published: bool) -> Measure:
    """A measure with one of each thing that belongs to it."""
    measure = factories.a_measure(published=published)
    Milestone.objects.create(measure=measure, slug="start", name="Start")
    indicator = Indicator.objects.create(measure=measure, slug="nutzung", name="Nutzung", unit="Prozent")
    Observation.objects.create(
        indicator=indicator, observed="2025-01-01", observed_precision="year", value=12, certainty="actual"
    )
    MoneyItem.objects.create(
        measure=measure, slug="kosten", name="Kosten", kind="cost", amount=5, certainty="budgeted", year=2025
    )
    MeasureLink.objects.create(measure=measure, title="Dienst", url="https://example.org/")
    return measure


def edit_of(word: str, measure: Measure) -> str:
    indicator = measure.indicators.get()
    objects: dict[str, Any] = {
        "meilenstein": measure.milestones.get,
        "kennzahl": lambda: indicator,
        "messwert": indicator.observations.get,
        "finanzposition": measure.money_items.get,
        "link": measure.links.get,
    }
    return url("edit", word, objects[word]().pk if word in objects else measure.pk)


# The ladder

PAGES = [
    ("measures", lambda measure: ()),
    ("strategy", lambda measure: ()),
    ("measure", lambda measure: (measure.slug,)),
]
EDITOR_PAGES = [
    ("new", lambda measure: ("massnahme",)),
    ("new", lambda measure: ("meilenstein", measure.pk)),
    ("edit", lambda measure: ("massnahme", measure.pk)),
    ("remove", lambda measure: ("massnahme", measure.pk)),
]


@pytest.mark.parametrize(("name", "args"), [*PAGES, *EDITOR_PAGES])
def test_editors_see_the_page(client: Client, name: str, args: Any) -> None:
    # A public measure stands; there is no page to remove it.
    response = client.get(url(name, *args(with_everything(published=name != "remove"))))
    assert response.status_code == 200
    assert response.content.count(b"<h1") == 1
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("name", "args"), [*PAGES, *EDITOR_PAGES, ("publish", lambda m: ("massnahme", m.pk))]
)
def test_strangers_are_sent_to_sign_in(name: str, args: Any) -> None:
    response = Client().get(url(name, *args(factories.a_measure())))
    assert response.status_code == 302
    assert "next=" in response["Location"]


@pytest.mark.parametrize(
    ("name", "args"), [*PAGES, *EDITOR_PAGES, ("publish", lambda m: ("massnahme", m.pk))]
)
def test_council_members_have_no_business_here(name: str, args: Any) -> None:
    assert client_with(Role.REVIEWER).get(url(name, *args(factories.a_measure()))).status_code == 403


@pytest.mark.parametrize(("name", "args"), EDITOR_PAGES)
def test_who_only_releases_does_not_write(name: str, args: Any) -> None:
    address = url(name, *args(factories.a_measure()))
    assert client_with(Role.RELEASER).get(address).status_code == 403
    assert client_with(Role.RELEASER).post(address).status_code == 403


def test_who_only_writes_does_not_publish(client: Client) -> None:
    measure = factories.a_measure(published=False)
    assert client.post(url("publish", "massnahme", measure.pk)).status_code == 403
    measure.refresh_from_db()
    assert not measure.is_published


@pytest.mark.parametrize(("name", "args"), PAGES)
def test_pages_that_only_show_refuse_writing(client: Client, name: str, args: Any) -> None:
    assert client.post(url(name, *args(factories.a_measure()))).status_code == 405


@pytest.mark.parametrize(
    "address",
    [
        "/redaktion/massnahmen/gibt-es-nicht/",
        "/redaktion/bearbeiten/massnahme/999999999/",
        "/redaktion/bearbeiten/massnahme/99999999999999999999999999/",
        "/redaktion/bearbeiten/konto/1/",
        "/redaktion/bearbeiten/massnahme/eins/",
        "/redaktion/neu/meilenstein/",
        "/redaktion/neu/meilenstein/999999999/",
        "/redaktion/neu/massnahme/1/",
        "/redaktion/neu/zeitplan/",
        "/redaktion/entfernen/zeitplan/1/",
        "/redaktion/entfernen/konto/1/",
        "/redaktion/entfernen/meilenstein/999999999/",
        "/redaktion/massnahmen/?page=999",
    ],
)
def test_what_is_not_there_is_404(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404
    assert Client().get(address).status_code in (302, 404)


@pytest.mark.parametrize("word", ["zeitplan", "meilenstein", "konto"])
def test_only_whole_things_with_a_publication_are_published(word: str) -> None:
    assert client_with(Role.RELEASER).get(url("publish", word, 1)).status_code == 404


# Query counts


def test_the_list_asks_few_questions(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(5):
        factories.a_report(with_everything(published=True))
    with django_assert_max_num_queries(12):
        client.get(url("measures"))


def test_the_hub_asks_as_many_questions_for_many_things_as_for_one(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    measure = with_everything(published=True)
    for number in range(5):
        factories.a_report(measure)
        Milestone.objects.create(measure=measure, slug=f"m-{number}", name=f"Stein {number}")
        item = factories.an_item()
        factories.evidence(item, measure=measure)
        factories.evidence(item, milestone=measure.milestones.last())
    with django_assert_max_num_queries(26):
        client.get(url("measure", measure.slug))


def test_the_strategy_asks_few_questions(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(5):
        factories.a_measure(field=factories.a_field())
    with django_assert_max_num_queries(20):
        client.get(url("strategy"))


# The list


def names_in(client: Client, query: str) -> set[str]:
    return {measure.name for measure in client.get(url("measures") + query).context["page"]}


def test_the_list_is_narrowed_to_mine_drafts_waiting_and_words(client: Client, editor: User) -> None:
    mine = factories.a_measure(name="Meins")
    mine.editors.add(editor)
    factories.a_report(factories.a_measure(name="Mit Entwurf"), published=False)
    factories.a_measure(name="Ungesehen", published=False)
    waiting = factories.a_measure(name="Wartend")
    save(client, url("edit", "massnahme", waiting.pk), summary="Neu")
    assert names_in(client, "") == {"Meins", "Mit Entwurf", "Ungesehen", "Wartend"}
    assert names_in(client, "?betreut=meine") == {"Meins"}
    assert names_in(client, "?bericht=draft") == {"Mit Entwurf"}
    assert names_in(client, "?oeffentlich=nein") == {"Ungesehen"}
    assert names_in(client, "?wartet=ja") == {"Wartend"}
    assert names_in(client, "?q=unges") == {"Ungesehen"}
    assert names_in(client, "?betreut=nonsens&q=%00") == {"Meins", "Mit Entwurf", "Ungesehen", "Wartend"}


# Unpublished: at once. Public: a change.

WORDS = {
    "massnahme": {"name": "Neuer Name"},
    "zeitplan": {"planned_end": "Q3 2027"},
    "verbindlichkeit": {"binding": "decided", "binding_reason": "Ratsbeschluss"},
    "meilenstein": {"reached": "Juli 2025"},
    "kennzahl": {"unit": "Anzahl"},
    "messwert": {"value": "1.234,5"},
    "finanzposition": {"amount": "98.000"},
    "link": {"url": "https://example.org/neu"},
}


@pytest.mark.parametrize("word", WORDS)
def test_what_nobody_can_read_yet_changes_at_once(client: Client, word: str) -> None:
    measure = with_everything(published=False)
    address = edit_of(word, measure)
    assert "gilt sofort" in client.get(address).content.decode()
    html = save(client, address, **WORDS[word]).content.decode()
    assert "Gespeichert." in html
    assert not Change.objects.exists()
    assert client.get(address).context["form"].stands != {}


@pytest.mark.parametrize("word", WORDS)
def test_what_is_public_waits_for_a_second_person(client: Client, word: str) -> None:
    measure = with_everything(published=True)
    address = edit_of(word, measure)
    before = client.get(address)
    assert "wartet auf eine zweite Person" in before.content.decode()
    html = save(client, address, **WORDS[word], why="Tippfehler").content.decode()
    assert "Zur Freigabe vorgelegt" in html
    change = Change.objects.get()
    assert change.note == "Tippfehler"
    assert set(change.values) == set(WORDS[word])
    assert change.measure == measure
    shown = client.get(address)
    assert "Dazu wartet schon eine Änderung" in shown.content.decode()
    assert shown.context["form"].stands == before.context["form"].stands | change.values


def test_saving_without_a_difference_changes_nothing(client: Client) -> None:
    measure = with_everything(published=True)
    for word in WORDS:
        assert "Es war nichts zu ändern" in save(client, edit_of(word, measure)).content.decode()
    assert not Change.objects.exists()


def test_units_and_partners_wait_and_editors_hold_at_once(client: Client, editor: User) -> None:
    measure = factories.a_measure()
    partner = Partner.objects.create(slug="verein", name="Verein")
    save(
        client,
        url("edit", "zustaendigkeit", measure.pk),
        partners=[str(partner.pk)],
        editors=[str(editor.pk)],
    )
    assert Change.objects.get().values == {"partners": [partner.pk]}
    assert list(measure.editors.all()) == [editor]
    assert not measure.partners.exists()


NEW: dict[str, tuple[type[Any], dict[str, str]]] = {
    "meilenstein": (Milestone, {"name": "Ziel", "planned": "2027"}),
    "kennzahl": (Indicator, {"name": "Nutzende", "unit": "Personen"}),
    "finanzposition": (MoneyItem, {"name": "Förderung", "kind": "grant", "amount": "5", "certainty": "actual", "year": "2025"}),
    "link": (MeasureLink, {"title": "Dienst", "url": "https://example.org/b"}),
}  # fmt: skip


@pytest.mark.parametrize("word", NEW)
def test_new_things_of_a_draft_are_there_at_once(client: Client, word: str) -> None:
    model, fields = NEW[word]
    measure = factories.a_measure(published=False)
    assert "Gespeichert." in save(client, url("new", word, measure.pk), **fields).content.decode()
    assert model.objects.get().measure == measure


@pytest.mark.parametrize("word", NEW)
def test_new_things_of_a_public_measure_wait(client: Client, word: str) -> None:
    model, fields = NEW[word]
    measure = factories.a_measure()
    html = save(client, url("new", word, measure.pk), **fields).content.decode()
    assert "Zur Freigabe vorgelegt" in html
    assert not model.objects.exists()
    assert Change.objects.get().action == "create"


def test_a_new_observation_belongs_to_its_indicator(client: Client) -> None:
    indicator = with_everything(published=False).indicators.get()
    address = url("new", "messwert", indicator.pk)
    save(client, address, observed="Q1 2026", value="17", certainty="actual")
    assert indicator.observations.count() == 2
    again = save(client, address, observed="Q1 2026", value="18", certainty="actual")
    assert again.context["form"].errors
    assert indicator.observations.count() == 2


def test_measures_fields_areas_and_editions_are_made_unseen(client: Client) -> None:
    strategy = factories.a_strategy()
    save(client, url("new", "zielfeld", strategy.pk), name="Zielfeld Neu")
    area = TargetArea.objects.get()
    save(client, url("new", "handlungsfeld"), name="Feld Neu", target_area=str(area.pk))
    field = FieldOfAction.objects.get()
    save(client, url("new", "massnahme"), name="Ölpreis-Ampel", field=str(field.pk))
    save(client, url("new", "fortschreibung", strategy.pk), name="2. Fortschreibung", dated="2026")
    measure, edition = Measure.objects.get(), Edition.objects.get()
    assert (area.strategy, field.target_area, measure.field) == (strategy, area, field)
    assert measure.slug == "oelpreis-ampel"
    assert not any(thing.is_published for thing in (area, field, measure, edition))
    assert not Change.objects.exists()


def test_a_measure_is_long_without_a_report_and_not_without_a_message(client: Client) -> None:
    factories.a_strategy()
    page = client.get("/redaktion/strategie/").content.decode()
    assert "gilt die Maßnahme als lange ohne Sachstand." in page
    assert "ohne Nachricht" not in page


def test_the_strategy_itself_and_its_rules(client: Client) -> None:
    strategy = factories.a_strategy(published=False)
    save(client, url("edit", "strategie", strategy.pk), plain_summary="Kurz **gesagt**.")
    save(client, url("edit", "regeln", strategy.pk), report_due_days="30")
    strategy.refresh_from_db()
    assert (strategy.plain_summary, strategy.report_due_days) == ("Kurz **gesagt**.", 30)
    wrong = save(client, url("edit", "regeln", strategy.pk), report_overdue_days="20")
    assert wrong.context["form"].errors["report_overdue_days"] == [
        "Die drei Schwellen werden von Mal zu Mal länger."
    ]


def test_a_city_without_a_strategy_makes_one(client: Client) -> None:
    body = factories.a_body()
    assert "Neue Strategie" in client.get(url("strategy")).content.decode()
    save(client, url("new", "strategie"), name="Digitalstrategie", body=str(body.pk))
    assert Strategy.objects.get().body == body


def test_an_edition_names_its_paper_by_number(client: Client) -> None:

    paper = a_paper(reference="MV/1/25")
    edition = Edition.objects.create(strategy=factories.a_strategy(), slug="eins", name="Eins")
    address = url("edit", "fortschreibung", edition.pk)
    assert save(client, address, adopted_by="MV/404/25").context["form"].errors["adopted_by"]
    save(client, address, adopted_by="MV/1/25")
    edition.refresh_from_db()
    assert edition.adopted_by == paper
    assert "Es war nichts zu ändern" in save(client, address).content.decode()


@pytest.mark.parametrize("reference", ["MV/1/25", ""])
@pytest.mark.parametrize("hidden", [{"public": False}, {"withdrawn_at": factories.NOON}], ids=str)
def test_an_edition_rests_on_no_paper_that_is_not_public(
    client: Client, reference: str, hidden: dict[str, Any]
) -> None:
    shown, closed = a_paper(reference=""), a_paper(reference=reference, **hidden)
    edition = Edition.objects.create(strategy=factories.a_strategy(), slug="eins", name="Eins")
    address = url("edit", "fortschreibung", edition.pk)
    number = reference or str(closed.pk)
    assert save(client, address, adopted_by=number).context["form"].errors["adopted_by"]
    save(client, address, adopted_by=str(shown.pk))
    edition.refresh_from_db()
    assert edition.adopted_by == shown
    # What stands may stay; the paper may have been closed since.
    Edition.objects.update(adopted_by=closed)
    save(client, address, name="Zwei")
    edition.refresh_from_db()
    assert (edition.name, edition.adopted_by) == ("Zwei", closed)


# What a rule refuses


@pytest.mark.parametrize(
    ("word", "fields", "place"),
    [
        ("massnahme", {"name": ""}, "name"),
        ("massnahme", {"name": "x" * 301}, "name"),
        ("massnahme", {"name": "a\0b"}, "name"),
        ("massnahme", {"field": "999999"}, "field"),
        ("massnahme", {"field": "x"}, "field"),
        ("massnahme", {"origin": "erfunden"}, "origin"),
        ("massnahme", {"position": "-1"}, "position"),
        ("massnahme", {"position": "99999999999999999999"}, "position"),
        ("massnahme", {"description": "|" * 400 + "\n" + "|-" * 400 + "|\n" + "|\n" * 400}, "description"),
        ("zeitplan", {"planned_start": "2027", "planned_end": "2026"}, "planned_end"),
        ("zeitplan", {"actual_start": "demnächst"}, "actual_start"),
        ("verbindlichkeit", {"binding": "decided", "binding_reason": " "}, "binding_reason"),
        ("zustaendigkeit", {"partners": ["x", "999999"]}, "partners"),
        ("meilenstein", {"planned": "99.99.2026"}, "planned"),
        ("messwert", {"value": ""}, "certainty"),
        ("messwert", {"value": "1e400"}, "value"),
        ("messwert", {"observed": ""}, "observed"),
        ("finanzposition", {"amount": "-5"}, "amount"),
        ("finanzposition", {"amount": "9" * 30}, "amount"),
        ("finanzposition", {"amount_max": "1"}, "amount_max"),
        ("finanzposition", {"year": ""}, "year"),
        ("finanzposition", {"year": "99999"}, "year"),
        ("finanzposition", {"kind": "saving"}, "base"),
        ("link", {"url": "javascript:alert(1)"}, "url"),
    ],
)
@pytest.mark.parametrize("published", [True, False])
def test_a_wrong_value_is_told_at_its_field(
    client: Client, word: str, fields: dict[str, Any], place: str, published: bool
) -> None:
    measure = with_everything(published=published)
    address = edit_of(word, measure)
    response = save(client, address, **fields)
    assert response.status_code == 200
    assert place in response.context["form"].errors
    assert not Change.objects.exists()
    assert "Noch nicht gespeichert" in response.content.decode()


def test_the_same_link_twice_is_refused_in_words(client: Client) -> None:
    measure = with_everything(published=True)
    response = save(client, url("new", "link", measure.pk), title="Noch einmal", url="https://example.org/")
    assert response.context["form"].errors


def test_a_preview_on_the_page_saves_nothing(client: Client) -> None:
    measure = factories.a_measure(published=False)
    response = save(
        client, url("edit", "massnahme", measure.pk), description="# Titel\n**fett**", vorschau="description"
    )
    assert "<strong>fett</strong>" in response.content.decode()
    measure.refresh_from_db()
    assert measure.description == ""


# Removal


def test_what_was_typed_into_something_removed_meanwhile_is_shown_again(client: Client) -> None:
    measure = with_everything(published=False)
    address = edit_of("meilenstein", measure)
    mine = sent(client, address, name="Pilot im Bürgeramt")
    measure.milestones.all().delete()
    response = client.post(address, mine)
    assert response.status_code == 404
    assert "Pilot im Bürgeramt" in response.content.decode()


def test_words_are_kept_on_the_device_until_the_server_has_them(client: Client, editor: User) -> None:
    measure = with_everything(published=False)
    address = edit_of("massnahme", measure)
    marks = re.compile(rf'<form [^>]*data-keep="{editor.pk}"( data-keep-dirty)?')
    assert [found[1] for found in marks.finditer(client.get(address).content.decode())] == [None]
    refused = client.post(address, sent(client, address, name=""))
    assert [found[1] for found in marks.finditer(refused.content.decode())] == [" data-keep-dirty"]
    saved = client.post(address, sent(client, address, name="Ein anderer Name"), follow=True)
    assert "data-keep-saved" in saved.content.decode()


def test_evidence_whose_source_was_closed_is_not_named(client: Client) -> None:
    measure = with_everything(published=True)
    item = factories.an_item(public=False, title="Geheimer Punkt", number="")
    factories.evidence(item, measure=measure, note="Geheime Notiz")
    html = client.get(url("measure", measure.slug)).content.decode()
    assert "Quelle nicht mehr öffentlich" in html
    assert "Geheim" not in html


def test_the_page_of_a_measure_leads_to_its_whole_history(client: Client) -> None:
    measure = with_everything(published=False)
    assert url("history", measure.slug) in client.get(url("measure", measure.slug)).content.decode()


def test_a_draft_is_removed_at_once_and_leaves_its_page(client: Client) -> None:
    measure = factories.a_measure(published=False)
    response = client.post(url("remove", "massnahme", measure.pk), follow=True)
    assert "Entfernt." in response.content.decode()
    assert response.redirect_chain[-1][0] == url("measures")
    assert not Measure.objects.exists()


def test_of_what_is_public_the_removal_waits(client: Client) -> None:
    link = with_everything(published=True).links.get()
    address = url("remove", "link", link.pk)
    assert "zweite Person" in client.get(address).content.decode()
    client.post(address, {"why": "gibt es nicht mehr"})
    assert Change.objects.get().note == "gibt es nicht mehr"
    assert MeasureLink.objects.exists()
    assert "Dazu wartet schon eine Änderung" in client.post(address).content.decode()
    edited = save(client, url("edit", "link", link.pk), title="Anders")
    assert "vorgeschlagen, das zu entfernen" in edited.content.decode()


def test_what_others_rest_on_is_not_removed(client: Client) -> None:
    measure = with_everything(published=False)
    response = client.post(url("remove", "massnahme", measure.pk))
    assert "Anderes beruht darauf" in response.content.decode()
    assert Measure.objects.exists()


def test_a_reason_too_long_to_keep_is_refused(client: Client) -> None:
    link = with_everything(published=True).links.get()
    for why in ("x" * 2001, "a\0b"):
        assert "höchstens 2000" in client.post(url("remove", "link", link.pk), {"why": why}).content.decode()
    assert not Change.objects.exists()


# Publication


READ_AT = re.compile(r'name="read_at" value="([^"]+)"')


def read_at(client: Client, address: str) -> str:
    found = READ_AT.search(client.get(address).content.decode())
    assert found
    return found[1]


def released(client: Client, address: str) -> Any:
    """What somebody sees who publishes what the page shows them."""
    return client.post(address, {"read_at": read_at(client, address)}, follow=True)


@pytest.mark.parametrize("seal", ["their own", "", "x", "forged"])
def test_nobody_publishes_what_they_have_not_read(editor: User, seal: str) -> None:
    measure = factories.a_measure(published=False)
    save_as = client_for(editor)
    save(save_as, url("edit", "massnahme", measure.pk), name="Gelesen")
    releaser, address = client_with(Role.RELEASER), url("publish", "massnahme", measure.pk)
    before = read_at(releaser, address)
    # By the same writer, and of something that belongs to the draft.
    save(save_as, url("new", "meilenstein", measure.pk), name="Ungelesen")
    sent_along = {"their own": before, "forged": f"{before}x"}.get(seal, seal)
    html = releaser.post(address, {"read_at": sent_along}, follow=True).content.decode()
    assert "Bitte lesen Sie ihn noch einmal." in html
    measure.refresh_from_db()
    assert not measure.is_published
    assert "ist veröffentlicht" in released(releaser, address).content.decode()


def test_a_public_measure_stays(client: Client) -> None:
    measure = with_everything(published=True)
    address = url("remove", "massnahme", measure.pk)
    assert address not in client.get(url("edit", "massnahme", measure.pk)).content.decode()
    for response in (client.get(address, follow=True), client.post(address, follow=True)):
        assert "Eine veröffentlichte Maßnahme bleibt." in response.content.decode()
    assert not Change.objects.exists()
    assert Measure.objects.exists()


def test_a_second_person_publishes(client: Client) -> None:
    save(client, url("new", "massnahme"), name="Neu", field=str(factories.a_field().pk))
    measure = Measure.objects.get()
    releaser = client_with(Role.RELEASER)
    address = url("publish", "massnahme", measure.pk)
    assert "sehen es alle" in releaser.get(address).content.decode()
    assert "ist veröffentlicht" in released(releaser, address).content.decode()
    measure.refresh_from_db()
    assert measure.is_published
    assert "ist schon veröffentlicht" in releaser.get(address, follow=True).content.decode()


def test_nobody_publishes_what_they_wrote_last() -> None:
    both = factories.an_account(Role.EDITOR, Role.RELEASER)
    client = client_for(both)
    save(client, url("new", "massnahme"), name="Neu", field=str(factories.a_field().pk))
    address = url("publish", "massnahme", Measure.objects.get().pk)
    assert "muss es eine andere Person" in client.get(address).content.decode()
    assert "muss es eine andere Person" in client.post(address).content.decode()
    assert not Measure.objects.get().is_published


def test_the_page_says_what_else_hides_a_measure() -> None:
    measure = factories.a_measure(published=False, field=factories.a_field(published=False, name="Verkehr"))
    html = client_with(Role.RELEASER).get(url("publish", "massnahme", measure.pk)).content.decode()
    assert "auch das Handlungsfeld „Verkehr“ veröffentlicht" in html


# Two people at the same thing


def test_the_second_editor_sees_what_the_first_saved_and_decides(client: Client) -> None:
    measure = factories.a_measure(published=False, name="Alt", summary="Alt")
    other = client_with(Role.EDITOR)
    address = url("edit", "massnahme", measure.pk)
    mine = sent(client, address, name="Mein Name", description="Meine Beschreibung")
    save(other, address, name="Ihr Name", summary="Ihr Satz")
    answer = client.post(address, mine)
    html = answer.content.decode()
    assert "Jemand hat inzwischen gespeichert" in html
    assert "Ihr Name" in html
    assert "Ihr Satz" in html
    assert "Meine Beschreibung" in html
    measure.refresh_from_db()
    assert (measure.name, measure.description) == ("Ihr Name", "")
    form = answer.context["form"]
    again = mine | {form.base_name: form.sealed_base, "summary": "Ihr Satz", "choice-name": "andere"}
    client.post(address, again)
    measure.refresh_from_db()
    assert (measure.name, measure.summary, measure.description) == (
        "Ihr Name",
        "Ihr Satz",
        "Meine Beschreibung",
    )


def test_untouched_fields_of_others_are_taken_over_and_told(client: Client) -> None:
    measure = factories.a_measure(published=False, name="Alt")
    address = url("edit", "massnahme", measure.pk)
    mine = sent(client, address, name="Mein Name")
    save(client_with(Role.EDITOR), address, summary="Ihr Satz")
    html = client.post(address, mine, follow=True).content.decode()
    assert "Jemand anders hat inzwischen geändert: In einem Satz" in html
    measure.refresh_from_db()
    assert (measure.name, measure.summary) == ("Mein Name", "Ihr Satz")


def test_an_open_change_of_somebody_else_is_met_field_by_field(client: Client) -> None:
    measure = factories.a_measure(name="Alt")
    address = url("edit", "massnahme", measure.pk)
    mine = sent(client, address, name="Mein Name")
    save(client_with(Role.EDITOR), address, name="Ihr Name", summary="Ihr Satz")
    answer = client.post(address, mine)
    assert "Ihr Name" in answer.content.decode()
    form = answer.context["form"]
    client.post(
        address, mine | {form.base_name: form.sealed_base, "summary": "Ihr Satz", "choice-name": "meine"}
    )
    assert Change.objects.open().get().values == {"name": "Mein Name", "summary": "Ihr Satz"}
    assert Change.objects.filter(state="withdrawn").get().values == {
        "name": "Ihr Name",
        "summary": "Ihr Satz",
    }


def test_a_tampered_base_writes_nothing(client: Client) -> None:
    measure = factories.a_measure(published=False, name="Alt")
    address = url("edit", "massnahme", measure.pk)
    response = client.post(address, sent(client, address, name="Neu", gesehen="gefälscht"))
    assert "Wir konnten nicht mehr lesen" in response.content.decode()
    measure.refresh_from_db()
    assert measure.name == "Alt"


# The preview in place


def test_the_preview_shows_what_readers_would_see(client: Client) -> None:
    html = client.post(url("preview"), {"text": "**fett** <script>alert(1)</script>"}).content.decode()
    assert "<strong>fett</strong>" in html
    assert "<script" not in html


@pytest.mark.parametrize("text", ["x" * 20_001, "|" * 400 + "\n" + "|-" * 400 + "|\n" + "|\n" * 400, "a\0b"])
def test_the_preview_refuses_with_a_clear_word(client: Client, text: str) -> None:
    response = client.post(url("preview"), {"text": text})
    assert response.status_code == 422
    assert "kern-error" in response.content.decode()


def test_the_preview_is_for_people_who_write(client: Client) -> None:
    assert client.get(url("preview")).status_code == 405
    assert Client().post(url("preview"), {"text": "x"}).status_code == 403
    assert "leer" in client.post(url("preview")).content.decode()
