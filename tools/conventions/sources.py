"""The files that the checks look at."""

import ast
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# What is made, fetched or kept by tools is not ours to judge.
_SKIPPED = {
    "__pycache__",
    "dist",
    "htmlcov",
    "node_modules",
    "test-results",
}


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Finding:
    """A place where a convention is broken.

    Parameters
    ----------
    path, line
        Where.
    message
        What is wrong and what to do instead.
    """

    path: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


@dataclass(frozen=True, slots=True)
class Tree:
    """A checkout, or a sample of one in a test.

    Parameters
    ----------
    root
        Its top folder; the package is in ``src/knockon`` below it.
    """

    root: Path

    @property
    def package(self) -> Path:
        """Folder of the package."""
        return self.root / "src" / "knockon"

    def files(self, *suffixes: str, below: Path | None = None) -> Iterator[Path]:
        """Yield the files with one of the suffixes, in a stable order."""
        for folder, names, files in os.walk(below or self.root):
            names[:] = sorted(
                name for name in names if name not in _SKIPPED and not name.startswith(".")
            )
            yield from (
                Path(folder, name) for name in sorted(files) if Path(name).suffix in suffixes
            )

    def modules(self) -> Iterator[tuple[Path, ast.Module]]:
        """Yield the package's modules as syntax trees, migrations left out."""
        for path in self.files(".py", below=self.package):
            if "migrations" not in path.parts:
                yield path, ast.parse(path.read_text(encoding="utf-8"), filename=str(path))

    def templates(self) -> Iterator[Path]:
        """Yield the package's templates."""
        for path in self.files(".html", ".txt", ".xml", ".js", ".webmanifest", below=self.package):
            if "templates" in path.parts:
                yield path

    def found(self, path: Path, line: int, message: str) -> Finding:
        """Return a finding with the path as a person would type it."""
        return Finding(path=path.relative_to(self.root), line=line, message=message)


def literal(node: ast.expr | None) -> str | None:
    """Return the text of a string literal, else None."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def called(node: ast.AST) -> str:
    """Return the last part of the name that a call calls, else an empty text."""
    if not isinstance(node, ast.Call):
        return ""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def argument_of(node: ast.Call, *, position: int, name: str) -> ast.expr | None:
    """Return an argument of a call, given by its place or by its name."""
    if position < len(node.args):
        return node.args[position]
    return next((item.value for item in node.keywords if item.arg == name), None)


def line_of(text: str, offset: int) -> int:
    """Return the number of the line that an offset lies in."""
    return text.count("\n", 0, offset) + 1
