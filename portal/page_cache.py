"""The page cache: finished pages in memory, and a thread that makes them anew after a change.

Why it is built so: docs/adr/0004-page-cache-with-content-version.md.
"""

import gzip
import logging
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from hashlib import blake2s
from io import BytesIO
from typing import Any

import brotli
from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.core.handlers.wsgi import WSGIRequest
from django.db import Error as DatabaseError
from django.db import connections
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.urls import set_script_prefix
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from portal.content_version import read_version
from portal.middleware import GetResponse

Version = tuple[int, str]
"""Of the content and of the day: "next meeting" changes at midnight."""

Key = tuple[str, ...]
"""Path, query and the rest of a WSGI environment that a page depends on; it names nobody who asked."""

SMALLEST_COMPRESSED = 500
"""Bytes below which compression costs more than it saves."""

LONGEST_QUERY = 300
"""Bytes; nobody who reads asks for more, and who invents addresses shall not fill the memory with them."""

LONGEST_RENEWAL_SECONDS = 2.0
MOST_RENEWED = 200
"""Pages made anew after a change; those left over are made when somebody asks for them."""
LONGEST_REST = 3
"""Times as long as a renewal took; after the first one there is no rest, it grows with each in a row."""

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class StoredPage:
    """A page as it goes over the line, in each encoding somebody has asked for."""

    key: Key
    headers: list[tuple[str, str]]
    body: bytes
    etag: str
    encoded: dict[str, bytes] = field(default_factory=dict)

    def content(self, encoding: str) -> bytes:
        """The body in `encoding` ("br", "gzip" or "identity"); compressed once."""
        if encoding == "identity":
            return self.body
        if encoding not in self.encoded:
            self.encoded[encoding] = (
                brotli.compress(self.body, quality=4)
                if encoding == "br"
                else gzip.compress(self.body, 5, mtime=0)
            )
        return self.encoded[encoding]

    @property
    def size(self) -> int:
        """Bytes it may come to take, roughly: both compressed forms take less than half of the body."""
        return len(self.body) * 3 // 2 + 3000


class PageStore:
    """Finished pages of one version of the content, the longest unused dropped first."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.size = 0
        self.version: Version = (0, "")
        self.pages: OrderedDict[Key, StoredPage] = OrderedDict()
        self.outdated: list[Key] = []
        self.lock = threading.Lock()

    def get(self, key: Key, version: Version) -> StoredPage | None:
        with self.lock:
            if version != self.version or key not in self.pages:
                return None
            self.pages.move_to_end(key)
            return self.pages[key]

    def put(self, version: Version, page: StoredPage) -> None:
        with self.lock:
            self._turn_to(version)
            if replaced := self.pages.pop(page.key, None):
                self.size -= replaced.size
            self.pages[page.key] = page
            self.size += page.size
            while self.size > self.capacity:
                self.size -= self.pages.popitem(last=False)[1].size

    def take_outdated(self, version: Version) -> list[Key]:
        """What was in memory before `version`, the last used first. Each is given out once."""
        with self.lock:
            self._turn_to(version)
            outdated, self.outdated = self.outdated, []
            return outdated

    def _turn_to(self, version: Version) -> None:
        if version != self.version:
            # With those that nobody has come to make anew since an earlier change.
            keys = dict.fromkeys([*reversed(self.pages), *self.outdated])
            self.outdated = list(keys)[:MOST_RENEWED]
            self.pages.clear()
            self.size = 0
            self.version = version


class PageCacheMiddleware:
    """Answers readers from memory while the content is unchanged.

    Only plain GET and HEAD of people without a session, and only answers that set no cookie and do not
    vary by one. Pages change with the content and with the day; a request asks for the version of the
    content at most every PAGE_CACHE_TRUST_SECONDS.

    A thread asks as well, so that mostly no request has to, and after a change makes the pages anew that were
    in memory, so that mostly no reader waits for it. Nothing depends on that thread but speed.
    """

    def __init__(self, get_response: GetResponse) -> None:
        if not settings.PAGE_CACHE:
            raise MiddlewareNotUsed
        self.get_response = get_response
        capacity = settings.PAGE_CACHE_MEGABYTES * 1_000_000
        # Lists filtered in every way, as robots ask for them, do not push out what people read.
        self.store, self.query_store = PageStore(capacity // 2), PageStore(capacity // 2)
        self.trust_seconds: float = settings.PAGE_CACHE_TRUST_SECONDS
        self.trusted_until = 0.0
        self.known_version: Version = (0, "")
        self.renewer: threading.Thread | None = None
        self.lock = threading.Lock()
        self.depends_on = [
            *("PATH_INFO", "QUERY_STRING", "HTTP_HOST", "wsgi.url_scheme"),
            *("SCRIPT_NAME", "SERVER_NAME", "SERVER_PORT"),
            *(settings.SECURE_PROXY_SSL_HEADER or ())[:1],
        ]

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not self.may_be_stored(request):
            return self.get_response(request)
        version = self.version()
        environ = request.META
        key = tuple([environ.get(name, "") for name in self.depends_on])
        page = self.store_of(key).get(key, version)
        if page is None:
            response = self.get_response(request)
            page = self.keep(key, version, response)
            if page is None:
                return response
            if self.renewer is None:
                self.start_renewer()
        return self.answer(request, page)

    def store_of(self, key: Key) -> PageStore:
        return self.query_store if key[1] else self.store

    @staticmethod
    def may_be_stored(request: HttpRequest) -> bool:
        return (
            request.method in ("GET", "HEAD")
            and ("HTTP_COOKIE" not in request.META or settings.SESSION_COOKIE_NAME not in request.COOKIES)
            and len(request.META.get("QUERY_STRING", "")) <= LONGEST_QUERY
            and names_the_server_plainly(request.META)
            # Of OParl objects there are too many; their answers have an ETag of their own.
            and not request.path_info.startswith((settings.STATIC_URL, "/healthz", "/readyz", "/oparl/"))
        )

    def version(self) -> Version:
        now = time.monotonic()
        if now >= self.trusted_until:
            self.known_version = (read_version(), timezone.localdate().isoformat())
            self.trusted_until = now + self.trust_seconds
        return self.known_version

    def keep(self, key: Key, version: Version, response: HttpResponse) -> StoredPage | None:
        """The page that `response` is, kept for the next reader; None where it is not for everybody."""
        if not self.is_storable(response):
            return None
        patch_vary_headers(response, ["Accept-Encoding"])
        # Browsers keep it, but ask whether it still holds.
        response.headers.setdefault("Cache-Control", "no-cache")
        page = StoredPage(
            key,
            [(name, value) for name, value in response.items() if name != "Content-Length"],
            response.content,
            # Weak, because the bytes differ from encoding to encoding.
            f'W/"{blake2s(response.content, digest_size=12).hexdigest()}"',
        )
        # What took so long that the content has changed meanwhile is not worth a place.
        if version == self.known_version:
            self.store_of(key).put(version, page)
        return page

    @staticmethod
    def is_storable(response: HttpResponse) -> bool:
        caching = response.get("Cache-Control", "")
        return (
            response.status_code == 200
            and not response.streaming
            and not response.cookies
            and "Cookie" not in response.get("Vary", "")
            and "no-store" not in caching
            and "private" not in caching
            and not response.has_header("Content-Encoding")
        )

    @staticmethod
    def answer(request: HttpRequest, page: StoredPage) -> HttpResponse:
        # Compared weakly: a proxy that compresses may have taken the W/ away or added it.
        if page.etag.removeprefix("W/") in request.META.get("HTTP_IF_NONE_MATCH", ""):
            response: HttpResponse = HttpResponseNotModified()
        else:
            encoding = best_encoding(request.META.get("HTTP_ACCEPT_ENCODING", ""), len(page.body))
            response = HttpResponse(page.content(encoding))
            if encoding != "identity":
                response["Content-Encoding"] = encoding
            response["Content-Length"] = str(len(response.content))
        for name, value in page.headers:
            response[name] = value
        response["ETag"] = page.etag
        return response

    # --- Making pages anew -------------------------------------------------------------------------

    def start_renewer(self) -> None:
        """Starts the thread, once per process, unless every request asks for the version anyway."""
        with self.lock:
            if self.renewer is None and self.trust_seconds > 0:
                self.renewer = threading.Thread(target=self.renew_for_ever, name="page-renewer", daemon=True)
                self.renewer.start()

    def renew_for_ever(self) -> None:
        rest = 0
        while True:
            began = time.monotonic()
            made = 0
            try:
                made = self.renew()
            except DatabaseError as error:
                logger.warning("Whether the content changed cannot be seen: %s", error)
            finally:
                connections.close_all()
            # A change now and then is noticed soon; under an import that changes something every second,
            # readers come first.
            time.sleep(max(self.trust_seconds, rest * (time.monotonic() - began)))
            rest = min(rest + 1, LONGEST_REST) if made else 0

    def renew(self) -> int:
        """Makes the pages anew that were in memory when the content changed, the last used first.

        How many it made.
        """
        made = 0
        version = self.version()
        deadline = time.monotonic() + LONGEST_RENEWAL_SECONDS
        for store in (self.store, self.query_store):
            for key in store.take_outdated(version):
                if time.monotonic() > deadline:
                    return made
                if store.get(key, version) is None:
                    self.make(key, version)
                    made += 1
        return made

    def make(self, key: Key, version: Version) -> None:
        """Answers again what `key` asks, and keeps the answer in the form that most browsers ask for."""
        question: dict[str, Any] = {
            name: value for name, value in zip(self.depends_on, key, strict=True) if value
        }
        set_script_prefix(question.get("SCRIPT_NAME", "/"))
        request = WSGIRequest({**question, "REQUEST_METHOD": "GET", "wsgi.input": BytesIO()})
        if page := self.keep(key, version, self.get_response(request)):
            page.content(best_encoding("br", len(page.body)))


def names_the_server_plainly(environ: dict[str, Any]) -> bool:
    """Whether the Host header names no port, or the server's own, and has no capital letters.

    Django answers `localhost:99999` and `LOCALHOST` as well; invented ones shall not push out real pages.
    """
    host = environ.get("HTTP_HOST", "")
    _, colon, port = host.rpartition(":")
    has_port = bool(colon) and not port.endswith("]")  # "[::1]" is an address without one.
    return host == host.lower() and (not has_port or port == environ.get("SERVER_PORT"))


def best_encoding(accepted: str, size: int) -> str:
    """What to send to somebody whose Accept-Encoding is `accepted`: "br", "gzip" or "identity"."""
    if size < SMALLEST_COMPRESSED:
        return "identity"
    offers = {}
    for offer in accepted.lower().split(","):
        name, _, parameter = offer.strip().partition(";")
        offers[name.strip()] = parameter.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return next((name for name in ("br", "gzip") if offers.get(name)), "identity")
