"""The Scenarios page: drafts side by side."""
