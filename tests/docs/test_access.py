"""The table of who may what is made from the code: roles, rights, and every function that writes.

`python -m tests.docs.test_access` writes it anew into docs/access.md.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from lib.core.access.rights import RIGHTS, Right, Role
from tests.docs.documents import ROOT, text_of

DOCUMENT = "docs/access.md"
BEGIN, END = "<!-- made from the code: begin -->", "<!-- made from the code: end -->"

RAW = {
    "lib/store/database.py",
    "lib/store/handoffs/queues.py",
    "lib/store/access/people.py",
    "lib/store/migrating.py",
    "lib/store/leads/erasing/erasing.py",
}
"""Where something is written that nobody asks for: what is derived, and who came and went."""


def written() -> dict[Right, set[str]]:
    """The functions that write with each right, as `room.function`."""
    found: dict[Right, set[str]] = defaultdict(set)
    for path in sorted((ROOT / "lib").rglob("*.py")):
        for function, call in calls(path):
            right = right_of(call)
            if right is not None:
                found[right].add(f"{path.parent.name}.{path.stem}.{function}")
    return found


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Every call in a file, with the innermost function it stands in."""

    def within(node: ast.AST, function: str) -> Iterator[tuple[str, ast.Call]]:
        for child in ast.iter_child_nodes(node):
            name = child.name if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) else function
            if isinstance(child, ast.Call):
                yield function, child
            yield from within(child, name)

    yield from within(ast.parse(path.read_text(encoding="utf-8")), "")


def right_of(call: ast.Call) -> Right | None:
    """The right that `write(by, Right.X)` or `by.check(Right.X)` asks for."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in ("write", "check"):
        return None
    named = [one for one in call.args if isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name)]
    return next((Right[one.attr] for one in named if one.value.id == "Right"), None)  # type: ignore[attr-defined]


def table() -> str:
    """Roles by rights, and what writes with each."""
    by_right = written()
    roles = list(Role)
    head = ["it allows to", *(f"`{role}`" for role in roles), "what writes with it"]
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    for right in Right:
        marks = ["yes" if right in RIGHTS[role] else "" for role in roles]
        writers = ", ".join(f"`{one}`" for one in sorted(by_right[right])) or "nothing"
        lines.append(f"| {' | '.join([right, *marks, writers])} |")
    return "\n".join(lines)


def test_the_table_in_the_documentation_is_what_the_code_allows() -> None:
    _, _, rest = text_of(DOCUMENT).partition(f"{BEGIN}\n")

    assert rest.partition(f"\n{END}")[0] == table()


def test_everything_that_writes_asks_for_a_right() -> None:
    writing = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "lib").rglob("*.py")
        for _, call in calls(path)
        if isinstance(call.func, ast.Attribute) and call.func.attr == "maintain"
    }

    assert writing == RAW


def test_no_transaction_that_is_kept_begins_elsewhere() -> None:
    """But for what is copied into a new file."""
    committing = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "lib").rglob("*.py")
        for _, call in calls(path)
        if isinstance(call.func, ast.Attribute) and call.func.attr == "commit"
    }

    assert committing == {"lib/store/database.py", "lib/store/keeping/copying.py"}


if __name__ == "__main__":
    path = ROOT / DOCUMENT
    before, _, rest = path.read_text(encoding="utf-8").partition(f"{BEGIN}\n")
    _, _, after = rest.partition(f"\n{END}")
    path.write_text(f"{before}{BEGIN}\n{table()}\n{END}{after}", encoding="utf-8")
