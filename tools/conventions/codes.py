"""Every reason and error code has words."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tools.conventions.sources import Finding, Tree, argument_of, called, literal

# Classes whose values carry a code that a person will read.
_CARRIERS = {"Reason", "Gap", "Problem"}
# The root of all errors is never raised itself.
_ROOT_ERROR = "KnockonError"


def codes_without_text(tree: Tree) -> Iterator[Finding]:
    """Find codes of errors and reasons that no ``reason_texts`` has a text for."""
    modules = list(tree.modules())
    texts = {key for path, module in modules if _holds_texts(path) for key in _keys(module)}
    errors = _error_classes([module for _path, module in modules])
    for path, module in modules:
        for line, code in _codes(module, errors):
            if code not in texts:
                yield _missing(tree, path, line, code)


def _holds_texts(path: Path) -> bool:
    return path.stem == "reason_texts" or path.parent.name == "reason_texts"


def _missing(tree: Tree, path: Path, line: int, code: str) -> Finding:
    return tree.found(path, line, f"code {code!r} has no text in any reason_texts")


def _keys(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Dict):
            yield from (key for key in map(literal, node.keys) if key is not None)


def _error_classes(modules: list[ast.Module]) -> set[str]:
    """Return the names of all classes below the root error, however deep."""
    bases = {
        node.name: {_name(base) for base in node.bases}
        for module in modules
        for node in ast.walk(module)
        if isinstance(node, ast.ClassDef)
    }
    found = {_ROOT_ERROR}
    while more := {name for name, above in bases.items() if above & found} - found:
        found |= more
    return found - {_ROOT_ERROR}


def _codes(module: ast.Module, errors: set[str]) -> Iterator[tuple[int, str]]:
    for node in ast.walk(module):
        if isinstance(node, ast.ClassDef) and node.name in errors:
            yield from _class_codes(node)
        elif isinstance(node, ast.Call) and called(node) in _CARRIERS:
            code = literal(argument_of(node, position=0, name="code"))
            if code is not None:
                yield node.lineno, code


def _class_codes(node: ast.ClassDef) -> Iterator[tuple[int, str]]:
    for statement in node.body:
        if isinstance(statement, ast.Assign):
            targets, value = statement.targets, statement.value
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            targets, value = [statement.target], statement.value
        else:
            continue
        code = literal(value)
        if code is not None and any(_name(target) == "code" for target in targets):
            yield statement.lineno, code


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
