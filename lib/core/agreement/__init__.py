"""Versions, signatures, what was predicted and came, meetings, and the audit chain."""
