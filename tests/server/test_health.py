"""What /api/health says, and to whom."""

from collections.abc import Mapping
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from lib.core.errors import Fault
from lib.server.health import health_of
from lib.server.schedule import LastRun
from tests.server.asgi import HERE, STRANGER, post

OUTCOMES = {"route": LastRun(0), "backup": LastRun(1_000_000, (Fault("b", "the disk is full"),))}

APP = Starlette(routes=[Route("/api/health", health_of(lambda: 7, OUTCOMES))])


def said(client: tuple[str, int] | None = HERE, headers: Mapping[str, str] | None = None) -> Any:
    return post(APP, "/api/health", headers=headers, client=client, method="GET").json


def test_on_its_own_machine_it_says_what_the_app_last_did_by_itself() -> None:
    assert said() == {
        "status": "ok",
        "generation": 7,
        "by_itself": {
            "route": {"at": "1970-01-01T00:00:00Z", "done": True},
            "backup": {"at": "1970-01-01T00:00:01Z", "done": False},
        },
    }


@pytest.mark.parametrize("client", [STRANGER, ("not an address", 1), None])
def test_to_strangers_it_says_that_it_lives(client: tuple[str, int] | None) -> None:
    assert said(client) == {"status": "ok"}


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"])
def test_whom_a_proxy_on_this_machine_brings_is_a_stranger(header: str) -> None:
    assert said(headers={header: "127.0.0.1"}) == {"status": "ok"}
