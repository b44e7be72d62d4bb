"""Every way out, and everything that is checked of one, has its words."""

import ast
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import override

from knockon.apps.disruptions.reason_texts import CHECK_CODES, WAY_KINDS, check_text, way_text
from knockon.domain.reasons import Reason
from knockon.engine.impact.ways_out import alternates, elsewhere, freight, overtime

ROOM = Path(alternates.__file__).parent


def said() -> Iterator[str]:
    """Yield the codes that the engine says of ways out, as they stand in its source."""
    for path in sorted(ROOM.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            given = node.args if name in {"say", "refuse"} else []
            given += [word.value for word in node.keywords if word.arg == "code"]
            yield from (str(one.value) for one in given if isinstance(one, ast.Constant))


def test_everything_that_is_checked_has_a_sentence() -> None:
    codes = set(said())

    assert len(codes) > 25
    assert sorted(codes - CHECK_CODES) == []


def test_every_kind_of_way_out_has_words() -> None:
    kinds = {
        alternates.KIND,
        overtime.KIND,
        freight.KIND,
        elsewhere.OUTSOURCE,
        elsewhere.STOCK,
    }

    assert kinds == WAY_KINDS


def test_a_plants_own_kind_of_lever_is_named_as_it_is() -> None:
    with override("en"):
        assert way_text("split", target="M7") == "split: M7"


def test_a_way_out_is_told_in_the_terms_of_each_language() -> None:
    check = Reason(
        code="way_machine_free_from",
        params={"machine": "M7", "at": "2026-03-05T18:50:00+00:00"},
    )

    with override("zh-hant"):
        assert way_text("alternate", target="M7") == "移到設備 M7"
        assert "M7" in check_text(check)
        assert "起有空" in check_text(check)
    with override("zh-hans"):
        assert way_text("alternate", target="M7") == "移到设备 M7"
        assert "起空闲" in check_text(check)
