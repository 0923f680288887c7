"""The importers' way into the network: what it refuses, how much it takes, and how it behaves towards servers."""

import gzip
import ssl
import tomllib
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import count, repeat
from pathlib import Path
from typing import Any

import httpcore
import httpx
import pytest
import stamina

from sessions.imports import http
from sessions.imports.http import Client, FetchError, ForbiddenAddressError, Response, network
from tests.sessions.imports.web import Answer, Asked, serving

START = "https://ris.example.org/oparl/system"
PUBLIC = "9.9.9.9"

Handler = Callable[[httpx.Request], httpx.Response]


def client_for(handler: Handler, **options: Any) -> Client:
    """A client whose network is a function."""
    return Client(START, transport=httpx.MockTransport(handler), **options)


def fetched(handler: Handler, url: str = START, **options: Any) -> Response:
    with client_for(handler, **options) as client:
        return client.get(url)


def says(text: str = "fine") -> Handler:
    return lambda request: httpx.Response(200, text=text)


def redirects_to(target: str) -> Handler:
    return lambda request: httpx.Response(302, headers={"Location": target})


# --- Where it does not go

FORBIDDEN = [
    ("file:///etc/passwd", "only http and https"),
    ("gopher://ris.example.org/", "only http and https"),
    ("ftp://ris.example.org/", "only http and https"),
    ("https://elsewhere.example.com/", "--allow-host elsewhere.example.com"),
    ("https://ris.example.org.evil.example/", "--allow-host"),
    ("https://sub.ris.example.org/", "--allow-host"),
    ("https://user:secret@ris.example.org/", "user name"),
    ("https://ris.example.org\\@evil.example/", "user name"),
    ("https://ris.example.org:22/", "port 22"),
    ("https://ris.example.org:8080/", "port 8080"),
    ("https://ris.example.org/" + "a" * 3000, "longer than"),
]


def never(request: httpx.Request) -> httpx.Response:
    raise AssertionError(f"asked for {request.url}")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        *FORBIDDEN,
        ("", "only http"),
        ("javascript:alert(1)", "only http"),
        ("https://[::1/", "no address"),
        ("/oparl", "only http"),
        ("https:///a", "no name"),
        ("https://a/\n", "no ad"),
    ],
)
def test_addresses_that_are_not_asked_for(url: str, reason: str) -> None:
    with pytest.raises(ForbiddenAddressError, match=reason):
        fetched(never, url)


def test_the_port_of_one_host_is_not_open_on_another() -> None:
    with pytest.raises(ForbiddenAddressError, match="port 8443"):
        fetched(never, "https://ris.example.org:8443/", allow_hosts=["files.example.org:8443"])


@pytest.mark.parametrize(("url", "reason"), FORBIDDEN)
def test_no_redirect_leads_there_either(url: str, reason: str) -> None:
    with pytest.raises(FetchError, match=reason):
        fetched(redirects_to(url))


def test_the_password_of_an_address_is_not_repeated() -> None:
    with pytest.raises(FetchError) as error:
        fetched(never, "https://user:secret@ris.example.org/")

    assert "secret" not in str(error.value)


@pytest.mark.parametrize("start", ["file:///etc/passwd", "oparl", "http://127.0.0.1/", "https://0x7f.1/"])
def test_a_start_that_is_out_of_the_question(start: str) -> None:
    with pytest.raises(ForbiddenAddressError):
        Client(start)


INSIDE = [
    "127.0.0.1",
    "10.0.0.1",
    "172.16.5.4",
    "192.168.1.1",
    "169.254.169.254",  # where clouds keep their passwords
    "100.64.0.1",  # of the provider
    "0.0.0.0",  # noqa: S104
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "192.0.2.1",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:9.9.9.9",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "fe80::1",
    "fe80::1%lo",
    "fc00::1",
    "fd12:3456::1",
    "ff02::1",
    "2001:db8::1",
]


@pytest.mark.parametrize("address", INSIDE)
def test_no_name_leads_inside(address: str) -> None:
    with (
        Client(START, resolve=lambda host, port: [address]) as client,
        pytest.raises(ForbiddenAddressError, match="--allow-private"),
    ):
        client.get(START)


@pytest.mark.parametrize("address", INSIDE)
def test_no_address_inside_is_asked_for(address: str) -> None:
    host = f"[{address.replace('%', '%25')}]" if ":" in address else address
    with pytest.raises(ForbiddenAddressError, match="--allow-private"):
        fetched(never, f"http://{host}/", allow_hosts=[host])


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "127.1", "127.0.0.1.1", "9.9.9.09"]
)
@pytest.mark.parametrize("allow_private", [False, True])
def test_numbers_that_only_some_read_as_an_address_are_none(host: str, allow_private: bool) -> None:
    with pytest.raises(ForbiddenAddressError, match=r"no name of a server|Invalid IPv4"):
        fetched(never, f"http://{host}/", allow_private=allow_private)


def test_one_private_address_among_public_ones_is_enough_to_refuse_the_name() -> None:
    with (
        Client(START, resolve=lambda host, port: [PUBLIC, "10.0.0.1"]) as client,
        pytest.raises(ForbiddenAddressError, match=r"10\.0\.0\.1"),
    ):
        client.get(START)


class Sockets(httpcore.SyncBackend):
    """Writes down where a connection would go, and says whom it reached."""

    def __init__(self, peer: str = PUBLIC) -> None:
        self.peer = peer
        self.connected: list[tuple[str, int]] = []
        self.closed = False

    def connect_tcp(self, host: str, port: int, *options: Any) -> Any:
        self.connected.append((host, port))
        sockets = self

        class Stream(httpcore.MockStream):
            def get_extra_info(self, info: str) -> Any:
                return (sockets.peer, port) if info == "server_addr" else super().get_extra_info(info)

            def close(self) -> None:
                sockets.closed = True

        return Stream([b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine"])


def test_the_address_that_was_checked_is_the_one_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that answers with another address the second time (DNS rebinding) wins nothing."""
    sockets = Sockets()
    answers = iter([[PUBLIC], ["127.0.0.1"]])
    monkeypatch.setattr(httpcore, "SyncBackend", lambda: sockets)

    with Client("http://ris.example.org/", resolve=lambda host, port: next(answers)) as client:
        assert client.get("http://ris.example.org/").content == b"fine"

    assert sockets.connected == [(PUBLIC, 80)]


def test_whoever_answers_at_the_other_end_is_looked_at_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    sockets = Sockets(peer="127.0.0.1")
    monkeypatch.setattr(httpcore, "SyncBackend", lambda: sockets)

    with (
        Client("http://ris.example.org/", resolve=lambda host, port: [PUBLIC]) as client,
        pytest.raises(ForbiddenAddressError),
    ):
        client.get("http://ris.example.org/")

    assert sockets.closed


def test_without_leave_a_server_on_loopback_is_out_of_reach() -> None:
    with serving(lambda asked: Answer(b"inside")) as site:
        port = site.url.rpartition(":")[2]
        with (
            Client(f"http://localhost:{port}/") as client,
            pytest.raises(ForbiddenAddressError, match="--allow-private"),
        ):
            client.get(f"http://localhost:{port}/")

    assert site.asked == []


def test_a_redirect_into_the_own_network_is_not_followed() -> None:
    def resolve(host: str, port: int) -> list[str]:
        return ["10.0.0.1"] if host == "inside.example.org" else [PUBLIC]

    transport = network.Transport(resolve, network.Deadline(lambda: 0.0), allow_private=False)

    def handler(request: httpx.Request) -> httpx.Response:
        if request.url.host == "inside.example.org":
            return transport.handle_request(request)
        return httpx.Response(302, headers={"Location": "https://inside.example.org/"})

    with pytest.raises(ForbiddenAddressError, match=r"10\.0\.0\.1"):
        fetched(handler, allow_hosts=["inside.example.org"])


def test_the_surroundings_name_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(lambda asked: Answer(b"fine")) as site, serving(lambda asked: Answer(b"proxy")) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("all_proxy", proxy.url)
        with Client(site.url, allow_private=True) as client:
            assert client.get(site.url).content == b"fine"

    assert proxy.asked == []


# --- Where it does go


@pytest.mark.parametrize(
    "url",
    [
        START,
        "http://ris.example.org/other",
        "https://RIS.example.org./x",
        "https://ris.example.org:443/",
        "http://ris.example.org:80/",
        "https://files.example.org/1.pdf",
        "https://files.example.org:8443/1.pdf",
    ],
)
def test_the_sources_own_hosts_are_asked(url: str) -> None:
    assert fetched(says(), url, allow_hosts=["Files.example.org:8443"]).content == b"fine"


def test_a_redirect_within_the_host_is_followed_and_the_last_address_told() -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/oparl/system":
            return httpx.Response(301, headers={"Location": "../new?id=1"})
        return httpx.Response(200, text="moved")

    answer = fetched(handler)

    assert (answer.url, answer.content) == ("https://ris.example.org/new?id=1", b"moved")


@pytest.mark.parametrize("target", ["javascript:alert(1)", "https://[::1/", "http://a:b/", "//"])
def test_a_redirect_to_nonsense(target: str) -> None:
    with pytest.raises(FetchError):
        fetched(redirects_to(target))


def test_redirects_without_end() -> None:
    asked: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(307, headers={"Location": f"/{len(asked)}"})

    with pytest.raises(FetchError, match="more than 5 redirects"):
        fetched(handler)
    assert len(asked) == 6


def test_a_redirect_without_a_target() -> None:
    with pytest.raises(FetchError, match="redirects to nowhere"):
        fetched(lambda request: httpx.Response(302))


def test_a_real_server_is_asked_over_one_connection_and_by_its_name() -> None:
    with (
        serving(lambda asked: Answer(asked.headers["Host"].encode())) as site,
        Client(site.url, allow_private=True, contact="https://portal.example.org/") as client,
    ):
        answers = [client.get(f"{site.url}/{number}").content.decode() for number in range(3)]

    assert answers == [site.url.removeprefix("http://")] * 3
    assert (
        site.asked[0].headers["User-Agent"]
        == f"Strategieportal/{http.VERSION} (+https://portal.example.org/)"
    )
    assert site.asked[0].headers["Accept-Encoding"] == "gzip"


def test_the_version_is_the_projects() -> None:
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text())

    assert project["project"]["version"] == http.VERSION


# --- How much it takes


def packed(body: bytes, window: int = 31) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, window)
    return packer.compress(body) + packer.flush()


def answers_packed(body: bytes, encoding: str = "gzip") -> Handler:
    return lambda request: httpx.Response(
        200, headers={"Content-Encoding": encoding}, stream=httpx.ByteStream(body)
    )


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 1_000_003])
@pytest.mark.parametrize(("encoding", "window"), [("gzip", 31), ("X-GZIP", 31), ("deflate", 15)])
def test_a_packed_answer_is_unpacked(size: int, encoding: str, window: int) -> None:
    body = bytes(number * number % 251 for number in range(1000)) * (size // 1000 + 1)

    assert fetched(answers_packed(packed(body[:size], window), encoding)).content == body[:size]


def test_padding_behind_a_packed_answer_does_no_harm() -> None:
    assert fetched(answers_packed(packed(b"fine") + b"\0\0")).content == b"fine"


def test_an_empty_answer_needs_no_unpacking() -> None:
    assert fetched(answers_packed(b"")).content == b""


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip"])
def test_an_answer_packed_as_nobody_asked_for(encoding: str) -> None:
    with pytest.raises(FetchError, match="nobody asked for"):
        fetched(answers_packed(b"", encoding))


def test_what_is_not_packed_as_said() -> None:
    with pytest.raises(FetchError, match="packed in a way that cannot be read"):
        fetched(answers_packed(b"plain text"))


def test_a_packed_answer_that_breaks_off() -> None:
    with pytest.raises(FetchError, match="breaks off"):
        fetched(answers_packed(packed(b"a long text" * 1000)[:-20]))


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 100 MB of zeros in 100 kB only so much is unpacked as is needed to see that it is too much."""
    bomb = packed(bytes(100 * 2**20))
    unpacked = 0

    class Unpacker:
        def __init__(self, window: int) -> None:
            self.inner = real(window)

        def decompress(self, data: bytes, limit: int) -> bytes:
            nonlocal unpacked
            piece = self.inner.decompress(data, limit)
            unpacked += len(piece)
            return piece

        def __getattr__(self, name: str) -> Any:
            return getattr(self.inner, name)

    real = zlib.decompressobj
    monkeypatch.setattr(zlib, "decompressobj", Unpacker)

    with pytest.raises(FetchError, match="longer than 1,000,000 bytes"):
        fetched(answers_packed(bomb), max_bytes=1_000_000)
    assert 1_000_000 < unpacked < 1_100_000


def test_an_answer_as_long_as_allowed() -> None:
    assert len(fetched(says("x" * 1000), max_bytes=1000).content) == 1000


def test_an_answer_that_never_ends() -> None:
    with (
        serving(lambda asked: Answer(repeat(b"x" * 10_000))) as site,
        Client(site.url, allow_private=True, max_bytes=100_000) as client,
        pytest.raises(FetchError, match="longer than 100,000 bytes"),
    ):
        client.get(site.url)


def test_headers_that_never_end() -> None:
    def drip(asked: Asked) -> Answer:
        return Answer(headers={"X-Long": "x" * 400_000})

    with (
        serving(drip) as site,
        Client(site.url, allow_private=True) as client,
        pytest.raises(FetchError, match="cannot be read"),
    ):
        client.get(site.url)


def test_an_answer_that_drips_is_given_up() -> None:
    """Each look at the clock is a second later, so no test waits for it."""
    ticks = count()
    with (
        serving(lambda asked: Answer(repeat(b"x"))) as site,
        Client(site.url, allow_private=True, total_time=60, clock=lambda: float(next(ticks))) as client,
        pytest.raises(FetchError, match="longer than 60 seconds"),
    ):
        client.get(site.url)

    # Whoever drips on purpose gets no second chance.
    assert len(site.asked) == 1


def test_a_server_that_is_silent() -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        raise httpcore.ReadTimeout

    with pytest.raises(FetchError, match="does not answer in time"):
        fetched(handler)


# --- How it behaves


class Recovering:
    """Fails a few times, and then does not."""

    def __init__(self, *failures: httpx.Response | Exception) -> None:
        self.left = list(failures)
        self.asked = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        if not self.left:
            return httpx.Response(200, text="fine")
        failure = self.left.pop(0)
        if isinstance(failure, Exception):
            raise failure
        return failure


@pytest.mark.parametrize(
    "failure",
    [
        *(httpx.Response(status) for status in (429, 500, 502, 503, 504)),
        httpx.ConnectError("refused"),
        httpcore.ConnectTimeout("slow"),
        httpcore.RemoteProtocolError("Server disconnected without sending a response."),
        httpcore.ReadError("reset"),
    ],
)
def test_a_hiccup_is_not_the_end(failure: httpx.Response | Exception) -> None:
    server = Recovering(failure, failure, failure)

    assert fetched(server).content == b"fine"
    assert server.asked == 4


def test_a_server_that_stays_broken_is_given_up() -> None:
    server = Recovering(*[httpx.Response(500)] * 9)

    with pytest.raises(FetchError, match="answers 500") as error:
        fetched(server)
    assert (server.asked, error.value.status) == (http.ATTEMPTS, 500)


@pytest.mark.parametrize("status", [206, 304, 400, 401, 403, 404, 410, 501])
def test_an_answer_that_stays_the_same_is_not_asked_for_again(status: int) -> None:
    server = Recovering(httpx.Response(status))

    with pytest.raises(FetchError) as error:
        fetched(server)
    assert (server.asked, error.value.status) == (1, status)


def test_an_unknown_name() -> None:
    def resolve(host: str, port: int) -> list[str]:
        raise OSError("Name or service not known")

    with (
        Client(START, resolve=resolve) as client,
        pytest.raises(FetchError, match=r"the name ris.* not known"),
    ):
        client.get(START)


def test_a_certificate_that_is_not_valid_is_not_tried_again() -> None:
    server = Recovering()

    def handler(request: httpx.Request) -> httpx.Response:
        server(request)
        invalid = ssl.SSLCertVerificationError()
        invalid.verify_message = "certificate has expired"
        raise httpcore.ConnectError from invalid

    with pytest.raises(FetchError, match="certificate has expired"):
        fetched(handler)
    assert server.asked == 1


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """How long was waited between tries."""
    waited: list[float] = []
    monkeypatch.setattr("tenacity.nap.time.sleep", waited.append)
    with stamina.set_testing(False):
        yield waited


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        ("7", 7, 7),
        ("0", 0, 0),
        ("86400", 120, 120),
        ("9" * 400, 120, 120),
        (format_datetime(datetime.now(UTC) + timedelta(days=1), usegmt=True), 120, 120),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0, 0),
        ("Wed, 21 Oct 2015 07:28:00", 0, 0),
        # Nothing that can be read: the pause is our own.
        ("Wed, 21 Oct 2015 07:28:00 +99999999999999999999", 1, 2),
        ("soon", 1, 2),
        ("-5", 1, 2),
        ("²", 1, 2),
        ("", 1, 2),
    ],
)
def test_the_server_says_when_to_come_back(naps: list[float], header: str, least: float, most: float) -> None:
    failure = httpx.Response(503, headers=[(b"Retry-After", header.encode())])

    assert fetched(Recovering(failure)).content == b"fine"
    assert len(naps) == 1
    assert least <= naps[0] <= most


def test_each_further_try_waits_longer(naps: list[float]) -> None:
    fetched(Recovering(*[httpx.Response(502)] * 3))

    assert [round(nap, 6) >= least for nap, least in zip(naps, (1, 2, 4), strict=True)] == [True] * 3


def test_between_two_requests_to_a_host_there_is_a_pause() -> None:
    now = 100.0
    pauses: list[float] = []

    def sleep(seconds: float) -> None:
        nonlocal now
        pauses.append(seconds)
        now += seconds

    hosts = {"allow_hosts": ["other.example.org"], "delay": 2.0, "clock": lambda: now, "sleep": sleep}
    with client_for(says(), **hosts) as client:
        client.get(START)
        client.get("https://other.example.org/")
        now += 0.5
        client.get(START)
        now += 5
        client.get(START)

    assert pauses == [1.5]


def test_a_session_cookie_is_kept_for_its_host_alone() -> None:
    sent: list[tuple[str, str]] = []

    def handler(request: httpx.Request) -> httpx.Response:
        sent.append((request.url.host, request.headers.get("Cookie", "")))
        return httpx.Response(200, headers={"Set-Cookie": "JSESSIONID=1; Path=/"})

    with client_for(handler, allow_hosts=["other.example.com"]) as client:
        for url in (START, START, "https://other.example.com/"):
            client.get(url)
    with client_for(handler) as client:
        client.get(START)

    assert sent == [
        ("ris.example.org", ""),
        ("ris.example.org", "JSESSIONID=1"),
        ("other.example.com", ""),
        ("ris.example.org", ""),
    ]


def test_cookies_do_not_pile_up() -> None:
    sent: list[int] = []

    def handler(request: httpx.Request) -> httpx.Response:
        sent.append(len(request.headers.get("Cookie", "")))
        return httpx.Response(200, headers=[("Set-Cookie", f"a{len(sent)}x{n}=1") for n in range(20)])

    with client_for(handler) as client:
        for _ in range(10):
            client.get(START)

    assert max(sent) < 1000


def test_an_answer_that_still_holds_is_not_sent_again() -> None:
    def handler(asked: Asked) -> Answer:
        if asked.headers.get("If-None-Match") == '"1"' and asked.headers.get("If-Modified-Since") == "Monday":
            return Answer(status=304)
        return Answer(
            b"new", headers={"ETag": '"1"', "Last-Modified": "Monday", "Content-Type": "Text/HTML; a=b"}
        )

    with serving(handler) as site, Client(site.url, allow_private=True) as client:
        first = client.get(site.url)
        second = client.get(site.url, etag=first.etag, last_modified=first.last_modified)

    assert (first.content, first.not_modified, first.media_type) == (b"new", False, "text/html")
    assert (second.content, second.not_modified, second.status) == (b"", True, 304)


@pytest.mark.parametrize("etag", ["x" * 201, "\x80", "ä"])
def test_an_absurd_etag_is_not_kept(etag: str) -> None:
    answer = fetched(lambda request: httpx.Response(200, headers=[(b"ETag", etag.encode())]))

    assert answer.etag == ""


def test_a_real_server_may_pack_its_answer() -> None:
    with (
        serving(lambda asked: Answer(gzip.compress(b"fine"), headers={"Content-Encoding": "gzip"})) as site,
        Client(site.url, allow_private=True) as client,
    ):
        assert client.get(site.url).content == b"fine"


def test_a_pause_is_told_and_a_request_is_not(caplog: pytest.LogCaptureFixture) -> None:
    answers = iter([httpx.Response(503), httpx.Response(200, content=b"ok")])
    transport = httpx.MockTransport(lambda request: next(answers))
    with caplog.at_level("INFO"), Client("https://oparl.example.org/", transport=transport) as client:
        assert client.get("https://oparl.example.org/").content == b"ok"
    assert [record.getMessage() for record in caplog.records] == [
        "https://oparl.example.org/ answers 503. Asked again in 0 seconds."
    ]
