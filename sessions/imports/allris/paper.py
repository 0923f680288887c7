"""From the page of a paper (ALLRIS `vo020`) to its record. Pure."""

from sessions.imports.allris.page import PageError
from sessions.imports.records import PaperPageRecord


def parse_paper(data: bytes, base: str = "") -> PaperPageRecord:
    """The paper of a page as saved. `base` is the address of the page: addresses of files that the page
    gives relative to itself are completed with it. Raises `PageError`."""
    raise PageError("Papers cannot be read yet.")
