"""httpx over a network that looks at each address before it connects, and at the clock with every step."""

import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import httpcore
import httpx

from sessions.imports.http.addresses import FetchError, check_public

Resolver = Callable[[str, int], list[str]]
"""Host and port → IP addresses. OSError where the name is unknown."""


class Deadline:
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


class Transport(httpx.BaseTransport):
    """httpx over a network that looks at each address before it connects."""

    def __init__(self, resolve: Resolver, deadline: Deadline, *, allow_private: bool) -> None:
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

    def __init__(self, resolve: Resolver, deadline: Deadline, *, allow_private: bool) -> None:
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
            check_public(host, ipaddress.ip_address(address))


class _Stream(httpcore.NetworkStream):
    """A connection whose every step counts against the time of the whole request, headers included."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline, host: str) -> None:
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


def resolve_name(host: str, port: int) -> list[str]:
    return [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
