-- The newest of the rows with one finding. One row each.
select *

from ({found}) as found

where finding = $finding

order by at_us desc, id

limit $most
