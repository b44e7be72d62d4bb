"""After a rehearsal no walk waits for the compiler."""

import subprocess
import sys
from pathlib import Path

SOURCES = Path(__file__).resolve().parents[3] / "src"
PROGRAM = """
import sys
sys.path.insert(0, sys.argv[1])
from knockon.engine.graph import _kernels as graph_kernels
from knockon.engine.impact import _kernels, _plain_kernels
from knockon.engine.impact.rehearsal import rehearse
rehearse()
kernels = {
    name: member
    for module in (_kernels, _plain_kernels, graph_kernels)
    for name, member in vars(module).items()
    if hasattr(member, "signatures") and not name.startswith("_")
}
print(sorted(name for name, kernel in kernels.items() if not kernel.signatures))
"""


def test_every_kernel_of_a_walk_is_compiled():
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(SOURCES)], stdout=subprocess.PIPE, check=True, text=True
    )

    assert done.stdout.strip() == "[]"
