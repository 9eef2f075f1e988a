"""Versions, drafts, meetings, and the audit chain under all of them."""
