"""Tables of disruptions."""

from knockon.apps.disruptions.models.cases import Attachment, Disruption, ScopeVersion
from knockon.apps.disruptions.models.impacts import Impact, ImpactLine
from knockon.apps.disruptions.models.machines import MachineState

__all__ = [
    "Attachment",
    "Disruption",
    "Impact",
    "ImpactLine",
    "MachineState",
    "ScopeVersion",
]
