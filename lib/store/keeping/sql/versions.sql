-- The versions a database was brought to, in their order. One row a version.
select number

from {migration}

order by number
