"""The admin: who gets in, what may be changed, and that nothing that stands can be."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db import models
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from portal.admin_base import MasterDataAdmin
from portal.models import ImportRun, Invitation, Notice, User
from portal.roles import Role, roles_of
from sessions.models import Body
from strategy.models import CouncilSeat, Edition, OutsideDocument, Partner, Status, StatusReport, TargetArea
from tests import factories
from tests.signed_in import client_for, client_with, second_factor

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
EDITABLE = {User, Body, CouncilSeat, Edition, OutsideDocument, Partner, Status, TargetArea}
ADDABLE = {CouncilSeat, OutsideDocument, Partner}
OWN = ("portal", "council", "strategy")
NOT_SHOWN = {
    # Views on the relations of a measure, for their history alone.
    "strategy.MeasureUnit", "strategy.MeasurePartner", "strategy.MeasureEditor",
    # The index of the search: made of what other tables hold, and made anew by `manage.py reindex`.
    "portal.SearchShelf", "portal.SearchEntry", "portal.SearchWord", "portal.SearchSpelling",
    "portal.SearchPending",
}  # fmt: skip


def address(model: type[models.Model], page: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def some_pages(model: type[models.Model]) -> list[str]:
    pages = [address(model, "changelist"), address(model, "add")]
    return pages + [address(model, page, 1) for page in ("change", "delete", "history")]


def of_the_site() -> list[str]:
    plain = [reverse(f"admin:{name}") for name in ("index", "autocomplete", "jsi18n")]
    return [*plain, reverse("admin:app_list", args=["council"]), "/admin/gibt-es-nicht/"]


def values_of(form: Any) -> dict[str, Any]:
    """What a browser would send of an unchanged form."""
    found = {}
    for bound in form:
        value = bound.value()
        if value is None or value is False:
            continue
        found[bound.html_name] = (
            [row.pk if hasattr(row, "pk") else row for row in value] if isinstance(value, list) else value
        )
    return found


def form_of(client: Client, url: str) -> dict[str, Any]:
    response = client.get(url)
    assert b'name="base"' in response.content
    return values_of(response.context["adminform"].form)


# --- The door -----------------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize("url", [*of_the_site(), *(url for model in MODELS for url in some_pages(model))])
def test_nobody_else_gets_in(url: str) -> None:
    """Strangers are sent to the portal's sign-in, whoever has another role is refused, on every page."""
    stranger = Client()
    response = stranger.get(url)
    assert response.status_code == 302
    assert response["Location"].startswith("/konto/anmelden/?next=%2Fadmin%2F")
    assert response["Cache-Control"] == "private, no-store"
    assert not response.cookies
    assert stranger.post(url, {"post": "yes"}).status_code == 403
    others = client_with(Role.EDITOR, Role.RELEASER, Role.REVIEWER)
    assert others.get(url).status_code == 403
    assert others.post(url, {"post": "yes"}).status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.EDITOR, Role.RELEASER, Role.REVIEWER])
def test_each_other_role_is_refused(role: Role) -> None:
    client = client_with(role)
    assert [client.get(url).status_code for url in of_the_site()] == [403] * 5


@pytest.mark.django_db
def test_without_a_second_factor_nobody_gets_in() -> None:
    client = Client()
    client.force_login(factories.an_account(Role.ADMINISTRATOR))
    assert client.get("/admin/")["Location"].startswith("/konto/zweiter-faktor/")


@pytest.mark.django_db
def test_a_superuser_of_django_needs_the_role_too() -> None:
    user = User.objects.create_superuser("root@example.org", "x")
    assert client_for(user).get("/admin/").status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "goal"),
    [
        ("login", "/admin/"),
        ("logout", "/konto/abmelden/"),
        ("password_change", "/konto/passwort/"),
        ("password_change_done", "/admin/"),
    ],
)
def test_sign_in_and_password_are_the_portals(name: str, goal: str) -> None:
    url = reverse(f"admin:{name}")
    assert client_with(Role.ADMINISTRATOR).get(url)["Location"] == goal


@pytest.mark.django_db
def test_no_password_can_be_tried_here() -> None:
    """Django's own form would let a stranger try without end."""
    factories.an_account(Role.ADMINISTRATOR, password="Sieben-Brücken-am-Fluss")
    user = User.objects.get(groups__name="Administration")
    client = Client()
    for path in ("/admin/login/", "/admin/"):
        response = client.post(path, {"username": user.email, "password": "Sieben-Brücken-am-Fluss"})
        assert response.status_code in (302, 403)
        assert "sessionid" not in response.cookies
        assert "_auth_user_id" not in client.session
        assert b'type="password"' not in response.content


@pytest.mark.django_db
def test_wrong_methods_are_refused() -> None:
    client = client_with(Role.ADMINISTRATOR)
    for method in ("put", "patch", "delete"):
        assert getattr(client, method)("/admin/").status_code == 405


# --- What is there ------------------------------------------------------------------------------
def test_every_model_of_the_portal_is_shown_or_named() -> None:
    from django.apps import apps

    ours = {
        model
        for label in OWN
        for model in apps.get_app_config(label).get_models()
        if not model.__name__.endswith("Event")
    }
    assert {model._meta.label for model in ours - set(MODELS)} == NOT_SHOWN
    # Nothing of a library: there are the secrets of second factors.
    assert {model._meta.label for model in set(MODELS) - ours} == {"admin.LogEntry"}


def test_what_may_be_changed_is_listed_here() -> None:
    changeable = {
        model for model, options in admin.site._registry.items() if isinstance(options, MasterDataAdmin)
    }
    assert changeable == EDITABLE


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_list_can_be_searched_and_says_what_it_shows(model: type[models.Model]) -> None:
    options = admin.site._registry[model]
    assert options.search_fields
    assert list(options.list_display) != ["__str__"]
    names = {column.name for column in model._meta.fields}
    for shown in options.list_display:
        if shown not in names and shown != "__str__":
            method = getattr(options, str(shown), None)
            assert getattr(method, "short_description", ""), f"{shown} has no German name"


@pytest.mark.parametrize(
    "model", sorted(EDITABLE, key=lambda model: model._meta.label), ids=lambda m: m._meta.label
)
def test_long_lists_to_choose_from_are_searched(model: type[models.Model]) -> None:
    """A foreign key that can be changed is an autocomplete; roles are four boxes."""
    options: Any = admin.site._registry[model]
    readonly = options.get_readonly_fields(None)
    editable = options.fields or [column.name for column in model._meta.fields]
    for column in (*model._meta.fields, *model._meta.many_to_many):
        if column.is_relation and column.editable and column.name in editable and column.name not in readonly:
            assert column.name in (*options.autocomplete_fields, "groups"), column


@pytest.mark.django_db
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_a_list_opens_and_adding_is_for_few(model: type[models.Model]) -> None:
    client = client_with(Role.ADMINISTRATOR)
    response = client.get(address(model, "changelist"), {"q": "nichts"})
    html = response.content.decode()
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Robots-Tag"] == "noindex"
    assert '<html lang="de"' in html
    assert len(re.findall(r"<h1[ >]", html)) == 1
    assert "<style" not in html
    assert ' style="' not in html
    assert not re.search(r"<script(?![^>]* src=)", html)
    assert client.get(address(model, "add")).status_code == (200 if model in ADDABLE else 403)
    # No row has this name; the admin says so and leads back.
    assert client.get(address(model, "change", 999999)).status_code == 302


@pytest.mark.django_db
def test_a_search_for_nonsense_is_no_error_of_ours() -> None:
    client = client_with(Role.ADMINISTRATOR)
    for query in ("q=%00", "o=99", "p=99999", "e=1", "published_at__isempty=x", "unbekannt=1"):
        assert client.get(f"{address(TargetArea, 'changelist')}?{query}").status_code in (200, 302, 400), (
            query
        )


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["abc", "9" * 30, "999999", "%00"])
def test_the_history_of_no_row_is_no_error_of_ours(key: str) -> None:
    """As where Django looks a row up: the admin says so and leads back."""
    from django.apps import apps

    tracked = {getattr(event, "pgh_tracked_model", None) for event in apps.get_models()}.intersection(MODELS)
    assert len(tracked) > 20
    client = client_with(Role.ADMINISTRATOR)
    for model in tracked:
        response = client.get(address(model, "history", "KEY").replace("KEY", key))
        assert (response.status_code, response.headers.get("Location")) == (302, "/admin/"), model
    assert client.get(f"/admin/strategy/status/{key}/change/").status_code == 302


@pytest.mark.django_db
def test_a_history_is_only_read() -> None:
    address_of_history = address(Status, "history", factories.a_status().pk)
    assert client_with(Role.ADMINISTRATOR).post(address_of_history).status_code == 405


@pytest.mark.django_db
def test_a_history_names_what_the_database_recorded() -> None:
    measure = factories.a_measure()
    client = client_with(Role.ADMINISTRATOR)
    events = client.get(address(type(measure), "history", measure.pk)).context["events"]
    assert events[-1]["label"] == "angelegt"


# --- Nothing that stands is changed -------------------------------------------------------------
def a_published_report() -> StatusReport:
    return factories.a_report(factories.a_measure())


def a_row_of_each() -> dict[str, models.Model]:
    report = a_published_report()
    item = factories.an_item()
    return {
        "report": report,
        "measure": report.measure,
        "strategy": report.measure.field.target_area.strategy,
        "field": report.measure.field,
        "item": item,
        "paragraph": factories.a_paragraph(item, "Ein Absatz."),
        "person": factories.a_person(),
        "evidence": factories.evidence(item, measure=report.measure),
        "run": ImportRun.objects.create(kind="import_oparl", source="x"),
        "notice": Notice.objects.create(
            recipient=factories.a_user(), kind="asked", text="x", path="/", reason="x"
        ),
    }


@pytest.mark.django_db
def test_what_is_only_shown_takes_nothing() -> None:
    client = client_with(Role.ADMINISTRATOR)
    for name, row in a_row_of_each().items():
        before = type(row)._base_manager.filter(pk=row.pk).values().get()
        page = client.get(address(type(row), "change", row.pk))
        assert page.status_code == 200, name
        assert b'name="_save"' not in page.content, name
        sent = dict.fromkeys(before, "verändert") | {"_save": "1", "post": "yes"}
        for deed in ("change", "delete"):
            assert client.post(address(type(row), deed, row.pk), sent).status_code == 403, name
        for deed in ("delete_selected", "close", "publish"):
            chosen = {"action": deed, "_selected_action": [row.pk], "post": "yes", "index": 0}
            assert client.post(address(type(row), "changelist"), chosen).status_code in (200, 302, 403), name
        assert client.post(address(type(row), "add"), sent).status_code == 403, name
        assert type(row)._base_manager.filter(pk=row.pk).values().get() == before, name


@pytest.mark.django_db
def test_no_list_offers_to_delete_many() -> None:
    factories.a_status()
    client = client_with(Role.ADMINISTRATOR)
    Partner.objects.create(slug="uni", name="Universität")
    for model in (Partner, Status, User, StatusReport):
        assert "delete_selected" not in client.get(address(model, "changelist")).content.decode()
    chosen = {"action": "delete_selected", "_selected_action": [Partner.objects.get().pk], "post": "yes"}
    client.post(address(Partner, "changelist"), chosen)
    assert Partner.objects.count() == 1


@pytest.mark.django_db
def test_an_edition_or_target_area_is_changed_only_while_nobody_reads_it() -> None:
    strategy = factories.a_strategy()
    user = factories.an_account(Role.ADMINISTRATOR)
    client = client_for(user)
    for make in (
        lambda: TargetArea.objects.create(strategy=strategy, slug="a", name="Vorher"),
        lambda: Edition.objects.create(strategy=strategy, slug="a", name="Vorher"),
    ):
        row: Any = make()
        url = address(type(row), "change", row.pk)
        sent = form_of(client, url) | {"name": "Nachher", "_save": "1"}
        assert client.post(url, sent).status_code == 302
        row.refresh_from_db()
        assert (row.name, row.written_by) == ("Nachher", user)
        row.published_at, row.published_by = factories.NOON, factories.a_user()
        row.save()
        assert client.post(url, sent | {"name": "Heimlich"}).status_code == 403
        assert client.post(address(type(row), "delete", row.pk), {"post": "yes"}).status_code == 403
        row.refresh_from_db()
        assert row.name == "Nachher"
        assert b'name="_save"' not in client.get(url).content


@pytest.mark.django_db
def test_a_cited_document_stands() -> None:
    client = client_with(Role.ADMINISTRATOR)
    document = OutsideDocument.objects.create(
        slug="d", title="Meldung", publisher="Zeitung", url="https://example.org/"
    )
    url = address(OutsideDocument, "change", document.pk)
    sent = form_of(client, url) | {"title": "Andere Meldung", "_save": "1"}
    assert client.post(url, sent).status_code == 302
    factories.evidence(document=document, measure=factories.a_measure())
    assert client.post(url, sent | {"title": "Dritte"}).status_code == 403
    assert client.post(address(OutsideDocument, "delete", document.pk), {"post": "yes"}).status_code == 403
    document.refresh_from_db()
    assert document.title == "Andere Meldung"


@pytest.mark.django_db
def test_a_partner_that_a_measure_names_stays() -> None:
    client = client_with(Role.ADMINISTRATOR)
    partner = Partner.objects.create(slug="uni", name="Universität")
    measure = factories.a_measure()
    measure.partners.add(partner)
    url = address(Partner, "delete", partner.pk)
    assert client.post(url, {"post": "yes"}).status_code == 403
    measure.partners.clear()
    assert "Universität" in client.get(url).content.decode()
    assert client.post(url, {"post": "yes"}).status_code == 302
    assert not Partner.objects.exists()


# --- Master data --------------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_status_gets_other_words_but_no_other_code() -> None:
    status = factories.a_status()
    user = factories.an_account(Role.ADMINISTRATOR)
    client = client_for(user)
    url = address(Status, "change", status.pk)
    assert "öffentlichen Seiten" in client.get(url).content.decode()
    sent = form_of(client, url) | {"label": "in Arbeit", "code": "stopped", "_save": "1"}
    assert client.post(url, sent).status_code == 302
    assert list(Status.objects.values_list("code", "label")) == [("running", "in Arbeit")]
    history = client.get(address(Status, "history", status.pk)).content.decode()
    assert "geändert" in history
    assert str(user) in history
    event: Any = status.events.order_by("-pgh_id").first()  # type: ignore[attr-defined]  # of pghistory
    assert event.pgh_context.metadata == {"by": user.pk, "role": "Administration", "action": "admin"}


@pytest.mark.django_db
def test_what_somebody_else_saved_meanwhile_is_not_overwritten() -> None:
    status = factories.a_status()
    client = client_with(Role.ADMINISTRATOR)
    url = address(Status, "change", status.pk)
    seen = form_of(client, url)
    Status.objects.update(label="von jemand anderem")
    response = client.post(url, seen | {"label": "von mir", "_save": "1"})
    assert response.status_code == 200
    assert "Jemand hat das inzwischen geändert" in response.content.decode()
    assert Status.objects.get().label == "von jemand anderem"
    assert client.post(url, form_of(client, url) | {"label": "von mir", "_save": "1"}).status_code == 302
    assert Status.objects.get().label == "von mir"


@pytest.mark.django_db
@pytest.mark.parametrize("base", ["", "erfunden"])
def test_a_form_that_does_not_say_what_it_showed_is_refused(base: str) -> None:
    status = factories.a_status()
    client = client_with(Role.ADMINISTRATOR)
    url = address(Status, "change", status.pk)
    response = client.post(url, form_of(client, url) | {"label": "anders", "base": base, "_save": "1"})
    assert "unvollständig" in response.content.decode()
    assert Status.objects.get().label != "anders"


@pytest.mark.django_db
def test_a_seat_is_given_searched_and_taken() -> None:
    client = client_with(Role.ADMINISTRATOR)
    member, person = factories.a_reviewer(), factories.a_person(name="Berta Beispiel")
    found = client.get(
        "/admin/autocomplete/",
        {"term": "Berta", "app_label": "strategy", "model_name": "councilseat", "field_name": "person"},
    )
    assert found.json()["results"] == [{"id": str(person.pk), "text": str(person)}]
    assert (
        client.post(address(CouncilSeat, "add"), {"user": member.pk, "person": person.pk}).status_code == 302
    )
    seat = CouncilSeat.objects.get()
    assert client.post(address(CouncilSeat, "delete", seat.pk), {"post": "yes"}).status_code == 302
    assert not CouncilSeat.objects.exists()


@pytest.mark.django_db
def test_nobody_gives_changes_or_takes_their_own_seat() -> None:
    me, member = factories.an_account(Role.ADMINISTRATOR, Role.REVIEWER), factories.a_reviewer()
    mine, theirs = factories.a_person(name="Eigene"), factories.a_person(name="Andere")
    client, add = client_for(me), address(CouncilSeat, "add")
    page = client.post(add, {"user": me.pk, "person": mine.pk}).content.decode()
    assert "Ihr eigenes Konto ordnet jemand anders aus der Administration zu." in page
    assert not CouncilSeat.objects.exists()

    seat = CouncilSeat.objects.create(user=member, person=theirs)
    url = address(CouncilSeat, "change", seat.pk)
    sent = form_of(client, url) | {"user": me.pk, "_save": "1"}
    assert "Ihr eigenes Konto ordnet" in client.post(url, sent).content.decode()
    assert CouncilSeat.objects.get().user == member

    CouncilSeat.objects.update(user=me)
    assert client.get(url).status_code == 200
    assert client.post(url, {"user": me.pk, "person": mine.pk, "_save": "1"}).status_code == 403
    assert client.post(address(CouncilSeat, "delete", seat.pk), {"post": "yes"}).status_code == 403
    assert CouncilSeat.objects.get().person == theirs
    # Somebody else may.
    client = client_with(Role.ADMINISTRATOR)
    assert client.post(url, form_of(client, url) | {"person": mine.pk, "_save": "1"}).status_code == 302
    assert CouncilSeat.objects.get().person == mine


@pytest.mark.django_db
def test_a_body_of_an_import_is_not_ours_to_change() -> None:
    client = client_with(Role.ADMINISTRATOR)
    ours = factories.a_body()
    theirs = Body.objects.create(external_id="https://ris.example.org/body/1", name="Von woanders")
    sent = {"rgs": "033550022022", "name": "Umbenannt", "_save": "1"}
    url = address(Body, "change", ours.pk)
    assert client.post(url, form_of(client, url) | sent).status_code == 302
    assert client.post(address(Body, "change", theirs.pk), sent).status_code == 403
    ours.refresh_from_db()
    assert (ours.rgs, ours.name) == ("033550022022", "Beispielstadt")


# --- Accounts -----------------------------------------------------------------------------------
@pytest.mark.django_db
def test_roles_are_given_and_taken_and_written_down() -> None:
    by, user = factories.an_account(Role.ADMINISTRATOR), factories.an_account(Role.EDITOR)
    client = client_for(by)
    url = address(User, "change", user.pk)
    releaser = {"groups": [str(group.pk) for group in by.groups.model.objects.filter(name="Freigabe")]}
    assert client.post(url, form_of(client, url) | releaser | {"_save": "1"}).status_code == 302
    assert roles_of(User.objects.get(pk=user.pk)) == {Role.RELEASER}
    words = [entry.get_change_message() for entry in LogEntry.objects.filter(object_id=str(user.pk))]
    assert "Rollen: Freigabe." in words


@pytest.mark.django_db
def test_nobody_changes_the_own_account() -> None:
    by = factories.an_account(Role.ADMINISTRATOR)
    client = client_for(by)
    url = address(User, "change", by.pk)
    assert client.get(url).status_code == 200
    assert client.post(url, {"is_active": "on", "_save": "1"}).status_code == 403
    for deed in ("close", "reset_second_factor", "disable_password"):
        page = client.post(
            address(User, "changelist"), {"action": deed, "_selected_action": [by.pk]}, follow=True
        )
        assert "Das eigene Konto ändert jemand anderes" in page.content.decode()
    assert User.objects.get(pk=by.pk).is_active


@pytest.mark.django_db
def test_address_password_and_djangos_own_rights_cannot_be_changed() -> None:
    client = client_with(Role.ADMINISTRATOR)
    user = factories.an_account(Role.EDITOR, password="Sieben-Brücken-am-Fluss")
    before = User.objects.filter(pk=user.pk).values("email", "password", "is_superuser", "is_staff").get()
    url = address(User, "change", user.pk)
    hostile = {
        "email": "x@example.org",
        "password": "x",
        "is_superuser": "on",
        "is_staff": "on",
        "_save": "1",
    }
    assert client.post(url, form_of(client, url) | hostile).status_code == 302
    assert User.objects.filter(pk=user.pk).values(*before).get() == before
    page = client.get(url).content.decode()
    assert before["password"] not in page
    assert client.get(f"/admin/portal/user/{user.pk}/password/").status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("deed", "check"),
    [
        ("close", lambda user: not user.is_active),
        ("reset_second_factor", lambda user: not user.authenticator_set.exists()),
        ("disable_password", lambda user: not user.has_usable_password()),
    ],
)
def test_deeds_on_chosen_accounts(deed: str, check: Callable[[Any], bool]) -> None:
    user, bystander = (factories.an_account(Role.EDITOR, password="x") for _ in range(2))
    for one in (user, bystander):
        second_factor(one)
    theirs = client_for(user)
    assert theirs.get("/konto/").status_code == 200
    client = client_with(Role.ADMINISTRATOR)
    page = client.post(
        address(User, "changelist"), {"action": deed, "_selected_action": [user.pk]}, follow=True
    )
    assert page.status_code == 200
    assert "sperr" not in page.content.decode()  # An account is open or closed.
    assert check(User.objects.get(pk=user.pk))
    assert not check(User.objects.get(pk=bystander.pk))
    assert theirs.get("/konto/").status_code == 302


@pytest.mark.django_db
def test_an_account_is_opened_again() -> None:
    user = factories.an_account(Role.EDITOR, is_active=False)
    client_with(Role.ADMINISTRATOR).post(
        address(User, "changelist"), {"action": "reopen", "_selected_action": [user.pk]}
    )
    assert User.objects.get(pk=user.pk).is_active


@pytest.mark.django_db
def test_no_filter_finds_out_what_is_kept_of_a_password() -> None:
    client = client_with(Role.ADMINISTRATOR)
    assert client.get(address(User, "changelist"), {"password__startswith": "m"}).status_code == 400


# --- Questions to the database ------------------------------------------------------------------
def another_of_each() -> None:
    a_row_of_each()
    by = factories.an_account(Role.ADMINISTRATOR)
    Invitation.objects.create(
        email=by.email, token_digest=by.email, invited_by=by, expires_at=factories.NOON
    ).groups.set(by.groups.all())
    CouncilSeat.objects.create(user=factories.a_reviewer(), person=factories.a_person())
    LogEntry.objects.log_actions(by.pk, [by], 2, "x", single_object=True)
    Edition.objects.create(strategy=factories.a_strategy(), slug="e", name="E")


@pytest.mark.django_db
def test_no_list_asks_once_per_row(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    client = client_with(Role.ADMINISTRATOR)
    another_of_each()
    counts = {}
    for model in MODELS:
        client.get(address(model, "changelist"))
        with django_assert_max_num_queries(16) as asked:
            client.get(address(model, "changelist"))
        counts[model] = len(asked)
    for _ in range(3):
        another_of_each()
    for model in MODELS:
        with django_assert_max_num_queries(counts[model]):
            client.get(address(model, "changelist"))
