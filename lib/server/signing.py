"""Who signed a request to the webhook: by the Standard Webhooks convention, or as it was before."""

import base64
import binascii
import hashlib
import hmac
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lib.config.app import Sender, Webhook
from lib.core.errors import ConfigRefused, Fault

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
OLD_TIMESTAMP, OLD_SIGNATURE = "handshake-timestamp", "handshake-signature"
"""What a sender without a name signs by; docs/webhook.md says how it becomes one with a name."""

MOST_SECONDS_OFF = 300
"""So far a request's timestamp may be from this clock; a recorded request is of no use to anybody later."""

LEAST_CHARACTERS = 32
"""Of a nameless sender's secret: what `openssl rand -hex 16` gives, and more than can be guessed."""

LEAST_BYTES, MOST_BYTES = 24, 64
"""Of a named sender's secret, as the convention has it."""

PREFIX = "whsec_"
MAKE_ONE = 'Make one with `echo "whsec_$(openssl rand -base64 32)"`.'

MOST_SIGNATURES = 8
"""Of one request: a sender that changes its secret signs with both."""

_ONE = re.compile(r"v1,[A-Za-z0-9+/]{43}=")
_OLD = re.compile(r"sha256=[0-9a-f]{64}")


@dataclass(frozen=True)
class Claim:
    """What a request says of itself before its body is read: its id (none by the old names), timestamp, signatures."""

    id: str | None
    timestamp: str
    signatures: tuple[str, ...]

    def is_by(self, secret: bytes, body: bytes) -> bool:
        """Whether one of its signatures is that of this body with the secret; each compared in constant time."""
        if self.id is None:
            expected = "sha256=" + signature(secret, self.timestamp, body)
        else:
            expected = standard_signature(secret, self.id, self.timestamp, body)
        return any(hmac.compare_digest(one.encode(), expected.encode()) for one in self.signatures)


def claim_of(headers: Mapping[str, str], now: float) -> Claim | str:
    """What a request claims, or why it cannot be genuine; `now` in seconds since 1970."""
    names = (TIMESTAMP, SIGNATURE) if SIGNATURE in headers or ID in headers else (OLD_TIMESTAMP, OLD_SIGNATURE)
    timestamp, signed = (headers.get(name, "") for name in names)
    if not _is_about_now(timestamp, now):
        return f"{names[0]} is not within {MOST_SECONDS_OFF} seconds of now"
    if names[1] == OLD_SIGNATURE:
        return Claim(None, timestamp, (signed,)) if _OLD.fullmatch(signed) else f"{OLD_SIGNATURE} is no signature"
    given = headers.get(ID, "")
    if not 0 < len(given) <= 256 or not given.isascii() or not given.isprintable():
        return f"{ID} is no text of 1 to 256 letters, digits and signs"
    # Others than `v1` may stand beside it: the convention knows asymmetric ones, which we do not.
    signatures = tuple(one for one in signed.split(" ")[: 2 * MOST_SIGNATURES] if _ONE.fullmatch(one))
    if not signatures:
        return f"{SIGNATURE} holds no signature of the form v1,…"
    return Claim(given, timestamp, signatures[:MOST_SIGNATURES])


def signature(secret: bytes, timestamp: str, body: bytes) -> str:
    """What a nameless sender signs: HMAC-SHA256 over its timestamp, a full stop and its body, in hexadecimal digits."""
    return hmac.new(secret, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def standard_signature(secret: bytes, given: str, timestamp: str, body: bytes) -> str:
    """`v1,` and, in base64, the HMAC-SHA256 over id, timestamp and body, parted by full stops."""
    signed = hmac.digest(secret, b".".join((given.encode(), timestamp.encode(), body)), hashlib.sha256)
    return "v1," + base64.b64encode(signed).decode()


def read_secret(webhook: Webhook) -> bytes | None:
    """The secret of the sender without a name; None where the variable named is not set, or none is named.

    Raises ConfigRefused for a file that cannot be read, and for a secret that could be guessed.
    """
    if webhook.secret_variable is not None:
        where, secret = f"variable {webhook.secret_variable}", os.environ.get(webhook.secret_variable, "").strip()
        if not secret:
            return None
    elif webhook.secret_file is not None:
        where, secret = webhook.secret_file, _text_of(webhook.secret_file)
    else:
        return None
    if len(secret) < LEAST_CHARACTERS:
        what = f"the webhook's secret is shorter than {LEAST_CHARACTERS} characters"
        raise ConfigRefused(Fault(where, what, "Make one with `openssl rand -hex 32`."))
    return secret.encode()


def secrets_of(sender: Sender) -> tuple[bytes, ...]:
    """The secrets of a named sender, each of which is valid; none where none of its variables is set.

    Raises ConfigRefused for a file that cannot be read, and for what is no secret of the convention.
    """
    given = [(f"variable {name}", os.environ.get(name, "").strip()) for name in sender.secret_variables]
    given = [(where, text) for where, text in given if text]
    given += [(file, _text_of(file)) for file in sender.secret_files]
    return tuple(_decoded(where, text, sender.name) for where, text in given)


def _text_of(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        what = "the webhook's secret cannot be read there"
        raise ConfigRefused(Fault(file, what, "Put it there, or leave 'webhook' out of app.yaml.")) from error


def _decoded(where: str, text: str, sender: str) -> bytes:
    try:
        secret = base64.b64decode(text.removeprefix(PREFIX), validate=True) if text.startswith(PREFIX) else b""
    except (binascii.Error, ValueError):
        secret = b""
    if not LEAST_BYTES <= len(secret) <= MOST_BYTES:
        what = (
            f"the secret of the sender '{sender}' is not '{PREFIX}' and {LEAST_BYTES} to {MOST_BYTES} bytes in base64"
        )
        raise ConfigRefused(Fault(where, what, MAKE_ONE))
    return secret


def _is_about_now(timestamp: str, now: float) -> bool:
    written_as_number = timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 12
    return written_as_number and abs(int(timestamp) - now) <= MOST_SECONDS_OFF
