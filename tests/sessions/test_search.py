"""What the search knows of the council, what it shows of it, and what it must not know."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from portal.search import every_word
from portal.searching.index import catch_up
from portal.searching.kinds import Found, facets, kinds, labels_of
from portal.searching.models import SearchEntry, SearchPending, SearchWord
from sessions.models import (
    AgendaItem,
    Consultation,
    Contribution,
    File,
    FilePage,
    FileText,
    Meeting,
    Motion,
    Organization,
    Paper,
)
from tests.a_bit_of_everything import Everything, a_bit_of_everything
from tests.factories import NOON, a_paragraph, an_item
from tests.sessions.council import (
    a_committee,
    a_consultation,
    a_file,
    a_meeting,
    a_motion,
    a_paper,
    an_employee,
)

pytestmark = pytest.mark.django_db
GONE = timezone.now()


@pytest.fixture
def all_there() -> Everything:
    everything = a_bit_of_everything()
    catch_up()
    return everything


def entry(kind: str, thing: Any) -> SearchEntry:
    return SearchEntry.objects.select_related("shelf").get(kind=kind, object_id=thing.pk)


def found(kind: str, thing: Any, *words: str) -> Found:
    return kinds()[kind].results([thing.pk], set(words))[thing.pk]


class TestEntries:
    def test_an_item_has_its_title_minutes_resolution_and_papers(self, all_there: Everything) -> None:
        row = entry("item", all_there.item)
        assert row.title == "Ö 13 Digitalisierungsstrategie"
        assert "MV 11986 25" in row.references
        for words in (
            "Der Ausschuss beschließt die Fortschreibung", "geändert beschlossen",
            "Die Straßenbeleuchtung wird vernetzt", "Der Voicebot nimmt Anrufe an",
        ):  # fmt: skip
            assert words in row.body
        assert str(row.day) == "2025-08-20"
        assert row.shelf.committees == [str(all_there.committee.pk)]

    def test_the_day_is_that_of_the_city(self) -> None:
        late = datetime(2025, 12, 31, 23, 30, tzinfo=UTC)
        item = an_item(meeting=a_meeting(start=late))
        catch_up()
        assert str(entry("item", item).day) == "2026-01-01"

    def test_only_what_the_minutes_say_today(self, all_there: Everything) -> None:
        Contribution.objects.filter(position=2).update(superseded_at=GONE)
        catch_up()
        assert "Voicebot" not in entry("item", all_there.item).body

    def test_a_motion_is_called_like_its_item(self, all_there: Everything) -> None:
        row = entry("motion", all_there.motion)
        assert row.title == "Antrag zur Sache Digitalisierungsstrategie"
        assert row.body == "Der Punkt wird vertagt"
        assert "MV 11986 25" in row.references
        assert str(row.day) == "2025-08-20"
        assert row.shelf.committees == [str(all_there.committee.pk)]

    def test_a_paper_has_its_number_and_who_treats_it(self, all_there: Everything) -> None:
        row = entry("paper", all_there.paper)
        assert (row.title, row.body, str(row.day)) == ("Fortschreibung", "Mitteilungsvorlage", "2025-08-01")
        assert "MV 11986 25" in row.references
        assert row.shelf.committees == [str(all_there.committee.pk)]

    def test_committees_of_a_paper_are_those_of_its_public_stations(self, all_there: Everything) -> None:
        gone, hidden = a_committee(withdrawn_at=GONE), a_committee()
        a_consultation(all_there.paper, None, gone)
        a_consultation(all_there.paper, an_item(public=False), hidden)
        catch_up()
        assert entry("paper", all_there.paper).shelf.committees == [str(all_there.committee.pk)]

    def test_a_file_has_its_pages_else_the_text_of_its_source(self, all_there: Everything) -> None:
        row = entry("file", all_there.paper_file)
        assert (row.title, str(row.day)) == ("Anlage Kosten", "2025-08-02")
        assert row.body == "Glasfaser in Schulen Kosten der Telefonzentrale"
        assert "MV 11986 25" in row.references
        assert row.shelf.committees == [str(all_there.committee.pk)]
        row = entry("file", all_there.item_file)
        assert (row.body, str(row.day)) == ("Folien zum Breitband", "2025-08-20")
        assert row.shelf.committees == [str(all_there.committee.pk)]

    @pytest.mark.parametrize("state", sorted(set(FileText.State) - {FileText.State.EXTRACTED}))
    def test_a_file_that_nobody_could_read_is_found_by_its_name(
        self, all_there: Everything, state: str
    ) -> None:
        FileText.objects.filter(file=all_there.meeting_file).update(state=state)
        catch_up()
        row = entry("file", all_there.meeting_file)
        assert (row.title, row.body) == ("Ergebnisprotokoll Juni", "")
        assert row.shelf.committees == [str(all_there.committee.pk)]

    def test_a_file_without_a_name_is_known_by_what_it_is(self, all_there: Everything) -> None:
        file = a_file(paper=all_there.paper, role="resolution")
        catch_up()
        assert (entry("file", file).title, str(entry("file", file).day)) == ("Beschluss", "2025-08-01")


def test_people_cannot_be_found(db: None) -> None:
    """Who spoke, moved or wrote stands in rows of people; what is printed stands in the text and stays."""
    person = an_employee(name="Quastenflosser", role="Leitung Quastenflosserei")
    item = an_item(clerk="Frau Quastenflosser", responsible="Herr Quastenflosser")
    a_paragraph(item, "Die Verwaltung antwortet.", speaker=person, speaker_role="Quastenflosserin")
    a_motion(item, mover=person)
    paper = a_paper()
    paper.originator_people.add(person)
    a_file(paper=paper, name="Anlage")
    catch_up()
    everything = [*SearchEntry.objects.values_list("title", "references", "body", "parts")]
    assert len(everything) == 4
    assert "quastenflosser" not in str(everything).lower()
    assert not SearchWord.objects.filter(word__contains="quastenflosser").exists()
    shown = [
        kinds()[kind].results([pk], {"verwaltung"})[pk]
        for kind, pk in SearchEntry.objects.values_list("kind", "object_id")
    ]
    assert "quastenflosser" not in str(shown).lower()


Hide = Callable[[Everything], Any]


def hidden(kind: str, thing: str, name: str, hide: Hide) -> Any:
    return pytest.param(kind, thing, hide, id=f"{thing}: {name}")


def close(model: Any, **changes: Any) -> Hide:
    """All rows of the model at once, past every `save`."""
    return lambda everything: model.objects.update(**changes)


@pytest.mark.parametrize(
    ("kind", "thing", "hide"),
    [
        hidden("item", "item", "closed", close(AgendaItem, public=False)),
        hidden("item", "item", "publicity unknown", close(AgendaItem, public=None)),
        hidden("item", "item", "withdrawn", close(AgendaItem, withdrawn_at=GONE)),
        hidden("item", "item", "meeting withdrawn", close(Meeting, withdrawn_at=GONE)),
        hidden("motion", "motion", "superseded", close(Motion, superseded_at=GONE)),
        hidden("motion", "motion", "item closed", close(AgendaItem, public=False)),
        hidden("motion", "motion", "item withdrawn", close(AgendaItem, withdrawn_at=GONE)),
        hidden("motion", "motion", "meeting withdrawn", close(Meeting, withdrawn_at=GONE)),
        hidden("motion", "motion", "paper closed", close(Paper, public=False)),
        hidden("motion", "motion", "paper withdrawn", close(Paper, withdrawn_at=GONE)),
        hidden("paper", "paper", "closed", close(Paper, public=False)),
        hidden("paper", "paper", "withdrawn", close(Paper, withdrawn_at=GONE)),
        hidden("file", "paper_file", "closed", close(File, public=False)),
        hidden("file", "paper_file", "publicity unknown", close(File, public=None)),
        hidden("file", "paper_file", "withdrawn", close(File, withdrawn_at=GONE)),
        hidden("file", "paper_file", "paper closed", close(Paper, public=False)),
        hidden("file", "paper_file", "paper withdrawn", close(Paper, withdrawn_at=GONE)),
        hidden("file", "item_file", "item closed", close(AgendaItem, public=False)),
        hidden("file", "item_file", "item withdrawn", close(AgendaItem, withdrawn_at=GONE)),
        hidden("file", "item_file", "meeting withdrawn", close(Meeting, withdrawn_at=GONE)),
        hidden("file", "meeting_file", "meeting withdrawn", close(Meeting, withdrawn_at=GONE)),
    ],
)
def test_what_is_hidden_is_gone(all_there: Everything, kind: str, thing: str, hide: Hide) -> None:
    hidden_thing = getattr(all_there, thing)
    hide(all_there)
    assert SearchPending.objects.filter(kind=kind, object_id=hidden_thing.pk).exists()
    catch_up()
    assert not SearchEntry.objects.filter(kind=kind, object_id=hidden_thing.pk).exists()
    assert kinds()[kind].results([hidden_thing.pk], {"und"}) == {}


@pytest.mark.parametrize(
    "change",
    [close(Paper, public=False), close(Paper, withdrawn_at=GONE), close(Consultation, withdrawn_at=GONE)],
    ids=["paper closed", "paper withdrawn", "station withdrawn"],
)
def test_an_item_forgets_the_number_of_a_paper_that_is_hidden(all_there: Everything, change: Hide) -> None:
    change(all_there)
    catch_up()
    assert entry("item", all_there.item).references == ""


@pytest.mark.parametrize("kind", ["item", "motion", "paper", "file"])
def test_a_committee_that_is_gone_is_no_facet(all_there: Everything, kind: str) -> None:
    Organization.objects.update(withdrawn_at=GONE)
    catch_up()
    rows = SearchEntry.objects.filter(kind=kind).values_list("shelf__committees", flat=True)
    assert list(rows)
    assert all(committees == [] for committees in rows)


@pytest.mark.parametrize("kind", ["item", "motion", "paper", "file"])
def test_queries_do_not_grow(
    all_there: Everything, kind: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """One for the texts, one for the results: a page may show all kinds at once."""
    for number in range(3):
        meeting = a_meeting(a_committee(), a_committee())
        item = an_item(meeting=meeting)
        a_consultation(paper := a_paper(), item, a_committee())
        a_motion(item, paper=paper)
        FilePage.objects.create(file=a_file(paper=paper), number=1, text=f"Seite {number}")
        a_file(agenda_item=item)
        a_file(meeting=meeting)
    ids = list(kinds()[kind].published().values_list("pk", flat=True))
    assert len(ids) >= 4
    with django_assert_num_queries(1):
        assert len(list(kinds()[kind].texts(ids))) == len(ids)
    with django_assert_num_queries(1):
        assert len(kinds()[kind].results(ids, {"seite"})) == len(ids)


class TestResults:
    def test_an_item_leads_to_its_paragraphs(self, all_there: Everything) -> None:
        item = all_there.item
        one = found("item", item)
        assert (one.title, one.url) == ("Ö 13 Digitalisierungsstrategie", f"/rat/tops/{item.pk}/")
        assert one.where == "Ausschuss für Digitales am 20. August 2025"
        assert [(passage.label, passage.url) for passage in one.passages] == [
            ("Beschluss", f"/rat/tops/{item.pk}/#ergebnis"),
            ("Ergebnis", f"/rat/tops/{item.pk}/#ergebnis"),
            ("Absatz 1", f"/rat/tops/{item.pk}/#absatz-1"),
            ("Absatz 2", f"/rat/tops/{item.pk}/#absatz-2"),
        ]

    def test_a_meeting_is_named_as_on_its_page(self, all_there: Everything) -> None:
        for meeting, name in (
            (a_meeting(a_committee("B"), a_committee("A")), "A und B am 20. August 2025"),
            (a_meeting(a_committee("Weg", withdrawn_at=GONE), start=None), "Sitzung"),
        ):
            assert found("item", an_item(meeting=meeting)).where == name
            assert found("motion", a_motion(an_item(meeting=meeting))).where == name

    def test_a_motion_leads_to_itself(self, all_there: Everything) -> None:
        one = found("motion", all_there.motion)
        assert one.title == "Antrag zur Sache zu Ö 13 Digitalisierungsstrategie"
        assert one.url == f"/rat/tops/{all_there.item.pk}/#antrag-1"
        assert [passage.text for passage in one.passages] == ["Der Punkt wird vertagt."]

    def test_a_paper_says_its_number(self, all_there: Everything) -> None:
        one = found("paper", all_there.paper)
        assert (one.title, one.where) == (
            "Fortschreibung",
            "Mitteilungsvorlage MV/11986/25 vom 1. August 2025",
        )
        bare = found("paper", a_paper(name="", reference="VO/1", paper_type=""))
        assert (bare.title, bare.where) == ("VO/1", "Vorlage")
        assert found("paper", a_paper(name="", reference="")).title == "Vorlage ohne Titel"

    def test_a_file_leads_to_the_page_with_the_word(self, all_there: Everything) -> None:
        one = found("file", all_there.paper_file, "telefonzentrale", "glas")
        assert (one.title, one.url) == ("Anlage Kosten", "https://ratsinfo.example.org/do.pdf")
        assert one.where == "Anlage zu Mitteilungsvorlage MV/11986/25 Fortschreibung"
        assert [(passage.text, passage.url, passage.label) for passage in one.passages] == [
            ("Kosten der Telefonzentrale", "https://ratsinfo.example.org/do.pdf#page=12", "Seite 12")
        ]

    @pytest.mark.parametrize("words", [[], ["fehlt"], ["(", "\\", "a|b", ".*"], ["kosten-der"]])
    def test_a_file_without_the_words_shows_no_page(self, all_there: Everything, words: list[str]) -> None:
        one = found("file", all_there.paper_file, *words)
        assert list(one.passages) == []
        assert list(found("file", all_there.item_file, *words).passages) == []

    def test_a_file_shows_three_pages_at_most(self, all_there: Everything) -> None:
        for number in (20, 9, 5, 7):
            text = f"Die Lüneburger ÖPNV-Planung auf Seite {number}"
            FilePage.objects.create(file=all_there.paper_file, number=number, text=text)
        for word in ("öpnv", "öpnv-planung", "planung"):
            labels = [passage.label for passage in found("file", all_there.paper_file, word).passages]
            assert labels == ["Seite 5", "Seite 7", "Seite 9"]

    def test_many_words_do_not_make_a_file_fail(self, all_there: Everything) -> None:
        words = [f"wort{number:05}" for number in range(5000)]
        assert list(found("file", all_there.paper_file, "kosten", *words).passages)

    def test_a_file_without_pages_shows_the_text_of_its_source(self, all_there: Everything) -> None:
        one = found("file", all_there.item_file, "breitband")
        assert [passage.text for passage in one.passages] == ["Folien zum Breitband"]
        assert one.where == (
            "Anlage zu Ö 13 Digitalisierungsstrategie, Ausschuss für Digitales am 20. August 2025"
        )
        where = found("file", all_there.meeting_file).where
        assert where == "Ergebnisprotokoll, Ausschuss für Digitales am 20. August 2025"

    def test_of_a_long_text_only_the_place_leaves_the_database(self, all_there: Everything) -> None:
        text = "Anfang " + "x " * 5000 + "Das Breitband kommt. " + "y " * 5000
        File.objects.filter(pk=all_there.item_file.pk).update(text=text)
        (passage,) = found("file", all_there.item_file, "breitband").passages
        assert "Das Breitband kommt." in passage.text
        assert len(passage.text) == 2000

    def test_a_long_word_is_looked_for_inside_of_others_too(self, all_there: Everything) -> None:
        """What "Telefon" finds are words with "Telefon": one look for all of them is enough."""
        many = [f"telefon{number}" for number in range(30)]
        assert list(found("file", all_there.paper_file, "telefon", *many).passages)
        assert not list(found("file", all_there.paper_file, "glas", "ost").passages)

    @pytest.mark.parametrize("address", ["", "javascript:alert(1)", "data:text/html,x", "//example.org/x"])
    def test_a_file_without_an_address_leads_to_what_it_belongs_to(
        self, all_there: Everything, address: str
    ) -> None:
        file = a_file(paper=all_there.paper, access_url=address)
        FilePage.objects.create(file=file, number=2, text="Netze")
        one = found("file", file, "netze")
        assert one.url == f"/rat/vorlagen/{all_there.paper.pk}/#dokumente"
        assert [passage.url for passage in one.passages] == [one.url]


class TestCommitteeNames:
    def test_only_public_committees_have_names(self, all_there: Everything) -> None:
        here, gone = str(all_there.committee.pk), str(a_committee(withdrawn_at=GONE).pk)
        assert facets()["committees"].label == "Gremium"
        names = labels_of({"committees": [here, gone, "1"]})
        assert names == {"committees": {here: "Ausschuss für Digitales"}}

    @pytest.mark.parametrize("value", ["", "x", "-1", "\0", "٣", "9" * 30, "1;DROP TABLE"])
    def test_a_value_that_is_no_number_has_none(self, value: str) -> None:
        assert labels_of({"committees": [value]}) == {"committees": {}}


def test_words_anywhere_in_a_paragraph_are_found_by_an_index(db: None) -> None:
    """The search for evidence at the desk reads 45,000 paragraphs otherwise."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
    paragraphs = Contribution.objects.filter(every_word("Straßen beleuchtung", "text"))
    assert "contribution_text_part" in paragraphs.order_by().explain()


def test_files_say_when_they_were_read_without_making_entries_old(all_there: Everything) -> None:
    FileText.objects.update(read_at=NOON, attempts=2)
    assert not SearchPending.objects.exists()
