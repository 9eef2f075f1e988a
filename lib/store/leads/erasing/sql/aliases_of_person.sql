-- The other ids leads of some ids go by. One row an alias.
select distinct alias

from lead_alias

where list_contains($ids, lead_id)

order by alias
