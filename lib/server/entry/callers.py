"""Who asks: what a request says of where it comes from, read before anything else is done with it."""

import re
from collections.abc import Iterator

from starlette.types import Scope

from lib.core.address import is_loopback

PASSED_ON = re.compile(
    r"forwarded|via|cdn-loop|x-real-ip|x-client-ip|x-cluster-client-ip|true-client-ip|client-ip|x-host"
    r"|x-forwarded.*|x-original-.*|x-proxy.*|x-envoy-.*|cf-.*|tailscale-.*"
)
"""Headers that proxies and tunnels add; browsers send none of them, and no command of ours."""


def said(scope: Scope, name: str) -> list[str]:
    """What each header of this name says; `name` in lower case."""
    return [value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name.encode()]


def passed_on_by(scope: Scope) -> Iterator[str]:
    """The headers by which a proxy gives itself away."""
    return (name for key, _ in scope["headers"] if PASSED_ON.fullmatch(name := key.decode("latin-1").lower()))


def sits_here(scope: Scope) -> bool:
    """Does the connection come from this machine? A proxy on it does too."""
    caller, own = scope.get("client"), scope.get("server")
    if not caller or not caller[0]:
        return False
    # Where the server listens on one address of the machine only, its own commands come from that address.
    return is_loopback(caller[0]) or bool(own and caller[0] == own[0])


def is_from_here(scope: Scope) -> bool:
    """Was the request made on this machine, and passed on by no proxy?"""
    return sits_here(scope) and not any(passed_on_by(scope))


def is_encrypted(scope: Scope) -> bool:
    """Does the server itself speak TLS with whoever asks?"""
    return scope.get("scheme") in ("https", "wss")
