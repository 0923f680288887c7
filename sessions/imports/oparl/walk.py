"""The way through the pages of one list, and whether it still gets anywhere."""

from typing import Final

from sessions.imports.oparl import pages
from sessions.imports.oparl.pages import Page

MAX_PAGES: Final = 100_000
"""Of one list. ALLRIS gives ten objects a page, and the files of a large city are a few hundred thousand."""


class Walk:
    """How far a list has been read, and whether it still gets anywhere."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.next = address
        self.count = 0
        """Elements that came."""
        self.last: int | None = None
        self.total: int | None = None
        self.is_whole = True
        self.failed_objects = 0
        """In a row."""
        self._addresses: set[str] = set()
        self._contents: set[int] = set()

    @property
    def has_all(self) -> bool:
        return self.count >= (self.total or 0)

    @property
    def may_be_over(self) -> bool:
        """Nothing came yet, or all that was promised."""
        return not self._contents or (self.total is not None and self.has_all)

    def trouble_with(self, address: str) -> str:
        """Why this address is not asked for; "" where it is."""
        if address in self._addresses:
            return "the list leads back to a page that was read already"
        if len(self._addresses) == MAX_PAGES:
            return f"the list has more than {MAX_PAGES:,} pages"
        self._addresses.add(address)
        return ""

    def is_new(self, page: Page) -> bool:
        """Servers count their pages up without end and send the last one again and again. The ids tell: a
        date in the objects may change with every request."""
        ids = [raw.get("id") if isinstance(raw, dict) else raw for raw in page.elements]
        content = hash(tuple(map(repr, ids)))
        if ids and content in self._contents:
            return False
        self._contents.add(content)
        return True

    def note(self, page: Page, address: str) -> None:
        self.count += len(page.elements) + len(page.refused)
        self.last = page.last if page.last is not None else self.last
        self.total = page.total if page.total is not None else self.total
        # A page that breaks off has lost its links too.
        self.next = pages.following(page, address) or (
            pages.behind(address, self.last) if page.refused else ""
        )
