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
