-- Give back to a lead the rows of a table that came under its id. Returns nothing.
update {table} set
    lead_id = $gone,
    merged_from = null

where merged_from = $gone
