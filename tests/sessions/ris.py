"""A council system for tests: ALLRIS 4 on loopback, with its cookie, its refusals and its conditional answers.

Its pages are made up, in the layout of ALLRIS 4.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

from tests.sessions.imports.web import Answer, Asked, Site, serving

NOT_ALLOWED = "<p>Keine Information verfügbar: Sie sind nicht berechtigt, diese Seite zu sehen.</p>"
TOO_MANY = "<p>Zu viele Zugriffe aus Ihrem Netzwerk.</p>"
HTML = {"Content-Type": "text/html;charset=UTF-8"}


def page(title: str, content: str) -> bytes:
    return (
        '<!DOCTYPE html><html lang="de"><head><meta charset="utf-8"></head><body><div id="pageContent">'
        f'<h1 class="title">{title}</h1>{content}</div></body></html>'
    ).encode()


def notice(content: str) -> bytes:
    return f'<html><head><meta charset="utf-8"></head><body>{content}</body></html>'.encode()


def facts(**fields: str) -> str:
    found = "".join(
        f'<dt class="colTitle"><span class="label">{name}:</span></dt><dd><span id="{name}">{words}</span></dd>'
        for name, words in fields.items()
    )
    return f"<dl>{found}</dl>"


def row(number: str, title: str, item: int | None = None, paper: int | None = None, result: str = "") -> str:
    link = f'<a id="betreff_{item}" href="./to020?SILFDNR=7603&amp;TOLFDNR={item}">{title}</a>'
    to_paper = f'<a href="./vo020?VOLFDNR={paper}&amp;refresh=false&amp;TOLFDNR={item}">VO/{paper}/26</a>'
    return (
        f'<tr><td class="tonr">{number}</td><td class="tobetreff">{link if item else title}</td>'
        f'<td class="tobahint">{result}</td><td class="tovonr">{to_paper if paper else ""}</td></tr>'
    )


def agenda(*rows: str, place: str = "Rathaus") -> bytes:
    head = facts(
        sibetreff="Sitzung des Schulausschusses",
        sigremium='<a href="./gr020?GRLFDNR=12">Schulausschuss</a>',
        sidatum="Di., 01.09.2026",
        sizeit="16:00 - 18:00",
        siraum="Huldigungssaal",
        siort=place,
    )
    table = f'<table id="toTreeTable" class="toTable"><tbody>{"".join(rows)}</tbody></table>'
    return page("Schulausschuss - 01.09.2026", head + table)


def item(
    number: str, title: str, minutes: str = "Frau Beispiel berichtet.", paper: int | None = None
) -> bytes:
    head = (
        f"<dl><dt>TOP:</dt><dd>{number}</dd><dt>Datum:</dt><dd>Di., 01.09.2026</dd>"
        "<dt>Uhrzeit:</dt><dd>16:00</dd></dl>"
    )
    link = f'<p><a href="./vo020?VOLFDNR={paper}">VO/{paper}/26</a></p>' if paper else ""
    text = f'<div class="docPart"><h2>Beratungsinhalt:</h2><p>{minutes}</p></div>'
    return page(f"01.09.2026 - {number.removeprefix('Ö ')} {title}", head + link + text)


def paper(number: int, title: str, state: str = "öffentlich") -> bytes:
    head = facts(vobetreff=title, vostatus=state, voart="Beschlussvorlage", vofamt="Bereich Schule")
    return page(f"Beschlussvorlage - VO/{number}/26", head)


PAGES: Mapping[str, bytes] = {
    "to010-7603": agenda(
        row("Ö 1", "Eröffnung"),
        row("Ö 2", "Neubau der Grundschule", 41, 919, "ungeändert beschlossen"),
        row("Ö 3", "Bericht der Verwaltung", 42),
        row("N 4", "Grundstück", 43, 920),
    ),
    "to020-41": item("Ö 2", "Neubau der Grundschule", paper=919),
    "to020-42": item("Ö 3", "Bericht der Verwaltung"),
    "vo020-919": paper(919, "Neubau der Grundschule"),
}
"""By program and number."""


@dataclass
class Ris:
    """What the system has and how it behaves; a test changes it while it runs."""

    site: Site
    pages: dict[str, bytes] = field(default_factory=lambda: dict(PAGES))
    answers: dict[str, Answer] = field(default_factory=dict)
    """In the place of a page, by program and number."""
    has_etags: bool = False
    wants_cookie: bool = True
    cookie_from: str = ""
    """Which page gives the cookie: the start page "", or "noauth"."""

    @property
    def url(self) -> str:
        return f"{self.site.url}/public"

    @property
    def asked(self) -> list[str]:
        """Pages that were asked for, in turn: "to010-7603"; the start page is ""."""
        return [name_of(path) for path in self.site.paths]

    def answer(self, asked: Asked) -> Answer:
        name = name_of(asked.path)
        if name in self.answers:
            return self.answers[name]
        cookie = {"Set-Cookie": "JSESSIONID=1; Path=/; HttpOnly"} if name == self.cookie_from else {}
        if name in ("", "noauth"):
            return Answer(notice(NOT_ALLOWED if name else "<p>Willkommen</p>"), headers=HTML | cookie)
        refusal = Answer(status=302, headers={"Location": "/public/noauth", "Content-Length": "0"})
        if name.startswith("to020") and self.wants_cookie and "Cookie" not in asked.headers:
            return refusal
        if name not in self.pages:
            return refusal
        etag = f'"{sha256(self.pages[name]).hexdigest()[:16]}"'
        if self.has_etags and asked.headers.get("If-None-Match") == etag:
            return Answer(status=304, headers={"ETag": etag})
        return Answer(self.pages[name], headers=HTML | ({"ETag": etag} if self.has_etags else {}))


def name_of(path: str) -> str:
    parts = urlsplit(path)
    program = parts.path.rpartition("/")[2].removesuffix(".asp")
    own = {"to010": "SILFDNR", "to020": "TOLFDNR", "vo020": "VOLFDNR"}.get(program)
    return f"{program}-{parse_qs(parts.query)[own][0]}" if own else program


@contextmanager
def running() -> Iterator[Ris]:
    handler: list[Callable[[Asked], Answer]] = []
    with serving(lambda asked: handler[0](asked)) as site:
        ris = Ris(site)
        handler.append(ris.answer)
        yield ris
