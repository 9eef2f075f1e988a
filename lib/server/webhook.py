"""POST /api/events: events another system sends, signed, at a measured pace, answered when they are on disk."""

import hashlib
import hmac
import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import anyio
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse

from lib.config.app import Webhook
from lib.core.errors import ConfigRefused, Fault, Refused
from lib.core.exchange.events import Received
from lib.server.bodies import TooLarge, body_of

MOST_BYTES = 1 << 20
MOST_SECONDS_OFF = 300
"""So far a request's timestamp may be from this clock; a recorded request is of no use to anybody later."""

LEAST_CHARACTERS = 32
"""Of the secret: what `openssl rand -hex 16` gives, and more than can be guessed."""

TIMESTAMP, SIGNATURE = "handshake-timestamp", "handshake-signature"
SCHEME = "sha256="

Receive = Callable[[list[Any]], Received]
"""Loads decoded events; called in a thread."""


def read_secret(webhook: Webhook) -> bytes | None:
    """The secret of those who send events; None where the variable named is not set.

    Raises ConfigRefused for a file that cannot be read, and for a secret that could be guessed.
    """
    if webhook.secret_variable is not None:
        where, secret = f"variable {webhook.secret_variable}", os.environ.get(webhook.secret_variable, "").strip()
        if not secret:
            return None
    else:
        where = webhook.secret_file or ""
        try:
            secret = Path(where).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            what = "the webhook's secret cannot be read there"
            raise ConfigRefused(Fault(where, what, "Put it there, or leave 'webhook' out of app.yaml.")) from error
    if len(secret) < LEAST_CHARACTERS:
        what = f"the webhook's secret is shorter than {LEAST_CHARACTERS} characters"
        raise ConfigRefused(Fault(where, what, "Make one with `openssl rand -hex 32`."))
    return secret.encode()


def signature(secret: bytes, timestamp: str, body: bytes) -> str:
    """What signs a request: HMAC-SHA256 over its timestamp, a full stop and its body, in hexadecimal digits."""
    return hmac.new(secret, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


class Bucket:
    """How many requests may come: `per_minute` at once, and as many again every minute."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second, self._most = per_minute / 60, float(per_minute)
        self._clock = clock
        self._left, self._at = self._most, clock()

    def wait_seconds(self) -> float:
        """Takes one if there is one, and returns 0; else how long until there is."""
        now = self._clock()
        self._left = min(self._most, self._left + (now - self._at) * self._per_second)
        self._at = now
        if self._left < 1:
            return (1 - self._left) / self._per_second
        self._left -= 1
        return 0.0


class EventsRoute:
    """The webhook of one app; off without a secret."""

    def __init__(
        self, secret: bytes | None, bucket: Bucket, receive: Receive, clock: Callable[[], float] = time.time
    ) -> None:
        self._secret, self._bucket, self._receive, self._clock = secret, bucket, receive, clock

    async def endpoint(self, request: Request) -> JSONResponse:
        """What became of each event, once it is on disk; nothing is read of a request that could not be genuine."""
        if self._secret is None:
            return _refused(404, "there is no webhook here: no secret is configured")
        timestamp, signed = request.headers.get(TIMESTAMP, ""), request.headers.get(SIGNATURE, "")
        if not _is_about_now(timestamp, self._clock()):
            return _refused(401, f"{TIMESTAMP} is not within {MOST_SECONDS_OFF} seconds of now")
        try:
            body = await body_of(request, MOST_BYTES)
        except TooLarge:
            return _refused(413, f"send at most {MOST_BYTES:,} bytes at a time")
        except ClientDisconnect:
            return _refused(400, "the request broke off")
        expected = SCHEME + signature(self._secret, timestamp, body)
        if not hmac.compare_digest(signed.encode("utf-8", "replace"), expected.encode()):
            return _refused(401, f"{SIGNATURE} does not sign this body and timestamp")
        wait_seconds = self._bucket.wait_seconds()
        if wait_seconds:
            return _refused(429, "too many requests", retry_seconds=wait_seconds)
        try:
            decoded = json.loads(body)
        except (ValueError, RecursionError):
            return _refused(400, "the body is not JSON")
        events = decoded if isinstance(decoded, list) else [decoded]
        if not events:
            return _refused(400, "the list is empty")
        try:
            received = await anyio.to_thread.run_sync(self._receive, events)
        except Refused as refused:
            return _refused(503, str(refused), retry_seconds=60)
        return JSONResponse(
            {
                "events": received.events,
                "new": received.new,
                "known": received.known,
                "waiting": [asdict(remark) for remark in received.waiting],
                "rejected": [asdict(remark) for remark in received.rejected],
                "unknown": [asdict(remark) for remark in received.unknown],
            },
            status_code=422 if len(received.rejected) == received.events else 200,
        )


def events_room(webhook: Webhook | None, receive: Receive) -> EventsRoute:
    """The webhook as it is configured; off where it is not. Raises ConfigRefused as `read_secret`."""
    if webhook is None:
        return EventsRoute(None, Bucket(1), receive)
    return EventsRoute(read_secret(webhook), Bucket(webhook.requests_per_minute), receive)


def _is_about_now(timestamp: str, now: float) -> bool:
    written_as_number = timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 12
    return written_as_number and abs(int(timestamp) - now) <= MOST_SECONDS_OFF


def _refused(status: int, error: str, retry_seconds: float = 0) -> JSONResponse:
    headers = {"Retry-After": str(int(retry_seconds) + 1)} if retry_seconds else None
    return JSONResponse({"error": error}, status_code=status, headers=headers)
