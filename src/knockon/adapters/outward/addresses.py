"""Which addresses may be called: an allow-list of hosts, and no way back into our own network.

A name is resolved once and the address that was checked is the address that is called, so that a
name server cannot answer differently in between. Every way of writing an inner IPv4 address inside
an IPv6 address is unwrapped before the check.
"""

import ipaddress
import re
import socket
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from knockon.ports.outward import AddressRefused, OutwardUnreachable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], Sequence[str]]

_DEFAULT_PORTS = {"https": 443, "http": 80}
# RFC 3986: nothing else can stand in a URL, so parsers cannot read it in two ways.
_URL = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")
# Translated, tunnelled and compatible IPv4 addresses (RFC 6052, 8215, 4291).
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_NAT64_LOCAL = ipaddress.IPv6Network("64:ff9b:1::/48")
_COMPATIBLE = ipaddress.IPv6Network("::/96")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A checked place to call.

    Parameters
    ----------
    scheme, host, port
        As allowed; ``host`` is what the certificate must name.
    address
        The one address to connect to.
    path
        Path and query.
    """

    scheme: str
    host: str
    port: int
    address: str
    path: str


class AllowedHosts:
    """Hosts that an administrator allows.

    Parameters
    ----------
    entries
        ``hooks.example.com`` allows HTTPS at the usual port; ``https://host:8443`` or
        ``http://host:8080`` allow exactly that.
    allow_private
        Addresses of private networks may be called too; loopback, link-local and every other
        special address never.
    """

    def __init__(self, entries: Iterable[str], *, allow_private: bool = False) -> None:
        self.allow_private = allow_private
        self._places = frozenset(_place(entry) for entry in entries)

    def allows(self, *, scheme: str, host: str, port: int) -> bool:
        """Return whether the list names this place."""
        return (scheme, host, port) in self._places


def checked_address(url: str, *, allowed: AllowedHosts, resolve: Resolver | None = None) -> Target:
    """Return where a URL leads if we may go there.

    Raises
    ------
    AddressRefused
        The URL is unclean, its host is not on the list, or leads inward.
    OutwardUnreachable
        The name has no address.
    """
    if len(url) > 2_000 or not _URL.fullmatch(url):
        raise AddressRefused(reason="unclean_url")
    try:
        parts = urlsplit(url)
        port = parts.port or _DEFAULT_PORTS.get(parts.scheme, 0)
    except ValueError as error:
        raise AddressRefused(reason="unclean_url") from error
    host = _host(parts)
    if not allowed.allows(scheme=parts.scheme, host=host, port=port):
        raise AddressRefused(reason="host_not_allowed")
    addresses = (resolve or _resolve)(host, port)
    if not addresses:
        raise OutwardUnreachable(detail="no_address")
    for address in addresses:
        _require_outside(address, allow_private=allowed.allow_private)
    path = parts.path or "/"
    return Target(
        scheme=parts.scheme,
        host=host,
        port=port,
        address=addresses[0],
        path=f"{path}?{parts.query}" if parts.query else path,
    )


def unwrapped(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 address carries, else the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    inner = address.ipv4_mapped or address.sixtofour
    if inner is None and address.teredo is not None:
        inner = address.teredo[1]
    carries_last = address in _NAT64 or address in _COMPATIBLE
    if inner is None and carries_last and int(address) & 0xFFFF_FFFF > 1:
        inner = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return inner or address


def _host(parts: SplitResult) -> str:
    if parts.username is not None or parts.password is not None:
        raise AddressRefused(reason="credentials_in_url")
    return (parts.hostname or "").rstrip(".").lower()


def _place(entry: str) -> tuple[str, str, int]:
    parts = urlsplit(entry if "://" in entry else f"https://{entry}")
    host = (parts.hostname or "").rstrip(".").lower()
    return parts.scheme, host, parts.port or _DEFAULT_PORTS.get(parts.scheme, 0)


def _resolve(host: str, port: int) -> Sequence[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise OutwardUnreachable(detail="name_unknown") from error
    return [str(place[0]) for *_, place in found]


def _require_outside(text: str, *, allow_private: bool) -> None:
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError as error:
        raise AddressRefused(reason="unclean_address") from error
    for form in {address, unwrapped(address)}:
        if not _is_outside(form, allow_private=allow_private):
            raise AddressRefused(reason="address_inside")


def _is_outside(address: Address, *, allow_private: bool) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        if address in _NAT64_LOCAL or address.teredo is not None:
            return False
        if address.ipv4_mapped is not None or address in _NAT64 or address.sixtofour is not None:
            # The form says nothing by itself; the address that it carries is checked too.
            return True
    special = (
        address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_unspecified
        or address.is_reserved
    )
    if special:
        return False
    return address.is_global or (allow_private and address.is_private)
