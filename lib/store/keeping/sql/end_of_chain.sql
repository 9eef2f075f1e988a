-- The number and hash of the last audit entry; before the first one 0 and the hash of the first version. One row.
select
    coalesce((select max(number) from {entries}), 0) as number,
    coalesce(
        (select sha256 from {entries} order by number desc limit 1),
        (select sha256 from {proposals} order by number limit 1),
        ''
    ) as sha256
