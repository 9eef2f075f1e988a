"""No browser test looks before it waits: what reads a page is called where it is called again, and never asserted."""

import ast
import inspect
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from playwright import sync_api

ROOT = Path(__file__).parents[1]
BROWSER_TESTS = sorted((ROOT / "tests" / "browser").rglob("*.py"))

LOOKING = "tests.browser.looking"
RETRYING = {"eventually", "noted"}

PARTS_OF_A_PAGE = (
    sync_api.BrowserContext,
    sync_api.ElementHandle,
    sync_api.Frame,
    sync_api.FrameLocator,
    sync_api.JSHandle,
    sync_api.Locator,
    sync_api.Page,
)
# As playwright annotates what tells something; another page, a locator, a response or nothing tells nothing yet.
TELLS = re.compile(r"\b(Any|Dict|ElementHandle|FloatRect|JSHandle|List|StorageState|bool|bytes|float|int|str)\b")
ACTS_OR_WAITS = re.compile(r"select_option|add_(script|style)_tag|pdf|screenshot|(expect|wait_for)_\w+")
# What could reach a method by another name than its own.
BY_NAME = {"attrgetter", "eval", "exec", "getattr", "methodcaller", "vars", "__dict__", "__getattribute__"}


@cache
def readers() -> tuple[frozenset[str], frozenset[str]]:
    """The names of what reads a page: methods, which ask the browser, and properties, which playwright remembers."""
    methods, properties = set(), set()
    for part in PARTS_OF_A_PAGE:
        for name, member in inspect.getmembers(part):
            answers = member.fget if isinstance(member, property) else member
            told = str(getattr(answers, "__annotations__", {}).get("return"))
            if not name.startswith("_") and TELLS.search(told) and not ACTS_OR_WAITS.fullmatch(name):
                (properties if isinstance(member, property) else methods).add(name)
    return frozenset(methods), frozenset(properties - methods)


class Module:
    """One module of the browser tests, and what of it breaks the rule."""

    def __init__(self, text: str, telling: frozenset[str] = frozenset(RETRYING)) -> None:
        self.tree = ast.parse(text)
        self.telling = telling
        """The functions that hand on what was read."""

    def offences(self) -> list[str]:
        """Each with its line."""
        found = [*self._read_at_once(), *self._reached_by_name(), *self._feigned(), *self._asserted()]
        return [f"line {line}: {what}" for line, what in sorted(set(found))]

    def _read_at_once(self) -> Iterator[tuple[int, str]]:
        """A reading method outside of what is called again; one whose answer nobody takes is an act, no look."""
        again = {
            id(node)
            for call in self._calls()
            if _called(call) in RETRYING
            for look in [*call.args, *(keyword.value for keyword in call.keywords)]
            if isinstance(look, ast.Lambda)
            for node in ast.walk(look.body)
        }
        acts = {
            id(node.value.func)
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
        }
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Attribute) and node.attr in readers()[0] and id(node) not in again | acts:
                yield node.lineno, f"reads at once: {ast.unparse(node)}"

    def _reached_by_name(self) -> Iterator[tuple[int, str]]:
        for node in ast.walk(self.tree):
            name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else None
            if name in BY_NAME:
                yield getattr(node, "lineno", 0), f"may read under another name: {ast.unparse(node)}"

    def _feigned(self) -> Iterator[tuple[int, str]]:
        """Something else that calls itself like what retries."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                names = {node.name}
            elif isinstance(node, ast.arg):
                names = {node.arg}
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names = {node.id}
            elif isinstance(node, ast.ImportFrom) and node.module == LOOKING:
                names = {one.name for one in node.names if one.asname}
            elif isinstance(node, ast.Import | ast.ImportFrom):
                names = {one.asname or one.name for one in node.names}
            else:
                continue
            for name in sorted(names & RETRYING):
                yield getattr(node, "lineno", 0), f"is not the {name} of {LOOKING}"

    def _asserted(self) -> Iterator[tuple[int, str]]:
        """An assert about something that was read, however late."""
        for function in [node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef)]:
            known = self._read_in(function)
            for node in ast.walk(function):
                if isinstance(node, ast.Assert) and self._tells(node.test, known):
                    yield node.lineno, f"asserts what was read: {ast.unparse(node.test)}"

    def _read_in(self, function: ast.FunctionDef) -> set[str]:
        """The names that stand for something read in a function."""
        known: set[str] = set()
        while True:
            more = {
                name.id
                for node in ast.walk(function)
                for targets, value in _given(node)
                if self._tells(value, known)
                for target in targets
                for name in ast.walk(target)
                if isinstance(name, ast.Name)
            }
            if more <= known:
                return known
            known |= more

    def _tells(self, value: ast.AST, known: set[str]) -> bool:
        return any(
            (isinstance(node, ast.Call) and _called(node) in self.telling)
            or (isinstance(node, ast.Attribute) and node.attr in readers()[1])
            or (isinstance(node, ast.Name) and node.id in known)
            for node in ast.walk(value)
        )

    def handing_on(self) -> set[str]:
        """The functions that return what was read."""
        return {
            function.name
            for function in ast.walk(self.tree)
            if isinstance(function, ast.FunctionDef)
            for node in ast.walk(function)
            if isinstance(node, ast.Return | ast.Yield) and node.value is not None
            if self._tells(node.value, self._read_in(function))
        }

    def _calls(self) -> Iterator[ast.Call]:
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.Call))


def _called(call: ast.Call) -> str | None:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", None)


def _given(node: ast.AST) -> Iterator[tuple[list[ast.expr], ast.expr]]:
    """What is given to which targets."""
    if isinstance(node, ast.Assign):
        yield node.targets, node.value
    elif isinstance(node, ast.AnnAssign | ast.AugAssign | ast.NamedExpr) and node.value is not None:
        yield [node.target], node.value
    elif isinstance(node, ast.For | ast.comprehension):
        yield [node.target], node.iter
    elif isinstance(node, ast.withitem) and node.optional_vars is not None:
        yield [node.optional_vars], node.context_expr


@cache
def telling() -> frozenset[str]:
    """The functions of the browser tests, in whichever module, that hand on what was read."""
    known = frozenset(RETRYING)
    while True:
        more = known.union(*(Module(path.read_text(encoding="utf-8"), known).handing_on() for path in BROWSER_TESTS))
        if more == known:
            return known
        known = more


def test_the_browser_tests_are_seen() -> None:
    seen = {path.name for path in BROWSER_TESTS}

    assert {"conftest.py", "looking.py"} < seen
    assert len([name for name in seen if name.startswith("test_")]) > 5


@pytest.mark.parametrize("path", BROWSER_TESTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_browser_test_looks_before_it_waits(path: Path) -> None:
    offences = Module(path.read_text(encoding="utf-8"), telling()).offences()
    if path.name == "looking.py":
        offences = [one for one in offences if "is not the" not in one]

    assert [f"{path.relative_to(ROOT).as_posix()}, {one}" for one in offences] == []


def test_what_reads_a_page_is_known_from_playwright() -> None:
    methods, properties = readers()

    assert methods >= {
        "all", "all_inner_texts", "all_text_contents", "aria_snapshot", "bounding_box", "content", "count", "evaluate",
        "evaluate_all", "evaluate_handle", "get_attribute", "inner_html", "inner_text", "input_value", "is_checked",
        "is_disabled", "is_enabled", "is_hidden", "is_visible", "query_selector", "text_content", "title",
    }  # fmt: skip
    assert properties >= {"pages", "url"}
    assert not (methods | properties) & {"click", "fill", "first", "get_by_role", "goto", "locator", "press", "filter"}


@pytest.mark.parametrize(
    "line",
    [
        "assert heading.inner_text() == 'Ana'",
        "assert heading.count() == 1",
        "assert page.evaluate('scrollX') == 0",
        "if heading.is_visible(): page.reload()",
        "name = heading.text_content()",
        "look = heading.inner_text",
        "look = Locator.inner_text",
        "assert all(one.is_checked() for one in boxes.all())",
        "assert (lambda: heading.inner_text())() == 'Ana'",
        "assert sorted([1], key=lambda _: heading.count())",
        "expect(other).to_have_text(heading.inner_text())",
        "assert getattr(heading, 'inner' + '_text')() == 'Ana'",
        "assert operator.methodcaller('inner_text')(heading)",
        "assert noted(page, lambda: heading.inner_text()) == 'Ana'",
        "name = noted(page, lambda: heading.inner_text())\n    assert name == 'Ana'",
        "first, second = noted(page, lambda: two())\n    third = f'{second}!'\n    assert third",
        "assert [name for name in noted(page, lambda: names())]",
        "assert shown(page) == 'Ana'",
        "assert page.url.endswith('/lead')",
        "address = page.url\n    assert address",
        "assert len(page.context.pages) == 1",
        "eventually = lambda page, look, wanted: look()",
        "def noted(page, look): return look()",
        "from elsewhere import eventually",
        "from tests.browser.looking import noted as eventually",
        "from tests.browser.looking import noted as seen",
    ],
)
def test_a_look_that_does_not_wait_would_be_seen(line: str) -> None:
    assert Module(f"def test(page, heading):\n    {line}\n", telling() | {"shown"}).offences()


@pytest.mark.parametrize(
    "line",
    [
        "expect(heading).to_have_text('Ana')",
        "eventually(page, lambda: page.evaluate('scrollX'), 0)",
        "eventually(page, lambda: [one.inner_text() for one in rows.all()], lambda seen: seen == sorted(seen))",
        "name = noted(page, lambda: heading.inner_text())\n    expect(other).to_have_text(name)",
        "page.evaluate('window.stopped = true')",
        "other.goto(page.url)",
        "from tests.browser.looking import eventually, noted",
        "asked = []\n    page.on('request', lambda request: asked.append(request.url))\n    assert len(asked) > 10",
    ],
)
def test_a_look_that_waits_is_left_alone(line: str) -> None:
    assert Module(f"def test(page, heading):\n    {line}\n").offences() == []


def test_an_offence_is_told_with_its_line_and_what_it_reads() -> None:
    said = Module("def test(heading):\n\n    assert heading.inner_text() == 'Ana'\n").offences()

    assert said == ["line 3: reads at once: heading.inner_text"]


def test_a_function_that_hands_on_what_was_read_is_known_wherever_it_stands() -> None:
    assert telling() >= {"figures", "how_many", "in_the_window", "what_is_said"}
