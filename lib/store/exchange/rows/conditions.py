"""SQL for which rows of a file count: what their cells have to be, and which say that something is gone."""

from lib.core.exchange.mappings import CellTest, Condition
from lib.core.folding import fold
from lib.store.composing import Given, Sql, all_of, any_of, listed, sql
from lib.store.exchange.rows.cells import cell_text, first_of, read_as
from lib.store.exchange.rows.feeds import Feed, compared, texts_of
from lib.store.exchange.rows.headings import Cell
from lib.store.exchange.rows.meanings import instant, iso_instant, typed


def _meets(cell: Cell, condition: Condition, feed: Feed, given: Given, zone: Sql) -> Sql:
    """SQL for whether a row's cell is what the condition says; it may be null where it is not."""
    spoken_of = texts_of(condition)
    text = cell_text(cell, feed, given, spoken_of)
    if not isinstance(condition, CellTest):
        texts = listed(given.text(fold(one)) for one in condition)
        return sql("folded({text}) in ({texts})", text=text, texts=texts)
    parts = []
    if condition.known is not None:
        parts.append(sql("{text} is not null", text=text) if condition.known else sql("{text} is null", text=text))
    if condition.starts_with:
        begun = any_of(
            sql("starts_with(folded({text}), {start})", text=text, start=given.text(fold(one)))
            for one in condition.starts_with
        )
        parts.append(begun)
    if condition.is_not:
        texts = listed(given.text(fold(one)) for one in condition.is_not)
        parts.append(sql("folded({text}) not in ({texts})", text=text, texts=texts))
    value = typed(compared(cell, condition, feed), feed, zone, text)
    for name, operand in condition.bounds:
        bound = iso_instant(given.text(operand), zone) if condition.of_dates else _double(operand, given)
        parts.append(_compared(name, value, bound))
    return all_of(parts)


def _compared(name: str, value: Sql, bound: Sql) -> Sql:
    match name:
        case "at_least":
            return sql("{value} >= {bound}", value=value, bound=bound)
        case "at_most":
            return sql("{value} <= {bound}", value=value, bound=bound)
        case "more_than":
            return sql("{value} > {bound}", value=value, bound=bound)
        case _:
            return sql("{value} < {bound}", value=value, bound=bound)


def _double(number: str, given: Given) -> Sql:
    return sql("{number}::double", number=given.text(number))


def is_ahead(instant: Sql) -> Sql:
    """SQL for whether an instant lies further ahead of the clock than clocks differ."""
    return sql("(epoch_us({instant}) > latest_instant)", instant=instant)


def is_gone(feed: Feed, given: Given, zone: Sql) -> Sql:
    """SQL for whether a row says that something is gone at its source: any of the marks does."""
    marks = any_of(_meets(cell, condition, feed, given, zone) for cell, condition in feed.gone)
    return sql("coalesce({marks}, false)", marks=marks)


def gone_since(feed: Feed, given: Given, zone: Sql) -> Sql:
    """SQL for the instant since which a lead is gone, where the row says one, and none that is yet to come."""
    readings = [read_as(reading, feed.table.column("created_at"), feed, given) for reading in feed.gone_at]
    if not readings:
        return sql("null::timestamp")
    since = instant(first_of(readings), feed, zone)
    return sql("case when not {ahead} then {since} end", ahead=is_ahead(since), since=since)


def conditions_of(feed: Feed, given: Given, zone: Sql) -> list[Sql]:
    """SQL for what must hold of a row's cells for it to say something about the table."""
    return [
        *(_meets(cell, condition, feed, given, zone) for cell, condition in feed.when),
        *(
            sql("not coalesce({met}, false)", met=_meets(cell, condition, feed, given, zone))
            for cell, condition in feed.unless
        ),
        *(sql("{cell} is not null", cell=cell_text(cell, feed, given)) for cell in feed.when_known),
    ]
