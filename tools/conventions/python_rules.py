"""Rules for Python that no linter knows."""

import ast
from collections.abc import Iterator

from tools.conventions.sources import Finding, Tree, argument_of, called, literal

# From the bottom up; a foreign key may only point at its own app or further down.
APP_ORDER = (
    "journal",
    "accounts",
    "plant",
    "production",
    "disruptions",
    "response",
    "insight",
)
_UNSAFE = {"mark_safe", "SafeString", "SafeText", "SafeData"}
_RELATIONS = {"ForeignKey", "OneToOneField", "ManyToManyField", "ParentalKey"}


def unsafe_text(tree: Tree) -> Iterator[Finding]:
    """Find text that is declared safe instead of being made safe by ``format_html``."""
    for path, module in tree.modules():
        for node in ast.walk(module):
            for name in _UNSAFE.intersection(_used_names(node)):
                line = getattr(node, "lineno", 1)
                yield tree.found(path, line, f"{name} is banned; use format_html")


def looked_up_models(tree: Tree) -> Iterator[Finding]:
    """Find models that are fetched by name, past the import contracts."""
    for path, module in tree.modules():
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and called(node) == "get_model":
                yield tree.found(path, node.lineno, "import the model; get_model hides an arrow")


def upward_relations(tree: Tree) -> Iterator[Finding]:
    """Find foreign keys that name a model of an upper app, past the import contracts."""
    for path, module in tree.modules():
        parts = path.relative_to(tree.package).parts
        if parts[0] != "apps" or len(parts) < 3 or parts[1] not in APP_ORDER:
            continue
        own = APP_ORDER.index(parts[1])
        for node in ast.walk(module):
            target = _related_app(node)
            if target in APP_ORDER and APP_ORDER.index(target) > own:
                message = f"{parts[1]} must not point up at {target}"
                yield tree.found(path, getattr(node, "lineno", 1), message)


def _used_names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [alias.name for alias in node.names]
    return [node.attr] if isinstance(node, ast.Attribute) else []


def _related_app(node: ast.AST) -> str:
    if not isinstance(node, ast.Call) or called(node) not in _RELATIONS:
        return ""
    target = literal(argument_of(node, position=0, name="to"))
    return target.split(".")[0].lower() if target and "." in target else ""
