"""Text that people write becomes HTML here, and nowhere else."""

from functools import lru_cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

LONGEST_TEXT = 20_000
MOST_TABLE_CELLS = 2_000
"""A table of 17 kB can grow to 670 kB of cells; this many are more than anybody reads."""

_TAGS = {
    "p", "br", "hr", "strong", "em", "del", "code", "pre", "blockquote", "ul", "ol", "li", "a",
    "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href"}, "ol": {"start"}, "th": {"scope"}}
_QUOTES = "„“‚‘"


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "typographer": True, "quotes": _QUOTES})
    return parser.enable(["table", "replacements", "smartquotes", "strikethrough"])


class TooLargeError(ValueError):
    """The text is longer, or has more table cells, than a page should carry."""


def render_markdown(text: str) -> SafeString:
    """Safe HTML of an editor's text (CommonMark with tables, without HTML).

    Headings start one level below the page's own. Raises TooLargeError beyond LONGEST_TEXT characters
    or MOST_TABLE_CELLS cells.
    """
    return _render(text)


def plain_text(text: str) -> str:
    """The words of an editor's text as its page shows them, without marks; one line per block.

    What is too large to be rendered comes back as it was typed, as on its page.
    """
    try:
        return _plain(text)
    except TooLargeError:
        return text


def _plain(text: str) -> str:
    _check_size(text)
    lines = []
    for token in _parser().parse(text):
        if token.type == "inline":
            lines.append("".join(map(_words, token.children or ())))
        elif token.type in ("fence", "code_block"):
            lines.append(token.content.rstrip())
    return "\n".join(lines)


def _words(piece: Token) -> str:
    if piece.type in ("text", "code_inline"):
        return piece.content
    return " " if piece.type in ("softbreak", "hardbreak") else ""


@lru_cache(maxsize=512)
def _render(text: str) -> SafeString:
    _check_size(text)
    parser = _parser()
    tokens = parser.parse(text)
    for token in tokens:
        _lower_heading(token)
    html = parser.renderer.render(tokens, parser.options, {})
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )
    return mark_safe(clean)  # noqa: S308 - cleaned one line above


def _check_size(text: str) -> None:
    if len(text) > LONGEST_TEXT:
        raise TooLargeError(f"Der Text hat {len(text)} Zeichen; erlaubt sind {LONGEST_TEXT}.")
    # Every cell costs a separator, so the source bounds the table before it is built: short rows are
    # filled up to the width of the head.
    cells = max((line.count("|") for line in text.splitlines()), default=0) * text.count("\n")
    if cells > MOST_TABLE_CELLS and text.count("|") > 1:
        raise TooLargeError(f"Eine Tabelle darf höchstens {MOST_TABLE_CELLS} Zellen haben.")


def _lower_heading(token: Token) -> None:
    """The page's h1 is its title; an editor's first heading is an h3."""
    if token.type in ("heading_open", "heading_close"):
        token.tag = f"h{min(int(token.tag[1]) + 2, 6)}"
