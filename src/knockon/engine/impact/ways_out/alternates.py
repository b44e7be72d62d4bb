"""Alternate machines: the last moment at which moving a step to another machine still helps."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final, NamedTuple

from knockon.domain.facts import EquipmentKey, RestartRule, ToolUse
from knockon.engine.impact.ways_out.allowed import needs_people_away
from knockon.engine.impact.ways_out.offers import Offer, instant_text, price
from knockon.engine.impact.ways_out.promises import Promise
from knockon.engine.impact.ways_out.scene import (
    Opening,
    Scene,
    Thing,
    Work,
    machine_thing,
    tool_thing,
)
from knockon.engine.schedule.dispatch_floor import QUEUES, begin_by
from knockon.engine.schedule.limits import AGES
from knockon.engine.schedule.projection import WaitKind

KIND: Final = "alternate"

_MACHINE_ONLY = frozenset({WaitKind.MACHINE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A step on another machine, with the tool it takes there.

    Parameters
    ----------
    change_s, restart_s, work_s
        Seconds of the machine's work for the change, for warming up and the first piece, and for
        what is left to be made.
    same_tool
        Whether it keeps its tool, and with it its place among those who wait for the tool.
    """

    step: int
    works: tuple[Work, ...]
    machine: EquipmentKey
    tool: str | None
    same_tool: bool
    change_s: int
    restart_s: int
    work_s: int

    @property
    def takes_s(self) -> int:
        """Return the seconds that the other machine needs in all."""
        return self.change_s + self.restart_s + self.work_s


def alternate_offers(scene: Scene, *, promise: Promise, way: Sequence[int]) -> Iterator[Offer]:
    """Yield every alternate of the steps that hold a line up, what stands still first."""
    openings: dict[tuple[int, bool], Opening] = {}
    for step in reversed(way):
        works = scene.works(step)
        for machine in other_machines(scene, works=works):
            offer = Offer(kind=KIND, target=machine.equipment)
            first = works[0].job
            offer.say(
                "way_moves_operation",
                work_order=first.key.work_order,
                seq=first.key.seq,
                machine=machine.equipment,
            )
            customers = scene.takers(works) or [promise.line.customer]
            move = checked_move(
                scene, customers=customers, step=step, works=works, machine=machine, offer=offer
            )
            if move is not None:
                key = (step, move.same_tool)
                if key not in openings:
                    kinds = _MACHINE_ONLY if move.same_tool else QUEUES
                    openings[key] = scene.opening(step, promise, kinds=kinds)
                _time(scene, move=move, opening=openings[key], offer=offer)
            if offer.is_open or move is None or scene.is_down(step):
                # Of work that stands still people ask why not; elsewhere only what helps counts.
                yield offer


def other_machines(scene: Scene, *, works: Sequence[Work]) -> list[EquipmentKey]:
    """Return the machines that the records name for all jobs of a step, but for their own."""
    found: set[EquipmentKey] | None = None
    for work in works:
        plant = work.job.key.plant
        names = set(work.routing.alternates) if work.routing else set()
        if work.routing is not None and work.routing.equipment:
            names.add(work.routing.equipment)
        operation = work.operation.operation if work.operation else None
        names |= {
            use.equipment
            for use in scene.room.uses(plant, work.order.item, operation)
            if use.equipment and (work.job.tool is None or use.tool == work.job.tool)
        }
        here = {EquipmentKey(plant, name) for name in names if name != work.job.equipment}
        found = here if found is None else found & here
    return sorted(found or ())


def checked_move(
    scene: Scene,
    *,
    customers: Sequence[str],
    step: int,
    works: Sequence[Work],
    machine: EquipmentKey,
    offer: Offer,
) -> Move | None:
    """Return the move if records allow it; what was checked goes into the offer."""
    verdict = scene.approvals.verdict(
        plant=machine.plant,
        items=[work.order.item for work in works],
        customers=customers,
        equipment=machine.equipment,
        by_routing=True,
    )
    offer.judge(verdict)
    if any(machine in outage.machines for outage in scene.case.outages):
        offer.refuse("way_machine_down", machine=machine.equipment)
    if any(needs_people_away(scene.case, work.job) for work in works):
        offer.refuse("way_people_away")
    if any(work.job.running for work in works) and not scene.is_down(step):
        offer.refuse("way_runs_already", work_order=works[0].job.key.work_order)
    tool, same = _tool(scene, works=works, machine=machine, offer=offer)
    if not offer.is_open:
        return None
    change_s = change_seconds(scene, works=works, machine=machine, tool=tool)
    return Move(
        step=step,
        works=tuple(works),
        machine=machine,
        tool=tool,
        same_tool=same,
        change_s=change_s,
        restart_s=max((work.routing.restart_s for work in works if work.routing), default=0),
        work_s=max(left_seconds(work) for work in works),
    )


def change_seconds(
    scene: Scene, *, works: Sequence[Work], machine: EquipmentKey, tool: str | None
) -> int:
    """Return what changing a machine over to the work takes.

    By the tool's own record for this machine, else by the plant's table of changes, else as long
    as the routing's set-up.
    """
    longest = 0
    for work in works:
        named = work.operation.operation if work.operation else None
        uses = [
            use
            for use in scene.room.uses(machine.plant, work.order.item, named)
            if use.tool == tool and use.change_s is not None
        ]
        own = [use for use in uses if use.equipment == machine.equipment] or [
            use for use in uses if use.equipment is None
        ]
        groups = {work.order.item, tool}
        table = [
            setup.change_s
            for setup in scene.case.records.facts.setups
            if setup.plant == machine.plant
            and setup.equipment in {machine.equipment, None}
            and setup.to_group in groups
        ]
        if own:
            longest = max(longest, *(use.change_s or 0 for use in own))
        elif table:
            longest = max(longest, *table)
        else:
            longest = max(longest, work.routing.setup_s if work.routing else 0)
    return longest


def left_seconds(work: Work) -> int:
    """Return the seconds of work that are left without the plan's own set-up."""
    job = work.job
    if job.running:
        rule = work.routing.restart if work.routing else RestartRule.RESUME
        return job.work if rule is RestartRule.RESUME else job.full_work
    setup = work.routing.setup_s if work.routing else 0
    if work.operation is not None and work.operation.run_s_per_unit is not None:
        setup = work.operation.setup_s or 0
    return max(0, job.work - setup)


def _tool(
    scene: Scene, *, works: Sequence[Work], machine: EquipmentKey, offer: Offer
) -> tuple[str | None, bool]:
    """Return the tool that the work takes along, and whether it is its own; else say why not."""
    own = works[0].job.tool
    if own is None:
        return None, True
    room = scene.room
    verdict = room.verdict(machine.plant, own)
    uses = _usable(scene, works=works, machine=machine)
    mine = [use for use in uses if use.tool == own]
    if mine and not any(use.approved for use in mine):
        offer.refuse("tool_not_approved", tool=own, machine=machine.equipment)
        return own, True
    if verdict.is_open:
        offer.judge(verdict)
        return own, True
    for use in uses:
        if use.tool != own and use.approved and room.verdict(machine.plant, use.tool).is_open:
            offer.note(verdict.reason)
            offer.say("tool_copy", tool=use.tool)
            return use.tool, False
    offer.judge(verdict)
    return own, True


def _usable(scene: Scene, *, works: Sequence[Work], machine: EquipmentKey) -> list[ToolUse]:
    """Return the tools with which all jobs of a step could run on a machine, by name."""
    found: dict[str, ToolUse] = {}
    common: set[str] | None = None
    for work in works:
        operation = work.operation.operation if work.operation else None
        uses = {
            use.tool: use
            for use in scene.room.uses(machine.plant, work.order.item, operation)
            if use.equipment in {machine.equipment, None}
        }
        found.update(uses)
        common = set(uses) if common is None else common & set(uses)
    return [found[tool] for tool in sorted(common or ())]


def _time(scene: Scene, *, move: Move, opening: Opening, offer: Offer) -> None:
    """Work backwards to the last moment, and write it into the offer."""
    plant = scene.case.records.equipment
    offer.say("way_takes", change=move.change_s // 60, warm_up=move.restart_s // 60)
    rate, home = plant.get(move.machine), plant.get(move.works[0].job.machine or move.machine)
    offer.cost = price(
        (rate.cost_per_hour if rate else None, move.takes_s),
        (home.cost_per_hour if home else None, -move.works[0].job.work),
    )
    if not opening.is_enough:
        offer.refuse("way_not_enough")
        return
    places = _places(scene, move=move, opening=opening)
    found = max(places, key=lambda place: (place.latest_at, -place.free_at), default=None)
    if found is None:
        offer.refuse("way_no_room", machine=move.machine.equipment)
        return
    latest_at = found.latest_at
    if found.free_at > scene.now:
        at = instant_text(found.free_at)
        offer.say("way_machine_free_from", machine=move.machine.equipment, at=at)
    else:
        offer.say("way_machine_free", machine=move.machine.equipment)
    offer.close_at(latest_at, now=scene.now)


class _Place(NamedTuple):
    """A place in the queues: until when it can be taken, and from when it is free."""

    latest_at: int
    free_at: int


def _places(scene: Scene, *, move: Move, opening: Opening) -> Iterator[_Place]:
    """Yield the last moment for each place in the queues, and when what is before it ends.

    A place is after some steps and before the others; who comes behind may not be held up beyond
    what it can bear, and has not begun yet when the move is decided.
    """
    calendar = scene.floor.calendars.of(move.machine)
    things = [machine_thing(move.machine)]
    if not move.same_tool and move.tool is not None:
        things.append(tool_thing(move.machine.plant, move.tool))
    own_kinds = _MACHINE_ONLY if move.same_tool else QUEUES
    inputs = max(
        scene.inputs_ready(move.step, opening.finish, kinds=own_kinds), scene.plan_start(move.step)
    )
    until = _moot_from(scene, move=move)
    gaps = [list(_gaps(scene, thing=thing, step=move.step, opening=opening)) for thing in things]
    for chosen in product(*gaps):
        free_at = max(gap.free_at for gap in chosen)
        bound = min([opening.finish_by, *(gap.finish_by for gap in chosen)])
        if bound - max(free_at, inputs) < move.takes_s:
            continue
        begin = begin_by(scene.floor.calendars, bound, work=move.takes_s, calendar=calendar)
        if begin < max(free_at, inputs):
            continue
        latest_at = min([begin, until, *(gap.begins for gap in chosen)])
        yield _Place(latest_at, free_at)


class _Gap(NamedTuple):
    """Between two steps of a queue: free from when, and how late and when the next one begins."""

    free_at: int
    finish_by: int
    begins: int


def _gaps(scene: Scene, *, thing: Thing, step: int, opening: Opening) -> Iterator[_Gap]:
    others = [other for other in scene.queues.get(thing, ()) if other != step]
    others.sort(key=lambda other: (int(opening.start[other]), other))
    free_at = -AGES
    for other in others:
        begins = int(opening.start[other])
        if begins >= scene.now and not scene.case.shop.jobs[scene.floor.jobs_of[other][0]].running:
            yield _Gap(free_at=free_at, finish_by=int(opening.last_start[other]), begins=begins)
        free_at = max(free_at, int(opening.finish[other]))
        if free_at > opening.finish_by:
            return
    yield _Gap(free_at=free_at, finish_by=AGES, begins=AGES)


def _moot_from(scene: Scene, *, move: Move) -> int:
    """Return when its own machine takes the work up, so that there is nothing left to move."""
    if any(work.job.running for work in move.works):
        return max(outage.end for outage in scene.case.outages)
    return int(scene.floor.start[move.step])
