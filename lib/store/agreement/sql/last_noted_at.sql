-- The instant of the last audit entry (microseconds), 0 before the first one. One row.
select coalesce((select epoch_us(noted_at) from audit_entry order by number desc limit 1), 0) as noted_at
