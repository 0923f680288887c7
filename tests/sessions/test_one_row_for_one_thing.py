"""The same council from saved pages, from classic pages and from OParl, in any order: each thing is one row,
its key stays, and reading all of it again changes nothing."""

import json
from collections.abc import Callable
from io import StringIO
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import Model

from sessions.models import (
    AgendaItem,
    Consultation,
    Contribution,
    File,
    Meeting,
    Motion,
    Organization,
    Paper,
    Person,
    Vote,
)
from strategy.models import Evidence
from tests import factories
from tests.sessions.imports.sample_pages import agenda_page, classic_page, paper_page

PROJECT = Path(__file__).resolve().parents[2]
DEMO = PROJECT / "demo" / "lueneburg"
SEED = DEMO / "to020_SILFDNR-7603_TOLFDNR-1000181.txt"
RIS = "https://buergerinfo.stadt.lueneburg.de/public"
OLD_RIS = "https://ratsinfo.stadt.lueneburg.de/bi"
COMMITTEE = "Ausschuss für Feuerwehr, Gefahrenabwehr und Digitales"
TITLE = "Fortschreibung der Digitalisierungsstrategie der Hansestadt Lüneburg"
MODELS: tuple[type[Model], ...] = (
    Organization,
    Person,
    Meeting,
    AgendaItem,
    Contribution,
    Motion,
    Vote,
    Paper,
    File,
    Consultation,
)

pytestmark = pytest.mark.django_db

AGENDA = agenda_page(
    '<tr><td class="tonr">Ö 1</td><td class="tobetreff"><a id="betreff_1000170">Eröffnung</a></td></tr>',
    '<tr><td class="tonr">Ö 13</td>'
    f'<td class="tobetreff"><a id="betreff_1000181">{TITLE}</a></td>'
    '<td class="tovonr"><a href="./vo020?VOLFDNR=1000919&amp;refresh=false">MV/11986/25</a></td></tr>',
    '<tr><td class="tonr">N 14</td><td class="tobetreff">Grundstück</td></tr>',
    headline=f"{COMMITTEE} - 20.08.2025",
    fields={
        "Gremium": f'<a href="./gr020?GRLFDNR=35">{COMMITTEE}</a>',
        "Datum": "Mi., 20.08.2025",
        "Uhrzeit": "16:00 - 18:30",
    },
)
PAPER = paper_page(
    f'<tr><td class="colorCol"><span class="wfcolorDesc">Erledigt</span></td><td></td>'
    f'<td><a href="./gr020?GRLFDNR=35">{COMMITTEE}</a></td><td>Kenntnisnahme</td></tr>',
    '<tr><td class="date"><a href="./to010?SILFDNR=7603&amp;TOLFDNR=1000181">20.08.2025</a></td>'
    '<td><a href="./to020?SILFDNR=7603&amp;TOLFDNR=1000181">zur Kenntnis genommen</a></td></tr>',
    headline="Mitteilungsvorlage - MV/11986/25",
    fields={"Betreff": TITLE, "Status": "öffentlich"},
)
CLASSIC_AGENDA = classic_page(
    f"Tagesordnung - {COMMITTEE}",
    {"Gremium": COMMITTEE, "Datum": "Mi, 20.08.2025", "Zeit": "16:00 - 18:30"},
    '<table class="tl1"><tr class="zl11">'
    '<td class="text4"><a href="to010.asp?SILFDNR=7603&TOLFDNR=1000181&BES=1#beschluss">Ö 13</a></td>'
    f'<td><a href="to020.asp?TOLFDNR=1000181">{TITLE}</a></td>'
    '<td><a href="vo020.asp?VOLFDNR=1000919">MV/11986/25</a></td></tr></table>',
    charset="iso-8859-1",
)
PAGES = {
    "agenda": ("to010_SILFDNR-7603.html", AGENDA),
    "item": (SEED.name, SEED.read_bytes()),
    "paper": ("vo020_VOLFDNR-1000919.html", PAPER),
    "classic": ("to010.asp_SILFDNR-7603.html", CLASSIC_AGENDA),
}


def oparl(type_: str, path: str, **fields: Any) -> dict[str, Any]:
    stamps = {"created": "2025-08-01T08:00:00+02:00", "modified": "2025-09-01T08:00:00+02:00"}
    schema = f"https://schema.oparl.org/1.1/{type_}"
    return {"id": f"{RIS}/oparl/{path}", "type": schema, **stamps, **fields}


def council(*, with_web: bool) -> list[dict[str, Any]]:
    """The same as OParl objects of ALLRIS."""

    def page(path: str) -> dict[str, str]:
        return {"web": f"{RIS}/{path}"} if with_web else {}

    base = f"{RIS}/oparl"
    return [
        oparl("Body", "bodies?id=1", name="Hansestadt Lüneburg", ags="03355022"),
        oparl(
            "Organization",
            "organizations?typ=gr&id=35",
            name=COMMITTEE,
            body=f"{base}/bodies?id=1",
            web=f"{RIS}/gr020?GRLFDNR=35",
        ),
        oparl(
            "Meeting",
            "meetings?id=7603",
            name=COMMITTEE,
            start="2025-08-20T16:00:00+02:00",
            end="2025-08-20T18:30:00+02:00",
            organization=[f"{base}/organizations?typ=gr&id=35"],
            web=f"{RIS}/to010?SILFDNR=7603",
            agendaItem=[
                oparl("AgendaItem", "agendaItems?id=1000170", number="Ö 1", name="Eröffnung", public=True)
                | page("to020?SILFDNR=7603&TOLFDNR=1000170"),
                oparl(
                    "AgendaItem",
                    "agendaItems?id=1000181",
                    number="Ö 13",
                    name=TITLE,
                    public=True,
                    consultation=f"{base}/consultations?id=5001",
                    result="zur Kenntnis genommen",
                )
                | page("to020?SILFDNR=7603&TOLFDNR=1000181"),
            ],
        ),
        oparl(
            "Paper",
            "papers?id=1000919",
            name=TITLE,
            reference="MV/11986/25",
            paperType="Mitteilungsvorlage",
            body=f"{base}/bodies?id=1",
            web=f"{RIS}/vo020?VOLFDNR=1000919",
            consultation=[
                oparl(
                    "Consultation",
                    "consultations?id=5001",
                    meeting=f"{base}/meetings?id=7603",
                    agendaItem=f"{base}/agendaItems?id=1000181",
                    organization=[f"{base}/organizations?typ=gr&id=35"],
                    role="Kenntnisnahme",
                )
            ],
        ),
    ]


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str], str]:
    """Imports one source by its name and gives the summary of the run."""
    for name, data in PAGES.values():
        (tmp_path / name).write_bytes(data)

    def read(source: str) -> str:
        out, err = StringIO(), StringIO()
        if source in PAGES:
            call_command("import_allris", tmp_path / PAGES[source][0], stdout=out, stderr=err)
        else:
            file = tmp_path / "oparl.json"
            file.write_text(json.dumps(council(with_web=source == "oparl")))
            call_command("import_oparl", file, stdout=out, stderr=err)
        assert err.getvalue() == "", (source, err.getvalue())
        return out.getvalue()

    return read


def rows() -> dict[str, list[dict[str, Any]]]:
    return {model.__name__: list(model._base_manager.order_by("pk").values()) for model in MODELS}


def keys() -> dict[str, set[int]]:
    return {model.__name__: set(model._base_manager.values_list("pk", flat=True)) for model in MODELS}


def assert_one_of_each(sources: set[str]) -> None:
    meeting = Meeting.objects.get()
    assert meeting.external_id == "allris:si:7603"
    item = AgendaItem.objects.get(number="Ö 13")
    assert (item.external_id, item.meeting) == ("allris:to:1000181", meeting)
    paper = Paper.objects.get()
    assert paper.reference == "MV/11986/25"
    station = Consultation.objects.get()
    assert (station.agenda_item, station.paper, station.meeting) == (item, paper, meeting)
    assert AgendaItem.objects.filter(number="Ö 1").count() <= 1
    assert Organization.objects.filter(name=COMMITTEE).count() == (0 if sources == {"item"} else 1)
    assert AgendaItem.objects.filter(number="N 14").exclude(public=False).count() == 0
    if "item" in sources:
        assert item.contributions.filter(superseded_at=None).count() == 12
        in_minutes = Vote.objects.exclude(contribution=None).get()
        assert (in_minutes.result, in_minutes.yes, in_minutes.no) == ("rejected", 2, 5)
        assert item.clerk == "Simone Sauerwein"
    # Only OParl says what became of the item itself.
    results = Vote.objects.filter(contribution=None).values_list("result", flat=True)
    assert list(results) == (["noted"] if "oparl" in sources else [])
    assert not Vote.objects.exclude(superseded_at=None).exists()
    if sources - {"item", "paper"}:
        assert (item.title, item.title_cut) == (TITLE, False)


ALL = ("agenda", "item", "paper", "classic", "oparl")


@pytest.mark.parametrize("order", list(permutations(("agenda", "item", "paper", "oparl"))), ids="-".join)
def test_in_any_order(read: Callable[[str], str], order: tuple[str, ...]) -> None:
    kept: dict[str, set[int]] = {name: set() for name in keys()}
    for source in order:
        read(source)
        for name in ("Meeting", "AgendaItem", "Paper", "Organization", "Contribution"):
            gone = kept[name] - keys()[name]
            assert not gone, (source, name, gone)
        kept = keys()
    assert_one_of_each(set(order))


PAIRS = [(one, other) for one in ALL for other in (*ALL, "oparl without web") if one not in other.split()]


@pytest.mark.parametrize(("first", "second"), PAIRS, ids="-".join)
def test_again_changes_nothing(read: Callable[[str], str], first: str, second: str) -> None:
    read(first)
    read(second)
    assert_one_of_each({first, second.removesuffix(" without web")})
    before = rows()
    for source in (first, second, second, first):
        read(source)
    assert rows() == before


def test_the_proof_may_come_last(read: Callable[[str], str], tmp_path: Path) -> None:
    """Only the paper says its page, and it stands behind everything else."""
    read("item")
    read("agenda")
    before = keys()
    objects = council(with_web=False)
    for found in objects[:-1]:
        found.pop("web", None)
    file = tmp_path / "late.json"
    file.write_text(json.dumps(objects))
    call_command("import_oparl", file, stdout=StringIO())
    call_command("import_oparl", file, stdout=StringIO())
    assert_one_of_each({"item", "agenda", "oparl"})
    assert {name: before[name] - keys()[name] for name in before} == {name: set() for name in before}


@pytest.mark.parametrize("order", ["allris-strategy-oparl", "oparl-allris-strategy", "allris-oparl-strategy"])
def test_what_measures_cite_stays(read: Callable[[str], str], order: str) -> None:
    """The evidence of measures is tied to rows, which neither source may take away."""
    steps: dict[str, Callable[[], Any]] = {
        "allris": lambda: read("item"),
        "oparl": lambda: read("oparl"),
        "strategy": lambda: call_command("import_strategy", DEMO / "strategie.yaml", stdout=StringIO()),
    }
    for step in order.split("-"):
        steps[step]()
    cited = evidence()
    assert cited
    for source in ("item", "agenda", "oparl", "paper", "classic"):
        read(source)
        assert evidence() == cited, source
    steps["strategy"]()
    assert [row for row in evidence() if row in cited] == cited
    assert_one_of_each(set(ALL))


def evidence() -> list[dict[str, Any]]:
    return list(Evidence.objects.order_by("pk").values())


def test_grounds_of_a_published_report_stand_and_stop_no_import(
    read: Callable[[str], str], tmp_path: Path
) -> None:
    """The vote and a paragraph of the minutes that a published report cites, read from every source."""
    read("item")
    vote, paragraph = Vote.objects.get(), Contribution.objects.get(position=1)
    report = factories.a_report(factories.a_measure(), published=False)
    factories.evidence(report=report, vote=vote)
    factories.evidence(paragraph.agenda_item, report=report, contribution=paragraph)
    factories.publish(report)
    for source in ("oparl", "agenda", "paper", "classic", "oparl without web", "item"):
        read(source)
    assert Vote.objects.get(evidence__report=report).phrase == vote.phrase
    assert Contribution.objects.get(evidence__report=report).text == paragraph.text
    assert_one_of_each(set(ALL))
    rewritten = SEED.read_bytes().replace(b"2 Ja-Stimmen und 5", b"3 Ja-Stimmen und 4")
    out = StringIO()
    page = tmp_path / SEED.name
    page.write_bytes(rewritten)
    call_command("import_allris", page, stdout=out)
    assert out.getvalue() == "0 created, 1 changed, 0 unchanged, 0 refused\n"
    assert Vote.objects.get(evidence__report=report).superseded_at is not None
    now = Vote.objects.exclude(contribution=None).get(superseded_at=None)
    assert (now.yes, now.no) == (3, 4)
