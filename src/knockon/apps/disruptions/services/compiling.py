"""Make the engine ready before anybody waits for it."""

from knockon.engine.impact.rehearsal import rehearse


def compile_kernels() -> None:
    """Compile the engine's kernels and keep them on disk; touches no data."""
    rehearse()
