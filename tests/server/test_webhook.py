"""The webhook: signed, not to be replayed, at a measured pace, and never more than an error a sender can mend."""

import json
import string
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.routing import Route

from lib.config.app import Webhook
from lib.core.errors import ConfigRefused, Fault, NotWritten
from lib.core.exchange.events import WEBHOOK, Received, Remark
from lib.server.signing import read_secret, signature
from lib.server.webhook import MOST_BYTES, STRANGERS_PER_MINUTE, Admitted, Bucket, EventsRoute, Receive, events_room
from lib.store.agreement.audit import verify
from lib.store.database import Database, open_database
from lib.store.exchange.events import receive
from tests.grants import ANYTHING, somebody
from tests.server.asgi import HERE, Answered, post

SECRET = b"s" * 64
NOW = 1_780_000_000
EVENT = {"event_id": "e1", "lead_id": "a", "occurred_at": "2026-02-01T09:00:00Z", "kind": "mql"}


class Sender:
    """Somebody who sends to a webhook, and what the webhook was asked to load."""

    def __init__(self, *, per_minute: int = 10_000, secret: bytes | None = SECRET) -> None:
        self.received: list[list[Any]] = []
        self.clock = float(NOW)
        bucket = Bucket(per_minute, lambda: self.clock)
        self.app = app(route(secret, self._receive, lambda: self.clock, bucket))

    def _receive(self, events: list[Any]) -> Received:
        self.received.append(events)
        return Received(len(events), len(events), (), (), ())

    def send(
        self, body: Any = EVENT, at: float | None = None, client: tuple[str, int] = HERE, **headers: str | bytes
    ) -> Answered:
        encoded = body if isinstance(body, bytes) else json.dumps(body).encode()
        timestamp = str(int(self.clock if at is None else at))
        signed = {
            "Handshake-Timestamp": timestamp,
            "Handshake-Signature": "sha256=" + signature(SECRET, timestamp, encoded),
        }
        return post(self.app, "/api/events", encoded, {**signed, **headers}, client)


def route(
    secret: bytes | None, receive: Receive, clock: Callable[[], float], bucket: Bucket | None = None
) -> EventsRoute:
    """The webhook with one sender without a name, or with nobody."""
    admitted = [] if secret is None else [Admitted(WEBHOOK, (secret,), bucket or Bucket(10**6), receive)]
    return EventsRoute(admitted, clock)


def app(events: EventsRoute) -> Starlette:
    return Starlette(routes=[Route("/api/events", events.endpoint, methods=["POST"])])


def test_a_signed_event_is_received_and_answered_with_what_became_of_it() -> None:
    sender = Sender()

    answer = sender.send([EVENT])

    assert answer.status == 200
    assert answer.json == {"events": 1, "new": 1, "known": 0, "waiting": [], "rejected": [], "unknown": []}
    assert sender.received == [[EVENT]]


def test_one_event_needs_no_list() -> None:
    sender = Sender()

    assert sender.send(EVENT).status == 200
    assert sender.received == [[EVENT]]


def test_without_a_secret_there_is_no_webhook() -> None:
    sender = Sender(secret=None)

    assert sender.send().status == 404
    assert sender.received == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Handshake-Signature": ""},
        {"Handshake-Signature": "sha256="},
        {"Handshake-Signature": "sha256=" + "0" * 64},
        {"Handshake-Signature": signature(SECRET, str(NOW), json.dumps(EVENT).encode())},
        {"Handshake-Signature": "sha256=" + signature(b"other" * 9, str(NOW), json.dumps(EVENT).encode())},
        {"Handshake-Signature": b"sha256=\xff\xfe"},
        {"Handshake-Timestamp": str(NOW + 1)},
        {"Handshake-Timestamp": f" {NOW}"},
        {"Handshake-Timestamp": "now"},
        {"Handshake-Timestamp": ""},
        {"Handshake-Timestamp": "9" * 5000},
        {"Handshake-Timestamp": "²"},
    ],
)
def test_what_is_not_signed_for_this_body_and_instant_is_not_read(headers: dict[str, str | bytes]) -> None:
    sender = Sender()

    answer = sender.send(EVENT, **headers)

    assert answer.status == 401
    assert sender.received == []


@pytest.mark.parametrize(("off_seconds", "status"), [(-301, 401), (-300, 200), (300, 200), (301, 401)])
def test_a_request_is_good_for_five_minutes(off_seconds: int, status: int) -> None:
    assert Sender().send(at=NOW + off_seconds).status == status


def test_a_longer_body_than_may_be_is_refused_however_it_comes() -> None:
    sender = Sender()

    assert sender.send(b" " * (MOST_BYTES + 1)).status == 413
    assert sender.send(b"{}", **{"Content-Length": str(MOST_BYTES + 1)}).status == 413
    assert sender.received == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b"[" * 100_000, b"1" * 5000, b'{"a": 1} {"b": 2}'])
def test_what_is_no_list_of_anything_is_refused(body: bytes) -> None:
    sender = Sender()

    assert sender.send(body).status == 400
    assert sender.received == []


def test_more_requests_than_agreed_have_to_wait_and_hear_how_long() -> None:
    sender = Sender(per_minute=3)

    statuses = [sender.send().status for _ in range(4)]
    told = sender.send().headers["retry-after"]
    sender.clock += int(told)

    assert statuses == [200, 200, 200, 429]
    assert sender.send().status == 200
    assert sender.send().status == 429


def test_strangers_use_up_nobodys_pace() -> None:
    sender = Sender(per_minute=1)

    for _ in range(10):
        assert sender.send(**{"Handshake-Signature": "sha256=" + "0" * 64}).status == 401

    assert sender.send().status == 200


def test_who_sends_what_nobody_signed_again_and_again_is_read_no_more_for_a_while() -> None:
    sender = Sender()
    forged = {"Handshake-Signature": "sha256=" + "0" * 64}

    statuses = [sender.send(**forged).status for _ in range(STRANGERS_PER_MINUTE + 1)]
    elsewhere = sender.send(client=("192.0.2.7", 1), **forged)
    sender.clock += 2

    assert statuses == [401] * STRANGERS_PER_MINUTE + [429]
    assert elsewhere.status == 401
    assert sender.send().status == 200


def test_a_list_of_which_nothing_could_be_meant_is_refused() -> None:
    everything = Received(1, 0, (), (Remark(1, "is not a JSON object"),), ())

    answer = answered_with(everything)

    assert answer.status == 422
    assert answer.json["rejected"] == [{"event": 1, "reason": "is not a JSON object"}]


def answered_with(received: Received | NotWritten) -> Answered:
    def loading(_: list[Any]) -> Received:
        if isinstance(received, NotWritten):
            raise received
        return received

    sender = Sender()
    sender.app = app(route(SECRET, loading, lambda: sender.clock))
    return sender.send()


def test_a_full_disk_asks_to_be_tried_again() -> None:
    answer = answered_with(NotWritten(Fault("h.duckdb", "there is no space left on the disk", "Make room.")))

    assert answer.status == 503
    assert "no space left" in answer.json["error"]
    assert int(answer.headers["retry-after"]) > 0


# The secret.


def test_the_secret_is_read_from_a_variable_or_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVENTS", " " + "v" * 40)
    (tmp_path / "secret").write_text("f" * 40 + "\n")

    assert read_secret(Webhook("EVENTS", None, 1)) == b"v" * 40
    assert read_secret(Webhook(None, str(tmp_path / "secret"), 1)) == b"f" * 40


def test_a_variable_that_is_not_set_turns_the_webhook_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EVENTS", raising=False)

    assert read_secret(Webhook("EVENTS", None, 1)) is None
    assert post(app(events_room(None, lambda *_: pytest.fail("received"))), "/api/events", b"{}").status == 404


@pytest.mark.parametrize("secret", [None, "short", b"\xff" * 40])
def test_a_secret_that_is_missing_or_could_be_guessed_is_refused_without_being_said(
    tmp_path: Path, secret: str | bytes | None
) -> None:
    file = tmp_path / "secret"
    if secret is not None:
        file.write_bytes(secret if isinstance(secret, bytes) else secret.encode())

    with pytest.raises(ConfigRefused) as refused:
        read_secret(Webhook(None, str(file), 1))

    assert "short " not in str(refused.value).replace("shorter", "")
    assert str(file) in str(refused.value)


# Whatever is sent.


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    path = tmp_path_factory.mktemp("webhook") / "h.duckdb"
    database = open_database(path, first_definition="name: first\n", clock=NOW)
    with database.write(*ANYTHING) as cursor:
        cursor.execute("insert into lead (lead_id, created_at) values ('a', timestamp '2026-01-01')")
    yield database
    database.close()


TEXTS = st.text(max_size=20) | st.sampled_from(["a", "2026-02-01", "mql", "won", "{}", "e1", ""])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
KEYS = st.sampled_from(
    ["event_id", "activity_id", "lead_id", "occurred_at", "kind", "detail", "amount", "subject", "actor", "reason"]
)
IDS = st.text(string.ascii_lowercase, min_size=1, max_size=3)
NEARLY = st.builds(
    lambda base, change, drop: {key: value for key, value in {**base, **change}.items() if key != drop},
    st.builds(
        lambda name, given: {**EVENT, "event_id": given} if name else {**EVENT, "activity_id": given},
        st.booleans(),
        IDS,
    ),
    st.dictionaries(KEYS, VALUES, max_size=2),
    st.none() | KEYS,
)


def loaded(db: Database) -> int:
    with db.cursor() as cursor:
        return int(
            cursor.execute("select (select count(*) from handoff_event) + (select count(*) from activity)").fetchall()[
                0
            ][0]
        )


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.lists(NEARLY | VALUES, min_size=1, max_size=4) | NEARLY)
def test_whatever_is_sent_is_loaded_whole_or_refused_in_words(db: Database, body: Any) -> None:
    clock = time.time_ns() // 1_000
    room = route(
        SECRET,
        lambda events: receive(db, events, zone=ZoneInfo("Europe/Madrid"), now=clock, by=somebody("webhook")),
        lambda: NOW,
    )
    sender = Sender()
    sender.app = app(room)
    before = loaded(db)

    answer = sender.send(body)

    assert answer.status in (200, 400, 422)
    assert loaded(db) - before == (answer.json["new"] if answer.status == 200 else 0)
    if answer.status != 400:
        told = answer.json
        assert told["events"] == told["new"] + told["known"] + len(told["waiting"]) + len(told["rejected"])
        assert told["known"] >= 0


@settings(max_examples=150)
@given(
    body=st.binary(max_size=200),
    headers=st.dictionaries(
        st.sampled_from(["handshake-timestamp", "handshake-signature", "content-length", "content-type"]),
        st.binary(max_size=80),
    ),
)
def test_any_bytes_in_body_and_headers_are_refused_without_a_fault_of_ours(
    body: bytes, headers: dict[str, bytes]
) -> None:
    sender = Sender()

    signed = sender.send(body).status
    forged = post(sender.app, "/api/events", body, headers).status

    assert 200 <= signed < 500
    assert 400 <= forged < 500


def test_the_database_holds_after_all_that(db: Database) -> None:
    assert verify(db) >= 0
