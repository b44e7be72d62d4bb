"""The moves a viewer may make with a case."""

from dataclasses import dataclass

from knockon.apps.disruptions.reason_texts import move_text
from knockon.apps.disruptions.services.moving import RIGHT_TO_MOVE
from knockon.domain.access import Viewer
from knockon.domain.disruptions import ALLOWED_TRANSITIONS, DisruptionState

_WITHOUT_REASON = frozenset({DisruptionState.ACKNOWLEDGED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One button; all but taking a case over ask why."""

    state: str
    label: str
    needs_reason: bool
    is_strong: bool


def moves_of(state: DisruptionState, *, viewer: Viewer, plant: str) -> tuple[Move, ...]:
    """Return the moves out of a state that the viewer may make, in the order of a case's life."""
    return tuple(
        Move(
            state=following.value,
            label=move_text(following.value),
            needs_reason=needs_reason(following),
            is_strong=following is DisruptionState.CANCELLED,
        )
        for following in (*_in_order(), DisruptionState.OPEN)
        if following in ALLOWED_TRANSITIONS[state]
        and viewer.may(RIGHT_TO_MOVE[following], plant=plant)
    )


def needs_reason(state: DisruptionState) -> bool:
    """Return whether a person must say why they put a case into this state."""
    return state not in _WITHOUT_REASON


def _in_order() -> tuple[DisruptionState, ...]:
    return tuple(state for state in DisruptionState if state is not DisruptionState.OPEN)
