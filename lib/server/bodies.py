"""The body of a request, read no further than it may be long."""

from starlette.requests import Request


class TooLarge(Exception):
    """The body is longer than it may be; the rest was not read."""


async def body_of(request: Request, most_bytes: int) -> bytes:
    """The whole body; raises TooLarge beyond `most_bytes`, by what the request says of itself or by what comes."""
    told = request.headers.get("content-length", "")
    if told.isascii() and told.isdecimal() and int(told) > most_bytes:
        raise TooLarge
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most_bytes:
            raise TooLarge
    return bytes(body)
