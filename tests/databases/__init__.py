"""Databases that earlier versions made, kept as they were."""
