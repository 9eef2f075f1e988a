"""Values and functions: no files, no database, no screen, no clock."""
