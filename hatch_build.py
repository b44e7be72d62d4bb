"""Build hook: a released wheel carries the built front end and the compiled catalogues."""

import re
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).parent))

from tools import build_assets


class AssetsHook(BuildHookInterface):  # type: ignore[type-arg]
    """Build what the package carries but the repository does not."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Ask for Node.js only where the machine has none."""
        if build_assets.find_node() is not None:
            return []
        pinned = (Path(self.root) / "tools" / "pinned" / "node.txt").read_text(encoding="utf-8")
        return re.findall(r"^\S+==\S+", pinned, flags=re.MULTILINE)

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Build the assets; an editable install gets them from ``make setup`` instead."""
        if version != "editable":
            build_assets.build_assets()
