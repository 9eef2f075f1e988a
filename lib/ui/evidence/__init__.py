"""The Evidence page, and the suggestion made from it."""
