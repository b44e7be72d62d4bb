"""Make the fixture lists: ``python tests/material/erp/make.py [FOLDER]``.

The lists are ours; only their manner is that of the systems they are called after. What each
header means stands in ``expected/``, written by hand and never generated.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import digiwin
import kingdee
import planners
import sap

FIXTURES = (*digiwin.FIXTURES, *kingdee.FIXTURES, *sap.FIXTURES, *planners.FIXTURES)


def main(folder: Path) -> None:
    """Write every list into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for make in FIXTURES:
        make().write(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "files")
