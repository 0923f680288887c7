"""The one way of the importers into the network: polite, and guarded against what an address may do to us.

Addresses come from a source that anybody may run, so each is checked before it is asked for: an importer
must not become a way into the city's own network, nor be kept busy for ever by one answer.
"""

import logging
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar
from types import TracebackType
from typing import Final, Self, cast

import httpcore
import httpx
import stamina
from stamina.instrumentation import RetryDetails, set_on_retry_hooks

from sessions.imports.http.addresses import (
    FetchError,
    ForbiddenAddressError,
    TooLongError,
    check_public,
    host_of,
    literal_address,
    parsed,
    shown,
)
from sessions.imports.http.network import Deadline, Resolver, Transport, resolve_name
from sessions.imports.http.packed import unpacked

__all__ = ["Client", "FetchError", "ForbiddenAddressError", "Response", "TooLongError"]

logger = logging.getLogger(__name__)
# A line for each request is of no use to anybody, and breaks the progress bar.
logging.getLogger("httpx").setLevel(logging.WARNING)

VERSION: Final = "0.1.0"

MAX_BYTES: Final = 32 * 2**20
"""Of one answer, unpacked. The largest lists with whole texts in them have a few megabytes."""
TIMEOUT: Final = 30.0
"""Seconds to wait for a connection, and for each piece of an answer."""
TOTAL_TIME: Final = 180.0
"""Seconds for one answer as a whole, however diligently it drips."""
MAX_REDIRECTS: Final = 5
ATTEMPTS: Final = 4
MAX_RETRY_AFTER: Final = 120.0
"""Seconds. A server that asks for more is asked again after that long, at most ATTEMPTS times."""
MAX_COOKIES: Final = 50
_PASSING: Final = frozenset({429, 500, 502, 503, 504})
"""Answers that may be another one a moment later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    url: str
    """After all redirects."""
    status: int
    content: bytes
    """Unpacked; empty where `not_modified`."""
    content_type: str
    """As the server says it, with its charset; "" where it does not."""
    etag: str
    last_modified: str
    not_modified: bool

    @property
    def media_type(self) -> str:
        """ "text/html", without parameters."""
        return self.content_type.partition(";")[0].strip().lower()


class Client:
    """Fetches addresses of one source, one at a time. A context manager; its cookies live as long as it does.

    start: the address of the source; only its host is asked (with http and https), and `allow_hosts`
    ("files.example.org", "files.example.org:8443").
    allow_private: also addresses inside the own network; without it no name may lead there.
    delay: seconds between the end of a request and the next to the same host.
    contact: an address or page for whoever runs the server, in the User-Agent.
    max_bytes: of one unpacked answer. timeout, total_time: seconds, see TIMEOUT and TOTAL_TIME.
    The rest is for tests. Raises ForbiddenAddressError where `start` itself is out of the question.
    """

    def __init__(
        self,
        start: str,
        *,
        allow_hosts: Iterable[str] = (),
        allow_private: bool = False,
        delay: float = 0.0,
        contact: str = "",
        max_bytes: int = MAX_BYTES,
        timeout: float = TIMEOUT,
        total_time: float = TOTAL_TIME,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        resolve: Resolver | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._allow_private = allow_private
        self._delay = delay
        self._max_bytes = max_bytes
        self._total_time = total_time
        self._sleep = sleep
        self._clock = clock
        self._last_request: dict[str, float] = {}
        url = parsed(start)
        own = [url, *(parsed(f"https://{host}/") for host in allow_hosts)]
        self._hosts = {host_of(each) for each in own}
        self._ports = {(host_of(each), each.port) for each in own}
        self._check(url)
        self._deadline = Deadline(clock)
        self._http = httpx.Client(
            transport=transport
            or Transport(resolve or resolve_name, self._deadline, allow_private=allow_private),
            # Neither proxies nor passwords from the surroundings: they would go round the checks.
            trust_env=False,
            follow_redirects=False,
            timeout=timeout,
            cookies=CookieJar(),
            headers={
                "User-Agent": f"Strategieportal/{VERSION}" + (f" (+{contact})" if contact else ""),
                # What can be unpacked piece by piece with a limit, and nothing else.
                "Accept-Encoding": "gzip",
            },
        )

    def __enter__(self) -> Self:
        self._http.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.__exit__(kind, error, trace)

    def get(self, url: str, *, etag: str = "", last_modified: str = "") -> Response:
        """What stands at the address, after redirects and a few tries where the server has a hiccup.

        etag, last_modified: of an earlier answer; where it still holds, the new one is `not_modified`.
        Raises FetchError, with the status where the server gave one that is not 2xx or 304.
        """
        conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        headers = {name: value for name, value in conditions.items() if value}
        for attempt in stamina.retry_context(
            on=_pause, attempts=ATTEMPTS, timeout=None, wait_initial=1.0, wait_max=30.0
        ):
            with attempt:
                return self._follow(parsed(url), headers)
        raise AssertionError("the last attempt returns or raises")

    def _follow(self, url: httpx.URL, headers: dict[str, str]) -> Response:
        for _ in range(MAX_REDIRECTS + 1):
            self._check(url)
            answer = self._ask(url, headers)
            if isinstance(answer, Response):
                return answer
            url = answer
        raise FetchError(f"{shown(url)}: more than {MAX_REDIRECTS} redirects.")

    def _ask(self, url: httpx.URL, headers: dict[str, str]) -> Response | httpx.URL:
        """One request; the address that a redirect leads to."""
        host = host_of(url)
        self._wait_for(host)
        self._deadline.start(self._total_time)
        try:
            request = self._http.build_request("GET", url, headers=headers)
            answer = self._http.send(request, stream=True)
            try:
                return self._read(url, answer, conditional=bool(headers))
            finally:
                answer.close()
        except (httpx.TimeoutException, httpcore.TimeoutException) as error:
            self._deadline.check(shown(url))
            raise FetchError(f"{shown(url)} does not answer in time.", again=True) from error
        except (httpx.TransportError, httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise _broken(url, error) from error
        except (httpx.InvalidURL, UnicodeError) as error:
            raise FetchError(f"{shown(url)} cannot be asked: {error}") from error
        finally:
            self._last_request[host] = self._clock()
            # No site needs that many; each would travel with every request.
            if len(self._http.cookies.jar) > MAX_COOKIES:
                self._http.cookies.clear()

    def _read(self, url: httpx.URL, answer: httpx.Response, *, conditional: bool) -> Response | httpx.URL:
        status = answer.status_code
        if status in (301, 302, 303, 307, 308):
            return _target(url, answer.headers.get("Location", ""))
        not_modified = status == 304 and conditional
        # 206 is a part that nobody asked for.
        if not not_modified and (not 200 <= status < 300 or status == 206):
            raise FetchError(
                f"{shown(url)} answers {status}.",
                status=status,
                again=status in _PASSING,
                retry_after=_retry_after(answer.headers.get("Retry-After", "")),
            )
        content = b"" if not_modified else b"".join(self._unpacked(url, answer))
        return Response(
            url=str(url),
            status=status,
            content=content,
            content_type=_header(answer, "Content-Type", 200),
            # As long as the columns that keep them.
            etag=_header(answer, "ETag", 200),
            last_modified=_header(answer, "Last-Modified", 100),
            not_modified=not_modified,
        )

    def _unpacked(self, url: httpx.URL, answer: httpx.Response) -> Iterator[bytes]:
        """Pieces of the body, never more than `max_bytes`, and never more than a piece unpacked at once."""
        left = self._max_bytes
        # As they come from the network: httpx would unpack them, or gather them first.
        raw = cast(httpx.SyncByteStream, answer.stream)
        for piece in unpacked(url, raw, answer.headers.get("Content-Encoding", "")):
            left -= len(piece)
            if left < 0:
                raise TooLongError(f"{shown(url)} is longer than {self._max_bytes:,} bytes.")
            yield piece

    def _wait_for(self, host: str) -> None:
        last = self._last_request.get(host)
        if self._delay and last is not None and (pause := last + self._delay - self._clock()) > 0:
            self._sleep(pause)

    def _check(self, url: httpx.URL) -> None:
        """Whatever can be seen of an address without asking for it."""
        words = shown(url)
        if url.scheme not in ("http", "https"):
            raise ForbiddenAddressError(f"{words}: only http and https are fetched.")
        if url.userinfo:
            raise ForbiddenAddressError(f"{words}: an address with a user name in it is not fetched.")
        host = host_of(url)
        literal = literal_address(host)
        if host not in self._hosts:
            raise ForbiddenAddressError(
                f"{words} is not on the source's own host; if it belongs to it: --allow-host {host}"
            )
        # An unusual port may be anything but a web server, also on the own host.
        if url.port not in (None, 80, 443) and (host, url.port) not in self._ports:
            raise ForbiddenAddressError(f"{words}: port {url.port} is not fetched.")
        if literal and not self._allow_private:
            check_public(host, literal)


def _target(url: httpx.URL, location: str) -> httpx.URL:
    if not location:
        raise FetchError(f"{shown(url)} redirects to nowhere.")
    try:
        return url.join(parsed(location))
    except (httpx.InvalidURL, UnicodeError) as error:
        raise FetchError(f"{shown(url)} redirects to something that is no address: {error}") from error


def _broken(url: httpx.URL, error: Exception) -> FetchError:
    """A connection that did not come about or broke off."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return FetchError(
                f"{shown(url)}: the server's certificate is not valid ({cause.verify_message})."
            )
        cause = cause.__cause__
    return FetchError(f"{shown(url)} cannot be read: {error}.", again=True)


def _pause(error: Exception) -> bool | float:
    """Whether to try again; a number: after that many seconds, as the server asks."""
    if not isinstance(error, FetchError) or not error.again:
        return False
    return True if error.retry_after is None else error.retry_after


def _tell(details: RetryDetails) -> None:
    """Why nothing happens for a while."""
    logger.warning("%s Asked again in %.0f seconds.", details.caused_by, details.wait_for)


set_on_retry_hooks([_tell])


def _retry_after(value: str) -> float | None:
    """Seconds, at most MAX_RETRY_AFTER, from a number of seconds or a date. None: the server says nothing."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        return min(float(value[:10]), MAX_RETRY_AFTER)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max((moment - datetime.now(UTC)).total_seconds(), 0.0), MAX_RETRY_AFTER)


def _header(answer: httpx.Response, name: str, limit: int) -> str:
    """A header worth keeping or sending back; "" where it is missing or absurd."""
    value = str(answer.headers.get(name, ""))
    return value if len(value) <= limit and value.isascii() and value.isprintable() else ""
