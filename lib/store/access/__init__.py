"""Who was who first, and when somebody came and went."""
