"""Handshake: what a qualified lead is, in numbers both teams sign."""
