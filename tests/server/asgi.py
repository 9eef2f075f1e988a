"""A request to a Starlette app without a network: any bytes, from any address."""

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import anyio
from starlette.types import ASGIApp, Message, Scope

HERE = ("127.0.0.1", 50_000)
STRANGER = ("203.0.113.9", 40_000)
SERVER = ("127.0.0.1", 8501)


def on_a_loop(work: Callable[[], Awaitable[None]]) -> None:
    """Run it on an event loop of its own thread: where tests in a browser came before, this one has a loop already."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(anyio.run, work).result()


@dataclass(frozen=True)
class Answered:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.body.splitlines()]


def post(
    app: ASGIApp,
    path: str,
    body: bytes | Iterable[bytes] = b"",
    headers: Mapping[str, str | bytes] | None = None,
    client: tuple[str, int] | None = HERE,
    method: str = "POST",
    leaves_after: int | None = None,
) -> Answered:
    """Sends one request; the caller goes away after so many messages of the answer, if at all."""
    chunks = [body] if isinstance(body, bytes) else list(body)
    incoming: list[Message] = [
        {"type": "http.request", "body": chunk, "more_body": n < len(chunks)} for n, chunk in enumerate(chunks, 1)
    ]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "scheme": "http",
        "server": SERVER,
        "client": client,
        "headers": [
            (name.lower().encode(), value if isinstance(value, bytes) else value.encode("latin-1"))
            for name, value in (headers or {}).items()
        ],
    }
    got: list[Message] = []

    async def exchange() -> None:
        left = anyio.Event()

        async def receive() -> Message:
            if incoming:
                return incoming.pop(0)
            await left.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            got.append(message)
            if leaves_after is not None and len(got) >= leaves_after:
                left.set()

        await app(scope, receive, send)

    on_a_loop(exchange)
    start = next(message for message in got if message["type"] == "http.response.start")
    return Answered(
        start["status"],
        {name.decode().lower(): value.decode() for name, value in start["headers"]},
        b"".join(message.get("body", b"") for message in got if message["type"] == "http.response.body"),
    )


def asked(*headers: tuple[str, str], **scope: Any) -> Scope:
    """A request's scope as uvicorn makes it: of this machine, unless it says otherwise."""
    return {
        "type": "http",
        "method": "GET",
        "scheme": "http",
        "path": "/",
        "client": HERE,
        "server": SERVER,
        "headers": [(name.encode(), value.encode("latin-1", "replace")) for name, value in headers],
        **scope,
    }


def socket(*headers: tuple[str, str], **scope: Any) -> Scope:
    how = {"type": "websocket", "scheme": "ws", "path": "/_stcore/stream", **scope}
    return {name: value for name, value in asked(*headers, **how).items() if name != "method"}
