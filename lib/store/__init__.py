"""DuckDB, and nothing else imports it."""
