"""The rooms keep themselves: how large, how named, who may take what, and that what is drawn is of one state.

Each rule is a function of sources or folders: held for what there is, and seen to fail on made-up ones.
"""

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.test_architecture import MODULES, ROOT, name_of, python_files

MOST_LINES = 400

MOST_MODULES = 16
"""In one folder: what is more has parts, and they have names."""

OURS = ("lib", "pages", "bench")

MOST_LINES_OF_A_PAGE = 60
"""A page reads like its screen; what needs more is a part of it, in its room of `lib/ui`."""

ALL = [*MODULES, *python_files("tests")]


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


SOURCES = {dotted(path): path.read_text(encoding="utf-8") for path in MODULES}


def rooms(folder: str) -> set[str]:
    """The folders of a folder that hold Python."""
    return {path.name for path in (ROOT / folder).iterdir() if any(path.glob("*.py"))}


# How large.


def is_too_long(name: str, source: str) -> bool:
    """What is compiled lies in one module (decision 0002); with a reason in its docstring it may be longer."""
    docstring = ast.get_docstring(ast.parse(source)) or ""
    has_a_reason = name.endswith("kernels") and "\n\n" in docstring
    is_a_page = name.startswith("pages.") and name.count(".") == 2
    return len(source.splitlines()) > (MOST_LINES_OF_A_PAGE if is_a_page else MOST_LINES) and not has_a_reason


def crowded(paths: list[Path]) -> list[str]:
    """Folders with more modules than a reader takes in at once."""
    modules = Counter(path.parent for path in paths if path.name != "__init__.py")
    return [f"{folder}: {number}" for folder, number in modules.items() if number > MOST_MODULES]


def test_no_module_is_longer_than_can_be_read_at_one_go() -> None:
    assert [name for name, source in SOURCES.items() if is_too_long(name, source)] == []


def test_no_folder_holds_more_modules_than_can_be_taken_in() -> None:
    assert crowded(ALL) == []


def test_a_long_module_and_a_crowded_folder_would_be_seen() -> None:
    long = '"""What it is for."""\n' + "x = 1\n" * MOST_LINES

    assert is_too_long("lib.core.sla.clocks", long)
    assert not is_too_long("lib.core.sla.clocks", long.removesuffix("x = 1\n"))
    assert is_too_long("pages.decide.tune", "x = 1\n" * (MOST_LINES_OF_A_PAGE + 1))
    assert not is_too_long("pages.frame", "x = 1\n" * (MOST_LINES_OF_A_PAGE + 1))
    assert is_too_long("lib.core.sla.kernels", long)
    assert not is_too_long("lib.core.sla.kernels", long.replace("for.", "for.\n\nAll in one module, since.\n"))
    assert crowded([Path(f"lib/a/m{n}.py") for n in range(MOST_MODULES + 1)]) == ["lib/a: 17"]
    assert crowded([Path("lib/a/__init__.py"), *(Path(f"lib/a/m{n}.py") for n in range(MOST_MODULES))]) == []


# How named.


def does_more_than_say(source: str) -> bool:
    """Does an `__init__.py` hold more than its docstring?"""
    return [type(node) for node in ast.parse(source).body] != [ast.Expr] or not ast.get_docstring(ast.parse(source))


def test_a_folder_says_what_it_is_for_and_nothing_else() -> None:
    folders = [path for path in MODULES if path.name == "__init__.py"]

    assert [name_of(path) for path in folders if does_more_than_say(path.read_text(encoding="utf-8"))] == []
    assert len(folders) > len(CHAPTERS)


@pytest.mark.parametrize("source", ['"""A room."""\nfrom lib.sample.invention import invent', "import os", ""])
def test_a_folder_that_passes_names_on_would_be_seen(source: str) -> None:
    assert does_more_than_say(source)


def private_names_taken(source: str) -> list[str]:
    """Names with a leading underscore that are taken from another module."""
    module = ast.parse(source)
    imports = [node for node in ast.walk(module) if isinstance(node, ast.ImportFrom)]
    taken = [alias.name for node in imports for alias in node.names if alias.name.startswith("_")]
    known = {alias.asname or alias.name for node in imports if _is_ours(node.module) for alias in node.names}
    return taken + [
        ast.unparse(node)
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in known
        and node.attr.startswith("_")
        and not node.attr.startswith("__")
    ]


def _is_ours(module: str | None) -> bool:
    return (module or "").split(".")[0] in OURS


def test_what_a_module_keeps_to_itself_no_other_takes() -> None:
    assert {name: taken for name, source in SOURCES.items() if (taken := private_names_taken(source))} == {}


@pytest.mark.parametrize(
    ("source", "taken"),
    [
        ("from lib.app.outlook import _preview", ["_preview"]),
        ("from lib.app import outlook\noutlook._preview(1)", ["outlook._preview"]),
        ("from lib.app import outlook as of\nof._preview(1)", ["of._preview"]),
        ("from lib.app import outlook\noutlook.preview(1)\nself._turn", []),
        ("import sys\nsys._getframe()", []),
    ],
)
def test_a_private_name_that_is_taken_would_be_seen(source: str, taken: list[str]) -> None:
    assert private_names_taken(source) == taken


CHAPTERS = rooms("lib/core")

PAGES = {path.stem for path in python_files("pages") if path.parent != ROOT / "pages" and path.stem != "__init__"}


def strangers(floor: str, known: set[str]) -> set[str]:
    """Rooms of a floor that are called as none of the known ones is."""
    return rooms(floor) - known


def test_the_rooms_are_called_the_same_on_every_floor() -> None:
    # What keeps the database itself from being lost is of no chapter.
    assert strangers("lib/store", CHAPTERS | {"keeping"}) == set()
    assert strangers("lib/ui", PAGES | {"now", "frame"}) == set()
    assert strangers("tests/core", CHAPTERS) == set()
    assert strangers("tests/store", rooms("lib/store")) == set()
    assert strangers("tests/ui", rooms("lib/ui")) == set()
    assert strangers("tests/pages", PAGES | {"frame"}) == set()
    assert strangers("tests/cli", rooms("lib/cli")) == set()


def test_every_page_has_its_room_and_every_floor_its_tests() -> None:
    assert rooms("lib/ui") >= PAGES
    assert rooms("tests/pages") >= PAGES
    assert rooms("tests") >= rooms("lib")


def test_a_room_of_another_name_would_be_seen(tmp_path: Path) -> None:
    for room in ("sla", "response", "sql"):
        (tmp_path / room).mkdir()
    (tmp_path / "sla" / "clocks.py").touch()
    (tmp_path / "response" / "times.py").touch()

    assert strangers(str(tmp_path), CHAPTERS) == {"response"}


# Who may import and take what.


def imported_from_the_store(source: str) -> list[str]:
    """What of the store is imported, wherever in the module."""
    names = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return [name for name in names if name == "lib.store" or name.startswith("lib.store.")]


WITHOUT_STORE = ("lib.ui.", "lib.charts.", "lib.core.", "pages.")


def test_screens_charts_and_the_core_know_no_store() -> None:
    screens = {name: source for name, source in SOURCES.items() if name.startswith(WITHOUT_STORE)}

    assert {name: found for name, source in screens.items() if (found := imported_from_the_store(source))} == {}


@pytest.mark.parametrize(
    "source",
    ["from lib import store", "import lib.store.database", "def f():\n    from lib.store.leads import history"],
)
def test_an_import_of_the_store_would_be_seen(source: str) -> None:
    assert imported_from_the_store(source)


def functions(module: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(module) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def takes_both(source: str) -> list[str]:
    """Functions that are given both a database and a snapshot: two states, of which they would answer half each."""
    return [function.name for function in functions(ast.parse(source)) if _has_both(function.args)]


def _has_both(given: ast.arguments) -> bool:
    every = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    types = {
        node.id
        for one in every
        if one.annotation is not None
        for node in ast.walk(one.annotation)
        if isinstance(node, ast.Name)
    }
    return "Snapshot" in types and not types.isdisjoint({"Database", "Readable"})


BOTH = {"lib.app.snapshot.take": "reads a new one, and keeps the leads of an earlier one that are still the same"}


def test_nothing_is_given_a_database_beside_a_snapshot() -> None:
    assert {f"{name}.{function}" for name, source in SOURCES.items() for function in takes_both(source)} == set(BOTH)


def test_a_function_given_both_would_be_seen() -> None:
    assert takes_both("def load(database: Database, *, of: 'int', snapshot: Snapshot | None = None): ...") == ["load"]
    assert takes_both("def load(look: Readable, snapshot: Snapshot): ...") == ["load"]
    assert takes_both("def load(database: Database, sales: Sales): ...") == []


# What is remembered.

REMEMBERS = {"cache", "lru_cache", "cache_data", "cache_resource"}


def cached(source: str) -> list[str]:
    """Functions remembered by what they are given, whatever the data have become; `cached_property` is a value's."""
    return [
        function.name
        for function in functions(ast.parse(source))
        for decorator in function.decorator_list
        for node in ast.walk(decorator)
        if (isinstance(node, ast.Name) and node.id in REMEMBERS)
        or (isinstance(node, ast.Attribute) and node.attr in REMEMBERS)
    ]


CACHED = {
    "lib.app.agreed._agreement": "of the text alone, which is frozen",
    "lib.app.shared_drafts._definition": "of the text alone",
    "lib.ui.data.tray._sources": "of mapping files, named with the instant each was changed",
    "lib.ui.data.tray._look": "of a dropped file and the mappings, with the instant each was changed",
    "lib.ui.data.tray._as_written": "of a dropped file, with the instant it was changed",
    "lib.ui.inbox.routing._record": "of the process: what its last run became, not what is in the data",
    "lib.ui.now.drafts._shared": "of the process: the drafts of the database it has open",
    "lib.ui.now.present._deployment": "of the process: the database it has open",
}
"""What may be remembered without the data: why none of it can be out of date."""


def test_what_depends_on_the_data_is_remembered_with_them() -> None:
    found = {
        f"{name}.{function}"
        for name, source in SOURCES.items()
        if name.startswith(("lib.app.", "lib.ui.", "pages."))
        for function in cached(source)
    }

    assert found == set(CACHED)


@pytest.mark.parametrize("decorator", ["cache", "lru_cache(maxsize=4)", "functools.cache", "st.cache_data(ttl=60)"])
def test_a_function_remembered_otherwise_would_be_seen(decorator: str) -> None:
    assert cached(f"@{decorator}\ndef volume(window): ...") == ["volume"]


def test_what_a_value_remembers_of_itself_is_left_alone() -> None:
    assert cached("class A:\n    @cached_property\n    def zone(self): ...\n@remembered(4)\ndef b(of): ...") == []


# One state of the data.

ASKS = "lib.ui.now.present.snapshot"

ASKED_FOR_A_VISITOR = {
    "lib.ui.frame.visitor.everybody": "names, on which no figure depends",
    "lib.ui.frame.visitor._reps": "who may what, on which no figure depends",
    "lib.ui.frame.window.looked_at": "the first time only: then the visitor has days",
    "lib.ui.frame.window.show_weeks": "at a press, after which all is drawn anew",
    "lib.ui.tune.tuning._opened": "the first time, or before a page is drawn: then the visitor has a draft",
}
"""What of a visitor's own may ask beside a snapshot that is drawn: why no two figures come to differ by it."""


@dataclass(frozen=True)
class Drawn:
    """A function of a screen, or the lines of a page: how often it asks for the data, and what else it calls.

    `by_itself`: it is run again without the function around it, and so asks for itself.
    """

    asks: int
    is_given: bool
    by_itself: bool
    calls: tuple[str, ...]


def drawn(sources: Mapping[str, str]) -> dict[str, Drawn]:
    """Every function of these modules by its full name; a page's own lines by the page's."""
    found: dict[str, Drawn] = {}
    for name, source in sources.items():
        module = ast.parse(source)
        known = {
            alias.asname or alias.name: f"{node.module}.{alias.name}"
            for node in ast.walk(module)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        known |= {node.name: f"{name}.{node.name}" for node in module.body if isinstance(node, ast.FunctionDef)}
        lines = [node for node in module.body if not isinstance(node, ast.FunctionDef | ast.ClassDef)]
        found[name] = _drawn(ast.Module(lines, []), known, is_given=False, by_itself=True)
        for node in module.body:
            if isinstance(node, ast.FunctionDef):
                given = "snapshot" in {one.arg for one in [*node.args.args, *node.args.kwonlyargs]}
                again = any(word in ast.unparse(one) for one in node.decorator_list for word in ("fragment", "dialog"))
                found[f"{name}.{node.name}"] = _drawn(node, known, is_given=given, by_itself=again)
    return found


def _drawn(part: ast.AST, known: Mapping[str, str], *, is_given: bool, by_itself: bool) -> Drawn:
    calls = [*_calls(part, known)]
    return Drawn(calls.count(ASKS), is_given, by_itself, tuple(name for name in calls if name != ASKS))


def _calls(node: ast.AST, known: Mapping[str, str]) -> Iterator[str]:
    """What is called, by its full name; twice where it is called over and over. What is only passed on is not."""
    if isinstance(node, ast.Call):
        of = node.func
        if isinstance(of, ast.Name):
            yield known.get(of.id, of.id)
        elif isinstance(of, ast.Attribute) and isinstance(of.value, ast.Name):
            yield f"{known.get(of.value.id, of.value.id)}.{of.attr}"
    for part, times in _parts(node):
        for _ in range(times):
            yield from _calls(part, known)


def _parts(node: ast.AST) -> Iterator[tuple[ast.AST, int]]:
    """What a node is made of, and whether that is run once or over and over (twice, that is)."""
    if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
        # What is gone through is worked out once, before the first round.
        first, *others = node.generators
        yield first.iter, 1
        elements = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        yield from ((part, 2) for part in (*elements, *first.ifs, *others))
    elif isinstance(node, ast.For):
        yield node.iter, 1
        yield from ((part, 2) for part in (*node.body, *node.orelse))
    else:
        yield from ((part, 2 if isinstance(node, ast.While) else 1) for part in ast.iter_child_nodes(node))


def of_two_states(sources: Mapping[str, str]) -> list[str]:
    """Where a screen could show figures of two states of the data side by side."""
    found = drawn(sources)
    wrong = [f"{name} asks more than once" for name, one in found.items() if one.asks > 1]
    wrong += [f"{name} is given a snapshot, and asks" for name, one in found.items() if one.is_given and one.asks]
    # What it was given the first time it would show as long as the page is open.
    wrong += [f"{name} is run again with a snapshot" for name, one in found.items() if one.is_given and one.by_itself]
    return wrong + [
        f"{name} has a snapshot, and {other} asks again"
        for name, one in found.items()
        if one.asks or one.is_given
        for other in sorted(_reached(name, found))
        if found[other].asks
    ]


def _reached(name: str, found: Mapping[str, Drawn]) -> set[str]:
    """What is run as part of a function, near or far."""
    reached: set[str] = set()
    left = list(found[name].calls)
    while left:
        other = left.pop()
        if other in found and other not in reached and other not in ASKED_FOR_A_VISITOR and not found[other].by_itself:
            reached.add(other)
            left += found[other].calls
    return reached - {name}


SCREENS = {name: source for name, source in SOURCES.items() if name.startswith(("lib.ui.", "pages."))}


def test_what_is_drawn_together_is_of_one_state_of_the_data() -> None:
    assert of_two_states(SCREENS) == []


def test_the_screens_are_seen_to_ask() -> None:
    asking = {name for name, one in drawn(SCREENS).items() if one.asks}

    assert {f"pages.decide.{page}" for page in ("tune", "evidence", "agreement")} <= asking
    assert "lib.ui.tune.volume.figures" in asking
    assert set(ASKED_FOR_A_VISITOR) <= asking


PRESENT = "from lib.ui.now import present\n"


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        ("def a():\n    b(present.snapshot(), present.snapshot())", ["lib.ui.x.a asks more than once"]),
        ("def a():\n    return [present.snapshot() for _ in rows]", ["lib.ui.x.a asks more than once"]),
        ("def a():\n    for _ in rows:\n        present.snapshot()", ["lib.ui.x.a asks more than once"]),
        ("def a(snapshot):\n    b(lambda: present.snapshot())", ["lib.ui.x.a is given a snapshot, and asks"]),
        ("@st.fragment\ndef a(snapshot):\n    snapshot.policy", ["lib.ui.x.a is run again with a snapshot"]),
        (
            "def a():\n    b(present.snapshot())\ndef b(of):\n    c()\ndef c():\n    present.snapshot()",
            ["lib.ui.x.a has a snapshot, and lib.ui.x.c asks again"],
        ),
        ("def a(snapshot):\n    b()\ndef b():\n    present.snapshot()",
         ["lib.ui.x.a has a snapshot, and lib.ui.x.b asks again"]),
        ("snapshot = present.snapshot()\nb()\ndef b():\n    present.snapshot()",
         ["lib.ui.x has a snapshot, and lib.ui.x.b asks again"]),
    ],
)  # fmt: skip
def test_a_screen_of_two_states_would_be_seen(lines: str, wrong: list[str]) -> None:
    assert of_two_states({"lib.ui.x": PRESENT + lines}) == wrong


def test_one_that_asks_again_in_another_module_would_be_seen() -> None:
    sources = {
        "pages.decide.x": f"{PRESENT}from lib.ui.x import view as seen\nsnapshot = present.snapshot()\nseen.show()",
        "lib.ui.x.view": f"{PRESENT}def show():\n    present.snapshot()",
    }

    assert of_two_states(sources) == ["pages.decide.x has a snapshot, and lib.ui.x.view.show asks again"]


@pytest.mark.parametrize(
    "lines",
    [
        "def a():\n    snapshot = present.snapshot()\n    b(snapshot)\ndef b(snapshot):\n    snapshot.policy",
        "def a():\n    b(present.snapshot())\n@st.fragment(key='k')\ndef b():\n    present.snapshot()",
        "def a():\n    return [one for one in present.snapshot().reps]",
        "def a():\n    for one in present.snapshot().reps:\n        b(one)",
        "def a():\n    st.button('Take it', on_click=b, args=(present.snapshot(),))\ndef b():\n    present.snapshot()",
    ],
)
def test_what_asks_once_or_is_run_by_itself_is_left_alone(lines: str) -> None:
    assert of_two_states({"lib.ui.x": PRESENT + lines}) == []
