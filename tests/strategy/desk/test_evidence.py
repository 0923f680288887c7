"""The evidence picker: what it finds, what it keeps to itself, what it writes."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.models import User
from portal.roles import Role
from sessions.models import AgendaItem, File, Motion, Paper, Vote
from strategy import actions
from strategy.models import (
    Change,
    Evidence,
    Indicator,
    Measure,
    Milestone,
    MoneyItem,
    Observation,
    OutsideDocument,
    Question,
    StatusReport,
)
from tests import factories
from tests.sessions import council
from tests.signed_in import client_for, client_with
from tests.strategy.conftest import minutes

HUGE = 10**30
QUOTE = "Kooperation mit der Universität München"


@pytest.fixture
def editor(db: None) -> User:
    return factories.an_editor()


@pytest.fixture
def desk(editor: User) -> Client:
    return client_for(editor)


@pytest.fixture
def measure(db: None) -> Measure:
    return factories.a_measure(published=False, name="Voicebot für die Telefonzentrale")


@pytest.fixture
def report(measure: Measure) -> StatusReport:
    return factories.a_report(measure, published=False)


@pytest.fixture
def document(db: None) -> OutsideDocument:
    return OutsideDocument.objects.create(
        slug="bericht", title="Bericht", publisher="Zeitung", url="https://example.org/bericht"
    )


def find_url(subject: Any, kind: str = "report", **query: str) -> str:
    return reverse("desk:evidence-add", args=[kind, subject.pk], query=query)


def source_url(subject: Any, word: str, pk: int, kind: str = "report", **query: str) -> str:
    return reverse("desk:evidence-source", args=[kind, subject.pk, word, pk], query=query)


def sent(**fields: str) -> dict[str, str]:
    return {"extent": "worte", "quote": "", "aspect": "status", "note": "", "wording": ""} | fields


def text_of(response: Any) -> str:
    return str(response.content.decode())


# Who may ---------------------------------------------------------------------------------------------


def every_address(report: StatusReport, item: AgendaItem, evidence: Evidence) -> list[str]:
    return [
        find_url(report),
        source_url(report, "item", item.pk),
        reverse("desk:evidence-document", args=["report", report.pk]),
        reverse("desk:evidence-change", args=[evidence.pk]),
        reverse("desk:evidence-remove", args=[evidence.pk]),
    ]


@pytest.fixture
def addresses(report: StatusReport, item: AgendaItem) -> list[str]:
    return every_address(report, item, factories.evidence(item, report=report, aspect="status"))


def test_an_editor_opens_every_page(desk: Client, addresses: list[str]) -> None:
    for address in addresses:
        response = desk.get(address)
        assert response.status_code == 200, address
        assert response["Cache-Control"] == "private, no-store"


def test_a_stranger_is_asked_to_sign_in(client: Client, addresses: list[str]) -> None:
    for address in addresses:
        assert client.get(address).status_code == 302, address


@pytest.mark.parametrize("role", [Role.RELEASER, Role.REVIEWER, Role.ADMINISTRATOR])
def test_other_roles_are_refused(role: Role, addresses: list[str]) -> None:
    client = client_with(role)
    for address in addresses:
        assert client.get(address).status_code == 403, address
    assert client.post(addresses[-1]).status_code == 403
    assert Evidence.objects.count() == 1


def test_finding_changes_nothing(desk: Client, addresses: list[str]) -> None:
    assert desk.post(addresses[0]).status_code == 405
    for address in addresses:
        assert desk.put(address).status_code == 405, address


@pytest.mark.parametrize("number", [0, 999_999, 2**63, HUGE])
def test_what_is_not_there_is_not_found(
    desk: Client, report: StatusReport, item: AgendaItem, number: int
) -> None:
    for address in (
        f"/redaktion/belege/neu/report/{number}/",
        f"/redaktion/belege/neu/report/{number}/dokument/",
        f"/redaktion/belege/neu/report/{number}/item/{item.pk}/",
        f"/redaktion/belege/neu/report/{report.pk}/item/{number}/",
        f"/redaktion/belege/neu/report/{report.pk}/document/{number}/",
        f"/redaktion/belege/{number}/",
        f"/redaktion/belege/{number}/entfernen/",
    ):
        assert desk.get(address).status_code == 404, address


def test_unknown_words_in_the_address_are_not_found(
    desk: Client, report: StatusReport, item: AgendaItem
) -> None:
    for address in (
        f"/redaktion/belege/neu/rumour/{report.pk}/",
        f"/redaktion/belege/neu/report/{report.pk}/rumour/{item.pk}/",
        f"/redaktion/belege/neu/report/{report.pk}/contribution/{item.pk}/",
    ):
        assert desk.get(address).status_code == 404, address
        assert desk.post(address).status_code in (404, 405), address


# Finding ---------------------------------------------------------------------------------------------


def test_finds_the_paragraph_the_item_the_motion_and_the_paper(
    desk: Client, report: StatusReport, item: AgendaItem
) -> None:
    page = text_of(desk.get(find_url(report, q="voicebot")))
    assert source_url(report, "item", item.pk, stelle="1") in page
    assert source_url(report, "item", item.pk) + '"' in page
    page = text_of(desk.get(find_url(report, q="stellt den Antrag")))
    assert source_url(report, "motion", Motion.objects.get().pk) in page


@pytest.mark.parametrize("typed", ["MV/11986/25", "11986", "MV 11986-25", "mv 11986", "Fortschreibung MV"])
def test_finds_a_paper_by_its_number_however_it_is_written(
    desk: Client, report: StatusReport, item: AgendaItem, typed: str
) -> None:
    page = text_of(desk.get(find_url(report, q=typed)))
    assert source_url(report, "paper", Paper.objects.get().pk) in page


def test_finds_an_item_by_its_number(desk: Client, report: StatusReport, item: AgendaItem) -> None:
    assert source_url(report, "item", item.pk) in text_of(desk.get(find_url(report, q="Ö 13")))


def test_finds_a_motion_in_writing_by_its_paper(desk: Client, report: StatusReport, item: AgendaItem) -> None:
    motion = council.a_motion(item, paper=Paper.objects.get(), wording="Mehr Bäume.")
    assert source_url(report, "motion", motion.pk) in text_of(desk.get(find_url(report, q="11986")))


def test_newest_meetings_come_first_and_one_kind_is_paged(
    desk: Client, report: StatusReport, settings: Any
) -> None:
    settings.PAGE_SIZE = 3
    items = [
        factories.an_item(
            title=f"Bäume {year}", meeting=council.a_meeting(start=council.GONE.replace(year=year))
        )
        for year in range(2018, 2026)
    ]
    page = text_of(desk.get(find_url(report, q="bäume")))
    assert page.index("Bäume 2025") < page.index("Bäume 2024") < page.index("Bäume 2021")
    assert "Bäume 2020" not in page
    assert "art=tops" in page
    second = text_of(desk.get(find_url(report, q="bäume", art="tops", page="2")))
    assert f"/item/{items[4].pk}/" in second
    assert "Bäume 2025" not in second
    assert desk.get(find_url(report, q="bäume", art="tops", page="9")).status_code == 404


def test_finding_takes_the_same_queries_for_one_and_for_many(
    desk: Client, report: StatusReport, item: AgendaItem, django_assert_num_queries: Callable[..., Any]
) -> None:
    desk.get(find_url(report))
    for number in range(4):
        meeting = council.a_meeting(council.a_committee())
        other = factories.an_item(title=f"Voicebot {number}", meeting=meeting)
        factories.a_paragraph(other, "Der Voicebot vertagen.")
        council.a_motion(other, wording="Den Voicebot vertagen.")
        council.a_paper(name="Voicebot vertagen")
    with django_assert_num_queries(13):
        desk.get(find_url(report, q="voicebot"))


@pytest.mark.parametrize(
    "typed",
    ["\0", "a\0b", "\udc80".encode("utf-8", "surrogatepass").decode("latin-1"), "%", "_", "\\", "(", "'"],
)
def test_strange_words_find_nothing_and_break_nothing(desk: Client, report: StatusReport, typed: str) -> None:
    assert desk.get(find_url(report), {"q": typed}).status_code == 200
    assert desk.get(find_url(report, q="x"), {"q": typed, "art": typed, "page": "1"}).status_code == 200


def test_a_surrogate_in_the_address_breaks_nothing(desk: Client, report: StatusReport) -> None:
    assert desk.get(find_url(report) + "?q=%ED%A0%80&next=%ED%A0%80&belegt=%ED%A0%80").status_code == 200


def test_too_many_letters_are_refused_with_a_word(desk: Client, report: StatusReport) -> None:
    response = desk.get(find_url(report, q="x" * 5000))
    assert response.status_code == 200
    assert "höchstens 200 Zeichen" in text_of(response)


def test_suggests_what_the_measure_cites_and_what_names_it(
    desk: Client, report: StatusReport, item: AgendaItem, document: OutsideDocument
) -> None:
    factories.evidence(item, measure=report.measure, contribution=item.contributions.get(position=3))
    factories.evidence(document=document, report=report)
    page = text_of(desk.get(find_url(report)))
    assert source_url(report, "item", item.pk, stelle="3") in page
    assert source_url(report, "document", document.pk) in page
    assert "nennen Worte aus dem Namen" in page
    assert source_url(report, "item", item.pk, stelle="1") in page


# What is not public ----------------------------------------------------------------------------------

SECRET = "Geheimsache"


def hide_item(item: AgendaItem) -> None:
    AgendaItem.objects.update(public=False)


def forget_publicity(item: AgendaItem) -> None:
    AgendaItem.objects.update(public=None)


def withdraw_item(item: AgendaItem) -> None:
    AgendaItem.objects.update(withdrawn_at=timezone.now())


def withdraw_meeting(item: AgendaItem) -> None:
    item.meeting.withdrawn_at = timezone.now()
    item.meeting.save()


@pytest.mark.parametrize("hide", [hide_item, forget_publicity, withdraw_item, withdraw_meeting])
def test_closed_items_never_appear(
    desk: Client, report: StatusReport, hide: Callable[[AgendaItem], None]
) -> None:
    item = factories.an_item(title=f"{SECRET} Titel", resolution_text=f"{SECRET} Beschluss")
    factories.a_paragraph(item, f"{SECRET} Voicebot Telefonzentrale")
    motion = council.a_motion(item, wording=f"{SECRET} Antrag")
    vote = Vote.objects.create(agenda_item=item, position=1, result="rejected", phrase=f"{SECRET} Vote")
    council.a_consultation(paper := council.a_paper(name="Offene Vorlage"), item)
    factories.evidence(item, measure=report.measure, quote=f"{SECRET} Zitat")
    assert SECRET in text_of(desk.get(find_url(report, q=SECRET)))
    hide(item)
    for address in (
        find_url(report),
        find_url(report, q="Voicebot"),
        source_url(report, "paper", paper.pk),
        *(find_url(report, q="Titel", art=art) for art in ("absaetze", "tops", "antraege", "vorlagen")),
    ):
        assert SECRET not in text_of(desk.get(address)), address
    for word, pk in (("item", item.pk), ("motion", motion.pk), ("vote", vote.pk)):
        assert desk.get(source_url(report, word, pk)).status_code == 404
        lost = desk.post(source_url(report, word, pk, stelle="1"), sent(quote="x", note="Meine Worte"))
        assert lost.status_code == 409
        assert SECRET not in text_of(lost)
        assert "Meine Worte" in text_of(lost)
    assert Evidence.objects.count() == 1


def test_closed_papers_and_files_never_appear(desk: Client, report: StatusReport, item: AgendaItem) -> None:
    closed = council.a_paper(name=f"{SECRET} Vorlage", public=False)
    council.a_consultation(closed, item)
    council.a_motion(item, wording=f"{SECRET} schriftlich", paper=closed)
    unknown = council.a_file(
        paper=Paper.objects.get(name__startswith="Fort"), name=f"{SECRET} Datei", public=None
    )
    inside = council.a_file(paper=closed, name=f"{SECRET} Anlage")
    for address in (
        find_url(report, q="Vorlage"),
        find_url(report, q="schriftlich"),
        source_url(report, "item", item.pk),
        source_url(report, "paper", Paper.objects.get(name__startswith="Fort").pk),
    ):
        assert SECRET not in text_of(desk.get(address)), address
    assert desk.get(source_url(report, "paper", closed.pk)).status_code == 404
    for file in (unknown, inside):
        assert desk.get(source_url(report, "file", file.pk)).status_code == 404


def test_what_the_source_took_back_is_not_offered(
    desk: Client, report: StatusReport, item: AgendaItem
) -> None:
    item.contributions.filter(position=1).update(superseded_at=timezone.now(), anchor="alt-1")
    Motion.objects.update(superseded_at=timezone.now())
    page = text_of(desk.get(source_url(report, "item", item.pk)))
    assert 'value="1"' not in page
    assert 'value="2"' in page
    assert desk.get(source_url(report, "motion", Motion.objects.get().pk)).status_code == 404
    again = desk.get(source_url(report, "item", item.pk, stelle="1"))
    assert again.status_code == 302
    assert again["Location"] == source_url(report, "item", item.pk)


def test_names_of_employees_are_for_the_staff_that_an_editor_is(
    desk: Client, report: StatusReport, item: AgendaItem
) -> None:
    assert "Müller" in text_of(desk.get(source_url(report, "item", item.pk)))


def test_evidence_of_a_draft_is_on_no_public_page(client: Client, item: AgendaItem) -> None:
    measure = factories.a_measure()
    report = factories.a_report(measure, published=False)
    factories.evidence(item, report=report, aspect="status", quote=QUOTE, note="Nur im Entwurf")
    hidden = factories.a_measure(published=False, name="Verborgene Maßnahme")
    factories.evidence(item, measure=hidden, note="Auch nur im Entwurf")
    for address in (measure.get_absolute_url(), item.get_absolute_url(), "/", "/massnahmen/"):
        page = text_of(client.get(address))
        assert "Nur im Entwurf" not in page
        assert "Auch nur" not in page
        assert "Verborgene" not in page


# Choosing and saving ---------------------------------------------------------------------------------


def test_the_item_shows_its_places_and_what_hangs_on_it(
    desk: Client, report: StatusReport, item: AgendaItem
) -> None:
    page = text_of(desk.get(source_url(report, "item", item.pk)))
    assert page.count('type="radio"') == 1 + len(minutes())
    for word, row in (
        ("motion", Motion.objects.get()),
        ("vote", Vote.objects.get()),
        ("paper", Paper.objects.get()),
        ("file", File.objects.get()),
    ):
        assert source_url(report, word, row.pk) in page


def test_choosing_takes_a_constant_number_of_queries(
    desk: Client, report: StatusReport, item: AgendaItem, django_assert_num_queries: Callable[..., Any]
) -> None:
    desk.get(find_url(report))
    for number in range(4):
        council.a_consultation(council.a_paper(), item)
        council.a_motion(item)
        factories.a_paragraph(item, f"Noch ein Absatz {number}", speaker=factories.a_person())
    with django_assert_num_queries(13):
        desk.get(source_url(report, "item", item.pk))
    with django_assert_num_queries(9):
        desk.get(source_url(report, "item", item.pk, stelle="1"))


def test_a_quote_is_saved_with_its_paragraph(
    desk: Client, editor: User, report: StatusReport, item: AgendaItem
) -> None:
    back = reverse("desk:report", args=[report.pk])
    response = desk.post(
        source_url(report, "item", item.pk, stelle="1"),
        sent(quote=f"  {QUOTE} ", note="Wichtig", wording=minutes()[0].replace(" ", "\r\n", 1)),
    )
    assert response.status_code == 302
    assert response["Location"] == back
    saved = Evidence.objects.get()
    assert saved.contribution is not None
    assert (saved.report, saved.contribution.position, saved.quote, saved.aspect, saved.note) == (
        *(report, 1, QUOTE, "status", "Wichtig"),
    )
    report.refresh_from_db()
    assert report.changed_by == editor


@pytest.mark.parametrize(("extent", "quote"), [("ganz", minutes()[3]), ("ohne", "")])
def test_a_whole_paragraph_or_only_the_place(
    desk: Client, report: StatusReport, item: AgendaItem, extent: str, quote: str
) -> None:
    address = source_url(report, "item", item.pk, stelle="4")
    assert desk.post(address, sent(extent=extent, wording=minutes()[3])).status_code == 302
    saved = Evidence.objects.get()
    assert saved.contribution is not None
    assert (saved.quote, saved.contribution.position) == (" ".join(quote.split()), 4)


def test_words_that_are_not_there_are_refused_and_kept(
    desk: Client, report: StatusReport, item: AgendaItem
) -> None:
    response = desk.post(
        source_url(report, "item", item.pk, stelle="1"),
        sent(quote="Das steht da nicht", note="Meine Anmerkung", wording=minutes()[0]),
    )
    page = text_of(response)
    assert response.status_code == 200
    assert actions.QuoteNotFound.german in page
    assert "Das steht da nicht" in page
    assert "Meine Anmerkung" in page
    assert 'href="#id_quote"' in page
    assert not Evidence.objects.exists()


def test_words_in_several_paragraphs_need_the_paragraph(
    desk: Client, report: StatusReport, item: AgendaItem
) -> None:
    factories.a_paragraph(item, f"Noch einmal: {QUOTE}.")
    response = desk.post(source_url(report, "item", item.pk, stelle="ganz"), sent(quote=QUOTE))
    assert actions.QuoteIsAmbiguous.german in text_of(response)
    assert not Evidence.objects.exists()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"quote": ""}, "Bitte tragen Sie die Worte ein"),
        ({"extent": "ohne", "quote": QUOTE}, "Sie haben Worte eingetragen"),
        ({"extent": "x", "quote": QUOTE}, "gültige Auswahl"),
        ({"extent": "", "quote": QUOTE}, "Bitte wählen Sie, was zitiert wird"),
        ({"quote": QUOTE, "aspect": "amount"}, "gültige Auswahl"),
        ({"quote": QUOTE, "is_inferred": "on"}, "was der Schluss ist"),
        ({"quote": "a\0b"}, "Nullzeichen"),
        ({"quote": "x " * 20_000}, "Erlaubt sind höchstens 20000"),
        ({"quote": QUOTE, "note": "x " * 20_000}, "Erlaubt sind höchstens 20000"),
        ({"quote": QUOTE, "wording": "Etwas anderes"}, "lautet inzwischen anders"),
    ],
)
def test_what_is_wrong_is_said_at_the_field(
    desk: Client, report: StatusReport, item: AgendaItem, fields: dict[str, str], message: str
) -> None:
    given = sent(wording=minutes()[0]) | fields
    response = desk.post(source_url(report, "item", item.pk, stelle="1"), given)
    assert response.status_code == 200
    assert message in text_of(response)
    assert not Evidence.objects.exists()


def test_a_paragraph_that_went_meanwhile_does_not_take_the_words_along(
    desk: Client, report: StatusReport, item: AgendaItem
) -> None:
    item.contributions.filter(position=12).update(superseded_at=timezone.now(), anchor="alt-12")
    response = desk.post(
        source_url(report, "item", item.pk, stelle="12"), sent(quote="Ausblick", note="Merken")
    )
    assert response.status_code == 409
    assert "Ausblick" in text_of(response)
    assert "Merken" in text_of(response)


def test_what_was_typed_for_a_discarded_report_is_shown_once_more(
    desk: Client, editor: User, report: StatusReport, item: AgendaItem, evidence: Evidence
) -> None:
    change = reverse("desk:evidence-change", args=[evidence.pk])
    actions.remove_evidence(evidence=Evidence.objects.get(), by=editor)
    StatusReport.objects.filter(pk=report.pk).delete()
    for address, fields in (
        (source_url(report, "item", item.pk, stelle="1"), sent(quote="Meine Worte")),
        (reverse("desk:evidence-document", args=["report", report.pk]), {"neu-title": "Meine Worte"}),
        (change, {"note": "Meine Worte"}),
    ):
        response = desk.post(address, fields)
        assert response.status_code == 404
        assert "Meine Worte" in text_of(response)
    assert desk.post(change, {}).status_code == 404


def test_a_report_discarded_at_the_same_moment_is_said(
    editor: User, report: StatusReport, item: AgendaItem, evidence: Evidence
) -> None:
    values = {"paragraph": None, "quote": "", "note": "", "is_inferred": False, "position": 1}
    actions.remove_evidence(evidence=Evidence.objects.get(), by=editor)
    with pytest.raises(actions.IsGone):
        actions.change_evidence(evidence=evidence, by=editor, base={}, **values)
    StatusReport.objects.get(pk=report.pk).delete()
    with pytest.raises(actions.IsGone):
        actions.add_evidence(subject=report, source=item, by=editor)


def test_every_other_source_can_be_quoted(desk: Client, report: StatusReport, item: AgendaItem) -> None:
    motion, vote, paper, file = (
        Motion.objects.get(),
        Vote.objects.get(),
        Paper.objects.get(),
        File.objects.get(),
    )
    for word, record, wording in (
        ("motion", motion, motion.wording),
        ("vote", vote, vote.phrase),
        ("paper", paper, paper.name),
        ("file", file, file.text),
    ):
        response = desk.post(source_url(report, word, record.pk), sent(extent="ganz", wording=wording))
        assert response.status_code == 302, word
    assert [piece.target for piece in report.evidence.order_by("position")] == [motion, vote, paper, file]
    assert Evidence.objects.exclude(quote="").count() == 4


def test_the_resolution_can_be_quoted(desk: Client, report: StatusReport) -> None:
    item = factories.an_item(resolution_text="Der Rat beschließt den Voicebot.")
    address = source_url(report, "item", item.pk, stelle="beschluss")
    assert "Der Rat beschließt" in text_of(desk.get(address))
    desk.post(address, sent(quote="beschließt den Voicebot", wording=item.resolution_text))
    assert Evidence.objects.get().quote == "beschließt den Voicebot"


KINDS: dict[str, tuple[Callable[[Measure], Any], str]] = {
    "report": (lambda measure: factories.a_report(measure, published=False), "status"),
    "measure": (lambda measure: measure, "existence"),
    "milestone": (lambda measure: Milestone.objects.create(measure=measure, name="Start"), "planned"),
    "observation": (
        lambda measure: Observation.objects.create(
            indicator=Indicator.objects.create(measure=measure, name="Anrufe", unit="Stück"),
            observed="2025-01-01",
            observed_precision="year",
            value=5,
            certainty="stated",
        ),
        "amount",
    ),
    "money": (
        lambda measure: MoneyItem.objects.create(
            measure=measure, name="Kosten", kind="cost", amount=5, certainty="stated", year=2025
        ),
        "amount",
    ),
    "question": (
        lambda measure: Question.objects.create(
            strategy=measure.field.target_area.strategy,
            measure=measure,
            slug="frage",
            text="Wann?",
            asked_on="2025-08-20",
        ),
        "answer",
    ),
    "strategy": (lambda measure: factories.a_strategy(published=False), "general"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_everything_that_makes_a_claim_gets_evidence(
    kind: str, desk: Client, measure: Measure, item: AgendaItem
) -> None:
    make, aspect = KINDS[kind]
    subject = make(measure)
    assert desk.get(find_url(subject, kind)).status_code == 200
    address = source_url(subject, "item", item.pk, kind, stelle="1")
    page = text_of(desk.get(address))
    assert f'<option value="{aspect}" selected>' in page
    response = desk.post(address, sent(quote=QUOTE, aspect=aspect, wording=minutes()[0]))
    assert response.status_code == 302
    assert Evidence.objects.get().subject == subject
    change = reverse("desk:evidence-change", args=[Evidence.objects.get().pk])
    assert desk.get(change).status_code == 200


def test_a_question_is_called_what_readers_call_it(desk: Client, measure: Measure) -> None:
    page = text_of(desk.get(find_url(KINDS["question"][0](measure), "question")))
    assert "Frage aus dem Rat „Wann?“" in page
    assert "Rückfrage" not in page


def test_the_claim_that_was_meant_is_chosen_already(
    desk: Client, report: StatusReport, item: AgendaItem
) -> None:
    page = text_of(desk.get(source_url(report, "item", item.pk, stelle="1", belegt="schedule")))
    assert '<option value="schedule" selected>' in page
    page = text_of(desk.get(source_url(report, "item", item.pk, stelle="1", belegt="rumour")))
    assert '<option value="status" selected>' in page


# The way back ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "back"),
    [
        ("/redaktion/?a=1#b", "/redaktion/?a=1#b"),
        ("https://evil.example/", ""),
        ("//evil.example/", ""),
        ("/\\evil.example", ""),
        ("///evil.example", ""),
        ("javascript:alert(1)", ""),
        ("\0", ""),
        ("redaktion", ""),
    ],
)
def test_leads_back_to_where_one_came_from_and_nowhere_else(
    desk: Client, report: StatusReport, item: AgendaItem, asked: str, back: str
) -> None:
    page = text_of(desk.get(find_url(report, q="Voicebot", next=asked)))
    assert "evil.example" not in page
    address = source_url(report, "item", item.pk, stelle="1", next=asked)
    response = desk.post(address, sent(quote=QUOTE, wording=minutes()[0]))
    assert response["Location"] == (back or reverse("desk:report", args=[report.pk]))


# Outside documents -----------------------------------------------------------------------------------


def new_document(**fields: str) -> dict[str, str]:
    defaults = {
        "neu-title": "Die Stadt hört zu",
        "neu-publisher": "Zeitung",
        "neu-dated": "Juli 2025",
        "neu-url": "https://example.org/artikel",
        "aspect": "status",
        "note": "",
    }
    return defaults | fields


def test_a_new_document_comes_with_its_evidence(desk: Client, report: StatusReport) -> None:
    address = reverse("desk:evidence-document", args=["report", report.pk])
    assert desk.post(address, new_document()).status_code == 302
    added = OutsideDocument.objects.get()
    assert (added.title, added.publisher, added.url, added.dated_precision, added.slug) == (
        "Die Stadt hört zu",
        "Zeitung",
        "https://example.org/artikel",
        "month",
        "zeitung-die-stadt-hoert-zu",
    )
    assert Evidence.objects.get().document == added


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"neu-url": "ftp://example.org/x"}, "mit https://"),
        ({"neu-url": "javascript:alert(1)"}, "gültige"),
        ({"neu-url": "https://name:wort@example.org/"}, "Zugangsdaten"),
        ({"neu-url": "https://[::1"}, "gültige"),
        ({"neu-title": ""}, "Pflicht"),
        ({"neu-title": "a\0b"}, "Nullzeichen"),
        ({"neu-dated": "irgendwann"}, "Dieses Datum verstehen wir nicht"),
        ({"is_inferred": "on"}, "was der Schluss ist"),
        ({"neu-url": "https://example.org/bericht"}, "gibt es schon"),
    ],
)
def test_a_document_that_does_not_fit_leaves_nothing_behind(
    desk: Client, report: StatusReport, document: OutsideDocument, fields: dict[str, str], message: str
) -> None:
    address = reverse("desk:evidence-document", args=["report", report.pk])
    response = desk.post(address, new_document(**fields))
    assert response.status_code == 200
    assert message in text_of(response)
    assert not Evidence.objects.exists()
    assert OutsideDocument.objects.count() == 1


def test_a_known_document_is_found_and_taken(
    desk: Client, report: StatusReport, document: OutsideDocument
) -> None:
    address = reverse("desk:evidence-document", args=["report", report.pk], query={"q": "zeitung"})
    assert source_url(report, "document", document.pk) in text_of(desk.get(address))
    page = text_of(desk.get(source_url(report, "document", document.pk)))
    assert "id_quote" not in page
    assert desk.post(source_url(report, "document", document.pk), sent(quote="Bericht")).status_code == 302
    assert (Evidence.objects.get().document, Evidence.objects.get().quote) == (document, "")


# What stands, and what a second person releases ------------------------------------------------------


def test_the_evidence_of_a_submitted_or_published_report_stands(
    desk: Client, report: StatusReport, item: AgendaItem
) -> None:
    evidence = factories.evidence(item, report=report, aspect="status")
    seen = base_of(text_of(desk.get(reverse("desk:evidence-change", args=[evidence.pk]))))
    for move, message in (
        (factories.submit, actions.ReportIsSubmitted.german),
        (factories.publish, actions.ReportIsPublished.german),
    ):
        move(report)
        for address in every_address(report, item, evidence):
            response = desk.get(address)
            assert response.status_code == 409, address
            assert message in text_of(response)
        typed = desk.post(
            source_url(report, "item", item.pk, stelle="1"), sent(quote=QUOTE, wording=minutes()[0])
        )
        assert message in text_of(typed)
        assert QUOTE in text_of(typed)
        desk.post(reverse("desk:evidence-remove", args=[evidence.pk]))
        typed = {"quote": "", "note": "Neue Worte", "gesehen": seen}
        changed = text_of(desk.post(reverse("desk:evidence-change", args=[evidence.pk]), typed))
        assert message in changed
        assert "Neue Worte" in changed
    stored = Evidence.objects.get()
    assert (stored.quote, stored.note) == ("", "")


@pytest.fixture
def public(measure: Measure) -> Measure:
    return actions.publish(measure, by=factories.a_releaser())


def test_evidence_of_what_is_public_waits_for_a_second_person(
    desk: Client, editor: User, public: Measure, item: AgendaItem
) -> None:
    address = source_url(public, "item", item.pk, "measure", stelle="1")
    assert "zweite Person" in text_of(desk.get(address))
    bad = desk.post(address, sent(quote="Steht nicht da", aspect="existence", wording=minutes()[0]))
    assert actions.QuoteNotFound.german in text_of(bad)
    response = desk.post(address, sent(quote=QUOTE, aspect="existence", wording=minutes()[0]), follow=True)
    assert "zweite Person ihn freigibt" in text_of(response)
    assert not Evidence.objects.exists()
    change = Change.objects.get()
    actions.apply_change(change=change, by=factories.a_releaser())
    saved = Evidence.objects.get()
    assert saved.contribution is not None
    assert (saved.measure, saved.quote, saved.contribution.position) == (public, QUOTE, 1)


def test_public_evidence_is_removed_by_two_people_and_changed_by_none(
    desk: Client, public: Measure, item: AgendaItem
) -> None:
    evidence = factories.evidence(item, measure=public, aspect="existence")
    change = reverse("desk:evidence-change", args=[evidence.pk])
    # Who follows the link is told the way; what is sent is refused.
    for response, status in ((desk.get(change), 200), (desk.post(change), 409)):
        assert response.status_code == status
        assert "Schlagen Sie einen neuen Beleg vor" in text_of(response)
    address = reverse("desk:evidence-remove", args=[evidence.pk])
    assert "zweite Person zustimmt" in text_of(desk.get(address))
    desk.post(address)
    assert Evidence.objects.count() == 1
    assert "schon vorgeschlagen" in text_of(desk.get(address))
    assert desk.post(address).status_code == 409
    actions.apply_change(change=Change.objects.get(), by=factories.a_releaser())
    assert not Evidence.objects.exists()


# Changing and removing -------------------------------------------------------------------------------


@pytest.fixture
def evidence(report: StatusReport, item: AgendaItem, editor: User) -> Evidence:
    return actions.add_evidence(
        subject=report, source=item, by=editor, paragraph=1, quote=QUOTE, aspect="status"
    )


def base_of(page: str) -> str:
    return page.partition('name="gesehen" value="')[2].partition('"')[0]


def test_quote_and_note_can_change(desk: Client, evidence: Evidence) -> None:
    address = reverse("desk:evidence-change", args=[evidence.pk])
    seen = base_of(text_of(desk.get(address)))
    response = desk.post(address, {"quote": "Kooperation", "note": "genauer", "gesehen": seen})
    assert response.status_code == 302
    evidence.refresh_from_db()
    assert (evidence.quote, evidence.note) == ("Kooperation", "genauer")
    bad = desk.post(address, {"quote": "Steht nicht da", "note": "", "gesehen": seen})
    assert bad.status_code == 200
    evidence.refresh_from_db()
    assert evidence.quote == "Kooperation"


def test_two_editors_of_one_piece_decide(desk: Client, evidence: Evidence) -> None:
    address = reverse("desk:evidence-change", args=[evidence.pk])
    seen = base_of(text_of(desk.get(address)))
    Evidence.objects.update(note="von nebenan")
    page = text_of(desk.post(address, {"quote": QUOTE, "note": "von mir", "gesehen": seen}))
    assert "von nebenan" in page
    assert "von mir" in page
    assert Evidence.objects.get().note == "von nebenan"
    desk.post(
        address,
        {"quote": QUOTE, "note": "von mir", "gesehen": base_of(page), "choice-note": "meine"},
    )
    assert Evidence.objects.get().note == "von mir"


def test_evidence_whose_source_was_closed_can_still_go(
    desk: Client, evidence: Evidence, item: AgendaItem
) -> None:
    AgendaItem.objects.update(public=False, title=SECRET)
    for name in ("desk:evidence-change", "desk:evidence-remove"):
        page = text_of(desk.get(reverse(name, args=[evidence.pk])))
        assert "nicht mehr öffentlich" in page
        assert SECRET not in page
        assert minutes()[0] not in page
    assert desk.post(reverse("desk:evidence-remove", args=[evidence.pk])).status_code == 302
    assert not Evidence.objects.exists()


def test_removing_asks_first_and_happens_once(desk: Client, evidence: Evidence) -> None:
    address = reverse("desk:evidence-remove", args=[evidence.pk])
    assert QUOTE in text_of(desk.get(address))
    assert Evidence.objects.count() == 1
    response = desk.post(address)
    assert response["Location"] == reverse("desk:report", args=[evidence.report_id])
    assert desk.post(address).status_code == 404
