"""Build a plant's plan, play its past with small troubles, and book the material that flowed."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

from knockon.demo.simulation.clockwork import play
from knockon.demo.simulation.ledger import LotCard, Move
from knockon.demo.simulation.shop import Item, Job, Need, Purchase, Shop, Step, WorkOrder
from knockon.domain.facts.keys import LotKey


@dataclass(frozen=True, slots=True, kw_only=True)
class RawHabits:
    """How a bought item comes in: how many work orders a lot serves, how early it arrives."""

    serves: tuple[int, int] = (1, 4)
    hours_early: tuple[int, int] = (4, 40)
    spare: Decimal = Decimal(0)
    """Quantity of one more lot on hand that nobody has reserved."""
    always_reserved: bool = False
    """Whether even the last planned work order has its lot on hand."""


@dataclass(slots=True)
class _Request:
    at: int
    wo: str
    need: Need


@dataclass(slots=True, kw_only=True)
class Builder:
    """Places work orders on machines one after the other, then lets time pass up to ``now``."""

    shop: Shop
    rng: Random
    lot_number: Callable[[Item, int], str]
    """Makes a lot's number from its item and its instant."""
    machine_free: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    tool_free: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

    def order(
        self,
        code: str,
        *,
        item: str,
        qty: Decimal,
        children: Mapping[str, str] | None = None,
        line: tuple[str, str] | None = None,
        parent: str = "",
    ) -> WorkOrder:
        """Open a work order; ``children`` names the work order that makes a component."""
        made = self.shop.items[item]
        wo = WorkOrder(code=code, item=item, qty=qty, line=line, parent=parent)
        wo.needs = [
            Need(item=part.item, qty=part.per * qty, child=(children or {}).get(part.item, ""))
            for part in made.parts
        ]
        wo.jobs = [self._job(wo, step) for step in made.steps]
        self.shop.work_orders[code] = wo
        return wo

    def _job(self, wo: WorkOrder, step: Step) -> Job:
        work_s = step.setup_s + int(step.unit_s * wo.qty)
        return Job(
            wo=wo.code,
            seq=step.seq,
            step=step,
            machine=step.machine,
            tool=step.tool,
            work_s=work_s,
        )

    def place(self, wo: WorkOrder, *, release: int, gaps: Sequence[int] = ()) -> None:
        """Plan the work order's operations at the end of each machine's queue.

        ``gaps`` are idle seconds before each operation: the slack in the plan.
        """
        ready = release
        for need in wo.needs:
            if need.child:
                ready = max(ready, self.shop.work_orders[need.child].jobs[-1].planned_finish)
        for number, job in enumerate(wo.jobs):
            gap = gaps[number] if number < len(gaps) else 0
            ready = self.place_job(job, ready=ready, gap=gap)

    def place_together(self, first: WorkOrder, second: WorkOrder, *, release: int) -> None:
        """Plan two work orders of one operation each as one run: a family mould makes both."""
        self.place(first, release=release)
        lead, twin = first.jobs[0], second.jobs[0]
        twin.machine, twin.tool = lead.machine, lead.tool
        twin.planned_start, twin.planned_finish = lead.planned_start, lead.planned_finish
        lead.group = twin.group = f"G{first.code}"

    def place_job(self, job: Job, *, ready: int, gap: int = 0) -> int:
        """Plan one operation and return when it is planned to finish."""
        if job.step.more_tools:
            job.tool = min((job.step.tool, *job.step.more_tools), key=lambda t: self.tool_free[t])
        if job.step.alternates:
            # The approved machine that is free first; the usual one if it makes no difference.
            job.machine = min(
                (job.step.machine, *job.step.alternates),
                key=lambda code: max(ready, self.machine_free[code], self.tool_free[job.tool]),
            )
        hours = self.shop.machines[job.machine].hours
        floor = max(ready, self.machine_free[job.machine])
        if job.tool:
            floor = max(floor, self.tool_free[job.tool])
        job.planned_start = hours.open_at(floor + gap)
        job.planned_finish = hours.add(job.planned_start, job.work_s)
        self.machine_free[job.machine] = job.planned_finish
        if job.tool:
            self.tool_free[job.tool] = job.planned_finish
        return job.planned_finish

    def play_past(self, *, since: int, idle_before: Mapping[tuple[str, int], int]) -> None:
        """Let the plan run until ``now``: what has begun by then is history or in progress."""
        now = self.shop.now
        for key, span in play(self.shop, since=since, idle_before=idle_before).items():
            wo = self.shop.work_orders[key[0]]
            job = next(job for job in wo.jobs if job.seq == key[1])
            if span.start <= now:
                job.start = span.start
                if span.finish <= now:
                    job.finish = span.finish

    def book_material(
        self,
        habits: Mapping[str, RawHabits],
        *,
        split: frozenset[str] = frozenset(),
        reserve_until: int | None = None,
    ) -> None:
        """Buy, reserve and consume what the work orders need.

        ``split`` names the work orders whose output is two lots. Work orders that start after
        ``reserve_until`` have nothing on hand yet: purchase orders are open for them.
        """
        for wo in self._by_start():
            if wo.begun:
                self._bear(wo, halves=2 if wo.code in split else 1)
        self._hand_down()
        requests: defaultdict[str, list[_Request]] = defaultdict(list)
        for wo in self._by_start():
            for need in wo.needs:
                if not need.child:
                    requests[need.item].append(_Request(self._start(wo), wo.code, need))
        for item in sorted(requests):
            known = habits.get(item, RawHabits())
            until = None if known.always_reserved else reserve_until
            now = [one for one in requests[item] if until is None or one.at <= until]
            self._buy(self.shop.items[item], now, known)
            self._purchase(self.shop.items[item], requests[item][len(now) :])
        for wo in self._by_start():
            if wo.begun:
                self._consume(wo)

    def _start(self, wo: WorkOrder) -> int:
        first = wo.jobs[0]
        return first.start if first.start is not None else max(first.planned_start, self.shop.now)

    def _by_start(self) -> list[WorkOrder]:
        return sorted(
            self.shop.work_orders.values(),
            key=lambda wo: (self._start(wo), wo.jobs[0].planned_start, wo.code),
        )

    def _bear(self, wo: WorkOrder, *, halves: int) -> None:
        item = self.shop.items[wo.item]
        for number in range(halves):
            text = self.lot_number(item, self._start(wo))
            key = self.shop.lot(item.code, text)
            part = wo.qty / halves
            self.shop.ledger.lots[key] = LotCard(
                key=key,
                born=part,
                made=wo.jobs[-1].finish,
                wo=wo.code,
                machine=wo.jobs[-1].machine,
                cavity=str(number + 1) if halves > 1 else "",
            )
            wo.lots.append((key, part))

    def _hand_down(self) -> None:
        """Promise the lots of finished work orders to those that wait for them, in their order."""
        left = {
            code: [list(pair) for pair in wo.lots]
            for code, wo in self.shop.work_orders.items()
            if wo.done
        }
        for wo in self._by_start():
            for need in wo.needs:
                wanted = need.qty
                for entry in left.get(need.child, []):
                    key, rest = entry
                    assert isinstance(key, LotKey)
                    assert isinstance(rest, Decimal)
                    taken = min(wanted, rest)
                    if taken > 0:
                        need.lots.append((key, taken))
                        entry[1] = rest - taken
                        wanted -= taken

    def _buy(self, item: Item, requests: list[_Request], habits: RawHabits) -> None:
        todo = [(request, request.need.qty) for request in requests]
        received = 0
        while todo:
            count = min(len(todo), self.rng.randint(*habits.serves))
            takes, todo = todo[:count], todo[count:]
            if todo and self.rng.random() < 0.3:
                # This lot ends in the middle of a work order's need: two lots go into it.
                request, qty = todo[0]
                part = (qty / 2).quantize(Decimal(1)) if qty >= 2 else Decimal(0)
                if part:
                    takes.append((request, part))
                    todo[0] = (request, qty - part)
            early = self.rng.randint(*habits.hours_early) * 3600 + self.rng.randrange(3600)
            latest = min(takes[0][0].at - 600, self.shop.now - 7200)
            received = max(received, min(takes[0][0].at - early, latest))
            born = sum((qty for _, qty in takes), Decimal(0))
            key = self.receive(item, born, received)
            for request, qty in takes:
                request.need.lots.append((key, qty))
        if habits.spare:
            self.receive(item, habits.spare, max(received, self.shop.now - 86_400) + 60)

    def _purchase(self, item: Item, later: list[_Request]) -> None:
        """Have a week's needs delivered two days before the first of them."""
        weeks: defaultdict[int, list[_Request]] = defaultdict(list)
        for request in later:
            weeks[(request.at - self.shop.now) // 604_800].append(request)
        for _, requests in sorted(weeks.items()):
            first = requests[0].at
            qty = sum((one.need.qty for one in requests), Decimal(0))
            number = len(self.shop.purchases)
            self.shop.purchases.append(
                Purchase(
                    po=f"PO{first // 86_400 % 100_000}{number:03d}",
                    line="1",
                    supplier=item.supplier,
                    item=item.code,
                    qty=qty,
                    due=max(first - 2 * 86_400, self.shop.now + 86_400),
                )
            )

    def receive(self, item: Item, qty: Decimal, at: int) -> LotKey:
        """Put a bought lot into the store."""
        key = self.shop.lot(item.code, self.lot_number(item, at))
        number = len(self.shop.ledger.lots)
        self.shop.ledger.lots[key] = LotCard(
            key=key,
            born=qty,
            made=at,
            supplier=item.supplier,
            supplier_lot=f"{item.supplier}{at // 86_400 % 100_000}{number:03d}",
            po=(f"PO{at // 86_400 % 100_000}{number:03d}", "1"),
        )
        return key

    def _consume(self, wo: WorkOrder) -> None:
        """Issue everything when the first operation starts, a few seconds apart."""
        first = wo.jobs[0]
        assert first.start is not None
        at = first.start
        for need in wo.needs:
            for source, qty in need.lots:
                for target, part in wo.lots:
                    at = min(at + 5, self.shop.now)
                    self.shop.ledger.moves.append(
                        Move(
                            at=at,
                            source=source,
                            target=target,
                            qty=qty * part / wo.qty,
                            kind="consume",
                            wo=wo.code,
                            seq=first.seq,
                            machine=first.machine,
                        )
                    )
