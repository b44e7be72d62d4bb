"""The two numbers that stand for "never" and for "nothing" on timelines."""

from typing import Final

AGES: Final = 1 << 60
"""An instant that never comes, in seconds; sums with it stay far from overflow."""

FREE: Final = -1
"""No wait: nothing holds an operation back."""
