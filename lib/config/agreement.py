"""The text both sides sign: a definition and its start plan as one YAML, whose SHA-256 stands under the signatures.

The parts that are yet to come (promises, questions, reasons, goals, commitments) will be further keys beside `start`. A
part that is not written is not agreed in it: a definition alone is a text too, and keeps its hash.
"""

from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

from lib.config.definition import DEFINITION_KEYS, definition_of, write_definition
from lib.config.yaml_tree import YamlEntry, optional, read_yaml
from lib.core.agreement.agreement import AT_ONCE, Agreement
from lib.core.errors import DefinitionRefused
from lib.core.handoffs.start_plan import MOST_A_DAY, MOST_DAYS, StartPlan, Stock, fault_of
from lib.core.time.clock import instant_text, parse_instant

START = "start"


def read_agreement(text: str, file: str) -> Agreement:
    """The agreement a YAML text says, also one of a definition alone; `file` is its name in messages.

    Raises DefinitionRefused with every fault found, in the order of the lines.
    """
    return read_yaml(text, file, DefinitionRefused, _agreement)


def _agreement(root: YamlEntry) -> Agreement:
    entries = root.keys((*DEFINITION_KEYS, START), required=("mql",))
    definition = definition_of(entries)
    return Agreement(definition, optional(entries, START, _start) or AT_ONCE)


def _start(entry: YamlEntry) -> StartPlan | None:
    keys = entry.inside(START).keys(("from", "stock", "days", "per_day"))
    before = len(entry.faults)
    starts_at = optional(keys, "from", _instant)
    stock = Stock(optional(keys, "stock", _stock) or Stock.NONE)
    # What no plan can have is said below, with its remedy, whatever the number.
    days = optional(keys, "days", lambda one: one.whole(least=0, most=MOST_DAYS))
    per_day = optional(keys, "per_day", lambda one: one.whole(least=0, most=MOST_A_DAY))
    fault = fault_of(stock, days, per_day) if len(entry.faults) == before else None
    if fault is not None:
        entry.inside(START).refuse(*fault)
        return None
    return None if len(entry.faults) > before else StartPlan(starts_at, stock, days, per_day)


def _stock(entry: YamlEntry) -> str | None:
    return entry.choice(tuple(Stock), "start plan")


def _instant(entry: YamlEntry) -> int | None:
    text = entry.text()
    if text is None:
        return None
    try:
        at = parse_instant(text, ZoneInfo("UTC"))
    except ValueError:
        at = None
    # A day alone would be another instant wherever reports are of another zone.
    if at is None or len(text.strip()) == len("2026-03-01"):
        entry.refuse(f"'{entry.name}' is '{text}', no instant", "Write one like 2026-03-01T09:00:00Z.")
        return None
    return at


def write_agreement(agreement: Agreement) -> str:
    """The one text of an agreement; reading it gives the agreement back."""
    return write_definition(agreement.definition) + "".join(f"{line}\n" for line in _lines(agreement.start))


def _lines(plan: StartPlan) -> Iterator[str]:
    yield f"{START}:"
    if plan.starts_at is not None:
        yield f"  from: {instant_text(plan.starts_at)}"
    yield f"  stock: {plan.stock}"
    if plan.days is not None:
        yield f"  days: {plan.days}"
    if plan.per_day is not None:
        yield f"  per_day: {plan.per_day}"


def frozen_text(agreement: Agreement, earlier: Iterable[str]) -> str:
    """The text an agreement is proposed as: that of an earlier version which says the same, else the written one.

    So an earlier version, handed out and read back, or chosen again, has the hash it had.
    """
    same = (text for text in earlier if read_agreement(text, "an earlier version") == agreement)
    return next(same, None) or write_agreement(agreement)
