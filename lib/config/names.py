"""Names that several files write: of environment variables, and of domains of e-mail addresses."""

import re

from lib.config.yaml_tree import YamlEntry

VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")
DOMAIN = re.compile(r"[^\s@]+\.[^\s@.]+")


def variable(entry: YamlEntry) -> str | None:
    """The name of an environment variable."""
    text = entry.text()
    if text is not None and not VARIABLE.fullmatch(text):
        # A secret written here by mistake must not be repeated in a message.
        entry.refuse(f"'{entry.name}' is no name of an environment variable", "Write one like EVENTS_SECRET.")
        return None
    return text
