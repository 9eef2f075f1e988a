"""POST /api/events: events other systems send, signed, at a measured pace, answered when they are on disk."""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import anyio
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse

from lib.config.app import Webhook
from lib.core.errors import ConfigRefused, Fault, Refused
from lib.core.exchange.events import WEBHOOK, NotJson, Received, decoded, name_of
from lib.server.bodies import Bodies, TooLarge, TooMany, TooSlow
from lib.server.signing import Claim, claim_of, read_secret, secrets_of

MOST_BYTES = 1 << 20

STRANGERS_PER_MINUTE = 60
"""So many requests that turn out to be signed by nobody may come from one address: their bodies have to be read."""

ADDRESSES_KEPT = 1_024

ANSWERS_KEPT = 4_096
LONGEST_KEPT = 4_096
"""Of messages with an id, so many last ones are answered as they were the first time, where that took no more bytes."""

Receive = Callable[[list[Any]], Received]
"""Loads decoded events; called in a thread."""


class Bucket:
    """How many requests may come: `per_minute` at once, and as many again every minute."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second, self._most = per_minute / 60, float(per_minute)
        self._clock = clock
        self._left, self._at = self._most, clock()

    def wait_seconds(self) -> float:
        """Takes one if there is one, and returns 0; else how long until there is."""
        now = self._clock()
        # A clock that steps back takes nothing away.
        self._left = min(self._most, self._left + max(0.0, now - self._at) * self._per_second)
        self._at = now
        if self._left < 1:
            return (1 - self._left) / self._per_second
        self._left -= 1
        return 0.0

    def give_back(self) -> None:
        """As if the last one had not been taken."""
        self._left = min(self._most, self._left + 1)


@dataclass(frozen=True)
class Admitted:
    """One who sends: its name as events and the audit have it, what signs its requests, its pace, and who loads."""

    name: str
    secrets: tuple[bytes, ...]
    bucket: Bucket
    receive: Receive

    @property
    def signs_with_ids(self) -> bool:
        """By the convention, as every sender with a name does."""
        return self.name != WEBHOOK


class EventsRoute:
    """The webhook of one app; off where nobody may send."""

    def __init__(
        self, senders: Sequence[Admitted], clock: Callable[[], float] = time.time, bodies: Bodies | None = None
    ) -> None:
        self._senders, self._clock = tuple(senders), clock
        self._bodies = bodies or Bodies()
        self._strangers: OrderedDict[str, Bucket] = OrderedDict()
        self._answers: OrderedDict[bytes, JSONResponse] = OrderedDict()

    async def endpoint(self, request: Request) -> JSONResponse:
        """What became of each event, once it is on disk; nothing is read of a request that could not be genuine."""
        if not self._senders:
            return _refused(404, "there is no webhook here: no secret is configured")
        claim = claim_of(request.headers, self._clock())
        if isinstance(claim, str):
            return _refused(401, claim)
        strangers = self._strangers_at(request.client.host if request.client else "")
        if wait_seconds := strangers.wait_seconds():
            return _refused(429, "too many requests that nobody signed", retry_seconds=wait_seconds)
        try:
            body = await self._bodies.body_of(request, MOST_BYTES)
        except TooLarge:
            return _refused(413, f"send at most {MOST_BYTES:,} bytes at a time")
        except TooSlow:
            return _refused(408, f"the body did not come within {self._bodies.seconds:g} seconds")
        except TooMany:
            return _refused(503, "too many requests are being read", retry_seconds=1)
        except ClientDisconnect:
            return _refused(400, "the request broke off")
        sender = self._sender_of(claim, body)
        if sender is None:
            return _refused(401, "no sender's secret signs this body and timestamp")
        strangers.give_back()
        if wait_seconds := sender.bucket.wait_seconds():
            return _refused(429, "too many requests", retry_seconds=wait_seconds)
        return await self._answer(sender, claim, body)

    async def _answer(self, sender: Admitted, claim: Claim, body: bytes) -> JSONResponse:
        said_before = hashlib.sha256(f"{sender.name}\n{claim.id}\n".encode() + body).digest()
        if claim.id is not None and said_before in self._answers:
            return self._answers[said_before]
        try:
            events = decoded(body)
        except NotJson as error:
            return _refused(400, str(error))
        try:
            received = await anyio.to_thread.run_sync(sender.receive, events)
        except Refused as refused:
            return _refused(503, str(refused), retry_seconds=60)
        answer = _told(received)
        if claim.id is not None and len(answer.body) <= LONGEST_KEPT:
            self._answers[said_before] = answer
            while len(self._answers) > ANSWERS_KEPT:
                self._answers.popitem(last=False)
        return answer

    def _sender_of(self, claim: Claim, body: bytes) -> Admitted | None:
        return next(
            (
                sender
                for sender in self._senders
                if sender.signs_with_ids == (claim.id is not None)
                and any(claim.is_by(secret, body) for secret in sender.secrets)
            ),
            None,
        )

    def _strangers_at(self, address: str) -> Bucket:
        bucket = self._strangers.pop(address, None) or Bucket(STRANGERS_PER_MINUTE, self._clock)
        self._strangers[address] = bucket
        while len(self._strangers) > ADDRESSES_KEPT:
            self._strangers.popitem(last=False)
        return bucket


def events_room(webhook: Webhook | None, receive: Callable[[list[Any], str], Received]) -> EventsRoute:
    """The webhook as it is configured, off where it is not; `receive` is told in whose name it loads.

    Raises ConfigRefused as `read_secret` and `secrets_of`, and where two senders have one secret.
    """
    if webhook is None:
        return EventsRoute(())
    old = read_secret(webhook)
    found: list[tuple[str, tuple[bytes, ...]]] = [(WEBHOOK, () if old is None else (old,))]
    found += [(name_of(sender.name), secrets_of(sender)) for sender in webhook.senders]
    every = [secret for _, secrets in found for secret in dict.fromkeys(secrets)]
    if len(set(every)) < len(every):
        what = "two senders have the same secret"
        raise ConfigRefused(Fault("app.yaml, webhook", what, "Give each its own: it is what tells them apart."))
    per_minute = webhook.requests_per_minute
    return EventsRoute(
        [
            Admitted(name, secrets, Bucket(per_minute), partial(_in_name, receive, name))
            for name, secrets in found
            if secrets
        ]
    )


def _in_name(receive: Callable[[list[Any], str], Received], name: str, events: list[Any]) -> Received:
    return receive(events, name)


def _told(received: Received) -> JSONResponse:
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


def _refused(status: int, error: str, retry_seconds: float = 0) -> JSONResponse:
    # What was not read of the body is not waited for.
    headers = {"Connection": "close"} if status in (401, 408, 413, 429, 503) else {}
    if retry_seconds:
        headers["Retry-After"] = str(int(retry_seconds) + 1)
    return JSONResponse({"error": error}, status_code=status, headers=headers)
