"""A small reader of HTML for saved council pages: linear in time and memory, whatever it is fed.

Why not a library: a browser-grade tree builder does quadratic work on hostile input. 100,000 nested
<div> took Lexbor 9.5 s, 40,000 attributes on one tag 2 s; the standard library's html.parser took 99 s
for 160 kB of "<a x". A page of 5 MB would stop an import for minutes. An agenda item needs little of
HTML, so this reader looks at every character a bounded number of times and builds no tree: a document
is a flat list of openings, closings and text, and an opening knows the index of its own closing.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from html import unescape

from sessions.imports.allris.page import PageError, clean
from sessions.imports.sentences import word_set

VOID = word_set("area base br col embed hr img input link meta param source track wbr")
RAW = word_set("iframe noembed noframes script style textarea title xmp")
"""Their content is no markup and is dropped."""
HIDDEN = word_set("audio button canvas math noscript object select svg template video")
"""Their content is markup, but none of it is text of the page."""
BLOCK = word_set(
    "address article aside blockquote body dd details div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section summary table tbody tfoot thead tr ul"
)
CELL = frozenset({"td", "th"})
CLOSED_BY_NEXT = {
    "p": {"p"},
    "li": {"li"},
    "dt": {"dt", "dd"},
    "dd": {"dt", "dd"},
    "td": {"td", "th"},
    "th": {"td", "th"},
    "tr": {"td", "th", "tr"},
}
"""End tags that HTML lets a page leave out: an opening closes these right above it."""

# Possessive quantifiers: what they took is never given back, so no input makes them try twice.
_NAME = re.compile(r"[a-zA-Z][^\s/>]*+")
# A quote that nothing closes is looked for up to the end of the page once; after that no other follows.
_ATTRIBUTE = re.compile(
    r"""[\s/"'=]*+([^\s/>"'=]++)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s>"'][^\s>]*+)?+))?+"""
)
_TAG_END = re.compile(r"""[\s/"'=]*+>""")
_RAW_END = {name: re.compile(f"</{name}", re.IGNORECASE) for name in RAW}
# int() refuses numbers of more than 4,300 digits, and no character has a number of 9 digits.
_ABSURD_REFERENCE = re.compile(r"&#[xX]?[0-9a-fA-F]{9,}+;?")


@dataclass(slots=True, eq=False)
class Element:
    """An opening tag. Its content are the items `first` to `last` (excluded) of its document."""

    name: str
    attributes: dict[str, str]
    first: int
    last: int

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()


@dataclass(frozen=True, slots=True)
class Close:
    name: str


@dataclass(slots=True)
class Document:
    items: list[Element | Close | str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    complete: bool = False
    """The end tag of `html` was there."""

    def elements(self, within: Element | None = None) -> Iterator[Element]:
        """All elements in order, without those inside hidden ones."""
        return (item for _, item in self._visible(within) if isinstance(item, Element))

    def segments(
        self, names: Collection[str], within: Element | None = None
    ) -> Iterator[tuple[Element, str]]:
        """Each element of these names with its text, up to its end or the next such element.

        Text of nested elements of these names counts once, for the innermost that has begun: reading
        all of them stays one pass over the document."""
        current: Element | None = None
        parts: list[str] = []
        for index, item in self._visible(within):
            if isinstance(item, str):
                parts.append(item)
                continue
            if current and (index == current.last or (isinstance(item, Element) and item.name in names)):
                yield current, clean("".join(parts))
                current = None
            if isinstance(item, Element) and item.name in names:
                current, parts = item, []
            elif item.name in BLOCK or item.name in CELL or item.name == "br":
                parts.append(" ")
        if current:
            yield current, clean("".join(parts))

    def lines(self, within: Element | None = None, skip: Collection[Element] = ()) -> list[str]:
        """The text as paragraphs. A block element starts a new one, so do two line breaks in a row;
        a single line break is a space. Cells of a row stay together, with "|" between them. Empty
        paragraphs and the content of `skip` are left out."""
        lines: list[str] = []
        parts: list[str] = []
        breaks = 0

        def flush() -> None:
            if line := clean("".join(parts)):
                lines.append(line)
            parts.clear()

        for _, item in self._visible(within, skip):
            if isinstance(item, str):
                parts.append(item)
                breaks = breaks if item.isspace() else 0
            elif item.name == "br":
                parts.append(" ")
                breaks += 1
                if breaks > 1:
                    flush()
            elif item.name in CELL:
                parts.append(" | " if isinstance(item, Element) and parts else " ")
            elif item.name in BLOCK:
                flush()
                breaks = 0
        flush()
        return lines

    def text(self, within: Element | None = None) -> str:
        return " ".join(self.lines(within))

    def _visible(
        self, within: Element | None, skip: Collection[Element] = ()
    ) -> Iterator[tuple[int, Element | Close | str]]:
        """Items with their place; of hidden elements and of those to skip the opening alone."""
        index, last = (within.first, within.last) if within else (0, len(self.items))
        while index < last:
            item = self.items[index]
            yield index, item
            if isinstance(item, Element) and (item.name in HIDDEN or item in skip):
                index = item.last
            else:
                index += 1


def read_html(markup: str) -> Document:
    """Reads a page; `PageError` where it ends inside a tag, a comment or a script."""
    return _Reader(markup).document


class _Reader:
    """Goes through the markup once, from `<` to `<`."""

    def __init__(self, markup: str) -> None:
        self.markup = markup
        self.document = Document()
        self.open: list[Element] = []
        self.open_names: Counter[str] = Counter()
        position = 0
        while (found := markup.find("<", position)) >= 0:
            self._text(position, found)
            position = self._construct(found)
        self._text(position, len(markup))
        while self.open:
            self._pop()

    def _construct(self, at: int) -> int:
        """Reads what begins with the `<` at this place and returns where it ends."""
        following = self.markup[at + 1 : at + 2]
        if self.markup.startswith("<!--", at):
            end = self._find("-->", at + 2)
            self.document.comments.append(self.markup[at + 4 : end - 3])
            return end
        if following in ("!", "?"):
            return self._find(">", at)
        if following == "/" and (name := _NAME.match(self.markup, at + 2)):
            self._end_tag(name[0].lower())
            return self._find(">", name.end())
        if name := _NAME.match(self.markup, at + 1):
            return self._start_tag(name[0].lower(), name.end())
        self.document.items.append("<")
        return at + 1

    def _start_tag(self, name: str, position: int) -> int:
        attributes: dict[str, str] = {}
        while match := _ATTRIBUTE.match(self.markup, position):
            key, *values = match.groups()
            attributes.setdefault(key.lower(), decode_references(next(filter(None, values), "")))
            position = match.end()
        tag_end = _TAG_END.match(self.markup, position)
        if not tag_end:
            raise cut_off(f"inside a <{clean(name)[:20]}> tag")
        while self.open and self.open[-1].name in CLOSED_BY_NEXT.get(name, ()):
            self._pop()
        if name in RAW:
            return self._skip_raw(name, tag_end.end())
        content = len(self.document.items) + 1
        element = Element(name, attributes, first=content, last=content)
        self.document.items.append(element)
        if name not in VOID:
            self.open.append(element)
            self.open_names[name] += 1
        return tag_end.end()

    def _skip_raw(self, name: str, position: int) -> int:
        end = _RAW_END[name].search(self.markup, position)
        if not end:
            raise cut_off(f"inside <{name}>")
        return self._find(">", end.end())

    def _end_tag(self, name: str) -> None:
        if name == "html":
            self.document.complete = True
        # Asking the counter first keeps a stray end tag from searching all open elements.
        while self.open_names[name]:
            if self._pop() == name:
                break

    def _pop(self) -> str:
        element = self.open.pop()
        self.open_names[element.name] -= 1
        element.last = len(self.document.items)
        self.document.items.append(Close(element.name))
        return element.name

    def _text(self, start: int, end: int) -> None:
        if start < end:
            self.document.items.append(decode_references(self.markup[start:end]))

    def _find(self, what: str, position: int) -> int:
        found = self.markup.find(what, position)
        if found < 0:
            raise cut_off(f'before a closing "{what}"')
        return found + len(what)


def decode_references(text: str) -> str:
    """`&auml;` and `&#228;` as characters. Numbers that are no character (surrogates, NUL, beyond
    Unicode) become U+FFFD."""
    if "&" not in text:
        return text
    return unescape(_ABSURD_REFERENCE.sub("\ufffd", text))


def cut_off(where: str) -> PageError:
    return PageError(f"The HTML is cut off {where}; expected a whole page up to </html>.")
