"""The one way of the importers into the network: polite, and guarded against what an address may do to us.

Addresses come from a source that anybody may run, so each is checked before it is asked for: an importer
must not become a way into the city's own network, nor be kept busy for ever by one answer.
"""

import ipaddress
import socket
import ssl
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar
from types import TracebackType
from typing import Any, Final, Self, cast

import httpcore
import httpx
import stamina

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
_MAX_ADDRESS: Final = 2000
_PASSING: Final = frozenset({429, 500, 502, 503, 504})
"""Answers that may be another one a moment later."""
_PIECE: Final = 64 * 1024

Resolver = Callable[[str, int], list[str]]
"""Host and port → IP addresses. OSError where the name is unknown."""


class FetchError(RuntimeError):
    """An address that was not fetched. One sentence: what happened and, where possible, what to do."""

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        again: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        """Of the answer; None where there was none, or none that counts."""
        self.again = again
        """Whether another try may help."""
        self.retry_after = retry_after
        """Seconds that the server asks for."""


class ForbiddenAddressError(FetchError):
    """An address that is not even asked for."""


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
        url = _parsed(start)
        own = [url, *(_parsed(f"https://{host}/") for host in allow_hosts)]
        self._hosts = {_host(each) for each in own}
        self._ports = {(_host(each), each.port) for each in own}
        self._check(url)
        self._deadline = _Deadline(clock)
        self._http = httpx.Client(
            transport=transport
            or _Transport(resolve or _resolve, self._deadline, allow_private=allow_private),
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
                return self._follow(_parsed(url), headers)
        raise AssertionError("the last attempt returns or raises")

    def _follow(self, url: httpx.URL, headers: dict[str, str]) -> Response:
        for _ in range(MAX_REDIRECTS + 1):
            self._check(url)
            answer = self._ask(url, headers)
            if isinstance(answer, Response):
                return answer
            url = answer
        raise FetchError(f"{_shown(url)}: more than {MAX_REDIRECTS} redirects.")

    def _ask(self, url: httpx.URL, headers: dict[str, str]) -> Response | httpx.URL:
        """One request; the address that a redirect leads to."""
        host = _host(url)
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
            self._deadline.check(_shown(url))
            raise FetchError(f"{_shown(url)} does not answer in time.", again=True) from error
        except (httpx.TransportError, httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise _broken(url, error) from error
        except (httpx.InvalidURL, UnicodeError) as error:
            raise FetchError(f"{_shown(url)} cannot be asked: {error}") from error
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
                f"{_shown(url)} answers {status}.",
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
        for piece in _decoded(url, raw, answer.headers.get("Content-Encoding", "")):
            left -= len(piece)
            if left < 0:
                raise FetchError(f"{_shown(url)} is longer than {self._max_bytes:,} bytes.")
            yield piece

    def _wait_for(self, host: str) -> None:
        last = self._last_request.get(host)
        if self._delay and last is not None and (pause := last + self._delay - self._clock()) > 0:
            self._sleep(pause)

    def _check(self, url: httpx.URL) -> None:
        """Whatever can be seen of an address without asking for it."""
        shown = _shown(url)
        if url.scheme not in ("http", "https"):
            raise ForbiddenAddressError(f"{shown}: only http and https are fetched.")
        if url.userinfo:
            raise ForbiddenAddressError(f"{shown}: an address with a user name in it is not fetched.")
        host = _host(url)
        literal = _literal(host)
        if host not in self._hosts:
            raise ForbiddenAddressError(
                f"{shown} is not on the source's own host; if it belongs to it: --allow-host {host}"
            )
        # An unusual port may be anything but a web server, also on the own host.
        if url.port not in (None, 80, 443) and (host, url.port) not in self._ports:
            raise ForbiddenAddressError(f"{shown}: port {url.port} is not fetched.")
        if literal and not self._allow_private:
            _check_public(host, literal)


class _Deadline:
    """Until when the present request may take."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._until = 0.0
        self._seconds = 0.0

    def start(self, seconds: float) -> None:
        self._seconds = seconds
        self._until = self._clock() + seconds

    def check(self, what: str) -> float:
        """Seconds that are left. Not tried again: whoever is that slow is so on purpose, or overloaded."""
        if (left := self._until - self._clock()) <= 0:
            raise FetchError(f"{what} takes longer than {self._seconds:g} seconds.")
        return left


class _Transport(httpx.BaseTransport):
    """httpx over a network that looks at each address before it connects."""

    def __init__(self, resolve: Resolver, deadline: _Deadline, *, allow_private: bool) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False),
            max_keepalive_connections=2,
            keepalive_expiry=15.0,
            network_backend=_Network(resolve, deadline, allow_private=allow_private),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer))

    def close(self) -> None:
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


class _Network(httpcore.NetworkBackend):
    """Resolves a name once, checks every address of it, and connects to one of just these.

    Whoever checks a name and lets a library connect to it asks twice, and the second answer may be another.
    Host header and certificate stay those of the name.
    """

    def __init__(self, resolve: Resolver, deadline: _Deadline, *, allow_private: bool) -> None:
        self._resolve = resolve
        self._deadline = deadline
        self._allow_private = allow_private
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            # The resolver has time limits of its own.
            addresses = list(dict.fromkeys(self._resolve(host, port)))
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"the name {host} is not known") from error
        for address in addresses:
            self._check(host, address)
        failure: Exception = httpcore.ConnectError(f"the name {host} has no address")
        for address in addresses[:4]:
            left = self._deadline.check(host)
            try:
                stream = self._sockets.connect_tcp(
                    address, port, min(timeout or left, left), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
                continue
            try:
                peer = stream.get_extra_info("server_addr")[0]
                self._check(host, peer)
            except OSError as error:
                stream.close()
                raise httpcore.ConnectError(f"{host} hung up") from error
            except FetchError:
                stream.close()
                raise
            return _Stream(stream, self._deadline, host)
        raise failure

    def _check(self, host: str, address: str) -> None:
        if not self._allow_private:
            _check_public(host, ipaddress.ip_address(address))


class _Stream(httpcore.NetworkStream):
    """A connection whose every step counts against the time of the whole request, headers included."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: _Deadline, host: str) -> None:
        self._stream = stream
        self._deadline = deadline
        self._host = host

    def _left(self, timeout: float | None) -> float:
        left = self._deadline.check(self._host)
        return min(timeout or left, left)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._left(timeout))
        return _Stream(stream, self._deadline, self._host)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _resolve(host: str, port: int) -> list[str]:
    return [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_UNICAST: Final = ipaddress.IPv6Network("2000::/3")
_TUNNELS: Final = (
    ipaddress.IPv6Network("2001::/23"),  # Teredo and other protocols, with an IPv4 address inside
    ipaddress.IPv6Network("2002::/16"),  # 6to4, likewise
    ipaddress.IPv6Network("3fff::/20"),  # examples in books
)


def _check_public(host: str, address: _Address) -> None:
    """Only what the whole world can reach. IPv6 has many ways to wrap an IPv4 address (mapped, 6to4, Teredo,
    NAT64), and none of them is a server's own address, so only plain unicast counts there."""
    public = address.is_global and not address.is_multicast and not address.is_reserved
    if isinstance(address, ipaddress.IPv6Address):
        public = public and address in _UNICAST and not any(address in network for network in _TUNNELS)
    if not public:
        raise ForbiddenAddressError(
            f"{host} leads to {address}, which is not a public address; if that is meant: --allow-private"
        )


def _parsed(address: str) -> httpx.URL:
    if len(address) > _MAX_ADDRESS:
        raise ForbiddenAddressError(f"{address[:100]}… is longer than {_MAX_ADDRESS} characters.")
    try:
        return httpx.URL(address)
    except (httpx.InvalidURL, UnicodeError) as error:
        raise ForbiddenAddressError(f"{address[:100]!r} is no address: {error}") from error


def _host(url: httpx.URL) -> str:
    return url.raw_host.decode("ascii").lower().rstrip(".")


def _literal(host: str) -> _Address | None:
    """The IP address that stands there instead of a name. "2130706433", "0x7f.1" and "0177.0.0.1" are such
    addresses to some readers and others or none to the next, so they are none here."""
    try:
        return ipaddress.ip_address(host.replace("%25", "%"))
    except ValueError:
        last = host.rpartition(".")[2]
        # No top-level domain begins with a digit.
        if not last or last[0].isdigit() or ":" in host:
            raise ForbiddenAddressError(f"{host or 'an empty name'} is no name of a server.") from None
        return None


def _shown(url: httpx.URL) -> str:
    """For messages; without what might be a password."""
    shown = str(url.copy_with(userinfo=b"") if url.userinfo else url)
    return shown if len(shown) <= 300 else f"{shown[:300]}…"


def _target(url: httpx.URL, location: str) -> httpx.URL:
    if not location:
        raise FetchError(f"{_shown(url)} redirects to nowhere.")
    try:
        return url.join(_parsed(location))
    except (httpx.InvalidURL, UnicodeError) as error:
        raise FetchError(f"{_shown(url)} redirects to something that is no address: {error}") from error


def _broken(url: httpx.URL, error: Exception) -> FetchError:
    """A connection that did not come about or broke off."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return FetchError(
                f"{_shown(url)}: the server's certificate is not valid ({cause.verify_message})."
            )
        cause = cause.__cause__
    return FetchError(f"{_shown(url)} cannot be read: {error}.", again=True)


def _pause(error: Exception) -> bool | float:
    """Whether to try again; a number: after that many seconds, as the server asks."""
    if not isinstance(error, FetchError) or not error.again:
        return False
    return True if error.retry_after is None else error.retry_after


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


def _decoded(url: httpx.URL, pieces: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """The body as it was before the server packed it. A piece of 64 kB may hold 64 MB of zeros, so it is
    unpacked in steps between which the caller can stop."""
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        yield from pieces
        return
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise FetchError(f"{_shown(url)} is packed as {encoding[:50]!r}, which nobody asked for.")
    # 32: finds out by itself whether it is gzip or zlib.
    unpacker = zlib.decompressobj(32 + zlib.MAX_WBITS)
    empty = True
    try:
        for piece in pieces:
            empty = empty and not piece
            # What follows the end of the packed data is padding of old servers.
            while not unpacker.eof:
                unpacked = unpacker.decompress(piece, _PIECE)
                yield unpacked
                piece = unpacker.unconsumed_tail
                # A full step may have left something inside the unpacker even where no input is left.
                if not piece and len(unpacked) < _PIECE:
                    break
    except zlib.error as error:
        raise FetchError(f"{_shown(url)} is packed in a way that cannot be read: {error}.") from error
    if not empty and not unpacker.eof:
        raise FetchError(f"{_shown(url)} breaks off in the middle.", again=True)
