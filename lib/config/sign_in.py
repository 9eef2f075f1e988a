"""app.yaml's `sign_in`: where people sign in, and which words about them count."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network

from lib.config.names import DOMAIN, variable
from lib.config.yaml_tree import YamlEntry, optional
from lib.core.access.claims import ANY, Provider

HOURS = 12
MOST_HOURS = 24 * 30
NAME = re.compile(r"[a-z][a-z0-9-]{0,30}")
HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}")

LOCAL = ("http://127.0.0.1", "http://localhost", "http://[::1]")


@dataclass(frozen=True)
class Proxy:
    """A proxy that signs people in, and says in a header who they are: believed of these peers alone."""

    header: str
    peers: tuple[IPv4Network | IPv6Network, ...]
    emails: tuple[str, ...] = ()


@dataclass(frozen=True)
class SignIn:
    """Who may vouch for people, and for how long: providers by name, or a proxy before the app.

    `secret_variable` names the environment variable with what our cookies on the way to a provider are signed with.
    """

    secret_variable: str | None = None
    hours: int = HOURS
    providers: Mapping[str, Provider] = field(default_factory=dict)
    proxy: Proxy | None = None


def read_sign_in(entry: YamlEntry) -> SignIn:
    """What the section says."""
    inside = entry.inside("sign_in")
    keys = inside.keys(("hours", "cookie_secret_variable", "providers", "proxy"))
    if inside.is_mapping and ("providers" in keys) == ("proxy" in keys):
        inside.refuse("it names not exactly one of providers and proxy", "Write where people sign in.")
    if "providers" in keys and "cookie_secret_variable" not in keys:
        inside.refuse("'cookie_secret_variable' is missing", "Name the environment variable that holds it.")
    return SignIn(
        secret_variable=optional(keys, "cookie_secret_variable", variable),
        hours=optional(keys, "hours", lambda hours: hours.whole(1, MOST_HOURS)) or HOURS,
        providers=optional(keys, "providers", _providers) or {},
        proxy=optional(keys, "proxy", _proxy),
    )


def _providers(entry: YamlEntry) -> dict[str, Provider]:
    entries = entry.entries()
    if not entries:
        entry.refuse("'providers' names none", "Name one, like 'company'.")
    return {name: _provider(name, one.inside(name)) for name, one in entries.items()}


def _provider(name: str, entry: YamlEntry) -> Provider:
    if not NAME.fullmatch(name):
        entry.refuse(f"'{name}' is no name of a provider", "Use small letters, digits and hyphens, like 'company'.")
    keys = entry.keys(
        ("metadata", "client_id", "client_secret_variable", "emails", "groups"),
        required=("metadata", "client_id", "client_secret_variable"),
    )
    return Provider(
        name,
        optional(keys, "metadata", _address) or "",
        optional(keys, "client_id", YamlEntry.text) or "",
        optional(keys, "client_secret_variable", variable) or "",
        optional(keys, "emails", _domains) or (),
        optional(keys, "groups", YamlEntry.text),
    )


def _proxy(entry: YamlEntry) -> Proxy:
    inside = entry.inside("proxy")
    keys = inside.keys(("header", "peers", "emails"), required=("header", "peers"))
    return Proxy(
        optional(keys, "header", _header) or "",
        optional(keys, "peers", _peers) or (),
        optional(keys, "emails", _domains) or (),
    )


def _header(entry: YamlEntry) -> str | None:
    text = entry.text()
    if text is not None and not HEADER.fullmatch(text):
        entry.refuse(f"'{text}' is no name of a header", "Write one like X-Forwarded-User.")
        return None
    return text


def _peers(entry: YamlEntry) -> tuple[IPv4Network | IPv6Network, ...]:
    found = []
    for one in entry.one_or_more():
        text = one.text()
        if text is None:
            continue
        try:
            found.append(ip_network(text))
        except ValueError:
            one.refuse(f"'{text}' is no address of a machine or net", "Write one like 10.0.0.5 or 10.0.0.0/24.")
    return tuple(found)


def _domains(entry: YamlEntry) -> tuple[str, ...]:
    found = []
    for one in entry.one_or_more():
        text = one.text()
        if text is not None and text != ANY and not DOMAIN.fullmatch(text):
            one.refuse(f"'{text}' is no domain of e-mail addresses", "Write one like example.com.")
        elif text is not None:
            found.append(text)
    return tuple(found)


def _address(entry: YamlEntry) -> str | None:
    text = entry.text()
    if text is not None and not text.startswith(("https://", *LOCAL)):
        entry.refuse(f"'{text}' is no https address", "Write that of the provider's openid-configuration.")
        return None
    return text
