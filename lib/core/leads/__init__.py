"""Leads and what they did, as arrays; and who may be one person."""
