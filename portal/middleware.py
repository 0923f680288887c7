"""What happens around every request: the page cache and the headers Django has no setting for."""

import gzip
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2s

import brotli
from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from portal.content_version import read_version

GetResponse = Callable[[HttpRequest], HttpResponse]

SMALLEST_COMPRESSED = 500
"""Bytes below which compression costs more than it saves."""


@dataclass(slots=True)
class StoredPage:
    """A page as it goes over the line, in each encoding somebody has asked for."""

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
        """Bytes it keeps in memory, roughly."""
        return len(self.body) + sum(map(len, self.encoded.values())) + 1000


class PageStore:
    """Finished pages of one version of the content, the longest unused dropped first."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.version: tuple[int, str] = (0, "")
        self.pages: OrderedDict[str, StoredPage] = OrderedDict()
        self.lock = threading.Lock()

    def get(self, key: str, version: tuple[int, str]) -> StoredPage | None:
        with self.lock:
            if version != self.version or key not in self.pages:
                return None
            self.pages.move_to_end(key)
            return self.pages[key]

    def put(self, key: str, version: tuple[int, str], page: StoredPage) -> None:
        with self.lock:
            if version != self.version:
                self.pages.clear()
                self.version = version
            self.pages[key] = page
            # Recomputed, because a page grows when it is asked for in another encoding.
            total = sum(stored.size for stored in self.pages.values())
            while total > self.capacity and self.pages:
                total -= self.pages.popitem(last=False)[1].size


class PageCacheMiddleware:
    """Answers readers from memory while the content is unchanged.

    Only plain GET and HEAD of people without a session, and only answers that set no cookie and do not
    vary by one. Pages change with the content (its version, asked at most every
    PAGE_CACHE_TRUST_SECONDS) and with the day, because "next meeting" does.
    """

    def __init__(self, get_response: GetResponse) -> None:
        if not settings.PAGE_CACHE:
            raise MiddlewareNotUsed
        self.get_response = get_response
        self.store = PageStore(settings.PAGE_CACHE_MEGABYTES * 1_000_000)
        self.trusted_until = 0.0
        self.known_version = 0

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not self.may_be_stored(request):
            return self.get_response(request)
        version = (self.version(), timezone.localdate().isoformat())
        key = f"{request.META.get('HTTP_HOST', '')} {request.scheme} {request.get_full_path()}"
        page = self.store.get(key, version)
        if page is None:
            response = self.get_response(request)
            if not self.is_storable(response):
                return response
            patch_vary_headers(response, ["Accept-Encoding"])
            response["Cache-Control"] = "no-cache"  # Browsers keep it, but ask whether it still holds.
            page = StoredPage(
                [(name, value) for name, value in response.items() if name != "Content-Length"],
                response.content,
                f'"{blake2s(response.content, digest_size=12).hexdigest()}"',
            )
            self.store.put(key, version, page)
        return self.answer(request, page)

    def version(self) -> int:
        now = time.monotonic()
        if now >= self.trusted_until:
            self.known_version = read_version()
            self.trusted_until = now + settings.PAGE_CACHE_TRUST_SECONDS
        return self.known_version

    @staticmethod
    def may_be_stored(request: HttpRequest) -> bool:
        return (
            request.method in ("GET", "HEAD")
            and settings.SESSION_COOKIE_NAME not in request.COOKIES
            and not request.path.startswith((settings.STATIC_URL, "/healthz", "/readyz"))
        )

    @staticmethod
    def is_storable(response: HttpResponse) -> bool:
        return (
            response.status_code == 200
            and not response.streaming
            and not response.cookies
            and "Cookie" not in response.get("Vary", "")
            and "no-store" not in response.get("Cache-Control", "")
            and not response.has_header("Content-Encoding")
        )

    @staticmethod
    def answer(request: HttpRequest, page: StoredPage) -> HttpResponse:
        if request.META.get("HTTP_IF_NONE_MATCH") == page.etag:
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


def best_encoding(accepted: str, size: int) -> str:
    """What to send to somebody whose Accept-Encoding is `accepted`: "br", "gzip" or "identity"."""
    if size < SMALLEST_COMPRESSED:
        return "identity"
    offers = {}
    for offer in accepted.lower().split(","):
        name, _, parameter = offer.strip().partition(";")
        offers[name.strip()] = parameter.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return next((name for name in ("br", "gzip") if offers.get(name)), "identity")


class PolicyHeadersMiddleware:
    """Headers for which Django has no setting."""

    HEADERS = {
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
        "Cross-Origin-Resource-Policy": "same-origin",
    }

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in self.HEADERS.items():
            response.headers.setdefault(name, value)
        return response
