"""Which fact of its source an event is a statement of, and the id of an event whose file has none."""

from collections.abc import Sequence

from lib.core.exchange.mappings import ADDS, DATED_KINDS
from lib.store.composing import Given, Sql, listed, named, quoted, sql
from lib.store.exchange.rows.feeds import Feed

UNKNOWN = sql("chr(30)")


def has_key(feed: Feed) -> bool:
    """Whether the rows of the feed are statements of some thing of the source, rather than each of its own instant."""
    return bool(feed.key or feed.id_of or feed.of_several or "kind" in feed.constants)


def dated(feed: Feed) -> Sql:
    """SQL for whether the instant is part of what an event is a statement of."""
    if feed.of_several:
        return sql("false")
    if feed.moves == ADDS or not has_key(feed):
        return sql("true")
    return sql("coalesce(kind in ({dated}), false)", dated=listed(map(quoted, DATED_KINDS)))


def fact(feed: Feed, given: Given, own_id: Sql | None, keys: Sequence[Sql], rule: Sql) -> Sql:
    """SQL for what an event is a statement of: its source, and there its own id; else the first of the `keys` that is
    known and, where that is part of it, its instant; also its lead, and the `rule` that its kind has, where it has one.
    """
    instant = sql("case when {dated} then occurred_at::varchar end", dated=dated(feed))
    known = sql("coalesce({keys}, null)", keys=listed(keys)) if keys else sql("null")
    key = sql("nullif(concat_ws(' ', {known}, {instant}), '')", known=known, instant=instant)
    if feed.rules:
        # Whichever kind it is at last, it is one fact of its lead.
        key = sql("if({rule} is null, {key}, concat_ws(' ', lead_id, {key}, {rule}))", rule=rule, key=key)
    if own_id is not None:
        key = sql("coalesce({own_id}, {key})", own_id=own_id, key=key)
    return sql("{source} || ': ' || {key}", source=given.text(feed.source), key=key)


def fact_of_lead(feed: Feed, given: Given) -> Sql:
    """SQL for what is stated of a lead where it is said which are gone: that it is."""
    if not feed.gone:
        return sql("null::varchar")
    return sql("{source} || ': ' || lead_id", source=given.text(feed.source))


def event_hash(feed: Feed, of_fact: Sql) -> Sql:
    """SQL for the hash of what an event says; not of its row, so that another column of an export changes nothing."""

    def text(column: str, otherwise: Sql) -> Sql:
        held = sql("{column}::varchar", column=named(column)) if column in feed.filled else sql("null")
        return sql("coalesce({held}, {otherwise})", held=held, otherwise=otherwise)

    parts = [
        sql("lead_id"),
        of_fact,
        sql("kind"),
        sql("epoch_us(occurred_at)::varchar"),
        text("by_day", quoted("false")),
    ]
    parts += [text(column, UNKNOWN) for column in ("actor", "reason", "amount")]
    if "detail" in feed.filled:
        parts.append(sql("case when kind = 'retracted' then coalesce(detail ->> 'event_id', chr(30)) end"))
    return sql("md5(concat_ws(chr(31), {parts}))", parts=listed(parts))
