"""The Meeting page: agenda, decisions, minutes."""
