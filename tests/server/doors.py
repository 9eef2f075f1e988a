"""The two kinds of doors that tests knock at, and what is answered there."""

from starlette.types import Scope

from lib.core.address import Address
from lib.server.entry.doors import Doors, doors_of

AT_HOME = doors_of(None, signs_in=False, listens_on="127.0.0.1")
IN_TOWN = doors_of(Address("https", "handshake.example.com", 443), signs_in=True, listens_on=None)


def answer(doors: Doors, scope: Scope) -> int:
    """The status somebody is turned away with, 200 where they come in."""
    turned_away = doors.turned_away(scope)
    return 200 if turned_away is None else turned_away.status
