-- The newest instant in the data, in microseconds since 1970. One row, null when there is no data.
select epoch_us(greatest(
    (select max(created_at) from lead),
    (select max(occurred_at) from activity),
    (select max(occurred_at) from handoff_event)
)) as newest
