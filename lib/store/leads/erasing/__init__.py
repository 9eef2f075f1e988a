"""A person erased: found under all their ids, taken out of every table, and kept out."""
