"""How the rule of decision 0024 looks at a module: which of its strings are queries, and where one is put together."""

import ast
import re
from collections.abc import Iterator

from tests.test_architecture import SQL_STATEMENT

SQL = re.compile(
    rf"{SQL_STATEMENT.pattern} | \b(create|drop|alter) \s (or\ replace\ )? (temp\ )? (table|view|macro) \s",
    SQL_STATEMENT.flags,
)

MAKERS = {"lib/store/composing.py", "lib/store/statements.py"}
"""Where texts become SQL. Everything else can only put together what comes from there."""

ASKING = {"execute", "executemany", "sql", "query", "from_query", "extract_statements"}
"""What DuckDB is asked with."""

LONGEST = 100
"""So many characters, in one line, may a query in Python have."""

A_FILE = "Put it into a .sql file of its room and ask `statement(…)`."
A_PART = "Give it as a parameter; a name or a piece of SQL through `named`, `quoted`, … of lib/store/composing.py."


class Asked:
    """A module of the store, as the rule looks at it."""

    def __init__(self, name: str, tree: ast.Module) -> None:
        self.name = name
        self.tree = tree
        self._above = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
        self._makes = {
            node.name
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef) and node.returns and _is_sql(node.returns)
        }

    def faults(self) -> Iterator[str]:
        """Where the rule is broken: the file, the line, what is wrong and what to do."""
        for node in ast.walk(self.tree):
            if (
                isinstance(node, ast.Attribute)
                and node.attr in ("execute", "executemany")
                and not self._is_called(node)
            ):
                yield self._fault(node, f"`{ast.unparse(node)}` is handed on", "Ask where the query stands.")
            if isinstance(node, ast.Call):
                yield from self._faults_of_call(node)
            if (text := _text(node)) is not None and SQL.search(text) and not self._is_in_its_place(node):
                yield self._fault(node, "SQL in a string that nobody looks at", f"Ask it where it stands. {A_FILE}")

    def literals(self) -> Iterator[tuple[str, str]]:
        """The queries and pieces of them that stand in the module, each with its place."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and (written := _query_of(node)) is not None:
                text = _text(written)
                if isinstance(written, ast.Constant) and text is not None:
                    yield text, f"{self.name}:{written.lineno}"

    def fills_slots(self) -> bool:
        return any(
            isinstance(node, ast.Call) and _function(node) in ("sql", "statement") and node.keywords
            for node in ast.walk(self.tree)
        )

    def _faults_of_call(self, call: ast.Call) -> Iterator[str]:
        function, query = _function(call), _query_of(call)
        if function == "Sql" or (function == "cast" and call.args and _is_sql(call.args[0])):
            yield self._fault(call, "a text is called SQL", A_PART)
        if function in ("sql", "statement"):
            for part in call.keywords:
                if part.arg is None or _is_plain_text(part.value):
                    yield self._fault(call, f"`{ast.unparse(part)}` is pasted into a query", A_PART)
        if query is None:
            return
        if isinstance(query, ast.Constant):
            yield from self._faults_of_literal(query)
        elif function == "sql":
            yield self._fault(call, f"`{ast.unparse(query)}` is no literal", f"Write it out, with slots. {A_FILE}")
        elif not self._is_query(query, call):
            yield self._fault(call, f"`{ast.unparse(query)}` is put together here, or from elsewhere", A_PART)

    def _faults_of_literal(self, query: ast.Constant) -> Iterator[str]:
        if not isinstance(query.value, str):
            yield self._fault(query, f"`{ast.unparse(query)}` is no query", A_FILE)
        elif len(query.value) > LONGEST or query.lineno != query.end_lineno:
            yield self._fault(query, f"a query of more than a line or {LONGEST} characters", A_FILE)

    def _is_query(self, node: ast.expr, asked: ast.AST) -> bool:
        """Whether an expression is a query by the rule: literal, file, or composed; by its name, what is given it."""
        match node:
            case ast.Constant():
                return True
            case ast.IfExp(body=one, orelse=other):
                return self._is_query(one, asked) and self._is_query(other, asked)
            case ast.Call(func=ast.Name(id=function)):
                return function in {"statement", "script", "sql"} | self._makes
            case ast.Name(id=name):
                return self._is_query_by_name(name, asked)
        return False

    def _is_query_by_name(self, name: str, asked: ast.AST) -> bool:
        function = self._function_around(asked)
        if function is None:
            return False
        arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
        if any(one.arg == name for one in arguments):
            return any(one.arg == name and one.annotation and _is_sql(one.annotation) for one in arguments)
        given = [
            (node, getattr(node, "value", None))
            for node in ast.walk(function)
            if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store)
            for node in [self._above[node]]
        ]
        return bool(given) and all(
            isinstance(node, ast.Assign | ast.AnnAssign) and value is not None and self._is_query(value, node)
            for node, value in given
        )

    def _function_around(self, node: ast.AST) -> ast.FunctionDef | None:
        while (above := self._above.get(node)) is not None:
            if isinstance(above, ast.FunctionDef):
                return above
            node = above
        return None

    def _is_in_its_place(self, node: ast.AST) -> bool:
        """Whether a string is a docstring, is what a call asks or composes, or is a part of another string."""
        above = self._above.get(node)
        return isinstance(above, ast.Expr | ast.JoinedStr) or (isinstance(above, ast.Call) and _query_of(above) is node)

    def _is_called(self, node: ast.Attribute) -> bool:
        above = self._above.get(node)
        return isinstance(above, ast.Call) and above.func is node

    def _fault(self, node: ast.AST, what: str, remedy: str) -> str:
        return f"{self.name}:{getattr(node, 'lineno', 0)}: {what}. {remedy}"


def _function(call: ast.Call) -> str | None:
    """The name of what is called, where it is called by its name alone."""
    return call.func.id if isinstance(call.func, ast.Name) else None


def _query_of(call: ast.Call) -> ast.expr | None:
    """What DuckDB is asked by a call, or what a call of `sql` composes."""
    asks = isinstance(call.func, ast.Attribute) and call.func.attr in ASKING
    if not asks and _function(call) != "sql":
        return None
    named = [one.value for one in call.keywords if asks and one.arg == "query"]
    return next(iter([*call.args, *named]), None)


def _text(node: ast.AST) -> str | None:
    """The text of a string; of an f-string, with something in the place of what varies."""
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) or "x" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _is_sql(annotation: ast.expr) -> bool:
    return isinstance(annotation, ast.Name) and annotation.id == "Sql"


def _is_plain_text(node: ast.expr) -> bool:
    """Whether an expression is sure to be a text of no known origin; mypy and `sql` itself see the others."""
    match node:
        case ast.Constant() | ast.JoinedStr() | ast.BinOp():
            return True
        case ast.Call(func=ast.Attribute(attr=method)):
            return method in {"join", "format", "replace", "strip", "lower", "removeprefix", "removesuffix"}
        case ast.Call(func=ast.Name(id=function)):
            return function in {"str", "repr"}
    return False


def asked_outside(name: str, tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        is_sql = SQL.search(_text(node) or "")
        asks = isinstance(node, ast.Attribute) and node.attr in ("execute", "executemany")
        composes = isinstance(node, ast.ImportFrom | ast.Import) and MAKERS.intersection(_imported(node))
        if is_sql or asks or composes:
            place = f"{name}:{getattr(node, 'lineno', 0)}"
            yield f"{place}: `{ast.unparse(node)[:60]}`. Only lib/store asks the database: call a function of it."


def _imported(node: ast.ImportFrom | ast.Import) -> set[str]:
    """The files that an import may mean."""
    of = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
    dotted = {f"{of}{alias.name}" for alias in node.names} | {of.removesuffix(".")}
    return {f"{one.replace('.', '/')}.py" for one in dotted}
