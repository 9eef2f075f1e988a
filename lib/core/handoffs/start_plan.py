"""How a version of the agreement begins: from when it hands over, and what of the stock comes with it."""

from dataclasses import dataclass
from enum import StrEnum

from lib.core.errors import Fault, Refused
from lib.core.time.clock import instant_text

MOST_DAYS = 36_500
MOST_A_DAY = 1_000_000


class StartPlanRefused(Refused):
    """A start plan that cannot be kept, or would not mean anything."""


class Stock(StrEnum):
    """What of the stock is handed over: nothing, who qualified in the last days before the start, or who still stands
    at the threshold then."""

    NONE = "none"
    RECENT = "recent"
    STANDING = "standing"


@dataclass(frozen=True, slots=True)
class StartPlan:
    """From when a version is in force, and what of the stock it hands over, best score first.

    `starts_at` in microseconds since 1970 UTC, None for "as soon as both have signed". `days` goes with RECENT alone:
    who qualified in so many times 24 hours before the start. `per_day` is the most that are handed over of the stock in
    a working day, None for all of it on the first. Raises StartPlanRefused for what does not go together.
    """

    starts_at: int | None = None
    stock: Stock = Stock.NONE
    days: int | None = None
    per_day: int | None = None

    def __post_init__(self) -> None:
        fault = fault_of(self.stock, self.days, self.per_day)
        if fault is not None:
            raise StartPlanRefused(Fault("start plan", *fault))


def fault_of(stock: Stock, days: int | None, per_day: int | None) -> tuple[str, str] | None:
    """What is wrong with a plan and how to mend it; None where it can be kept."""
    if per_day is not None and not 1 <= per_day <= MOST_A_DAY:
        what = f"{per_day:,} of the stock a working day"
        return what, f"Write 1 to {MOST_A_DAY:,} a day, or 'stock: none' where nobody of it is to be handed over."
    if stock is Stock.NONE and per_day is not None:
        return "it says how many a day, and nothing of the stock is handed over", "Choose recent or standing, or none."
    if stock is Stock.RECENT and (days is None or not 1 <= days <= MOST_DAYS):
        said = "it does not say of how many days" if days is None else f"the last {days:,} days"
        return said, f"Write 1 to {MOST_DAYS:,} days: who qualified in them before the start is handed over."
    if stock is not Stock.RECENT and days is not None:
        return f"days do not go with '{stock}'", "Choose recent, or leave the days out."
    return None


def check_start(plan: StartPlan, now: int) -> None:
    """Nothing, where the start is still to come; StartPlanRefused where it has passed (microseconds)."""
    if plan.starts_at is not None and plan.starts_at < now:
        what = f"the start {instant_text(plan.starts_at)} has passed"
        remedy = "Name one to come, or none: it is then in force as soon as both have signed."
        raise StartPlanRefused(Fault("start plan", what, remedy))


def plan_in_words(plan: StartPlan) -> tuple[str, ...]:
    """The plan in plain sentences."""
    start = "as soon as both sides have signed"
    if plan.starts_at is not None:
        start = f"{instant_text(plan.starts_at)}, or with the second signature if that is later"
    return (f"In force from {start}.", stock_in_words(plan))


def stock_in_words(plan: StartPlan) -> str:
    """What of the stock is handed over, as a sentence."""
    if plan.stock is Stock.NONE:
        return (
            "Of the leads that reached the threshold before the start and were never handed over, none is handed over "
            "until it does something new that reaches the threshold."
        )
    who = "those that still stand at the threshold at the start are handed over"
    if plan.stock is Stock.RECENT:
        days = "day" if plan.days == 1 else f"{plan.days:,} days"
        who = f"those that reached it in the last {days} before the start are handed over"
    pace = f"at most {plan.per_day:,} a working day" if plan.per_day is not None else "all on the first working day"
    return (
        f"Of the leads that reached the threshold before the start and were never handed over, {who}, {pace}, "
        "best score first."
    )
