"""Agendas (to010): what the layouts may leave out, add, or write in another way."""

from datetime import date

import pytest

from sessions.imports.allris import PageError, parse_agenda, parse_page
from sessions.imports.records import AgendaEntryRecord, PaperRecord
from tests.sessions.imports.golden import FOLDER
from tests.sessions.imports.sample_pages import MEETING, agenda_page, classic_page

WICKET = FOLDER / "to010_SILFDNR-9001.html"
CLASSIC = FOLDER / "classic-agenda-latin1.html"
TEXT = FOLDER / "agenda.txt"
CLASSIC_HEAD = {"Gremium": "Beispielausschuss", "Datum": "Mi, 20.08.2025", "Zeit": "16:00"}


def row(number: str, subject: str, hint: str = "", paper: str = "") -> str:
    return (
        f'<tr><td class="tonr">{number}</td><td class="tobetreff">{subject}</td>'
        f'<td class="tobahint">{hint}</td><td class="tovonr">{paper}</td></tr>'
    )


def link(number: int, words: str = "Punkt") -> str:
    return f'<a id="betreff_{number}" href="./to020?SILFDNR=5&amp;TOLFDNR={number}">{words}</a>'


def entries(*rows: str) -> tuple[AgendaEntryRecord, ...]:
    return parse_agenda(agenda_page(*rows)).entries


def test_both_generations_say_the_same_of_the_same_meeting() -> None:
    new, old = (parse_agenda(path.read_bytes()) for path in (WICKET, CLASSIC))
    for name in (
        "name",
        "organization",
        "organization_lfdnr",
        "date",
        "start",
        "end",
        "state",
        "room",
        "place",
    ):
        assert getattr(new, name) == getattr(old, name)
    by_number = {entry.number: entry for entry in new.entries}
    # The classic agenda links one paper of this item, ALLRIS 4 two.
    same = [entry for entry in old.entries if entry.number != "Ö 7.1"]
    assert same == [by_number[entry.number] for entry in same]


def test_text_copy_says_the_same_but_numbers() -> None:
    whole, copy = (parse_agenda(path.read_bytes()) for path in (WICKET, TEXT))
    assert (copy.name, copy.start, copy.end, copy.place) == (whole.name, whole.start, whole.end, whole.place)
    titles = {entry.number: (entry.title, entry.public, entry.result) for entry in whole.entries}
    assert all(titles[e.number] == (e.title, e.public, e.result) for e in copy.entries)
    assert len(copy.entries) == 6


def test_page_of_unknown_kind() -> None:
    assert parse_page(WICKET.read_bytes()) == parse_agenda(WICKET.read_bytes())


def test_agenda_without_table() -> None:
    agenda = parse_agenda(agenda_page())
    assert (agenda.entries, agenda.lfdnr, agenda.cancelled) == ((), None, False)
    assert agenda.date == date(2025, 8, 20)


def test_long_agenda() -> None:
    agenda = parse_agenda((FOLDER / "agenda-of-300-items.html").read_bytes())
    assert len(agenda.entries) == 300
    assert [entry.lfdnr for entry in agenda.entries[:280]] == list(range(5000, 5280))
    assert {(entry.lfdnr, entry.public) for entry in agenda.entries[280:]} == {(None, False)}


@pytest.mark.parametrize(
    ("fields", "headline"),
    [
        ({"Status": "abgesagt"}, "Beispielausschuss - 20.08.2025"),
        ({"Sitzungsstatus": "Sitzung abgesagt"}, "Beispielausschuss - 20.08.2025"),
        ({"Betreff": "Sitzung entfällt"}, "Beispielausschuss - 20.08.2025"),
        ({}, "Beispielausschuss - 20.08.2025 (abgesagt)"),
    ],
)
def test_cancelled_meeting(fields: dict[str, str], headline: str) -> None:
    assert parse_agenda(agenda_page(fields=MEETING | fields, headline=headline)).cancelled


def test_meeting_in_the_place_of_a_cancelled_one_is_held() -> None:
    fields = MEETING | {"Anlass": "Ersatz für die abgesagte Sitzung"}
    assert not parse_agenda(agenda_page(fields=fields)).cancelled


@pytest.mark.parametrize(
    ("printed", "start", "end"),
    [
        ("18:00 - 22:00", "2025-08-20T18:00:00+02:00", "2025-08-20T22:00:00+02:00"),
        ("18:00 Uhr bis 22.15 Uhr", "2025-08-20T18:00:00+02:00", "2025-08-20T22:15:00+02:00"),
        ("18:00 - 00:30", "2025-08-20T18:00:00+02:00", "2025-08-21T00:30:00+02:00"),
        ("18:00 - 17:00", "2025-08-20T18:00:00+02:00", None),
        ("18:00 -", "2025-08-20T18:00:00+02:00", None),
        ("im Anschluss", None, None),
        ("", None, None),
    ],
)
def test_times(printed: str, start: str | None, end: str | None) -> None:
    agenda = parse_agenda(agenda_page(fields=MEETING | {"Uhrzeit": printed}))
    assert [at and at.isoformat() for at in (agenda.start, agenda.end)] == [start, end]


def test_committee_of_the_headline_where_the_field_is_absent() -> None:
    assert parse_agenda(agenda_page(fields={"Uhrzeit": "16:00"})).organization == "Beispielausschuss"


def test_contradicting_dates() -> None:
    with pytest.raises(PageError, match=r"headline says 21\.08\.2025, the field Datum 20\.08\.2025"):
        parse_agenda(agenda_page(headline="Beispielausschuss - 21.08.2025"))


def test_classic_page_without_date() -> None:
    with pytest.raises(PageError, match="does not say the day of its meeting"):
        parse_agenda(classic_page("Tagesordnung - Sitzung", {"Gremium": "Rat"}))


def test_number_of_the_meeting_is_that_of_its_own_items() -> None:
    other = '<a href="./to010?SILFDNR=4">Vorige Sitzung</a><a href="./to010?SILFDNR=6">Nächste</a>'
    assert parse_agenda(agenda_page(row("Ö 1", link(77)), after=other)).lfdnr == 5
    assert parse_agenda(agenda_page(row("Ö 1", "Punkt"), after=other)).lfdnr is None


def test_hidden_field_gives_the_number_of_a_classic_meeting() -> None:
    form = '<form action="to010.asp"><input type="hidden" name="SILFDNR" value="007049"></form>'
    assert parse_agenda(classic_page("Tagesordnung - Sitzung", CLASSIC_HEAD, form)).lfdnr == 7049


def test_ids_of_links_are_numbers_of_items() -> None:
    (entry,) = entries(row("Ö 1", '<a id="link_77" href="?x">Punkt</a>'))
    assert (entry.title, entry.lfdnr) == ("Punkt", 77)


def test_ids_of_links_that_only_count_rows_are_no_numbers() -> None:
    first, second = entries(
        row(
            "Ö 1",
            '<a id="betreff_0" href="?x">A</a>',
            paper='<a href="./vo020?VOLFDNR=5&amp;TOLFDNR=91">V</a>',
        ),
        row("Ö 2", '<a id="betreff_1" href="./to020?TOLFDNR=92">B</a>'),
    )
    assert (first.lfdnr, second.lfdnr) == (91, 92)
    without_address, _ = entries(
        row("Ö 1", '<a id="link_1" href="?x">A</a>'), row("Ö 2", link(92).replace("_92", "_2"))
    )
    assert without_address.lfdnr is None


@pytest.mark.parametrize(
    ("heading", "number", "public"),
    [
        ("", "Ö 1", True),
        ("", "N 1", False),
        ("", "1", None),
        ("Öffentlicher Teil", "1", True),
        ("Nichtöffentlicher Teil", "1", False),
        ("Nicht öffentlicher Teil", "1", False),
        # Where a page contradicts itself, it is not published.
        ("Nichtöffentlicher Teil", "Ö 1", False),
        ("Öffentlicher Teil", "N 1", False),
        ("Beratung", "Ö 1", True),
    ],
)
def test_public(heading: str, number: str, public: bool | None) -> None:
    (entry,) = entries(f'<tr class="beratung"><td colspan="4">{heading}</td></tr>', row(number, "Punkt"))
    assert entry.public is public


@pytest.mark.parametrize(
    ("hint", "result"),
    [
        ("ungeändert beschlossen", "ungeändert beschlossen"),
        ('<img alt="" title="vertagt" src="x">', "vertagt"),
        ('<a data-simpletooltip-text="abgelehnt"></a>', "abgelehnt"),
        ("(offen)", ""),
        ('<img title="(offen)">', ""),
        ("", ""),
    ],
)
def test_result(hint: str, result: str) -> None:
    assert entries(row("Ö 1", "Punkt", hint))[0].result == result


def test_papers_of_an_item() -> None:
    paper = '<a href="./VO020?VOLFDNR=5&amp;refresh=false&amp;TOLFDNR=77">VO/11863/25 Titel</a>'
    (entry,) = entries(row("Ö 1", link(77), paper=paper))
    assert entry.papers == (PaperRecord(lfdnr=5, reference="VO/11863/25", name="Titel"),)
    assert entries(row("Ö 1", link(77), paper="VO/11863/25"))[0].papers == (
        PaperRecord(reference="VO/11863/25"),
    )


def test_rows_without_item_are_none() -> None:
    assert entries("<tr><td>x</td></tr>", row("", ""), "<tr></tr>") == ()


def test_classic_rows() -> None:
    rows = (
        '<tr class="zl11"><td class="text4">Ö&nbsp;1</td><td><form><input type="hidden" name="TOLFDNR" value="77">'
        '</form></td><td>Ohne Seite</td><td><a href="vo020.asp?VOLFDNR=9">VO/1/12</a></td></tr>'
        '<tr class="zl12"><td class="text4">N 2</td><td></td><td>Geheimes</td></tr>'
        '<tr class="zl11"><td><a href="to010.asp?SILFDNR=3&TOLFDNR=78&BES=1#beschluss">Ö 3</a></td>'
        '<td><a href="to020.asp?TOLFDNR=78"> Mit Seite </a><input class="il1_naz" title="vertagt"></td></tr>'
        '<tr class="zw1"><td>Ö 4</td><td>Keine Zeile der Tagesordnung</td></tr>'
    )
    page = classic_page("Tagesordnung - Sitzung", CLASSIC_HEAD, f'<table class="tl1">{rows}</table>')
    agenda = parse_agenda(page)
    assert agenda.lfdnr == 3
    assert agenda.entries == (
        AgendaEntryRecord(
            number="Ö 1",
            title="Ohne Seite",
            public=True,
            lfdnr=77,
            papers=(PaperRecord(lfdnr=9, reference="VO/1/12"),),
        ),
        AgendaEntryRecord(number="N 2", title="Geheimes", public=False),
        AgendaEntryRecord(number="Ö 3", title="Mit Seite", public=True, lfdnr=78, result="vertagt"),
    )


def test_names_of_staff_are_not_kept() -> None:
    page = classic_page("Tagesordnung - Sitzung", CLASSIC_HEAD | {"Verfasser": "Bea Beispiel"})
    assert "Bea" not in str(parse_agenda(page))
