"""Leads and activities in the database, who they are, and who may be one person."""
