"""What a grant allows, and that only one place makes them."""

import ast
from pathlib import Path

import pytest

from lib.core.access.grants import NOBODY, NotAllowed, Proof, granted
from lib.core.access.people import Identity
from lib.core.access.rights import Right
from tests.conftest import ROOT

OURS = sorted([*(ROOT / "lib").rglob("*.py"), *(ROOT / "pages").rglob("*.py"), ROOT / "app.py"])
MAKES = "lib/app/access/granting.py"
DEFINES = "lib/core/access/grants.py"


def names_used(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    called = {node.func for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return {
        *(node.id for node in called if isinstance(node, ast.Name)),
        *(node.attr for node in called if isinstance(node, ast.Attribute)),
        *(one.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for one in node.names),
    }


def test_what_is_not_granted_is_refused_with_who_can_mend_it() -> None:
    ana = granted("Ana", Proof.SIGNED_IN, frozenset({Right.NOTE}))

    ana.check(Right.NOTE)
    with pytest.raises(NotAllowed, match=r"Ana may not sign for their side\. Ask an operator: people\.yaml says who"):
        ana.check(Right.SIGN)


def test_nobody_may_anything() -> None:
    assert not any(NOBODY.may(right) for right in Right)


def test_a_grant_can_be_made_smaller_and_never_larger() -> None:
    ana = granted("Ana", Proof.SIGNED_IN, frozenset({Right.NOTE, Right.DRAFT}))

    assert ana.limited_to(frozenset({Right.NOTE, Right.SIGN})).rights == {Right.NOTE}


def test_a_grant_says_how_it_is_known_whose_it_is() -> None:
    signed_in = granted("Ana", Proof.SIGNED_IN, identity=Identity("https://id", "17"))

    assert signed_in.proved == {"proof": "signed in", "issuer": "https://id", "subject": "17"}
    assert granted("Ana", Proof.CLAIMED).proved == {"proof": "claimed"}


def test_grants_are_made_in_one_place() -> None:
    made = {str(path.relative_to(ROOT)) for path in OURS if names_used(path) & {"granted", "Grant"} and makes(path)}

    assert made == {MAKES, DEFINES}


def makes(path: Path) -> bool:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    return bool(calls & {"granted", "Grant"})


def test_grants_are_asked_for_only_where_it_is_known_who_asks() -> None:
    """`lib.app.access` knows sessions; pages and commands ask it by the visitor or the terminal, the app for itself."""
    asking = {
        str(path.relative_to(ROOT)) for path in OURS if "granting" in names_used(path) and not path.match("*/access/*")
    }

    assert asking == {"app.py", "lib/cli/shell/context.py", "lib/ui/frame/visitor.py", "lib/ui/inbox/routing.py"}
