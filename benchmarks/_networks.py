"""Seeded networks of operations for benches: jobs of some steps over machines, in planned order."""

import numpy as np
from numpy.typing import NDArray

from knockon.engine.schedule.calendars import Calendars
from knockon.engine.schedule.limits import AGES
from knockon.engine.schedule.right_shift import Network, right_shift

Int64s = NDArray[np.int64]

STEPS = 5
OPERATIONS_PER_MACHINE = 1000
_DAY_S = 86_400


def grow_network(
    operations: int, *, seed: int, per_machine: int = OPERATIONS_PER_MACHINE
) -> Network:
    """Return a network whose every operation waits for its machine's and its job's one before.

    Durations are 10 to 120 minutes; a job's steps stand some jobs apart in the planned order, each
    on a random machine of its step. All machines work always, and everything is ready at once.
    """
    chance = np.random.default_rng(seed)
    jobs = operations // STEPS
    machines_per_step = max(1, operations // per_machine // STEPS)
    job = np.repeat(np.arange(jobs), STEPS)
    step = np.tile(np.arange(STEPS), jobs)
    machine = step * machines_per_step + chance.integers(machines_per_step, size=len(job))
    planned = np.lexsort((step, job + 2 * machines_per_step * step))
    job, step, machine = job[planned], step[planned], machine[planned]
    count = len(job)
    source, target = _chains(machine), _chains(job)
    return Network(
        ready=np.zeros(count, dtype=np.int64),
        work=60 * chance.integers(10, 121, size=count),
        calendar=np.zeros(count, dtype=np.int64),
        rate=np.ones(count),
        slow_from=np.full(count, AGES, dtype=np.int64),
        slow_until=np.zeros(count, dtype=np.int64),
        source=np.concatenate((source[0], target[0])),
        target=np.concatenate((source[1], target[1])),
        lag=np.zeros(len(source[0]) + len(target[0]), dtype=np.int64),
        calendars=_restless(),
    )


def due_times(network: Network, *, seed: int) -> Int64s:
    """Return until when each operation may finish: up to three days after it does undisturbed."""
    chance = np.random.default_rng(seed)
    finish = right_shift(network).finish
    return finish + chance.integers(0, 3 * _DAY_S, size=len(finish))


def on_machine_of(network: Network, operation: int) -> Int64s:
    """Return an operation and all that follow it on its machine."""
    chain = [operation]
    count = len(network.ready)
    # The machines' waits come first, then the jobs'.
    own = len(network.source) - (count - count // STEPS)
    after = dict(zip(network.source[:own].tolist(), network.target[:own].tolist(), strict=True))
    while chain[-1] in after:
        chain.append(after[chain[-1]])
    return np.array(chain, dtype=np.int64)


def _chains(owner: Int64s) -> tuple[Int64s, Int64s]:
    """Return for each operation but an owner's first the one before it."""
    by_owner = np.argsort(owner, kind="stable")
    same = owner[by_owner[1:]] == owner[by_owner[:-1]]
    return by_owner[:-1][same], by_owner[1:][same]


def _restless() -> Calendars:
    return Calendars(
        first=np.array([0, 1], dtype=np.int64),
        starts=np.array([-AGES], dtype=np.int64),
        ends=np.array([AGES], dtype=np.int64),
        index={},
        horizon=(-AGES, AGES),
    )
