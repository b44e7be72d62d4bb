"""What of a changed answer is news to those who were told the older one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

_TOLD: Final = frozenset({"effects", "class", "new_ship", "late_s", "qty_short", "qty_at_risk"})
"""Fields of an order line whose change is told; decide-by times and chances change by the clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """Order lines that came, went, or are hit in another way, as ``order/line``."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]

    def __bool__(self) -> bool:
        """Return whether there is anything to tell."""
        return bool(self.added or self.removed or self.changed)


def news_of(difference: Mapping[str, Any]) -> News:
    """Return what is news in a stored difference between two answers."""
    part = difference["parts"].get("orders", {})
    changed = (
        "/".join(change["key"][:2])
        for change in part.get("changed", ())
        if any(field["field"] in _TOLD for field in change["fields"])
    )
    return News(
        added=tuple(_named(part.get("added", ()))),
        removed=tuple(_named(part.get("removed", ()))),
        changed=tuple(changed),
    )


def _named(rows: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    return (f"{row['order']}/{row['line']}" for row in rows)
