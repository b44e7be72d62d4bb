"""Compile the engine's kernels once, at set-up, so that no process has to wait for it later."""

import sys

from knockon.apps.disruptions.services.compiling import compile_kernels


def main() -> int:
    """Compile what is not compiled yet; half a minute the first time, then a second."""
    compile_kernels()
    return 0


if __name__ == "__main__":
    sys.exit(main())
