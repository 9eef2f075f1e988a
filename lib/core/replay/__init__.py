"""Every lead over all history at once, and what a draft changes in it."""
