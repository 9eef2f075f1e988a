"""What the fields of leads were before: histories, and what imports of leads change."""
