"""A small web server on loopback, for tests in which real sockets matter."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


@dataclass(frozen=True)
class Asked:
    path: str
    """With its query string."""
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Answer:
    body: bytes | Iterable[bytes] = b""
    """An iterable is sent piece by piece, as long as somebody listens."""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Site:
    url: str = ""
    """Without a slash at the end."""
    asked: list[Asked] = field(default_factory=list)

    @property
    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]


@contextmanager
def serving(answer: Callable[[Asked], Answer]) -> Iterator[Site]:
    """A site that answers each GET with `answer` and writes down what it was asked."""
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Somebody who keeps the connection open without a word does not keep the test from ending.
        timeout = 2
        # Headers and body are written one after the other; the second would wait for the first's receipt.
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            asked = Asked(path=self.path, headers=dict(self.headers))
            site.asked.append(asked)
            given = answer(asked)
            pieces = [given.body] if isinstance(given.body, bytes) else given.body
            with suppress(ConnectionError):
                self.send_response(given.status)
                for name, value in given.headers.items():
                    self.send_header(name, value)
                if isinstance(given.body, bytes):
                    self.send_header("Content-Length", str(len(given.body)))
                else:
                    self.send_header("Connection", "close")
                self.end_headers()
                for piece in pieces:
                    self.wfile.write(piece)

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = False

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that hangs up is no error of ours."""

    with Server(("127.0.0.1", 0), Handler) as server:
        site.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()
