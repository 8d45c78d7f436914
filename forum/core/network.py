"""Which network a request comes from, for limits; and which host is this site's own."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from flask import current_app
from flask_limiter.util import get_remote_address

from config import Settings


def own_host() -> str:
    """The host in this site's own addresses, with its port where that is not the usual one."""
    settings: Settings = current_app.config["SETTINGS"]
    return urlsplit(settings.base_url).netloc


def remote_network() -> str:
    """The network of the present request's client (see `network_of`)."""
    return network_of(get_remote_address())


def network_of(address: str) -> str:
    """An IPv4 address itself; of an IPv6 address its /64, since one customer has that many addresses."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return f"{IPv6Address(int(parsed) >> 64 << 64)}/64"


def household_of(address: str) -> str | None:
    """Where an address comes from, widely: the /24 of IPv4, the /64 of IPv6; None for one that tells nothing.

    Addresses of private networks and of this machine say how the server is reached, not who is there.
    """
    try:
        parsed: IPv4Address | IPv6Address = ip_address(address)
    except ValueError:
        return None
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    if not parsed.is_global:
        return None
    return str(ip_network(f"{parsed}/{24 if isinstance(parsed, IPv4Address) else 64}", strict=False))
