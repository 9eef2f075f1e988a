"""Commands carried out by the app: for whom, how their words come back, and what happens when nobody listens."""

import json
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import anyio
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from lib.cli.shell.terminal import Terminal
from lib.server.commands import MOST_BYTES, CommandRoom, Order, Run, Said
from lib.store.database import Database
from tests.server.asgi import HERE, Answered, on_a_loop, post


def nothing(arguments: Sequence[str], terminal: Terminal) -> int:
    raise AssertionError("carried out")


class Desk:
    """A command room that runs what it is told, and a way to send it orders."""

    def __init__(self, run: Run) -> None:
        self.room = CommandRoom(lambda: cast("Database", None), run)
        self.app = Starlette(routes=[Route("/api/command", self.room.endpoint, methods=["POST"])])

    def order(self, *arguments: str, token: str | None = None, **how: Any) -> Answered:
        body = json.dumps({"arguments": arguments, "folder": "/elsewhere", "watched": False}).encode()
        headers = {"Authorization": f"Bearer {token or self.room.token}", **how.pop("headers", {})}
        return post(self.app, "/api/command", how.pop("body", body), headers, **how)


def test_what_a_command_says_comes_back_in_order_with_its_status() -> None:
    def run(arguments: Sequence[str], terminal: Terminal) -> int:
        print(*arguments, terminal.folder, file=terminal.out)
        print("not all is well", file=terminal.err)
        return 1

    answer = Desk(run).order("import", "Ünï.csv")

    assert answer.status == 200
    assert answer.lines == [
        {"err": "not all is well\n"},
        {"out": "import Ünï.csv /elsewhere\n"},
        {"status": 1},
    ]


def test_a_long_answer_comes_whole_and_in_pieces() -> None:
    def run(arguments: Sequence[str], terminal: Terminal) -> int:
        for n in range(50_000):
            print(n, file=terminal.out)
        return 0

    lines = Desk(run).order("score").lines

    assert "".join(said.get("out", "") for said in lines) == "".join(f"{n}\n" for n in range(50_000))
    assert len(lines) > 5


@pytest.mark.parametrize(
    ("how", "status"),
    [
        ({"client": ("192.0.2.7", 5)}, 403),
        ({"client": None}, 403),
        ({"client": ("not an address", 5)}, 403),
        ({"headers": {"X-Forwarded-For": "127.0.0.1"}}, 403),
        ({"headers": {"Forwarded": "for=127.0.0.1"}}, 403),
        ({"token": "guessed"}, 401),
        ({"token": "Bearer"}, 401),
        ({"headers": {"Authorization": "\xff"}}, 401),
        ({"body": b"{"}, 400),
        ({"body": b"[]"}, 400),
        ({"body": b"\xff\xfe"}, 400),
        ({"body": b"[" * 100_000}, 400),
        ({"body": b'{"arguments": [], "folder": "/", "watched": true}'}, 400),
        ({"body": b'{"arguments": [1], "folder": "/", "watched": true}'}, 400),
        ({"body": b'{"arguments": ["x"], "folder": 1, "watched": true}'}, 400),
        ({"body": b'{"arguments": ["x"], "folder": "/", "watched": "no"}'}, 400),
        ({"body": b" " * (MOST_BYTES + 1)}, 413),
        ({"body": [b" " * 1000] * 2000}, 413),
        ({"headers": {"Content-Length": "99999999999"}}, 413),
        ({"method": "GET"}, 405),
    ],
)
def test_nothing_is_carried_out_for_strangers_or_nonsense(how: dict[str, Any], status: int) -> None:
    answer = Desk(nothing).order("import", "leads.csv", **how)

    assert answer.status == status


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Via", "1.1 proxy"),
        ("Forwarded", "for=127.0.0.1"),
        ("X-Forwarded-For", "127.0.0.1"),
        ("X-Forwarded-Host", "127.0.0.1"),
        ("X-Real-IP", "127.0.0.1"),
    ],
)
def test_a_command_that_came_through_a_proxy_is_not_carried_out_by_whichever_header_says_so(
    header: str, value: str
) -> None:
    answer = Desk(nothing).order("verify", client=HERE, headers={header: value})

    assert answer.status == 403


def test_a_server_on_one_address_takes_commands_from_that_address() -> None:
    desk = Desk(lambda _, __: 0)

    assert desk.order("verify", client=("::1", 5)).status == 200
    assert desk.order("verify", client=HERE).status == 200


def test_a_fault_of_ours_is_for_who_gave_the_command() -> None:
    def run(arguments: Sequence[str], terminal: Terminal) -> int:
        raise ZeroDivisionError("ours")

    lines = Desk(run).order("score").lines

    assert "ZeroDivisionError: ours" in "".join(said.get("err", "") for said in lines)
    assert lines[-1] == {"status": 1}


def test_a_command_that_this_code_does_not_know_says_so() -> None:
    lines = Desk(lambda _, __: 2).order("frobnicate").lines

    assert "it runs other code" in lines[0]["err"]
    assert lines[-1] == {"status": 2}


def test_a_command_hears_at_its_next_step_that_nobody_listens_any_more() -> None:
    ended: list[type[BaseException] | None] = []
    began = threading.Event()

    def run(arguments: Sequence[str], terminal: Terminal) -> int:
        try:
            print("begun", file=terminal.err)
            began.set()
            while True:
                terminal.still_there()
        except BaseException as error:
            ended.append(type(error))
            raise

    Desk(run).order("import", "leads.csv", leaves_after=2)

    assert [kind.__name__ for kind in ended if kind] == ["TerminalGone"]


def test_words_may_come_from_any_thread() -> None:
    def run(arguments: Sequence[str], terminal: Terminal) -> int:
        other = threading.Thread(target=lambda: print("from DuckDB's own thread", file=terminal.err))
        other.start()
        other.join()
        return 0

    assert Desk(run).order("import").lines == [{"err": "from DuckDB's own thread\n"}, {"status": 0}]


def test_the_token_is_another_with_every_start() -> None:
    assert Desk(nothing).room.token != Desk(nothing).room.token


def commands_at_once(desk: Desk, count: int) -> list[list[Any]]:
    """The answers to so many commands given at the same time on one loop."""
    said: list[list[Any]] = [[] for _ in range(count)]

    async def one(n: int) -> None:
        saying, hearing = anyio.create_memory_object_stream[Said](16)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(desk.room.carry_out, Order((f"c{n}",), Path(), False), saying, threading.Event())
            async with hearing:
                async for words in hearing:
                    said[n].append(words)

    async def all_of_them() -> None:
        desk.room.open()
        async with anyio.create_task_group() as tasks:
            for n in range(count):
                tasks.start_soon(one, n)

    on_a_loop(all_of_them)
    return said


def test_two_commands_run_at_once_and_the_third_hears_for_whom_it_waits() -> None:
    together = threading.Barrier(2, timeout=10)

    def run(arguments: Sequence[str], terminal: Terminal) -> int:
        if arguments[0] != "c2":
            together.wait()
        return 0

    said = commands_at_once(Desk(run), 3)

    assert said[0] == said[1] == [{"status": 0}]
    assert said[2] == [{"err": "Waiting for `c0` and `c1` to finish.\n"}, {"status": 0}]
