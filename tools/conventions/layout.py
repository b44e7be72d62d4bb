"""Sizes and names of files."""

from collections.abc import Iterator

from tools.conventions.sources import Finding, Tree

LONGEST = 500
_SIZED = (".py", ".ts", ".mjs", ".js", ".html", ".css", ".md", ".sql")
_GROWING = {"CHANGELOG.md"}
_VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "stuff", "base_utils"}


def long_files(tree: Tree) -> Iterator[Finding]:
    """Find files that nobody can keep in mind."""
    for path in tree.files(*_SIZED):
        if path.name in _GROWING:
            continue
        lines = path.read_text(encoding="utf-8").count("\n")
        if lines > LONGEST:
            yield tree.found(path, LONGEST, f"{lines} lines; split it ({LONGEST} at most)")


def vague_names(tree: Tree) -> Iterator[Finding]:
    """Find modules and folders whose name says nothing about what belongs in them."""
    seen = set()
    for path in tree.files(*_SIZED):
        relative = path.relative_to(tree.root)
        for part in (*relative.parts[:-1], path.stem):
            if part.lower() in _VAGUE and (path.parent, part) not in seen:
                seen.add((path.parent, part))
                yield tree.found(path, 1, f"{part!r} says nothing; name what it does")
