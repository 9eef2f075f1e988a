"""What comes in and goes out: tables, mappings, spreadsheets, and whether it is sound."""
