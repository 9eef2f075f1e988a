-- Give back to leads the rows of a table that came under their ids. Returns nothing.
update {table} set
    lead_id = merged_from,
    merged_from = null

where list_contains($gone, merged_from)
