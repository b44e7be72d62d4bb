"""Explanations as code and data, turned into words only at a face."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why something is so, in a form that every language can be made from.

    Parameters
    ----------
    code
        Stable snake-case name with a text in every catalogue.
    params
        Values the text names; strings, numbers or None.
    """

    code: str
    params: Mapping[str, str | int | None] = field(default_factory=dict)
