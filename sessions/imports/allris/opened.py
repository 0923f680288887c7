"""From bytes to a page whose kind and layout are known."""

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from sessions.imports.allris.address import own_address
from sessions.imports.allris.guard import tame
from sessions.imports.allris.other_pages import empty_page, kind_of_html, kind_of_text, refusal, wrong_kind
from sessions.imports.allris.page import WANTED, Kind, PageError, clean, decode, looks_like_html
from sessions.imports.allris.tree import is_whole, lines, read_tamed


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A page of one of the three kinds."""

    kind: Kind
    headline: str
    text: str
    """The whole page, decoded: text, or markup that has been through the guard."""
    lines: list[str]
    """Of a page saved as text: its lines, cleaned and not empty. Of HTML none."""
    is_classic: bool
    html: LexborNode | None = None
    content: LexborNode | None = None
    """`html` and `content` are None for text."""
    base: str = ""
    """Address of the page: as the caller gives it, else as the page itself says it; "" where not known."""

    @property
    def parts(self) -> tuple[LexborNode, LexborNode]:
        """Root and content of an HTML page."""
        if self.html is None or self.content is None:
            raise PageError("The page is text; expected HTML.")
        return self.html, self.content

    def without_fields(self) -> PageError:
        """The error for a page that has no Grunddaten."""
        otherwise = f'The page has no list "Grunddaten" with known labels; {WANTED[self.kind]}.'
        if self.html is None:
            return PageError(otherwise)
        return empty_page(self.html, self.headline, otherwise, self.kind)


def open_page(data: bytes, wanted: Kind | None = None, base: str = "") -> Opened:
    """Raises `PageError` for what is no whole page of the `wanted` kind, or of any of the three."""
    text = decode(data, WANTED[wanted])
    opened = _open_html(text, wanted, base) if looks_like_html(text) else _open_text(text, wanted, base)
    if wanted and opened.kind != wanted:
        raise wrong_kind(opened.kind, opened.headline, wanted)
    return opened


def _open_html(markup: str, wanted: Kind | None, base: str) -> Opened:
    markup = tame(markup)
    html = read_tamed(markup)
    found = kind_of_html(html)
    whole = is_whole(markup) and (not found.is_classic or _is_balanced(markup))
    if found.kind is None or found.content is None:
        error = refusal(found.headline, lines(html), html, wanted)
        # A known trap is known however much of it came through.
        if whole or type(error) is not PageError:
            raise error
    if not whole or found.kind is None or found.content is None:
        raise PageError("The HTML is cut off before </html>; expected a whole page up to </html>.")
    return Opened(
        kind=found.kind,
        headline=found.headline,
        text=markup,
        lines=[],
        is_classic=found.is_classic,
        html=html,
        content=found.content,
        base=base or own_address(html).url,
    )


def _is_balanced(markup: str) -> bool:
    """Whether no <html> stays open. Classic pages hold whole documents, so one </html> says little."""
    tags = re.findall(r"<(/?)html(?=[\s>])", markup, re.IGNORECASE)
    return tags.count("/") >= tags.count("")


def _open_text(text: str, wanted: Kind | None, base: str) -> Opened:
    found = [line for raw in re.split(r"\r\n|\r|\n", text) if (line := clean(raw))]
    headline = found[0] if found else ""
    kind, is_classic = kind_of_text(headline)
    if kind is None:
        raise refusal(headline, found, None, wanted)
    if kind == "vo020":
        is_classic = "Grunddaten" not in found
    return Opened(kind=kind, headline=headline, text=text, lines=found, is_classic=is_classic, base=base)
