"""The doors: who comes in is decided from peer, Host and Origin alone, before any route and the websocket."""

from collections.abc import Iterator
from dataclasses import dataclass

from starlette.types import Scope

from lib.core.address import Address, is_loopback, on_this_machine
from lib.core.errors import ConfigRefused, Fault
from lib.server.entry.callers import is_encrypted, is_from_here, passed_on_by, said, sits_here

TO_OPEN_IT = "To open it to others, set up sign_in and address in config/app.yaml."

OF_STREAMLIT = "/_stcore/"
NEEDED_BY_PAGES = frozenset({"health", "host-config", "stream", "upload_file", "bidi-components"})
"""Of Streamlit's own routes. Its metrics, its interface for agents and whatever a new version brings are closed."""

OF_THIS_MACHINE = frozenset({"/api/command", "/api/health"})
"""Answered at the machine's own address too, where people come by another: commands, and who watches over the app."""

OF_PROGRAMS = "/api/"
"""Below it programs ask, which send no Origin: of them a signature or a token is asked."""

READING = frozenset({"GET", "HEAD"})
FROM_OTHER_SITES = frozenset({"cross-site", "same-site"})


@dataclass(frozen=True)
class TurnedAway:
    """Why somebody does not come in, as it is said to them."""

    status: int
    why: str


@dataclass(frozen=True)
class Doors:
    """Where the app may be asked: at its `address` where people sign in, else on this machine and nowhere else."""

    address: Address | None
    signs_in: bool

    def turned_away(self, scope: Scope) -> TurnedAway | None:
        """Why a request or a websocket does not come in; None where it does. Nothing but its scope is read."""
        return self._by_who_asks(scope) or self._by_host(scope) or _by_path(scope) or self._by_origin(scope)

    def _by_who_asks(self, scope: Scope) -> TurnedAway | None:
        if self.signs_in:
            return None
        # Whoever comes in may do everything.
        if not sits_here(scope):
            return TurnedAway(403, f"While nobody signs in, Handshake answers its own machine only. {TO_OPEN_IT}")
        for name in passed_on_by(scope):
            why = f"A proxy passed this on (it says {name}), and would open Handshake to others while nobody signs in."
            return TurnedAway(403, f"{why} {TO_OPEN_IT}")
        return None

    def _by_host(self, scope: Scope) -> TurnedAway | None:
        """A page whose name was made to lead here (DNS rebinding) asks for that name."""
        if len(said(scope, "host")) != 1:
            return TurnedAway(400, "A request names one Host.")
        if self.asked_at(scope) is not None:
            return None
        if self.signs_in:
            why = "Handshake is at another address, which address in config/app.yaml says."
            return TurnedAway(421, f"{why} A proxy in front of it passes the Host on as it came.")
        here = next(self._served(scope), None)
        where = f": open {here.origin}" if here is not None else ""
        return TurnedAway(421, f"Handshake is on this machine only{where}. {TO_OPEN_IT}")

    def _by_origin(self, scope: Scope) -> TurnedAway | None:
        """A page of another site may link to one here, and that is all it may."""
        origins, asked_at = said(scope, "origin"), self.asked_at(scope)
        theirs = "Only Handshake's own pages may ask this"
        if origins:
            if asked_at is not None and origins == [asked_at.origin]:
                return None
            if self.signs_in:
                return TurnedAway(403, f"{theirs}: those at what address in config/app.yaml says, scheme and port too.")
            return TurnedAway(403, f"{theirs}, opened on this machine. {TO_OPEN_IT}")
        if not (_reads(scope) or _is_of_programs(scope)):
            # Every browser says it. A proxy that takes it away would let any page of any site in.
            return TurnedAway(403, f"{theirs}, and they say so in Origin: a proxy passes it on as it came.")
        if FROM_OTHER_SITES.intersection(said(scope, "sec-fetch-site")) and not _follows_a_link(scope):
            return TurnedAway(403, f"{theirs}. Another site may link to one of them.")
        return None

    def asked_at(self, scope: Scope) -> Address | None:
        """The address of ours that the request's one Host names."""
        hosts = [host.lower() for host in said(scope, "host")]
        return next((address for address in self._served(scope) for host in address.hosts if hosts == [host]), None)

    def _served(self, scope: Scope) -> Iterator[Address]:
        """The addresses at which this may be asked."""
        if not self.signs_in or (scope["path"] in OF_THIS_MACHINE and is_from_here(scope)):
            yield from _at_this_machine(scope)
        if self.address is not None:
            yield self.address


def doors_of(address: Address | None, signs_in: bool, listens_on: str | None) -> Doors:
    """The doors of a server that listens on an address of the machine, None for all of them.

    Raises ConfigRefused where they would stand open: while nobody signs in, on
    anything but loopback; and where people sign in but nothing says where.
    """
    if signs_in:
        if address is None:
            remedy = "Write address: https://handshake.example.com, as people reach it."
            raise ConfigRefused(Fault("app.yaml", "people sign in, and 'address' is missing", remedy))
        return Doors(address, signs_in)
    if listens_on is None or not is_loopback(listens_on):
        what = f"nobody signs in, and the server would listen on {listens_on or 'every address of this machine'}"
        remedy = "Set it to 127.0.0.1, or set up sign_in and address in config/app.yaml."
        raise ConfigRefused(Fault("server.address", what, remedy))
    if address is not None and not address.is_loopback:
        what = f"nobody signs in, and others would reach the app at {address.origin}"
        raise ConfigRefused(Fault("app.yaml, address", what, "Set up sign_in, or leave 'address' out."))
    return Doors(address, signs_in)


def _by_path(scope: Scope) -> TurnedAway | None:
    # Also behind a page's own address: Streamlit's pages look for their routes there first.
    _, found, rest = scope["path"].partition(OF_STREAMLIT)
    if not found or rest.partition("/")[0] in NEEDED_BY_PAGES:
        return None
    return TurnedAway(404, f"There is no {OF_STREAMLIT}{rest.partition('/')[0]} here.")


def _at_this_machine(scope: Scope) -> Iterator[Address]:
    own, port = scope.get("server") or (None, None)
    scheme = "https" if is_encrypted(scope) else "http"
    if own is not None and port is not None:
        yield from on_this_machine(scheme, port)
        yield Address(scheme, f"[{own}]" if ":" in own else own, port)


def _reads(scope: Scope) -> bool:
    return scope["type"] == "http" and str(scope["method"]) in READING


def _is_of_programs(scope: Scope) -> bool:
    return scope["type"] == "http" and str(scope["path"]).startswith(OF_PROGRAMS)


def _follows_a_link(scope: Scope) -> bool:
    """Does somebody leave another site for a page here? Not in a frame, and nothing is sent."""
    how = (said(scope, "sec-fetch-mode"), said(scope, "sec-fetch-dest"))
    return _reads(scope) and how == (["navigate"], ["document"])
