"""What the product expects of a draft, set against worlds whose truth is known."""
