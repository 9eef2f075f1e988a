-- When leads were first handed over by the agreement, or that was switched on. At most one row.
select min(coalesce((detail ->> 'as_of')::bigint, epoch_us(noted_at))) as switched_on

from audit_entry

where what in ('switched_on', 'routed')
