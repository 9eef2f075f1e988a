"""Senders with a name: the Standard Webhooks convention, two secrets at a time, and nobody in another's name."""

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import anyio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Message

from lib.config.app import Sender, Webhook
from lib.core.errors import ConfigRefused
from lib.core.exchange.events import Received, decoded, name_of
from lib.server.bodies import Bodies, FewUploads, TooMany, TooSlow
from lib.server.commands import CommandRoom
from lib.server.signing import secrets_of, signature, standard_signature
from lib.server.webhook import MOST_BYTES, Admitted, Bucket, EventsRoute, events_room
from lib.store.agreement.audit import load_entries, verify
from lib.store.database import Database, open_database
from lib.store.exchange.events import receive
from lib.store.handoffs.cycles import keep_cycles
from tests.grants import ANYTHING, somebody
from tests.server.asgi import HERE, Answered, on_a_loop, post
from tests.server.test_webhook import app

NOW = 1_780_000_000
OLD, NEW, OTHER = b"o" * 32, b"n" * 32, b"x" * 32
EVENT = {"event_id": "crm:1", "lead_id": "a", "occurred_at": "2026-02-01T09:00:00Z", "kind": "mql"}


class Webhooks:
    """A webhook of two senders, crm (with two secrets) and web, that notes who sent what."""

    def __init__(self, bodies: Bodies | None = None) -> None:
        self.received: list[tuple[str, list[Any]]] = []
        self.clock = float(NOW)
        senders = [self.admitted("crm", OLD, NEW), self.admitted("web", OTHER)]
        self.app = app(EventsRoute(senders, lambda: self.clock, bodies))

    def admitted(self, name: str, *secrets: bytes) -> Admitted:
        def loading(events: list[Any]) -> Received:
            self.received.append((name, events))
            return Received(len(events), len(events), (), (), ())

        return Admitted(name_of(name), secrets, Bucket(10**6), loading)

    def send(self, *secrets: bytes, body: bytes | None = None, **headers: str) -> Answered:
        return post(self.app, "/api/events", body or json.dumps(EVENT).encode(), signed(secrets, body, **headers))


def signed(secrets: tuple[bytes, ...], body: bytes | None = None, **headers: str) -> dict[str, str]:
    names = {"webhook-id": "msg_1", "webhook-timestamp": str(NOW)} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    encoded = body or json.dumps(EVENT).encode()
    signatures = [standard_signature(one, names["webhook-id"], names["webhook-timestamp"], encoded) for one in secrets]
    return {"webhook-signature": " ".join(signatures), **names}


# The signature.


def test_a_request_is_signed_as_the_convention_has_it() -> None:
    # The example of the convention's own libraries.
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")

    told = standard_signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}')

    assert told == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_either_of_two_secrets_and_of_several_signatures_does() -> None:
    webhooks = Webhooks()

    answers = [webhooks.send(OLD), webhooks.send(NEW, webhook_id="2"), webhooks.send(b"gone" * 8, NEW, webhook_id="3")]

    assert [answer.status for answer in answers] == [200, 200, 200]
    assert [name for name, _ in webhooks.received] == ["crm", "crm", "crm"]


def test_the_secret_tells_who_sent() -> None:
    webhooks = Webhooks()

    webhooks.send(OTHER)

    assert webhooks.received == [("web", [EVENT])]


def sign(**headers: str) -> str:
    return signed((OLD,), **headers)["webhook-signature"]


@pytest.mark.parametrize(
    "headers",
    [
        {"webhook-signature": ""},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v1," + "A" * 43 + "="},
        {"webhook-signature": sign().replace("v1,", "v2,")},
        {"webhook-signature": sign().replace("v1,", "")},
        {"webhook-signature": sign().lower()},
        {"webhook-signature": sign()[:-1]},
        {"webhook-signature": sign() + "="},
        {"webhook-signature": ",".join([sign()] * 2)},
        {"webhook-signature": " ".join(["v1," + "A" * 43 + "="] * 8 + [sign()])},
        {"webhook-signature": standard_signature(b"s" * 32, "msg_1", str(NOW), json.dumps(EVENT).encode())},
        {"webhook-signature": standard_signature(OLD, "msg_1", str(NOW), b"{}")},
        {"webhook-id": ""},
        {"webhook-id": "msg_2"},
        {"webhook-id": "m" * 257},
        {"webhook-id": "m\x7f"},
        {"webhook-id": "\xff"},
        {"webhook-timestamp": ""},
        {"webhook-timestamp": "now"},
        {"webhook-timestamp": "\xb2"},
        {"webhook-timestamp": "9" * 5_000},
        {"webhook-timestamp": f"{NOW}.0"},
        {"webhook-timestamp": f"-{NOW}"},
        {"webhook-timestamp": str(NOW + 1)},
        {"webhook-timestamp": str(NOW - 301), "webhook-signature": sign(webhook_timestamp=str(NOW - 301))},
        {"webhook-timestamp": str(NOW + 301), "webhook-signature": sign(webhook_timestamp=str(NOW + 301))},
    ],
)
def test_what_no_sender_signed_is_not_loaded(headers: dict[str, str]) -> None:
    webhooks = Webhooks()
    body = json.dumps(EVENT).encode()

    answer = post(webhooks.app, "/api/events", body, {**signed((OLD,)), **headers})

    assert answer.status == 401
    assert answer.headers["connection"] == "close"
    assert webhooks.received == []


def test_a_sender_with_a_name_does_not_sign_by_the_old_names() -> None:
    webhooks, body = Webhooks(), json.dumps(EVENT).encode()
    headers = {"Handshake-Timestamp": str(NOW), "Handshake-Signature": "sha256=" + signature(OLD, str(NOW), body)}

    assert post(webhooks.app, "/api/events", body, headers).status == 401


def test_a_message_that_comes_again_is_answered_as_it_was_and_loads_nothing() -> None:
    webhooks = Webhooks()

    first, again = webhooks.send(OLD), webhooks.send(OLD)
    other = webhooks.send(OLD, body=b'[{"event_id": "crm:2"}]')

    assert first.json == again.json
    assert other.status == 200
    assert len(webhooks.received) == 2


# Its secrets.


def secret(of: bytes) -> str:
    return "whsec_" + base64.b64encode(of).decode()


def test_one_secret_takes_the_others_place_while_both_are_valid(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("NEXT", f" {secret(NEW)}\n")
    (tmp_path / "secret").write_text(secret(OLD) + "\n")

    assert secrets_of(Sender("crm", ("NEXT",), (str(tmp_path / "secret"),))) == (NEW, OLD)
    assert secrets_of(Sender("crm", ("NEXT", "NOT_SET"))) == (NEW,)
    assert secrets_of(Sender("crm", ("NOT_SET",))) == ()


@pytest.mark.parametrize(
    "text",
    ["short", "o" * 64, "whsec_", "whsec_" + "o" * 31, secret(b"o" * 23), secret(b"o" * 65), "whsec_" + "ö" * 40],
)
def test_what_is_no_secret_of_the_convention_is_refused_without_being_said(
    monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("CRM", text)

    with pytest.raises(ConfigRefused) as refused:
        secrets_of(Sender("crm", ("CRM",)))

    assert str(refused.value) == (
        "variable CRM: the secret of the sender 'crm' is not 'whsec_' and 24 to 64 bytes in base64. "
        'Make one with `echo "whsec_$(openssl rand -base64 32)"`.'
    )


def test_two_senders_with_one_secret_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM", secret(OLD))
    webhook = Webhook(None, None, 5, (Sender("crm", ("CRM",)), Sender("web", ("CRM",))))

    with pytest.raises(ConfigRefused, match="two senders have the same secret"):
        events_room(webhook, lambda *_: pytest.fail("received"))


# Before the body is read.


class Unfinished:
    """A request whose body has begun and never ends."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = list(pieces)

    async def receive(self) -> Message:
        if self._pieces:
            return {"type": "http.request", "body": self._pieces.pop(0), "more_body": True}
        await anyio.sleep_forever()
        raise AssertionError

    @property
    def request(self) -> Request:
        return Request({"type": "http", "method": "POST", "path": "/", "headers": []}, self.receive)


def test_a_body_that_does_not_come_in_time_is_forgotten() -> None:
    bodies = Bodies(seconds=0.0)

    async def reading() -> None:
        for _ in range(20):
            with pytest.raises(TooSlow):
                await bodies.body_of(Unfinished(b"[" * 1_000).request, 10**6)

    on_a_loop(reading)


def test_no_more_bodies_are_begun_than_may_be_read_at_once() -> None:
    bodies = Bodies(at_once=3, seconds=60.0)
    refused: list[bool] = []

    async def reading() -> None:
        async with anyio.create_task_group() as tasks:
            for _ in range(3):
                tasks.start_soon(bodies.body_of, Unfinished(b"[").request, 10**6)
            await anyio.wait_all_tasks_blocked()
            for _ in range(400):
                with pytest.raises(TooMany):
                    await bodies.body_of(Unfinished(b"[").request, 10**6)
                refused.append(True)
            tasks.cancel_scope.cancel()

    on_a_loop(reading)
    assert len(refused) == 400


def test_nothing_is_read_of_a_request_that_cannot_be_genuine() -> None:
    # Whose body never comes: reading it would take for ever.
    webhooks = Webhooks(Bodies(seconds=float("inf")))

    assert slowly(webhooks.app, "/api/events", {**signed((OLD,)), "webhook-signature": "v1,x"}) == 401
    assert slowly(webhooks.app, "/api/events", {**signed((OLD,)), "webhook-timestamp": str(NOW - 301)}) == 401
    assert slowly(webhooks.app, "/api/events", {**signed((OLD,)), "content-length": str(MOST_BYTES + 1)}) == 413


def slowly(asked: Starlette, path: str, headers: dict[str, str]) -> int:
    """The status of the answer to a request whose body never ends."""
    got: list[Message] = []

    async def asking() -> None:
        async def send(message: Message) -> None:
            got.append(message)

        scope = {
            "type": "http",
            "method": "POST",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "client": HERE,
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        }
        await asked(scope, Unfinished(b"[").receive, send)

    on_a_loop(asking)
    return int(got[0]["status"])


def test_a_slow_body_is_told_so() -> None:
    webhooks = Webhooks(Bodies(seconds=0.0))

    assert slowly(webhooks.app, "/api/events", signed((OLD,))) == 408
    assert webhooks.received == []


def test_with_too_many_bodies_the_next_is_asked_to_come_again() -> None:
    webhooks = Webhooks(Bodies(at_once=0))

    answer = webhooks.send(OLD)

    assert answer.status == 503
    assert int(answer.headers["retry-after"]) > 0


def test_a_command_that_does_not_come_in_time_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    room = CommandRoom(lambda: pytest.fail("opened"), lambda *_: pytest.fail("carried out"))
    monkeypatch.setattr(room, "_bodies", Bodies(seconds=0.0))
    asked = Starlette(routes=[Route("/api/command", room.endpoint, methods=["POST"])])

    assert slowly(asked, "/api/command", {"Authorization": f"Bearer {room.token}"}) == 408


def test_dropped_files_come_a_few_at_a_time_and_none_for_ever() -> None:
    done: list[str] = []

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        done.append((await receive())["type"])

    async def asking() -> None:
        got: list[Message] = []

        async def send(message: Message) -> None:
            got.append(message)

        async def silent() -> Message:
            await anyio.sleep_forever()
            raise AssertionError

        put = {"type": "http", "method": "PUT", "path": "/_stcore/upload_file/session/file"}
        await FewUploads(inner, seconds=0.0)(put, silent, send)
        await FewUploads(inner, at_once=0)(put, silent, send)
        assert got[0]["status"] == 503
        # Everything else is as it was.
        await FewUploads(inner, at_once=0)({**put, "path": "/"}, Unfinished(b"x").receive, send)

    on_a_loop(asking)
    assert done == ["http.disconnect", "http.request"]


# Name spaces.


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    path = tmp_path_factory.mktemp("senders") / "h.duckdb"
    database = open_database(path, first_definition="name: first\n", clock=NOW)
    with database.write(*ANYTHING) as cursor:
        cursor.execute("insert into lead (lead_id, created_at) values ('a', timestamp '2026-01-01')")
        cursor.execute(
            "insert into handoff_event (event_id, lead_id, occurred_at, kind, actor) "
            "values ('inbox-1', 'a', timestamp '2026-02-02', 'accepted', 'ann')"
        )
        keep_cycles(cursor)
    yield database
    database.close()


def sent(db: Database, who: str, *events: Any) -> Received:
    return receive(db, events, zone=ZoneInfo("Europe/Madrid"), now=NOW * 1_000_000, by=somebody(who))


def event(event_id: str, kind: str = "mql", **others: Any) -> dict[str, Any]:
    return {**EVENT, "event_id": event_id, "kind": kind, **others}


def reasons(received: Received) -> list[str]:
    return [remark.reason for remark in received.rejected]


def test_a_sender_writes_ids_of_its_own_name_only(db: Database) -> None:
    activity = {"activity_id": "web:1", "lead_id": "a", "occurred_at": "2026-02-01", "kind": "view"}

    received = sent(db, "webhook:crm", event("crm:1"), event("1"), event("crm:"), event("crm-eu:1"), activity)

    assert received.new == 1
    assert reasons(received) == [
        f"its {name} '{given}' is not of this sender: it must begin with 'crm:'"
        for name, given in [("event_id", "1"), ("event_id", "crm:"), ("event_id", "crm-eu:1"), ("activity_id", "web:1")]
    ]


@pytest.mark.parametrize("given", ["inbox-1", "inbox-", "inbox-" + "0" * 32, "0123456789abcdef" * 4])
def test_nobody_writes_ids_of_the_kind_we_write_ourselves(db: Database, given: str) -> None:
    received = sent(db, "webhook", event(given, "rejected"))

    assert reasons(received) == [f"its event_id '{given}' is of the kind that Handshake gives to what it writes itself"]


def test_nobody_takes_back_what_another_brought(db: Database) -> None:
    sent(db, "webhook:web", event("web:9", "first_touch"))
    named = [{"event_id": one} for one in ("inbox-1", "web:9", "nobody's")]

    back = [event(f"crm:back {n}", " Retracted", detail=detail) for n, detail in enumerate([*named, {}, None, "x"])]
    received = sent(db, "webhook:crm", *back)

    assert received.new == 0
    assert reasons(received) == [
        "takes back the event 'inbox-1', which did not come from this sender",
        "takes back the event 'web:9', which did not come from this sender",
        "takes back the event 'nobody's', which did not come from this sender",
        *['names no event in its detail, as {"event_id": …}'] * 3,
    ]


def test_a_sender_takes_back_and_corrects_what_it_brought(db: Database) -> None:
    sent(db, "webhook:crm", event("crm:20", "first_touch"))

    corrected = sent(db, "webhook:crm", event("crm:20", "assigned"))
    taken_back = sent(db, "webhook:crm", event("crm:21", "retracted", detail={"event_id": "crm:20"}))
    at_once = sent(
        db, "webhook:crm", event("crm:22", "first_touch"), event("crm:23", "retracted", detail={"event_id": "crm:22"})
    )

    assert (corrected.rejected, taken_back.rejected, at_once.new) == ((), (), 2)


def test_what_a_sender_brought_is_noted_in_its_name(db: Database) -> None:
    sent(db, "webhook:web", event("web:30", "first_touch"))

    assert [entry.who for entry in load_entries(db, "imported")][-1] == "webhook:web"
    with db.cursor() as cursor:
        found = cursor.execute(
            "select what, fact from handoff_event join import_run using (run) where event_id = 'web:30'"
        ).fetchall()
    assert found == [("webhook:web", "webhook:web: web:30")]


# Whatever is sent.


POISON = [
    rb'{"event_id": "crm:p", "\ud800": 1}',
    rb'{"event_id": "crm:p", "a\u0000b": 1}',
    rb'{"event_id": "crm:\udfff"}',
    rb'{"event_id": "crm:p", "detail": {"\udbff": {"x": 1}}}',
    b'{"event_id": "crm:p", "amount": NaN}',
    b'{"event_id": "crm:p", "amount": -Infinity}',
    b'{"event_id": "crm:p", "amount": 1e999}',
    b'{"event_id": "crm:p", "amount": ' + b"9" * 4_000 + b"}",
    b'{"event_id": "crm:p", "amount": ' + b"9" * 400_000 + b"}",
    b'{"event_id": "crm:p", "amount": 0.' + b"9" * 400_000 + b"}",
    b'{"event_id": "crm:p", "event_id": "crm:q"}',
    b'{"event_id": "crm:p", "detail": {"a": 1, "a": 2}}',
    b'{"event_id": "crm:p", "detail": {"a": [[{"b": 1, "b": 2}]]}}',
    b'{"event_id": "crm:p", "detail": ' + b'{"a":' * 21 + b"1" + b"}" * 21 + b"}",
    b'{"event_id": "crm:p", "detail": ' + b"[" * 900 + b"]" * 900 + b"}",
    b'{"event_id": "crm:' + b"p" * 201 + b'"}',
    b'{"' + b"k" * 500_000 + b'": 1, "event_id": "crm:p"}',
    b'{"event_id": "crm:p", "__proto__": {"lead_id": "a"}}',
    b'{"event_id": "crm:p", "": 1}',
    b'{"event_id": ["crm:p"]}',
]


def posted(db: Database, body: bytes, message: str) -> Answered:
    def loading(events: list[Any]) -> Received:
        return sent(db, "webhook:crm", *events)

    senders = [Admitted("webhook:crm", (OLD,), Bucket(10**6), loading)]
    headers = signed((OLD,), body, webhook_id=message)
    return post(app(EventsRoute(senders, lambda: NOW)), "/api/events", body, headers)


@pytest.mark.parametrize("poisoned", POISON, ids=range(len(POISON)))
def test_a_poisoned_event_is_rejected_with_a_reason_and_the_next_one_loads(db: Database, poisoned: bytes) -> None:
    number = POISON.index(poisoned)
    good = json.dumps(event(f"crm:after {number}", "first_touch")).encode()

    alone = posted(db, poisoned, "1")
    beside = posted(db, b"[" + poisoned + b"," + good + b"]", "2")

    assert (alone.status, len(alone.json["rejected"])) == (422, 1)
    assert beside.status == 200
    assert beside.json["new"] == 1
    assert [one["event"] for one in beside.json["rejected"]] == [1]
    assert 0 < len(beside.json["rejected"][0]["reason"]) < 400


WORDS = st.sampled_from([
    b"{", b"}", b"[", b"]", b",", b":", b'"event_id"', b'"crm:1"', b'"\\ud800"', b'"\\u0000"', b"NaN", b"1e999",
    b'"kind"', b'"mql"', b'"detail"', b"null", b"true", b"-0", b'"lead_id"', b'"a"', b"\xff", b"\xef\xbb\xbf", b'"x"',
])  # fmt: skip
TEXTS = st.text(st.characters(), max_size=8).map(lambda text: text) | st.sampled_from(["\ud800", "\x00", "crm:1", "İ"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
EVENTS = st.dictionaries(st.sampled_from([*EVENT, "detail", "amount", "actor", "activity_id"]) | TEXTS, VALUES).map(
    lambda change: {**EVENT, **change}
)
number = iter(range(10**9))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.lists(WORDS, max_size=30).map(b" ".join) | EVENTS.map(lambda one: json.dumps(one).encode()))
def test_whatever_a_sender_signs_is_loaded_or_refused_in_words(db: Database, body: bytes) -> None:
    answer = posted(db, body or b" ", str(next(number)))

    assert answer.status in (200, 400, 422)
    assert re.fullmatch(r"[^\ud800-\udfff]*", answer.body.decode())


def test_the_database_holds_after_all_that(db: Database) -> None:
    assert verify(db) > 0


def test_a_body_of_nothing_but_a_number_is_no_events() -> None:
    assert decoded(b"7") == [7]
