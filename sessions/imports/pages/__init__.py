"""Pages of ALLRIS into the database: saved ones from files, and those that a server is asked for."""

from sessions.imports.pages.addresses import AddressError, page_at, site_of
from sessions.imports.pages.files import FileError, import_page, pages_in
from sessions.imports.pages.kinds import kind_at
from sessions.imports.pages.site import Site, StoppedError

__all__ = [
    "AddressError",
    "FileError",
    "Site",
    "StoppedError",
    "import_page",
    "kind_at",
    "page_at",
    "pages_in",
    "site_of",
]
