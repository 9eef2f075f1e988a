"""YAML to core values, or an error that says where, what and the remedy."""
