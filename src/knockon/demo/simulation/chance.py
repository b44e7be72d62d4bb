"""Dice that fall the same way for the same seed, whatever the process."""

from random import Random


def dice(*seeds: str | int) -> Random:
    """Return a random source named by the seeds; text seeding does not use the hash salt."""
    # Repeatable, not secret: this is a simulation.
    return Random("/".join(str(seed) for seed in seeds))  # noqa: S311
