"""Small trees that break one convention each."""

from collections.abc import Callable, Iterable
from pathlib import Path

from tools.conventions.sources import Finding, Tree


def tree_with(folder: Path, files: dict[str, str]) -> Tree:
    """Write the files into a folder and return it as a checkout."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Tree(folder)


def places(check: Callable[[Tree], Iterable[Finding]], tree: Tree) -> list[tuple[str, int]]:
    """Return where a check finds something, in order."""
    return [(finding.path.as_posix(), finding.line) for finding in sorted(set(check(tree)))]
