"""What may stand behind an option: instants, days, whole numbers; and the options several commands have."""

import argparse
import os
from collections.abc import Callable
from datetime import date
from zoneinfo import ZoneInfo

from lib.config.sources import is_date_format
from lib.core.agreement.audit import Head, head_from
from lib.core.handoffs.start_plan import Stock
from lib.core.time import clock


class Commands:
    """The commands of one parser, each with the options that all have."""

    def __init__(self, parser: argparse.ArgumentParser) -> None:
        self._commands = parser.add_subparsers(metavar="COMMAND", required=True)
        self._common = argparse.ArgumentParser(add_help=False)
        self._common.add_argument(
            "--db", default="data/handshake.duckdb", metavar="DB", help="the database (default %(default)s)"
        )
        self._common.add_argument(
            "--config",
            default=os.environ.get("HANDSHAKE_CONFIG", "config"),
            metavar="DIR",
            help="the configuration folder (default HANDSHAKE_CONFIG, else config)",
        )

    def add(self, name: str, run: Callable[[argparse.Namespace], None]) -> argparse.ArgumentParser:
        """A command that `run` carries out, and its docstring explains."""
        added = self._commands.add_parser(name, parents=[self._common], help=run.__doc__, description=run.__doc__)
        added.set_defaults(run=run, command=name, as_of=None)
        return added


def as_of_option(command: argparse.ArgumentParser) -> None:
    """`--as-of`, without which a command looks as of now."""
    command.add_argument(
        "--as-of",
        type=instant,
        metavar="T",
        help="look as of this instant (ISO 8601, UTC without an offset); default now, "
        "or the newest instant in the data when that is more than 7 days old",
    )


def window_options(command: argparse.ArgumentParser) -> None:
    """`--from` and `--to`, without which a command looks at the last 26 whole weeks."""
    command.add_argument("--from", dest="start", type=day, metavar="D", help="first day")
    command.add_argument(
        "--to", dest="end", type=day, metavar="D", help="the day after the last; default 26 whole weeks"
    )


def instant(text: str) -> Callable[[ZoneInfo], int]:
    """The instant a text means, once the reporting zone is known."""
    try:
        clock.parse_instant(text, ZoneInfo("UTC"))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"'{text}' is no instant, like 2026-03-01T09:00:00Z or 2026-03-01") from error
    return lambda zone: clock.parse_instant(text, zone)


def day(text: str) -> date:
    """The day a text means."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"'{text}' is no day, like 2026-03-01") from error


def head(text: str) -> Head:
    """The end of an audit chain as somebody kept it."""
    try:
        return head_from(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"'{text}' is no end of a chain, like 38:9f86d081884c (the hash whole, or its first 12 characters or more)"
        ) from error


def stock(text: str) -> tuple[Stock, int | None]:
    """What of the stock is handed over, and of how many days: `none`, `recent:30d` or `standing`."""
    name, _, days = text.partition(":")
    number = days.removesuffix("d")
    if name == Stock.RECENT and number.isdecimal() and days:
        return Stock.RECENT, int(number)
    if text in (Stock.NONE, Stock.STANDING):
        return Stock(text), None
    raise argparse.ArgumentTypeError(f"'{text}' is none of none, recent:30d (any number of days) and standing")


def date_format(text: str) -> str:
    """A pattern for dates, as strptime has them, or the word for a number that is one."""
    if not is_date_format(text):
        known = "like %d/%m/%Y, nor epoch, epoch_ms or serial"
        raise argparse.ArgumentTypeError(f"'{text}' is no date format, {known}")
    return text


def whole_number(least: int) -> Callable[[str], int]:
    """Reads whole numbers, none below `least`."""

    def read(text: str) -> int:
        if not text.strip().isdecimal() or int(text) < least:
            raise argparse.ArgumentTypeError(f"'{text}' is no whole number from {least} on")
        return int(text)

    return read
