"""GET /api/health: that the app lives, and on its own machine what it last did by itself."""

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse

from lib.core.time.clock import instant_text
from lib.server.entry.callers import is_from_here
from lib.server.schedule import LastRun

Endpoint = Callable[[Request], Awaitable[JSONResponse]]


def health_of(generation: Callable[[], int], outcomes: Mapping[str, LastRun]) -> Endpoint:
    """Answers once the database is open and migrated.

    To this machine it says the data's generation, and of each recurring work when
    it was last tried and whether it was done; to strangers only that it lives.
    """

    async def health(request: Request) -> JSONResponse:
        if not is_from_here(request.scope):
            return JSONResponse({"status": "ok"})
        by_itself = {
            name: {"at": instant_text(outcome.at), "done": not outcome.faults} for name, outcome in outcomes.items()
        }
        return JSONResponse({"status": "ok", "generation": generation(), "by_itself": by_itself})

    return health
