-- The number and hash of every audit entry, in their order. One row an entry.
select
    number,
    sha256

from audit_entry

order by number
