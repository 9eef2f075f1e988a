-- Delete the draft of a name. Returns nothing.
delete from draft

where name = $name
