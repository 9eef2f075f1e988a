"""What every page stands in: its elements, who visits, filters, background work, and what keeps it live."""
