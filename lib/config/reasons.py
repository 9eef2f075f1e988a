"""reasons.yaml: why sales may reject a lead, and the questions it answers to accept one and to call it an SQL."""

from lib.config.yaml_tree import YamlEntry, optional, read_yaml
from lib.core.errors import ConfigRefused
from lib.core.handoffs.answers import Answers, Fate, Question, Reason


def read_answers(text: str, file: str) -> Answers:
    """The reasons and checklists a YAML text says; `file` is its name in messages.

    Raises ConfigRefused with every fault found, in the order of the lines.
    """
    return read_yaml(text, file, ConfigRefused, _answers)


def _answers(root: YamlEntry) -> Answers:
    sections = ("reasons", "accept", "sql")
    entries = root.keys(sections, required=sections)
    return Answers(
        reasons=optional(entries, "reasons", _reasons) or (),
        accept=optional(entries, "accept", _questions) or (),
        sql=optional(entries, "sql", _questions) or (),
    )


def _reasons(entry: YamlEntry) -> tuple[Reason, ...]:
    keys = ("code", "label", "then")
    return tuple(
        Reason(
            code=optional(reason, "code", YamlEntry.text) or "",
            label=optional(reason, "label", YamlEntry.text) or "",
            fate=Fate(optional(reason, "then", _fate) or Fate.RECYCLE),
        )
        for reason in (item.keys(keys, required=keys) for item in entry.listed("reason", "code"))
    )


def _fate(entry: YamlEntry) -> str | None:
    return entry.choice(tuple(Fate), "outcome")


def _questions(entry: YamlEntry) -> tuple[Question, ...]:
    keys = ("id", "question")
    return tuple(
        Question(optional(question, "id", YamlEntry.text) or "", optional(question, "question", YamlEntry.text) or "")
        for question in (item.keys(keys, required=keys) for item in entry.listed("question", "id"))
    )
