"""A case's timeline speaks in sentences, whatever recorded the entry."""

import ast
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from knockon.apps.disruptions import reason_texts
from knockon.apps.disruptions.reason_texts.history import HISTORY_ACTIONS
from knockon.domain.disruptions import DisruptionState

_APPS = Path(reason_texts.__file__).parents[2]


def _recorded() -> set[str]:
    """Return the actions that services write into the journal about a case."""
    named = {f"disruption_{state.value}" for state in DisruptionState}
    for folder in ("disruptions", "response"):
        for path in sorted((_APPS / folder / "services").glob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.keyword) and node.arg == "action":
                    named |= {
                        part.value
                        for part in ast.walk(node.value)
                        if isinstance(part, ast.Constant) and part.value != "disruption_"
                    }
    return named


def test_every_action_that_is_recorded_has_its_words() -> None:
    recorded = _recorded()

    assert recorded >= {"signal_followed", "impact_assessed", "messages_queued"}
    assert recorded <= HISTORY_ACTIONS


@pytest.mark.parametrize(
    ("action", "data", "english", "chinese"),
    [
        (
            "signal_followed",
            {"state": "stopped", "kind": "equipment"},
            "Opened: Machine fault.",
            "設備故障。",
        ),
        ("signal_followed", {"state": "running"}, "The machine runs again.", "設備已恢復運轉。"),
        ("disruption_opened", {"joined": ["L-1"]}, "Another finding", "同類"),
        ("messages_queued", {"messages": 2}, "2 messages were sent.", "2"),
    ],
)
def test_an_entry_is_a_sentence_in_the_readers_language(
    action: str, data: dict[str, Any], english: str, chinese: str
) -> None:
    with translation.override("en"):
        assert reason_texts.entry_text(action, data).startswith(english)
    with translation.override("zh-hant"):
        assert chinese in reason_texts.entry_text(action, data)
