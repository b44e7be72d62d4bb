"""The import contracts hold, bite, and cover every room."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONTRACTS = PYPROJECT["tool"]["importlinter"]["contracts"]


@pytest.mark.slow
def test_the_package_keeps_the_contracts() -> None:
    answer = lint(ROOT / "src")

    assert answer.returncode == 0, answer.stdout


@pytest.mark.slow
def test_violations_of_the_contracts_are_found(tmp_path: Path) -> None:
    for folder in (ROOT / "src" / "knockon").rglob("*"):
        relative = folder.relative_to(ROOT / "src")
        if folder.is_file() and folder.suffix == ".py":
            (tmp_path / relative).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(folder, tmp_path / relative)
    package = tmp_path / "knockon"
    (package / "domain" / "twin.py").write_text("import numpy\n")
    (package / "engine" / "impact" / "twin.py").write_text("import logging\n")
    (package / "apps" / "journal" / "models" / "twin.py").write_text(
        "import knockon.apps.response.models\n"
    )
    (package / "shared").mkdir()
    (package / "shared" / "__init__.py").write_text("")

    answer = lint(tmp_path)

    assert answer.returncode == 1
    assert "knockon.domain.twin -> numpy" in answer.stdout
    assert "knockon.engine.impact.twin -> logging" in answer.stdout
    assert "knockon.apps.journal.models.twin -> knockon.apps.response.models" in answer.stdout
    assert "knockon.shared" in answer.stdout


@pytest.mark.skipif(
    not (ROOT / "src" / "knockon" / "portal").exists(), reason="there is no portal yet"
)
def test_the_portal_comes_with_its_contracts() -> None:
    """They cannot stand before it does: import-linter wants packages that exist."""
    guarded = {
        item["id"] for item in CONTRACTS if "knockon.portal" in item.get("source_modules", ())
    }

    assert guarded >= {"portal-scoped", "faces-thin", "faces-no-outside"}


def lint(source: Path) -> subprocess.CompletedProcess[str]:
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run(
        [sys.executable, "-c", program, "--no-cache", "--config", str(ROOT / "pyproject.toml")],
        cwd=source,
        env={"PYTHONPATH": str(source), "COLUMNS": "400"},
        capture_output=True,
        text=True,
        check=False,
    )
