"""Who asks, and what they may: the only place where a `Grant` is made."""
