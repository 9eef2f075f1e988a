"""Tests of lib/ui that need no page: what is shared by all sessions."""
