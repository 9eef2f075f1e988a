-- The version in force as of an instant, or the first one when none had started. At most one row.
select
    number,
    text,
    sha256,
    epoch_us(in_force_from),
    epoch_us(proposed_at)

from version_as_of($as_of)

where state in ('agreed', 'superseded')

order by
    in_force_from <= $as_of desc,
    case when in_force_from <= $as_of then in_force_from end desc nulls last,
    case when in_force_from <= $as_of then number end desc nulls last,
    in_force_from,
    number

limit 1
