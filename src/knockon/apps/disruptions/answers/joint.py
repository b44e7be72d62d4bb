"""What the open cases of a plant do together, and which repair comes first."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

import numpy as np

from knockon.apps.disruptions.answers.impacts import plants_asked
from knockon.apps.disruptions.answers.pictures import picture_and_graph
from knockon.apps.disruptions.models import Disruption
from knockon.apps.disruptions.selectors import (
    OPEN_STATES,
    load_disruptions,
    load_scope_version,
    load_value,
)
from knockon.apps.production.snapshot import latest_snapshot
from knockon.domain.access import Right, Viewer
from knockon.domain.disruptions import Disruption as DisruptionValue
from knockon.domain.errors import KnockonError
from knockon.domain.facts import SnapshotId
from knockon.domain.joint import JointImpact
from knockon.domain.joint_document import render_joint, without_customers
from knockon.engine.impact.investigate import may_taint
from knockon.engine.impact.joint import Search, assess_joint

MOST_CREWS = 20
_MOST_CASES = 12
"""Cases looked at together, the worst and newest; each costs two investigations."""

_SAMPLES = 100
_SEED = 20_260_302
"""Equal questions get equal answers: the draws are the same every time."""

_MOST_PLANS = 5


class FewerThanTwoCases(KnockonError):
    """There are no two open cases in the plant to be looked at together."""

    code = "fewer_than_two_cases"


@dataclass(frozen=True, slots=True, kw_only=True)
class JointAnswer:
    """What the open cases of a plant do together.

    Parameters
    ----------
    cases
        The cases that take part, worst and newest first.
    left_out
        Open cases beyond those.
    elsewhere
        Order lines of plants that the viewer may not see; they are not among the answer's.
    """

    cases: tuple[Disruption, ...]
    left_out: int
    joint: JointImpact
    elsewhere: int
    elapsed_ms: int


def count_open(plant: str, *, viewer: Viewer) -> int:
    """Return how many open cases of a plant the viewer sees."""
    return load_disruptions(viewer=viewer, states=OPEN_STATES).filter(site_id=plant).count()


def joint_answer(plant: str, *, viewer: Viewer, now: datetime, crews: int = 1) -> JointAnswer:
    """Return what the open cases do together, as known now, to the minute.

    Parameters
    ----------
    crews
        How many repairs go on at the same time; from 1 to ``MOST_CREWS``.

    Raises
    ------
    NotAllowed
        The viewer may not see the plant's board.
    FewerThanTwoCases
        There is nothing to be looked at together.
    """
    viewer.require(Right.VIEW_BOARD, plant=plant)
    rows = list(load_disruptions(viewer=viewer, states=OPEN_STATES).filter(site_id=plant))
    if len(rows) < 2:
        raise FewerThanTwoCases(plant=plant)
    chosen = rows[:_MOST_CASES]
    values = tuple(load_value(row, scope=load_scope_version(row.pk)) for row in chosen)
    position = latest_snapshot([plant]).position
    asked = (plants_asked(value, plant=plant, position=position) for value in values)
    plants = tuple(sorted(set().union(*asked)))
    joint, elapsed_ms = _answered(
        plants,
        latest_snapshot(plants),
        values,
        _to_the_minute(values, now=now),
        min(max(1, crews), MOST_CREWS),
    )
    right = Right.VIEW_ORDERS if viewer.may(Right.VIEW_ORDERS, plant=plant) else Right.VIEW_BOARD
    seen = tuple(row for row in joint.orders if viewer.may(right, plant=row.key.plant))
    return JointAnswer(
        cases=tuple(chosen),
        left_out=len(rows) - len(chosen),
        joint=replace(joint, orders=seen),
        elsewhere=len(joint.orders) - len(seen),
        elapsed_ms=elapsed_ms,
    )


def joint_document(plant: str, *, viewer: Viewer, now: datetime, crews: int = 1) -> dict[str, Any]:
    """Return the same as a document, without customers for who may not see orders."""
    found = joint_answer(plant, viewer=viewer, now=now, crews=crews)
    document = {
        "plant": plant,
        "left_out": found.left_out,
        "orders_elsewhere": found.elsewhere,
        **render_joint(found.joint, elapsed_ms=found.elapsed_ms),
    }
    if viewer.may(Right.VIEW_ORDERS, plant=plant):
        return document
    return without_customers(document)


def _to_the_minute(disruptions: Sequence[DisruptionValue], *, now: datetime) -> datetime:
    """Return the beginning of the minute, or the last stop in it that has begun since."""
    begun = (one.scope.start or one.opened_at for one in disruptions)
    return max([now.replace(second=0, microsecond=0), *(at for at in begun if at <= now)])


def forget() -> None:
    """Forget the answers that are kept."""
    _answered.cache_clear()


@lru_cache(maxsize=16)
def _answered(
    plants: tuple[str, ...],
    snapshot: SnapshotId,
    disruptions: Sequence[DisruptionValue],
    now: datetime,
    crews: int,
) -> tuple[JointImpact, int]:
    """Return the answer and how long it took; equal questions are answered once."""
    started = time.perf_counter()
    tainting = next((one for one in disruptions if may_taint(one)), disruptions[0])
    facts, graph = picture_and_graph(plants, snapshot, tainting)
    search = Search(
        crews=crews,
        most_plans=_MOST_PLANS,
        rng=np.random.default_rng(_SEED),
        samples=_SAMPLES,
    )
    joint = assess_joint(facts, disruptions, now=now, search=search, graph=graph)
    return joint, round((time.perf_counter() - started) * 1000)
