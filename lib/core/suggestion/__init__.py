"""Points and threshold fitted to decisions, judged by later ones."""
