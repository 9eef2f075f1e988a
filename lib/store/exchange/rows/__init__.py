"""A file's texts as typed rows: which columns they fill, what they mean, which of them count."""
