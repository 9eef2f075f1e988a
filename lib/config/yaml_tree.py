"""YAML as it was written: every value with its text, its line and the words that say where it stands."""

import math
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

import yaml

from lib.core.errors import Fault, Refused, did_you_mean
from lib.core.numbers import NUMBER

Value = TypeVar("Value")

WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
LARGEST_WHOLE = 1_000_000_000
"""Sums of whole numbers up to this stay exact in binary fractions and far inside 64 bits."""

MOST_BYTES = 200_000
"""Of a text, in UTF-8: what a few seconds read, and ten times the longest agreement there was."""

PLAIN_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}"
    for name in ("str", "int", "float", "bool", "null", "timestamp", "map", "seq", "merge", "value")
)
"""What PyYAML takes untagged values for. We take the text of each: the tag only shows that nobody wrote another."""


def read_yaml(text: str, file: str, refused: type[Refused], read: Callable[["YamlEntry"], Value]) -> Value:
    """What `read` makes of the YAML text; `file` is the name it has in messages.

    Raises `refused` with every fault `read` noted on the entries, in the order
    of their lines, or with the one fault of a text that is not YAML at all.
    """
    faults: list[Fault] = []
    value = read(YamlEntry(_compose(text, file, refused), 1, file, "", faults))
    if faults:
        raise refused(sorted(faults, key=lambda fault: fault.line or 0))
    return value


@dataclass(frozen=True, slots=True)
class YamlEntry:
    """One value of a YAML file.

    `line` is that of its key, or its own where it has none, the first being 1;
    `where` is its place in words ("definition.yaml, actions, criterion 3"),
    `name` the key it stands under ("points", empty for the file itself). The methods below return the
    value in the form asked for; where it has not that form they note a fault
    and return None or nothing, so that a reader goes on and finds every fault.
    """

    node: yaml.Node
    line: int
    where: str
    name: str
    faults: list[Fault]

    def refuse(self, what: str, remedy: str = "") -> None:
        """Notes a fault at this place."""
        self.faults.append(Fault(self.where, what, remedy, self.line))

    def inside(self, *words: str) -> "YamlEntry":
        """The same entry with its place said more closely."""
        return replace(self, where=", ".join((self.where, *words)))

    @property
    def is_mapping(self) -> bool:
        return isinstance(self.node, yaml.MappingNode)

    @property
    def is_list(self) -> bool:
        return isinstance(self.node, yaml.SequenceNode)

    @property
    def is_blank(self) -> bool:
        """Nothing was written: `criteria:` with nothing behind the colon."""
        return isinstance(self.node, yaml.ScalarNode) and self.node.style is None and self.node.value == ""

    @property
    def is_nothing(self) -> bool:
        """Nothing but white space was written, in quotes or not."""
        return isinstance(self.node, yaml.ScalarNode) and not self.node.value.strip()

    def peek(self) -> dict[str, str]:
        """A mapping's keys and their texts as they stand, noting no fault; what is no text is empty."""
        if not isinstance(self.node, yaml.MappingNode):
            return {}
        return {str(k.value): v.value if isinstance(v, yaml.ScalarNode) else "" for k, v in self.node.value}

    def entries(self) -> dict[str, "YamlEntry"]:
        """A mapping's entries by key, in the order written; a blank one has none. A key written twice is refused."""
        if self.is_blank:
            return {}
        if not isinstance(self.node, yaml.MappingNode):
            self.refuse(f"{self._called} is {self._form()}", "Write keys and values, like 'key: value'.")
            return {}
        entries: dict[str, YamlEntry] = {}
        for key, node in self.node.value:
            entry = replace(self, node=node, line=_line(key), name=str(key.value))
            if not isinstance(key, yaml.ScalarNode) or not key.value.strip():
                entry.refuse("a key is not a text", "Give every value a name before the colon.")
            elif key.value in entries:
                entry.refuse(
                    f"'{key.value}' is written twice, first in line {entries[key.value].line}", "Keep one of them."
                )
            else:
                entries[key.value] = entry
        return entries

    def keys(
        self, known: Collection[str], required: Collection[str] = (), *, beside: Collection[str] = ()
    ) -> dict[str, "YamlEntry"]:
        """A mapping's entries by key; unknown keys and missing required ones are refused, some belong `beside` it."""
        entries = self.entries()
        for key in [key for key in entries if key not in known]:
            if key in beside:
                entries.pop(key).refuse(f"'{key}' stands inside the condition", "Write it beside the condition.")
            else:
                entries.pop(key).refuse(f"no key is called '{key}'", _nearest(key, known))
        if self.is_mapping or self.is_blank:
            for key in required:
                if key not in entries:
                    self.refuse(f"'{key}' is missing", "Add it.")
        return entries

    def items(self, least: int = 0) -> list["YamlEntry"]:
        """A list's items, `least` or more; a blank one has none."""
        if not self.is_list and not self.is_blank:
            self.refuse(f"{self._called} is {self._form()}", "Write a list, like '[a, b]' or one '- ' a line.")
            return []
        items = self.node.value if isinstance(self.node, yaml.SequenceNode) else []
        if not items and least:
            self.refuse(f"{self._called} is an empty list", "Write at least one item, or remove it.")
        return [replace(self, node=node, line=_line(node)) for node in items]

    def listed(self, noun: str, key: str) -> list["YamlEntry"]:
        """A list's items, at least one, each told apart by the text under `key`; equal ones are refused.

        The place of an item says which it is: "reason 2 (no_budget)".
        """
        first_line: dict[str, int] = {}
        items = []
        for number, item in enumerate(self.items(least=1), start=1):
            told_by = item.peek().get(key)
            named = item.inside(f"{noun} {number} ({told_by})" if told_by else f"{noun} {number}")
            items.append(named)
            if told_by in first_line:
                named.refuse(f"the {key} is already used in line {first_line[told_by]}", f"Give it another {key}.")
            elif told_by:
                first_line[told_by] = item.line
        return items

    def text(self) -> str | None:
        """The text as written: `NO` is "NO", `012` is "012". Not blank."""
        if not isinstance(self.node, yaml.ScalarNode):
            self.refuse(f"{self._called} is {self._form()}", "Write one text.")
            return None
        if not self.node.value.strip():
            self.refuse(f"{self._called} is empty", "Write a text there, or remove it.")
            return None
        return str(self.node.value)

    def one_or_more(self) -> list["YamlEntry"]:
        """The items of a list with at least one, or this entry alone when it is no list."""
        return self.items(least=1) if self.is_list else [self]

    def texts(self) -> tuple[str, ...]:
        """One text, or the texts of a list with at least one."""
        return tuple(text for entry in self.one_or_more() if (text := entry.text()) is not None)

    def choice(self, known: Collection[str], noun: str) -> str | None:
        """One of the known texts; `noun` says what they are ("field")."""
        text = self.text()
        if text is None or text in known:
            return text
        self.refuse(f"no {noun} is called '{text}'", _nearest(text, known))
        return None

    def whole(self, least: int = -LARGEST_WHOLE, most: int = LARGEST_WHOLE) -> int | None:
        """A whole number from `least` to `most`."""
        text = self.text()
        if text is None:
            return None
        if not WHOLE.fullmatch(text):
            self.refuse(f"{self._called} is '{text}', not a whole number", "Write digits only, without a fraction.")
            return None
        if not least <= int(text) <= most:
            bound = f"{least:,} or more" if int(text) < least else f"{most:,} or less"
            self.refuse(f"{self._called} is {text}", f"Write {bound}.")
            return None
        return int(text)

    def number(self) -> float | None:
        """A number: digits with an optional sign, point and exponent."""
        text = self.text()
        if text is None:
            return None
        if not NUMBER.fullmatch(text) or not math.isfinite(float(text)):
            self.refuse(f"{self._called} is '{text}', not a number", "Write digits, with a point for a fraction.")
            return None
        return float(text)

    def truth(self) -> bool | None:
        """`true` or `false`, and no other word for them."""
        text = self.text()
        if text is None or text in ("true", "false"):
            return None if text is None else text == "true"
        self.refuse(f"{self._called} is '{text}'", "Write true or false.")
        return None

    @property
    def _called(self) -> str:
        return f"'{self.name}'" if self.name else "the file"

    def _form(self) -> str:
        if self.is_mapping:
            return "a mapping"
        return "a list" if self.is_list else "one text"


def optional(entries: Mapping[str, YamlEntry], key: str, read: Callable[[YamlEntry], Value | None]) -> Value | None:
    """What `read` makes of the entry of that key, None when it is not written."""
    return read(entries[key]) if key in entries else None


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _nearest(name: str, known: Collection[str]) -> str:
    return did_you_mean(name, known) or f"Known: {', '.join(known) or 'none'}."


def too_long(file: str) -> Fault:
    """What is wrong with a text of more than `MOST_BYTES`, which is not read at all."""
    remedy = "Leave out what nobody needs; what asks for thousands of texts is better a column that an import fills."
    return Fault(file, f"it is longer than {MOST_BYTES:,} bytes", remedy)


def _compose(text: str, file: str, refused: type[Refused]) -> yaml.Node:
    # Half a character is refused in its place.
    if len(text) > MOST_BYTES or len(text.encode("utf-8", "replace")) > MOST_BYTES:
        raise refused(too_long(file))
    lines = max(1, len(text.splitlines()))
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = min(mark.line + 1, lines) if mark else None
        what = ", ".join(part for part in (error.context, error.problem) if part)
        if "\\t" in what:
            raise refused(Fault(file, "a line is indented with a tab", "Indent with spaces.", line)) from error
        began = error.context_mark.line + 1 if error.context_mark else None
        since = f", begun in line {began}" if began is not None and began != line else ""
        remedy = "Mend the brackets, quotes, colons or indentation there."
        raise refused(Fault(file, f"line {line} is not YAML ({what}{since})", remedy, line)) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise refused(Fault(file, "a control character is in the text", "Remove it.", line)) from error
    except (RecursionError, OverflowError, ValueError) as error:
        # Brackets nested by the thousand, or an escape that is no character.
        raise refused(Fault(file, "the YAML cannot be read", "Write it more plainly.")) from error
    if root is None:
        start = yaml.Mark(file, 0, 0, 0, None, 0)
        return yaml.ScalarNode("tag:yaml.org,2002:null", "", start, start)
    faults = _beyond_plain_yaml(root, file)
    if faults:
        raise refused(faults)
    return root


def _beyond_plain_yaml(root: yaml.Node, file: str) -> list[Fault]:
    """Faults for what is YAML but would be read otherwise than it looks: references, tags, half characters."""
    faults: list[Fault] = []
    seen: set[int] = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        line = _line(node)
        if id(node) in seen:
            faults.append(Fault(file, "a value is referred to with '*'", "Write it out where it is meant.", line))
            continue
        seen.add(id(node))
        if node.tag not in PLAIN_TAGS:
            faults.append(Fault(file, f"the tag '{node.tag}' means nothing here", "Write the plain value.", line))
        if isinstance(node, yaml.MappingNode):
            waiting += [part for pair in node.value for part in pair]
        elif isinstance(node, yaml.SequenceNode):
            waiting += node.value
        elif any("\ud800" <= character <= "\udfff" for character in node.value):
            faults.append(Fault(file, "a text holds half a character", "Write the character itself.", line))
    return faults
