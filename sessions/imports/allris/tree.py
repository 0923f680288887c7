"""Reads from the tree of an HTML page what a person would see: texts, paragraphs, facts, tables.

Each helper goes through its part of the tree once, and none recurses: a tree may be 20,000 deep.
"""

import re
from collections.abc import Callable, Collection, Iterator

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser, LexborNode

from sessions.imports.allris.guard import tame
from sessions.imports.allris.page import PageError, clean
from sessions.imports.sentences import word_set

HIDDEN = word_set(
    "audio button canvas iframe math noembed noframes noscript object script select style svg template "
    "textarea title video xmp"
)
"""Nothing in them is text of the page."""
BLOCK = word_set(
    "address article aside blockquote body dd details div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section summary table tbody tfoot thead tr ul"
)
CELL = frozenset({"td", "th"})

# What saving a page or a server in between adds behind it may follow.
_END = re.compile(
    r"</html\s*+>(?:\s++|<!--(?>.*?-->)|<script\b(?>.*?</script\s*+>))*+\Z", re.IGNORECASE | re.DOTALL
)


def read_html(markup: str) -> LexborNode:
    """The `html` element of a page. Raises `PageError` for what no council page holds (see `guard`)."""
    return read_tamed(tame(markup))


def read_tamed(markup: str) -> LexborNode:
    """The same for markup that has been through the guard, or a part of it."""
    # Without events: they compare every selected <option> with all others, and copy elements.
    events = LexborDocumentOptions.WO_EVENTS
    html = LexborHTMLParser(markup, options=events).root
    if html is None:
        raise PageError("The HTML has no element; expected a whole page.")
    return html


def is_whole(markup: str) -> bool:
    """Whether the page goes up to its </html>, and nothing behind it breaks off."""
    last = max((tag.start() for tag in re.finditer("</html", markup, re.IGNORECASE)), default=0)
    return bool(_END.match(markup, last))


def comments_before(html: LexborNode) -> Iterator[str]:
    """Comments before the `html` element, the nearest first: there browsers say from where they saved it."""
    node = html.prev
    while node is not None:
        if node.is_comment_node:
            yield node.comment_content or ""
        node = node.prev


def attribute(element: LexborNode, name: str) -> str:
    return element.attributes.get(name) or ""


def walk(
    top: LexborNode, without: Callable[[LexborNode], bool] = lambda element: False
) -> Iterator[tuple[LexborNode, bool]]:
    """Everything below `top` in order: each node where it begins (True) and where it ends (False). Of
    hidden elements and those that `without` names come only these two, not what they hold."""
    depth, node = 0, top.first_child
    while node is not None:
        yield node, True
        enter = node.is_element_node and node.tag not in HIDDEN and not without(node)
        if enter and (child := node.first_child):
            depth, node = depth + 1, child
            continue
        yield node, False
        while node.next is None and depth and (parent := node.parent):
            depth, node = depth - 1, parent
            yield node, False
        node = node.next


def text(top: LexborNode, without: Collection[str] = ()) -> str:
    """The text as one paragraph. `without` are names of elements to leave out. To read many elements that
    may lie in each other, leave out their own kind: then no text is read twice."""
    parts = []
    for node, begins in walk(top, lambda element: element.tag in without):
        if node.is_text_node:
            parts.append((node.text_content or "") if begins else "")
        elif node.tag in BLOCK or node.tag in CELL or node.tag == "br":
            parts.append(" ")
    return clean("".join(parts))


def lines(top: LexborNode, without: Callable[[LexborNode], bool] = lambda element: False) -> list[str]:
    """The text as paragraphs. A block element starts a new one, so do two line breaks in a row; a single
    line break is a space. Cells of a row stay together, with "|" between them. Empty paragraphs and what
    `without` names are left out."""
    found: list[str] = []
    parts: list[str] = []
    breaks = 0

    def flush() -> None:
        if line := clean("".join(parts)):
            found.append(line)
        parts.clear()

    for node, begins in walk(top, without):
        if node.is_text_node:
            words = (node.text_content or "") if begins else ""
            parts.append(words)
            breaks = 0 if words.strip() else breaks
        elif node.tag == "br" and begins:
            parts.append(" ")
            breaks += 1
            if breaks > 1:
                flush()
        elif node.tag in CELL:
            parts.append(" | " if begins and parts else " ")
        elif node.tag in BLOCK:
            flush()
            breaks = 0
    flush()
    return found


def facts(top: LexborNode) -> Iterator[tuple[str, str]]:
    """Label and value of each `dt` and `dd`, the label without its colon."""
    label = ""
    for element in top.css("dt, dd"):
        words = text(element, without={"dl", "dt", "dd"})
        if element.tag == "dt":
            label = words.removesuffix(":").strip()
        else:
            yield label, words


def row_elements(table: LexborNode) -> Iterator[LexborNode]:
    """The rows of a table, without those of tables inside of it."""
    for part in table.iter():
        for row in part.iter() if part.tag in ("thead", "tbody", "tfoot") else ():
            if row.tag == "tr":
                yield row


def cells_of(row: LexborNode) -> list[LexborNode]:
    return [cell for cell in row.iter() if cell.tag in CELL]


def rows(table: LexborNode) -> Iterator[list[LexborNode]]:
    """The cells of each row of a table, without those of tables inside of it."""
    return map(cells_of, row_elements(table))


def is_table(element: LexborNode) -> bool:
    return element.tag == "table"


def elements(top: LexborNode, *tags: str) -> list[LexborNode]:
    """The elements of these names below `top` in order, without those of tables inside of it."""
    return [node for node, begins in walk(top, is_table) if begins and node.tag in tags]


def cell_texts(cells: Collection[LexborNode]) -> list[str]:
    return [text(cell, without={"table"}) for cell in cells]
