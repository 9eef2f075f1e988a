"""Ids drawn by lot: nothing leads from them to what they stand for."""

import secrets

from lib.core.leads.erasing import ERASED_PREFIX


def token() -> str:
    """Twelve letters and digits."""
    return secrets.token_hex(6)


def new_lead_id() -> str:
    """The id that a lead is counted on under."""
    return f"{ERASED_PREFIX}{token()}"
