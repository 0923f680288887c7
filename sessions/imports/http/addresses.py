"""What an address may be, and what of it can be seen before anybody asks for it."""

import ipaddress
from typing import Final

import httpx

_MAX_ADDRESS: Final = 2000


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


class TooLongError(FetchError):
    """An answer that has more bytes than the caller takes."""


Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_UNICAST: Final = ipaddress.IPv6Network("2000::/3")
_TUNNELS: Final = (
    ipaddress.IPv6Network("2001::/23"),  # Teredo and other protocols, with an IPv4 address inside
    ipaddress.IPv6Network("2002::/16"),  # 6to4, likewise
    ipaddress.IPv6Network("3fff::/20"),  # examples in books
)


def check_public(host: str, address: Address) -> None:
    """Only what the whole world can reach. IPv6 has many ways to wrap an IPv4 address (mapped, 6to4, Teredo,
    NAT64), and none of them is a server's own address, so only plain unicast counts there."""
    public = address.is_global and not address.is_multicast and not address.is_reserved
    if isinstance(address, ipaddress.IPv6Address):
        public = public and address in _UNICAST and not any(address in network for network in _TUNNELS)
    if not public:
        raise ForbiddenAddressError(
            f"{host} leads to {address}, which is not a public address; if that is meant: --allow-private"
        )


def parsed(address: str) -> httpx.URL:
    if len(address) > _MAX_ADDRESS:
        raise ForbiddenAddressError(f"{address[:100]}… is longer than {_MAX_ADDRESS} characters.")
    try:
        return httpx.URL(address)
    except (httpx.InvalidURL, UnicodeError) as error:
        raise ForbiddenAddressError(f"{address[:100]!r} is no address: {error}") from error


def host_of(url: httpx.URL) -> str:
    return url.raw_host.decode("ascii").lower().rstrip(".")


def literal_address(host: str) -> Address | None:
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


def shown(url: httpx.URL) -> str:
    """For messages; without what might be a password."""
    address = str(url.copy_with(userinfo=b"") if url.userinfo else url)
    return address if len(address) <= 300 else f"{address[:300]}…"
