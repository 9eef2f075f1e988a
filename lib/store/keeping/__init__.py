"""What keeps the database from being lost: its own files and no other, copies of it, what is read to the last value."""
