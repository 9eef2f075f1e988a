"""app.yaml: where the app is, what it does by itself, who may send it events, and which currency sums are in."""

import re
from dataclasses import dataclass, field

from lib.config.names import variable
from lib.config.sign_in import SignIn, read_sign_in
from lib.config.yaml_tree import YamlEntry, optional, read_yaml
from lib.core.address import Address, read_address
from lib.core.errors import ConfigRefused
from lib.core.funnel.money import Money

DURATION = re.compile(r"([0-9]{1,6})\s*(m|h|d)")
SECONDS = {"m": 60, "h": 3_600, "d": 86_400}
MOST_DAYS = 365
MOST_BACKUPS = 1_000
CURRENCY = re.compile(r"[A-Z]{3}")
SENDER = re.compile(r"[a-z][a-z0-9_-]{0,39}")
MOST_SECRETS = 2


@dataclass(frozen=True)
class Backups:
    """A backup every so often; the newest `keep` stay in `folder`, which is named from the database's folder."""

    every_seconds: int
    keep: int
    folder: str


@dataclass(frozen=True)
class Sender:
    """One who sends events under a name, and where its secrets are: one, or two while one takes the other's place."""

    name: str
    secret_variables: tuple[str, ...] = ()
    secret_files: tuple[str, ...] = ()


@dataclass(frozen=True)
class Webhook:
    """Who may send events: `senders` by name, and one without a name, of whom is said where its secret is; how often
    each may."""

    secret_variable: str | None
    secret_file: str | None
    requests_per_minute: int
    senders: tuple[Sender, ...] = ()


@dataclass(frozen=True)
class AppSettings:
    """What the app does by itself, None for what it does not; the `money` of sums; where people reach it and sign in.

    Without an `address` it is on this machine only, at whatever port the server has.
    """

    backup: Backups | None = None
    route_every_seconds: int | None = None
    webhook: Webhook | None = None
    money: Money = field(default_factory=Money)
    sign_in: SignIn | None = None
    address: Address | None = None


def read_app(text: str, file: str) -> AppSettings:
    """The settings a YAML text says; `file` is its name in messages.

    Raises ConfigRefused with every fault found, in the order of the lines.
    """
    return read_yaml(text, file, ConfigRefused, _app)


def _app(root: YamlEntry) -> AppSettings:
    keys = root.keys(("address", "backup", "route", "webhook", "money", "sign_in"))
    return AppSettings(
        backup=optional(keys, "backup", _backups),
        route_every_seconds=optional(keys, "route", _route),
        webhook=optional(keys, "webhook", _webhook),
        money=optional(keys, "money", _money) or Money(),
        sign_in=optional(keys, "sign_in", read_sign_in),
        address=optional(keys, "address", _address),
    )


def _address(entry: YamlEntry) -> Address | None:
    text = entry.text()
    if text is None:
        return None
    address = read_address(text)
    if address is None:
        remedy = "Write scheme and host, and a port if need be: https://handshake.example.com."
        entry.refuse(f"'{text}' is no address people can reach the app at", remedy)
        return None
    if not address.is_secure and not address.is_loopback:
        what = f"at '{text}' everybody on the way reads and changes what people send"
        entry.refuse(what, "Write https://, and let a proxy or Streamlit's server.sslCertFile speak TLS.")
    return address


def _backups(entry: YamlEntry) -> Backups:
    inside = entry.inside("backup")
    keys = inside.keys(("every", "keep", "folder"), required=("every", "keep", "folder"))
    return Backups(
        every_seconds=optional(keys, "every", _seconds) or SECONDS["d"],
        keep=optional(keys, "keep", lambda keep: keep.whole(1, MOST_BACKUPS)) or 1,
        folder=optional(keys, "folder", YamlEntry.text) or "",
    )


def _route(entry: YamlEntry) -> int | None:
    return optional(entry.inside("route").keys(("every",), required=("every",)), "every", _seconds)


def _webhook(entry: YamlEntry) -> Webhook:
    inside = entry.inside("webhook")
    keys = inside.keys(
        ("senders", "secret_variable", "secret_file", "requests_per_minute"),
        required=("requests_per_minute",),
    )
    places = [name for name in ("secret_variable", "secret_file") if name in keys]
    if inside.is_mapping and (len(places) > 1 or not (places or "senders" in keys)):
        inside.refuse("it names not exactly one place of the secret", "Write senders, secret_variable or secret_file.")
    return Webhook(
        secret_variable=optional(keys, "secret_variable", variable),
        secret_file=optional(keys, "secret_file", YamlEntry.text),
        requests_per_minute=optional(keys, "requests_per_minute", lambda most: most.whole(1, 100_000)) or 1,
        senders=optional(keys, "senders", _senders) or (),
    )


def _senders(entry: YamlEntry) -> tuple[Sender, ...]:
    found = entry.inside("senders").entries()
    if entry.is_mapping and not found:
        entry.refuse("'senders' names nobody", "Name who sends, or leave it out.")
    return tuple(_sender(name, one) for name, one in found.items())


def _sender(name: str, entry: YamlEntry) -> Sender:
    inside = entry.inside(f"sender {name}")
    if not SENDER.fullmatch(name):
        inside.refuse(f"'{name}' is no name of a sender", "Write small letters, digits, _ and -, a letter first.")
    keys = inside.keys(("secret_variables", "secret_files"))
    variables = tuple(
        text
        for one in (keys["secret_variables"].one_or_more() if "secret_variables" in keys else ())
        if (text := variable(one)) is not None
    )
    files = optional(keys, "secret_files", YamlEntry.texts) or ()
    named = sum(len(places.one_or_more()) for places in keys.values())
    if inside.is_mapping and not 1 <= named <= MOST_SECRETS:
        inside.refuse(f"it names {named} secrets", "Name one, or two while one takes the other's place.")
    return Sender(name, variables, files)


def _money(entry: YamlEntry) -> Money:
    keys = entry.inside("money").keys(("currency", "rates"), required=("currency",))
    currency = optional(keys, "currency", _currency)
    rates = {
        name: rate
        for name, one in (keys["rates"].entries() if "rates" in keys else {}).items()
        if (rate := _rate(name, one)) is not None
    }
    if currency in rates and rates[currency] != 1:
        keys["rates"].refuse(f"one {currency} is worth {rates[currency]:g} {currency}", "Leave it out of the rates.")
    return Money(currency, rates)


def _currency(entry: YamlEntry) -> str | None:
    text = entry.text()
    if text is not None and not CURRENCY.fullmatch(text):
        entry.refuse(f"'{text}' is no currency", "Write its three capital letters: EUR, USD, JPY.")
        return None
    return text


def _rate(name: str, entry: YamlEntry) -> float | None:
    """What one unit of the currency is worth."""
    rate = entry.number()
    if not CURRENCY.fullmatch(name):
        entry.refuse(f"'{name}' is no currency", "Write its three capital letters: EUR, USD, JPY.")
        return None
    if rate is not None and rate <= 0:
        entry.refuse(f"one {name} is worth {rate:g}", "Write more than 0.")
        return None
    return rate


def _seconds(entry: YamlEntry) -> int | None:
    text = entry.text()
    if text is None:
        return None
    found = DURATION.fullmatch(text.strip())
    if not found:
        entry.refuse(f"'{entry.name}' is '{text}', not a time", "Write whole minutes, hours or days: 15m, 24h, 7d.")
        return None
    seconds = int(found[1]) * SECONDS[found[2]]
    if not 0 < seconds <= MOST_DAYS * SECONDS["d"]:
        entry.refuse(f"'{entry.name}' is '{text}'", f"Write more than 0 and at most {MOST_DAYS}d.")
        return None
    return seconds
