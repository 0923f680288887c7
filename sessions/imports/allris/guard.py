"""Refuses HTML that would keep the library busy for minutes. No council page comes near these limits.

Lexbor reads a page in milliseconds, but some of its work is quadratic or worse: 40,000 nested <div> took
it 2.4 s, 40,000 attributes of one tag 3 s, 40,000 different <b> more than 20 s. Whatever stands in comments
or scripts counts here too: a guard that skipped them could be made to skip what Lexbor does not.
"""

import re
from collections import defaultdict

from sessions.imports.allris.page import PageError

MAX_BRACKETS = 40_000
"""Of "<", so some 20,000 elements with their end tags; a page of 500 kB with nothing but short rows has some
35,000. Nothing can be closed more often. The worst of them takes Lexbor about 2 s."""
MAX_OPEN = 5_000
"""Elements that are open at once: 20,000 nested ones take 5 s and more."""
MAX_ATTRIBUTES = 400
"""Of one tag, as each is compared with all before it. 5 MB of such tags take about 1 s."""
MAX_ROOTS = 20
"""Of <html> and <body>, as the attributes of all further ones are added to the first."""

_ROOT = re.compile(r"<(?:html|body)[\s/>]", re.IGNORECASE)
# A tag as HTML reads it, up to as many attributes, and whether there are more. No-break spaces and vertical
# tabs are white space to Python, but letters to HTML. Possessive quantifiers: what they took is never given
# back, so no input makes them try twice.
_TAG = re.compile(
    r"""<[a-zA-Z][^S/>]*+
    (?:[S/]*+ [^S/>][^S/>=]*+ (?:[S]*+=[S]*+ (?:"[^"]*+"?+ | '[^']*+'?+ | [^S>]*+))?+){0,N}+
    (?P<more>[S/]*+[^S/>])?+""".replace("S", r"\ \t\n\r\f").replace("N", str(MAX_ATTRIBUTES)),
    re.VERBOSE,
)
# What ends itself, or where the next one begins, nests nothing.
_NESTING = re.compile(
    r"<(/?)(?!(?:br|col|dd|dt|hr|img|input|li|link|meta|option|p|t[dhr]|wbr)[\s/>])([a-zA-Z][^\s/>]{0,40})"
)
# HTML opens these again in every paragraph until they are closed, and compares each with all others that are
# open. A <span> is just an element, and its text is the same. (<a> closes the <a> before it, so it may stay.)
_FORMATTING = re.compile(
    r"<(/?)(?:b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)(?=[\s/>])", re.IGNORECASE
)


def tame(markup: str) -> str:
    """The markup with formatting tags as <span>; `PageError` where it is beyond the limits."""
    if markup.count("<") > MAX_BRACKETS:
        raise _absurd(f"more than {MAX_BRACKETS:,} tags")
    if len(_ROOT.findall(markup)) > MAX_ROOTS:
        raise _absurd(f"more than {MAX_ROOTS} <html> or <body> tags")
    _refuse_deep(markup)
    read = 0
    for start in re.finditer(r"<[a-zA-Z]", markup):
        if (tag := _TAG.match(markup, start.start())) and tag["more"]:
            raise _absurd(f"a tag with more than {MAX_ATTRIBUTES} attributes")
        # Tags that overlap are read again each; real ones come one after the other.
        read += tag.end() - tag.start() if tag else 0
        if read > 4 * len(markup):
            raise _absurd("tags inside of tags")
    return _FORMATTING.sub(r"<\1span", markup)


def _refuse_deep(markup: str) -> None:
    """An end tag closes one of its own name only, so no others make a deep tree look flat."""
    is_open: defaultdict[str, int] = defaultdict(int)
    depth = 0
    for tag in _NESTING.finditer(markup.lower()):
        end, name = tag.groups()
        if not end:
            is_open[name] += 1
            depth += 1
            if depth > MAX_OPEN:
                raise _absurd(f"more than {MAX_OPEN:,} elements in each other")
        elif is_open[name]:
            is_open[name] -= 1
            depth -= 1


def _absurd(what: str) -> PageError:
    return PageError(f"The HTML has {what}; expected a page of a council information system.")
