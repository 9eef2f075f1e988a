-- Spell the fields of `batch` as files of leads do. Returns nothing.
update batch set field = spelled_otherwise.known

from spelled_otherwise

where batch.field = spelled_otherwise.field
