"""Small ALLRIS pages, as text or HTML, for tests that need many variants of one."""

from collections.abc import Mapping

GRUNDDATEN = {"TOP": "Ö 13", "Datum": "Mi., 20.08.2025", "Uhrzeit": "16:00", "Beratung": "öffentlich"}


def text_page(
    *sections: str,
    headline: str = "20.08.2025 - 13 Beispiel",
    fields: Mapping[str, str] = GRUNDDATEN,
) -> bytes:
    """A page in the text layout; without sections it has empty minutes."""
    grunddaten = [f"- {label}:\n- {value}" for label, value in fields.items()]
    return "\n".join([headline, "Grunddaten", *grunddaten, *(sections or ["Beratungsinhalt:"]), ""]).encode()


def html_page(
    *paragraphs: str,
    headline: str = "20.08.2025 - 13 Beispiel",
    fields: Mapping[str, str] = GRUNDDATEN,
    before: str = "",
    charset: str = "utf-8",
) -> bytes:
    """A page in the layout of ALLRIS 4 with these paragraphs as its minutes; `before` stands above them."""
    grunddaten = "".join(f"<dt>{label}:</dt><dd>{value}</dd>" for label, value in fields.items())
    minutes = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f'<!DOCTYPE html><html><head><meta charset="{charset}"></head><body><div id="pageContent">'
        f'<h1 class="title">{headline}</h1><dl>{grunddaten}</dl>{before}'
        f'<div class="docPart"><h2>Beratungsinhalt:</h2>{minutes}</div></div></body></html>'
    ).encode(charset)


def other_html_page(content: str) -> bytes:
    """A whole HTML page with something else in the place of an agenda item."""
    return f'<html><body><div id="pageContent">{content}</div></body></html>'.encode()


MEETING = {"Gremium": "Beispielausschuss", "Datum": "Mi., 20.08.2025", "Uhrzeit": "16:00"}
PAPER = {"Betreff": "Beispielplatz", "Status": "öffentlich"}


def agenda_page(
    *rows: str,
    headline: str = "Beispielausschuss - 20.08.2025",
    fields: Mapping[str, str] = MEETING,
    after: str = "",
) -> bytes:
    """An agenda in the layout of ALLRIS 4; without rows it has no table."""
    table = f'<table id="toTreeTable"><tbody>{"".join(rows)}</tbody></table>' if rows else ""
    return _wicket(headline, fields, f"{table}{after}")


def paper_page(
    *stations: str,
    headline: str = "Antrag - 2026/245",
    fields: Mapping[str, str] = PAPER,
    after: str = "",
) -> bytes:
    """A paper in the layout of ALLRIS 4; `stations` are rows of its Beratungsfolge."""
    table = f'<div id="bfTable"><table class="bfTable">{"".join(stations)}</table></div>' if stations else ""
    return _wicket(headline, fields, f"{table}{after}")


def _wicket(headline: str, fields: Mapping[str, str], content: str) -> bytes:
    grunddaten = "".join(f"<dt>{label}:</dt><dd>{value}</dd>" for label, value in fields.items())
    return (
        '<!DOCTYPE html><html><head><meta charset="utf-8"></head><body><div id="pageContent">'
        f'<h1 class="title">{headline}</h1><dl>{grunddaten}</dl>{content}</div></body></html>'
    ).encode()


def classic_page(
    headline: str, fields: Mapping[str, str], content: str = "", charset: str = "utf-8"
) -> bytes:
    """A page in the layout of classic ALLRIS 3."""
    cells = "".join(
        f'<tr><td class="kb1">{label}:</td><td class="text1">{value}</td></tr>'
        for label, value in fields.items()
    )
    return (
        f'<html><head><meta charset="{charset}"></head><body><div id="risname"><h1>{headline}</h1></div>'
        f'<div id="allriscontainer"><table class="tk1">{cells}</table>{content}</div>'
        "<div>Impressum</div></body></html>"
    ).encode(charset)


def classic_item(**texts: str) -> bytes:
    """An excerpt of classic ALLRIS 3 with a nested document behind each anchor: WP="<p>…", BS=…"""
    parts = (f'<a name="allris{name}"></a><html><body>{text}</body></html>' for name, text in texts.items())
    fields = {"TOP": "Ö 13", "Datum": "Mi, 20.08.2025", "Zeit": "16:00", "Status": "öffentlich"}
    return classic_page("Auszug - Beispiel", fields, "".join(parts))
