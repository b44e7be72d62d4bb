"""Rules for templates: nothing inline, nothing unescaped, nothing missing."""

import ast
import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path

from tools.conventions.sources import Finding, Tree, argument_of, called, line_of, literal

_COMMENT = re.compile(
    r"\{#.*?#\}|\{%\s*comment\b.*?%\}.*?\{%\s*endcomment\s*%\}|<!--.*?-->", re.DOTALL
)
_TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_UNESCAPED = re.compile(r"\|\s*safe(?:seq)?\b|\{%\s*autoescape\s+off\b")
_INLINE = (
    (re.compile(r"<script\b(?![^>]*\ssrc\s*=)([^>]*)>", re.IGNORECASE), "inline script"),
    (re.compile(r"<style\b([^>]*)>", re.IGNORECASE), "inline style sheet"),
    (re.compile(r"<[^<>]*?\sstyle\s*=()", re.IGNORECASE), "style attribute"),
    (re.compile(r"<[^<>]*?\s(on[a-z]+)\s*=", re.IGNORECASE), "event attribute"),
    (re.compile(r"<[^<>]*?\s(hx-on\b)", re.IGNORECASE), "hx-on attribute"),
    (re.compile(r"(?:href|src|action)\s*=\s*[\"']?\s*javascript:()", re.IGNORECASE), "script link"),
)
# The one kind of inline script that a browser does not run.
_DATA = re.compile(r"\stype\s*=\s*[\"']application/json[\"']", re.IGNORECASE)
_REFERENCE = re.compile(r"\{%\s*(?:include|extends)\s+[\"']([^\"']+)[\"']")
_RENDERERS = {"render": 1, "render_to_string": 0, "get_template": 0, "TemplateResponse": 1}
_VENDORS = ("django.contrib.admin", "django.contrib.auth", "unfold", "allauth", "django.forms")


def unescaped_output(tree: Tree) -> Iterator[Finding]:
    """Find output that a template does not escape."""
    for path in tree.templates():
        text = _blanked(path.read_text(encoding="utf-8"), _COMMENT)
        for found in _UNESCAPED.finditer(text):
            message = "output is not escaped; let format_html build the markup"
            yield tree.found(path, line_of(text, found.start()), message)


def inline_code(tree: Tree) -> Iterator[Finding]:
    """Find what the content security policy forbids: the browser would drop it silently."""
    for path in tree.templates():
        if path.suffix != ".html" or "email" in path.parts or "mail" in path.parts:
            continue
        text = _blanked(_blanked(path.read_text(encoding="utf-8"), _COMMENT), _TAG)
        for pattern, what in _INLINE:
            for found in pattern.finditer(text):
                if what == "inline script" and _DATA.search(found[1]):
                    continue
                line = line_of(text, found.end())
                yield tree.found(path, line, f"{what}; move it to a file of the front end")


def missing_templates(tree: Tree) -> Iterator[Finding]:
    """Find template names that no file answers to, or that are put together at run time."""
    folders = [folder for folder in tree.package.rglob("templates") if folder.is_dir()]
    folders += _vendor_folders()
    for path, line, name in _named_templates(tree):
        if name is None:
            yield tree.found(path, line, "the template's name is composed; write it in full")
        elif not any((folder / name).is_file() for folder in folders):
            yield tree.found(path, line, f"template {name!r} does not exist")


def _named_templates(tree: Tree) -> Iterator[tuple[Path, int, str | None]]:
    for path, module in tree.modules():
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and called(node) in _RENDERERS:
                position = _RENDERERS[called(node)]
                argument = argument_of(node, position=position, name="template_name")
                if isinstance(argument, ast.JoinedStr | ast.BinOp):
                    yield path, node.lineno, None
                elif name := literal(argument):
                    yield path, node.lineno, name
            elif isinstance(node, ast.Assign) and _assigns_template(node):
                yield path, node.lineno, literal(node.value)
    for path in tree.templates():
        text = path.read_text(encoding="utf-8")
        for found in _REFERENCE.finditer(text):
            yield path, line_of(text, found.start()), found[1]


def _assigns_template(node: ast.Assign) -> bool:
    names = {target.id for target in node.targets if isinstance(target, ast.Name)}
    return "template_name" in names and literal(node.value) is not None


def _vendor_folders() -> list[Path]:
    folders: list[Path] = []
    for name in _VENDORS:
        spec = importlib.util.find_spec(name)
        locations = spec.submodule_search_locations if spec else None
        folders.extend(Path(location) / "templates" for location in locations or ())
    return folders


def _blanked(text: str, pattern: re.Pattern[str]) -> str:
    # Blanks instead of nothing, so that line numbers stay true.
    return pattern.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
