-- The number, hash and instant of the last audit entry; before the first one 0, the hash of the first version and 0. One row.
select
    coalesce((select max(number) from audit_entry), 0) as number,
    coalesce(
        (select sha256 from audit_entry order by number desc limit 1),
        (select sha256 from proposal order by number limit 1),
        ''
    ) as sha256,
    coalesce((select epoch_us(noted_at) from audit_entry order by number desc limit 1), 0) as noted_at
