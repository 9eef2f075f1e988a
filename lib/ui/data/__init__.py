"""The Data page: files in, sound or not, taken back, backed up and exported."""
