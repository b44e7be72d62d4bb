"""Words for disruptions and their impact: kinds, states, effects, links, gaps, errors."""

from knockon.apps.disruptions.reason_texts.checks import CHECK_CODES, check_text
from knockon.apps.disruptions.reason_texts.errors import ERROR_TEXTS
from knockon.apps.disruptions.reason_texts.freed import freed_text
from knockon.apps.disruptions.reason_texts.gaps import gap_text, hides_answer
from knockon.apps.disruptions.reason_texts.history import entry_text
from knockon.apps.disruptions.reason_texts.links import link_text, step_text
from knockon.apps.disruptions.reason_texts.ways_out import WAY_KINDS, way_text
from knockon.apps.disruptions.reason_texts.words import (
    basis_text,
    effect_text,
    kind_text,
    move_text,
    origin_text,
    place_text,
    severity_text,
    state_text,
)

__all__ = [
    "CHECK_CODES",
    "ERROR_TEXTS",
    "WAY_KINDS",
    "basis_text",
    "check_text",
    "effect_text",
    "entry_text",
    "freed_text",
    "gap_text",
    "hides_answer",
    "kind_text",
    "link_text",
    "move_text",
    "origin_text",
    "place_text",
    "severity_text",
    "state_text",
    "step_text",
    "way_text",
]
