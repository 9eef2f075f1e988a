-- The newest instant in the data that is not in the future, in microseconds since 1970. One row, null when there is none.
select epoch_us(greatest(
    (select max(created_at) from lead where created_at <= make_timestamp($now)),
    (select max(occurred_at) from activity where occurred_at <= make_timestamp($now)),
    (select max(occurred_at) from handoff_event where occurred_at <= make_timestamp($now))
)) as newest
