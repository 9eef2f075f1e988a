-- Note, hashed with the key, what imports may call a person who was erased. Returns nothing.
insert into erased_name
select distinct sha256(erasure_key.key || chr(31) || named.name)

from erasure_key

cross join (select unnest($names::varchar[]) as name) as named
