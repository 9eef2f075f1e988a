-- The version in force as of an instant, or the first one when none had started. At most one row.
select
    number,
    text,
    sha256,
    starts_at

from definition_version

where state in ('agreed', 'superseded') and starts_at is not null

order by
    starts_at <= $as_of desc,
    case when starts_at <= $as_of then starts_at end desc nulls last,
    starts_at

limit 1
