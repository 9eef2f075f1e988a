"""The one address people reach the app at: what a request may say of itself, and where links lead, follow from it."""

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass

PORTS = {"http": 80, "https": 443}
"""What a browser leaves out."""

THIS_MACHINE = ("127.0.0.1", "localhost", "[::1]")
"""The names a browser on this machine has for it."""

WRITTEN = re.compile(r"(https?)://([a-z0-9.-]+|\[[0-9a-f:.]+\])(?::([1-9][0-9]{0,4}))?", re.IGNORECASE)
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
NUMERIC = re.compile(r"[0-9]+|0x[0-9a-f]*")
MOST_CHARACTERS = 253


@dataclass(frozen=True)
class Address:
    """Scheme, host and port. The host is in lower case as browsers send it; an IPv6 address stands in brackets."""

    scheme: str
    host: str
    port: int

    @property
    def origin(self) -> str:
        """As a browser names it: `https://handshake.example.com`, without the scheme's own port."""
        return f"{self.scheme}://{self.hosts[0]}"

    @property
    def hosts(self) -> tuple[str, ...]:
        """What a request's Host may read, as browsers write it first; the scheme's own port may be left out."""
        whole = f"{self.host}:{self.port}"
        return (self.host, whole) if self.port == PORTS[self.scheme] else (whole,)

    @property
    def is_loopback(self) -> bool:
        """Does it lead to the machine of whoever asks, and nowhere else?"""
        return is_loopback(self.host)

    @property
    def is_secure(self) -> bool:
        """Is what people send there encrypted?"""
        return self.scheme == "https"


def read_address(text: str) -> Address | None:
    """The address a text writes: scheme, host, a port perhaps, and nothing else; None where it is no such thing."""
    found = WRITTEN.fullmatch(text)
    if found is None:
        return None
    scheme, host = found[1].lower(), _host(found[2].lower())
    port = int(found[3]) if found[3] else PORTS[scheme]
    return Address(scheme, host, port) if host is not None and port < 1 << 16 else None


def on_this_machine(scheme: str, port: int) -> Iterator[Address]:
    """The addresses of a server on this machine's own loopback interface."""
    return (Address(scheme, host, port) for host in THIS_MACHINE)


def is_loopback(host: str) -> bool:
    """Is it a name or number of the machine itself? IPv6 with or without brackets."""
    if host == "localhost":
        return True
    try:
        number = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    # A server that listens for both kinds hears IPv4 like this.
    mapped = number.ipv4_mapped if isinstance(number, ipaddress.IPv6Address) else None
    return (mapped or number).is_loopback


def _host(text: str) -> str | None:
    """A host as browsers send it, None where they would send another or could reach nobody."""
    labels = text.split(".")
    try:
        # Browsers read `127.1` and `0x7f000001` as numbers too, and send them as they read them.
        if text[0] == "[" or NUMERIC.fullmatch(labels[-1]):
            number = ipaddress.ip_address(text.strip("[]"))
            written = f"[{number}]" if number.version == 6 else str(number)
            return None if number.is_unspecified or (text[0] == "[") != (number.version == 6) else written
    except ValueError:
        return None
    return text if len(text) <= MOST_CHARACTERS and all(map(LABEL.fullmatch, labels)) else None
