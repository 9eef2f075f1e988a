-- The names in a staged history that are no field's. One row a name.
select distinct no_field

from {staged}

where no_field is not null

order by no_field

limit $most
