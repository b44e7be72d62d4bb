"""What a select offers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One thing to choose."""

    value: str
    label: str
    is_chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Choices that belong together, under a heading."""

    label: str
    choices: tuple[Choice, ...]
