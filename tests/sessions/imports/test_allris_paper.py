"""Papers (vo020) with their Beratungsfolge and files."""

from datetime import date
from pathlib import Path

import pytest

from sessions.imports.allris import parse_page, parse_paper
from sessions.imports.records import PaperPageRecord, StationRecord
from tests.sessions.imports.golden import FOLDER
from tests.sessions.imports.sample_pages import PAPER, classic_page, paper_page

WICKET = FOLDER / "vo020_VOLFDNR-1000901.html"
CLASSIC = FOLDER / "classic-paper-latin9.html"
BASE = "https://allris.example.org/public/vo020?VOLFDNR=1"


def station(state: str = "Geplant", head: str = "<td>Rat</td><td>Entscheidung</td>", second: str = "") -> str:
    return (
        f'<tr><td class="colorCol"><span class="wfcolorDesc">{state}</span></td>{head}</tr><tr>{second}</tr>'
        if second
        else f'<tr><td class="colorCol"><span class="wfcolorDesc">{state}</span></td>{head}</tr>'
    )


def stations(*rows: str) -> tuple[StationRecord, ...]:
    return parse_paper(paper_page(*rows)).stations


def test_both_generations_say_the_same_of_the_same_paper() -> None:
    new, old = (parse_paper(path.read_bytes()) for path in (WICKET, CLASSIC))
    for name in ("reference", "name", "paper_type", "lfdnr"):
        assert getattr(new.paper, name) == getattr(old.paper, name)
    assert (new.public, new.responsible) == (old.public, old.responsible)
    assert [(s.organization, s.role, s.day, s.result) for s in new.stations] == [
        (s.organization, s.role, s.day, s.result) for s in old.stations
    ]
    assert (new.stations[0].meeting, new.stations[0].agenda_item) == (9001, 1000902)
    assert (old.stations[0].meeting, old.stations[0].agenda_item) == (9001, 1000902)


def test_page_of_unknown_kind() -> None:
    assert parse_page(CLASSIC.read_bytes()) == parse_paper(CLASSIC.read_bytes())


@pytest.mark.parametrize("path", [WICKET, CLASSIC, FOLDER / "paper.txt", FOLDER / "classic-paper.txt"])
def test_names_of_staff_are_not_kept(path: Path) -> None:
    assert "Bea" in path.read_text(encoding="utf-8" if path != CLASSIC else "iso-8859-15")
    record = str(parse_paper(path.read_bytes()))
    assert "Bea" not in record
    assert "Muster" not in record


def test_paper_without_stations() -> None:
    assert stations() == ()
    assert parse_paper(classic_page("Vorlage - 23/224", PAPER | {"Beratungsfolge": ""})).stations == ()


def test_station_without_day_and_link() -> None:
    assert stations(station()) == (
        StationRecord(position=1, organization="Rat", role="Entscheidung", state="Geplant"),
    )


def test_station_with_link_but_without_result() -> None:
    day = '<td class="date"><a href="./to010?SILFDNR=5&amp;TOLFDNR=77">01.09.2026</a></td><td>(offen)</td>'
    (found,) = stations(station("Erledigt", second=day))
    assert (found.day, found.meeting, found.agenda_item) == (date(2026, 9, 1), 5, 77)
    assert found.result == ""


def test_station_with_committee_and_role_in_one_cell() -> None:
    (found,) = stations(station(head='<td><a href="gr020?GRLFDNR=4">Rat</a><div>Entscheidung</div></td>'))
    assert (found.organization, found.organization_lfdnr, found.role) == ("Rat", 4, "Entscheidung")


def test_number_of_the_item_is_no_result() -> None:
    second = '<td class="date">01.09.2026</td><td>Ö 5</td><td><a href="to020?TOLFDNR=7">vertagt</a></td>'
    assert stations(station(second=second))[0].result == "vertagt"


def test_contradicting_numbers_are_none() -> None:
    second = '<td><a href="to020?TOLFDNR=7">a</a><a href="to020?TOLFDNR=8">b</a></td>'
    assert stations(station(second=second))[0].agenda_item is None


def test_rows_before_the_first_state_are_no_station() -> None:
    header = "<tr><th>Status</th><th>Gremium</th></tr>"
    assert [found.position for found in stations(header, station(), station("Gestoppt"))] == [1, 2]


@pytest.mark.parametrize(
    ("headline", "reference", "kind"),
    [
        ("Antrag - 2026/245", "2026/245", "Antrag"),
        ("Beschlussvorlage - BV/99001/25-1", "BV/99001/25-1", "Beschlussvorlage"),
        ("Vorlage - 23/224", "23/224", ""),
        ("Betreff", "", ""),
    ],
)
def test_headline(headline: str, reference: str, kind: str) -> None:
    found = parse_paper(paper_page(headline=headline, after='<span id="vobetreff">Platz</span>')).paper
    assert (found.reference, found.paper_type, found.name) == (reference, kind, "Platz")


@pytest.mark.parametrize(
    ("status", "public"),
    [("öffentlich", True), ("nichtöffentlich", False), ("freigegeben", None), ("", None)],
)
def test_public(status: str, public: bool | None) -> None:
    assert parse_paper(paper_page(fields=PAPER | {"Status": status})).public is public


def test_units_beside_the_one_in_charge() -> None:
    page = paper_page(fields=PAPER | {"Federführend": "Amt 1", "Beteiligt": "Amt 2; Amt 3;</dd><dd>Amt 4"})
    found = parse_paper(page)
    assert (found.responsible, found.involved) == ("Amt 1", ("Amt 2", "Amt 3", "Amt 4"))


def numbered(*links: str) -> int | None:
    return parse_paper(paper_page(after="".join(links))).paper.lfdnr


def test_number_of_the_paper() -> None:
    related = '<a href="./vo020?VOLFDNR=4">Bezug: VO/4/20</a>'
    own = '<a href="./vo020?VOLFDNR=5&amp;selfaction=print">Drucken</a>'
    assert numbered(related) is None
    assert numbered(related, own) == 5
    assert numbered('<form><input name="VOLFDNR" value="0005"></form>') == 5
    assert numbered('<input name="VOLFDNR" value="5"><input name="VOLFDNR" value="6">') is None


def files(links: str, base: str = BASE) -> list[tuple[str, str, str]]:
    panel = f'<aside id="dokumenteHeaderPanel">{links}</aside>'
    found = parse_paper(paper_page(after=panel), base).paper.files
    return [(file.name, file.role, file.url) for file in found]


@pytest.mark.parametrize(
    ("href", "url"),
    [
        (
            "./doc?DOLFDNR=7&amp;DOCTYP=130&amp;OTYP=41&amp;x=1#seite",
            "https://allris.example.org/public/doc?DOLFDNR=7&DOCTYP=130&OTYP=41",
        ),
        (
            "/bi/do027.asp?options=64&amp;DOLFDNR=7",
            "https://allris.example.org/bi/do027.asp?DOLFDNR=7&options=64",
        ),
        ("./wicket/resource/org.apache.wicket.Application/doc7.pdf", ""),
        ("./doc?DOCTYP=130", ""),
        ("./doc?DOLFDNR=0", ""),
        ("./doc?DOLFDNR=7';drop", ""),
        ("___tmp/tmp/1/7.pdf", ""),
        ("javascript:doc?DOLFDNR=7", ""),
        ("https://user@allris.example.org/doc?DOLFDNR=7", ""),
        ("http://[x/doc?DOLFDNR=7", ""),
    ],
)
def test_only_addresses_that_last_are_kept(href: str, url: str) -> None:
    assert files(f'<a class="doclink" href="{href}">Vorlage</a>') == [("Vorlage", "main", url)]


def test_relative_address_needs_the_address_of_the_page() -> None:
    assert files('<a class="doclink" href="./doc?DOLFDNR=7">Vorlage</a>', base="") == [
        ("Vorlage", "main", "")
    ]


def test_what_the_files_are() -> None:
    names = ("Sammeldokument zur Vorlage", "Antrag", "Änderungsantrag", "Beschlussauszug")
    links = "".join(f'<a class="doclink" href="x">{name}</a>' for name in names)
    assert [role for _, role, _ in files(links)] == ["attachment", "main", "attachment", "resolution"]


def test_classic_files() -> None:
    def form(method: str) -> str:
        fields = '<input type="hidden" name="DOLFDNR" value="7"><input type="submit" title="Vorlage">'
        return f'<form action="do027.asp" method="{method}">{fields}</form>'

    page = classic_page(
        "Vorlage - 23/224", PAPER, form("get") + form("POST") + '<a href="___tmp/1.pdf">Plan</a>'
    )
    found = parse_paper(page, "http://ratsinfo.example.org/bi/vo020.asp?VOLFDNR=1").paper.files
    assert [(file.position, file.name, file.role, file.url) for file in found] == [
        (1, "Vorlage", "main", "http://ratsinfo.example.org/bi/do027.asp?DOLFDNR=7"),
        (2, "Vorlage", "attachment", ""),
        (3, "Plan", "attachment", ""),
    ]


def test_nested_documents_are_no_part_of_the_head() -> None:
    nested = '<a name="allrisSV"></a><html><body><table><tr><td class=kb1>Betreff:<td>Falsch</html>'
    found: PaperPageRecord = parse_paper(classic_page("Vorlage - 23/224", {"Status": "öffentlich"}, nested))
    assert found.paper.name == ""
