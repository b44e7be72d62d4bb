"""From a disruption and the plant's facts to who is hit, and why."""

from knockon.engine.impact.assess import assess
from knockon.engine.impact.reasoning import why

__all__ = ["assess", "why"]
