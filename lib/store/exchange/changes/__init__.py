"""What the fields of leads were before: histories that are imported, and what imports of leads change."""
