-- The events waiting since an earlier import of which a later one, waiting too, states the same fact. One row each.
select rejected_row.rowid

from rejected_row

where
    kind = 'orphan'
    and table_name = 'handoff_event'
    and exists (
        from rejected_row as later
        where
            later.kind = 'orphan'
            and later.table_name = 'handoff_event'
            and later.run > rejected_row.run
            and (later.row ->> 'kind') = (rejected_row.row ->> 'kind')
            and (later.row ->> 'lead_id') = (rejected_row.row ->> 'lead_id')
            and (
                (later.row ->> 'fact') = (rejected_row.row ->> 'fact')
                or (
                    (rejected_row.row ->> 'fact') is null
                    and (later.row ->> 'occurred_at') = (rejected_row.row ->> 'occurred_at')
                    and (later.row ->> 'actor') is not distinct from (rejected_row.row ->> 'actor')
                    and (later.row ->> 'reason') is not distinct from (rejected_row.row ->> 'reason')
                    and (later.row ->> 'amount') is not distinct from (rejected_row.row ->> 'amount')
                )
            )
            and not coalesce((later.row ->> 'stated_at') < (rejected_row.row ->> 'stated_at'), false)
    )
