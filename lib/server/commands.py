"""POST /api/command: carries out for a terminal on this machine what the app's open database keeps it from doing."""

import hmac
import io
import json
import secrets
import threading
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO, cast

import anyio
import anyio.from_thread
import anyio.lowlevel
from anyio.streams.memory import MemoryObjectSendStream
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from lib.cli.shell.terminal import Terminal
from lib.core.access.grants import Grant
from lib.server.bodies import Bodies, TooLarge, TooMany, TooSlow
from lib.server.entry.callers import is_from_here
from lib.store.database import Database

MOST_BYTES = 1 << 20
AT_ONCE = 2
"""More would take their memory and their turns from the pages."""

USAGE = 2
"""The exit status of a command that was not understood."""

CHARACTERS_AT_ONCE = 1 << 15

Run = Callable[[Sequence[str], Terminal], int]
"""Carries out a command at a terminal; the exit status."""

Own = tuple[Grant | None, Path | None]
"""What the app lets a command do, and the configuration it is carried out with; None: as whoever gives it says."""

AS_IT_SAYS: Own = (None, None)

Said = dict[str, str | int]
"""One line of the answer: `out` or `err` with a text, and at the end `status` with a number."""


class TerminalGone(Exception):
    """Nobody is at the terminal any more; a change under way is rolled back by it."""


@dataclass(frozen=True)
class Order:
    """A command as it was given: its words, the folder it was given in, and whether a person watches."""

    arguments: tuple[str, ...]
    folder: Path
    watched: bool

    @property
    def title(self) -> str:
        """What others are told who have to wait for it."""
        return f"`{self.arguments[0]}`"


class CommandRoom:
    """Carries out commands on the open database, two at a time; others wait and hear for whom."""

    def __init__(self, database: Callable[[], Database], run: Run, own: Callable[[], Own] = lambda: AS_IT_SAYS) -> None:
        self._database, self._run, self._own = database, run, own
        self.token = secrets.token_urlsafe(32)
        """Whoever sends a command must have it; it is new with every start."""
        self._bodies = Bodies()
        self._room: anyio.CapacityLimiter | None = None
        self._at_work: list[str] = []

    async def endpoint(self, request: Request) -> Response:
        """The command's words as JSON lines while it runs, and its exit status in the last one."""
        if not is_from_here(request.scope):
            return JSONResponse({"error": "commands are taken from this machine only"}, status_code=403)
        given = request.headers.get("authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {self.token}".encode()):
            return JSONResponse({"error": "the token is not the app's"}, status_code=401)
        try:
            order = _order(await self._bodies.body_of(request, MOST_BYTES))
        except TooLarge:
            return JSONResponse({"error": "the command is too long"}, status_code=413)
        except TooSlow:
            return JSONResponse({"error": "the command did not come in time"}, status_code=408)
        except TooMany:
            return JSONResponse({"error": "too many commands are coming at once"}, status_code=503)
        except (ValueError, TypeError, KeyError, RecursionError):
            return JSONResponse({"error": "this is no command"}, status_code=400)
        self.open()
        return _CommandAnswer(self, order)

    def open(self) -> None:
        """Makes room for commands, on the loop they will run on."""
        if self._room is None:
            self._room = anyio.CapacityLimiter(AT_ONCE)

    async def carry_out(self, order: Order, say: MemoryObjectSendStream[Said], gone: threading.Event) -> None:
        """Says all the command says, and at the end its status."""
        assert self._room is not None  # noqa: S101
        async with say:
            try:
                self._room.acquire_nowait()
            except anyio.WouldBlock:
                await say.send({"err": f"Waiting for {' and '.join(self._at_work)} to finish.\n"})
                await self._room.acquire()
            self._at_work.append(order.title)
            try:
                status = await anyio.to_thread.run_sync(self._carried_out, order, _speaking(say), gone)
            finally:
                self._at_work.remove(order.title)
                self._room.release()
            await say.send({"status": status})

    def _carried_out(self, order: Order, say: Callable[[Said], None], gone: threading.Event) -> int:
        def still_there() -> None:
            if gone.is_set():
                raise TerminalGone

        out, err = (cast("TextIO", _Words(name, say, still_there)) for name in ("out", "err"))
        by, config = self._own()
        terminal = Terminal(out, err, order.watched, order.folder, self._database(), still_there, by, config)
        try:
            status = self._run(order.arguments, terminal)
            if status == USAGE:
                # The terminal understood it, or it would not have been sent.
                err.write("The app does not know this command as it was given: it runs other code. Restart it.\n")
        except TerminalGone:
            return 1
        except Exception:  # noqa: BLE001
            # As it would be alone: the trace is for who gave the command, not for the server's log.
            status = 1
            if not gone.is_set():
                err.write(traceback.format_exc())
        if not gone.is_set():
            out.flush()
            err.flush()
        return status


def _speaking(say: MemoryObjectSendStream[Said]) -> Callable[[Said], None]:
    """Says something from any thread, DuckDB's own included, once there is room for it."""
    loop = anyio.lowlevel.current_token()
    return lambda said: anyio.from_thread.run(say.send, said, token=loop)


class _Words(io.TextIOBase):
    """A stream of the terminal: what is written goes there in pieces of some size, and at once when flushed."""

    def __init__(self, name: str, say: Callable[[Said], None], still_there: Callable[[], None]) -> None:
        self._name, self._say, self._still_there = name, say, still_there
        self._pieces: list[str] = []
        self._characters = 0

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self._still_there()
        self._pieces.append(text)
        self._characters += len(text)
        if self._characters >= CHARACTERS_AT_ONCE or (self._name == "err" and "\n" in text):
            self.flush()
        return len(text)

    def flush(self) -> None:
        text = "".join(self._pieces)
        self._pieces.clear()
        self._characters = 0
        if text:
            self._say({self._name: text})

    def close(self) -> None:
        """Nothing to close; also when collected as garbage, outside the command's thread."""


class _CommandAnswer(Response):
    """Streams what a command says. When the terminal goes away, the command is told and its words are dropped."""

    media_type = "application/x-ndjson"

    def __init__(self, room: CommandRoom, order: Order) -> None:
        super().__init__()
        del self.headers["content-length"]
        self._command_room, self._order = room, order

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        gone = threading.Event()
        saying, hearing = anyio.create_memory_object_stream[Said](16)

        async def watch() -> None:
            while (await receive())["type"] != "http.disconnect":
                pass
            gone.set()

        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        async with anyio.create_task_group() as tasks, hearing:
            tasks.start_soon(watch)
            tasks.start_soon(self._command_room.carry_out, self._order, saying, gone)
            async for said in hearing:
                if not gone.is_set():
                    try:
                        line = json.dumps(said).encode() + b"\n"
                        await send({"type": "http.response.body", "body": line, "more_body": True})
                    except (OSError, ClientDisconnect):
                        gone.set()
            tasks.cancel_scope.cancel()
        if not gone.is_set():
            await send({"type": "http.response.body", "body": b""})


def _order(body: bytes) -> Order:
    given: Any = json.loads(body)
    arguments, folder, watched = given["arguments"], given["folder"], given["watched"]
    texts = isinstance(arguments, list) and arguments and all(isinstance(one, str) for one in arguments)
    if not texts or not isinstance(folder, str) or not isinstance(watched, bool):
        raise TypeError
    return Order(tuple(arguments), Path(folder), watched)
