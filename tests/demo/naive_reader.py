"""A slow, plain reader of a plant's records: what follows from the tables alone.

It shares no code with the simulation. Where records are perfect it must come to the truth, which
shows that the tables say everything that the physical plant did.
"""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from knockon.demo.simulation.truth import SimulatedCase

MINUTE = timedelta(minutes=1)
FAR = timedelta(days=9999)
Row = dict[str, str]
Lot = tuple[str, str]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def minutes(text: str) -> timedelta:
    return timedelta(seconds=float(Decimal(text or "0") * 60))


class Reader:
    def __init__(self, case: SimulatedCase) -> None:
        self.case = case
        self.now = case.now
        self.zone = ZoneInfo(case.timezone)
        self.lines = {(r["order"], r["line"]): r for r in self.rows("sales_orders")}
        self.items = {r["item"]: r for r in self.rows("items")}
        self.wos = {r["work_order"]: r for r in self.rows("work_orders")}
        self.ops: dict[str, list[Row]] = defaultdict(list)
        for row in sorted(self.rows("operations"), key=lambda r: int(r["seq"])):
            self.ops[row["work_order"]].append(row)
        self.children: dict[str, set[str]] = defaultdict(set)
        for row in self.rows("requirements"):
            if row.get("supplied_by"):
                self.children[row["work_order"]].add(row["supplied_by"])
        self.windows = {row["equipment"]: self._windows(row) for row in self.rows("equipment")}

    def rows(self, table: str) -> list[Row]:
        return self.case.tables.get(table, [])

    def effects(self) -> dict[tuple[str, str], set[str]]:
        found: dict[tuple[str, str], set[str]] = defaultdict(set)
        hit, shipped = self._trace()
        short, waits, instead = self._hold(hit)
        for line in shipped:
            found[line].add("SUSPECT_SHIPPED")
        for line in self._on_hand(hit):
            found[line].add("SUSPECT_ON_HAND")
        for line in short:
            found[line].add("SHORT")
        old, new = self._play(down=False, waits={}), self._play(down=True, waits=waits)
        for line in self.lines:
            effect = self._time_effect(line, old, new, instead.get(line, set()))
            found[line] |= {effect} if effect else set()
        return {line: effects for line, effects in found.items() if effects}

    # Time.

    def _windows(self, machine: Row) -> list[tuple[datetime, datetime]]:
        parents = {row["equipment"]: row.get("parent", "") for row in self.rows("equipment")}
        node = machine["equipment"]
        rules: dict[str, list[Row]] = defaultdict(list)
        for row in self.rows("calendars"):
            rules[row["equipment"]].append(row)
        while node and not any(rule["kind"] == "work" for rule in rules[node]):
            node = parents.get(node, "")
        first = self.now.astimezone(self.zone).date() - timedelta(days=60)
        found = [
            self._span(day, rule)
            for day in (first + timedelta(days=n) for n in range(200))
            for rule in (rules[node] if node else [])
            if rule["kind"] == "work" and rule["weekday"] == str(day.isoweekday())
        ]
        for rule in rules[node] if node else []:
            if rule["kind"] == "off":
                begin, end = self._span(date.fromisoformat(rule["date"]), rule)
                found = [
                    part
                    for low, high in found
                    for part in ((low, min(high, begin)), (max(low, end), high))
                    if part[0] < part[1]
                ]
        return sorted(found)

    def _span(self, day: date, rule: Row) -> tuple[datetime, datetime]:
        start, end = time.fromisoformat(rule["start"]), time.fromisoformat(rule["end"])
        last = day if end > start else day + timedelta(days=1)
        return (
            datetime.combine(day, start, tzinfo=self.zone),
            datetime.combine(last, end, tzinfo=self.zone),
        )

    def _work(self, machine: str, start: datetime, length: timedelta) -> datetime:
        """Return when so much work is done; with no work to do, the next moment of work."""
        if not self.windows[machine]:
            return start + length
        for low, high in self.windows[machine]:
            begin = max(low, start)
            if begin < high or (begin == high and not length and begin > low):
                if begin + length <= high and begin < high:
                    return begin + length
                length -= max(timedelta(0), high - begin)
        raise AssertionError(machine)

    def _worked(self, machine: str, start: datetime, end: datetime) -> timedelta:
        if not self.windows[machine]:
            return end - start
        parts = (min(high, end) - max(low, start) for low, high in self.windows[machine])
        return sum((part for part in parts if part > timedelta(0)), timedelta(0))

    def _length(self, op: Row) -> timedelta:
        run = Decimal(op["run_min_per_unit"]) * Decimal(self.wos[op["work_order"]]["qty"])
        return minutes(op["setup_min"]) + timedelta(seconds=float(run * 60))

    def _play(self, *, down: bool, waits: dict[str, datetime]) -> dict[tuple[str, str], datetime]:
        """Push every operation later until nothing moves any more."""
        todo = [op for ops in self.ops.values() for op in ops if not op["actual_finish"]]
        todo.sort(key=lambda op: (at(op["planned_start"]), op["work_order"], int(op["seq"])))
        start = {self._key(op): max(self.now, at(op["planned_start"])) for op in todo}
        finish = dict.fromkeys(start, self.now)
        before = self._before(todo)
        moved = True
        while moved:
            moved = False
            for op in todo:
                key = self._key(op)
                floor = max([start[key], *(finish[other] for other in before[key])])
                if op["seq"] == self.ops[op["work_order"]][0]["seq"]:
                    floor = max(floor, waits.get(op["work_order"], self.now))
                for other in todo if op.get("run_group") else []:
                    if other.get("run_group") == op["run_group"] != "":
                        floor = max(floor, start[self._key(other)])
                begin, end = self._run(op, floor, down=down)
                if begin > start[key] or end > finish[key]:
                    start[key], finish[key], moved = begin, end, True
        return finish

    def _key(self, op: Row) -> tuple[str, str]:
        return op["work_order"], op["seq"]

    def _before(self, todo: list[Row]) -> dict[tuple[str, str], list[tuple[str, str]]]:
        before: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
        last: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for op in todo:
            for resource in ("equipment", "tool", "work_order"):
                queue = last[resource, op.get(resource, "")]
                if op.get(resource):
                    before[self._key(op)] += [
                        self._key(other)
                        for other in queue[-3:]
                        if not (op.get("run_group") and other.get("run_group") == op["run_group"])
                    ]
                    queue.append(op)
            if op is self.ops[op["work_order"]][0] and not op["actual_start"]:
                for child in self.children[op["work_order"]]:
                    final = self.ops[child][-1]
                    if not final["actual_finish"]:
                        before[self._key(op)].append(self._key(final))
        return before

    def _run(self, op: Row, floor: datetime, *, down: bool) -> tuple[datetime, datetime]:
        scope, machine = self.case.disruption.scope, op["equipment"]
        length = self._length(op)
        begun = at(op["actual_start"]) if op["actual_start"] else None
        left = length if begun is None else length - self._worked(machine, begun, self.now)
        repair_s = self.case.truth.repair_s
        touched = machine in scope.equipment or (scope.tool and op.get("tool") == scope.tool)
        if down and touched and repair_s is not None:
            if scope.rate:
                left = left / float(scope.rate)
            else:
                rule, warm_up = self._restart(op)
                repaired = self.now + timedelta(seconds=repair_s)
                floor = max(floor, self._work(machine, repaired, warm_up))
                left = left if rule in ("resume", "") else length
        begin = self._work(machine, floor, timedelta(0))
        return begin, self._work(machine, begin, left)

    def _restart(self, op: Row) -> tuple[str, timedelta]:
        item = self.wos[op["work_order"]]["item"]
        for row in self.rows("routings"):
            same = (row["item"], row["seq"], row["operation"])
            if same == (item, op["seq"], op["operation"]):
                return row["restart"], minutes(row["restart_min"])
        return "", timedelta(0)

    def _time_effect(
        self,
        line: tuple[str, str],
        old: dict[tuple[str, str], datetime],
        new: dict[tuple[str, str], datetime],
        instead: set[str],
    ) -> str:
        makers = {
            row["work_order"]
            for row in self.rows("work_orders")
            if (row["order"], row["line"]) == line
        } | {
            row["work_order"]
            for row in self.rows("allocations")
            if (row.get("order"), row.get("line")) == line and row.get("work_order")
        }
        last = [self._key(self.ops[wo][-1]) for wo in makers]
        later = last + [self._key(self.ops[wo][-1]) for wo in instead]
        before = max((old[key] for key in last if key in old), default=self.now)
        after = max((new[key] for key in later if key in new), default=self.now)
        if after - before < MINUTE:
            return ""
        row = self.lines[line]
        limit = at(row.get("promised_at") or row["due_at"])
        truck = self._truck(row, after)
        return "LATE" if truck > limit and truck > self._truck(row, before) else "MOVED"

    def _truck(self, line: Row, finish: datetime) -> datetime:
        ready = finish + minutes(self.items[line["item"]].get("post_lead_min", ""))
        rows = [r for r in self.rows("ship_calendars") if r.get("customer") == line["customer"]]
        rows = rows or [r for r in self.rows("ship_calendars") if not r.get("customer")]
        day = ready.astimezone(self.zone).date()
        leaves = [
            datetime.combine(
                day + timedelta(days=n), time.fromisoformat(row["cutoff"]), tzinfo=self.zone
            )
            for n in range(15)
            for row in rows
            if row["weekday"] == str((day + timedelta(days=n)).isoweekday())
        ]
        return min((leave for leave in leaves if leave >= ready), default=ready)

    # Material.

    def _suspects(self) -> set[Lot]:
        scope = self.case.disruption.scope
        lots = {(key.item, key.lot) for key in scope.lots}
        if scope.supplier_lot:
            lots |= {
                (row["item"], row["lot"])
                for row in self.rows("lots")
                if row.get("supplier_lot") == scope.supplier_lot
            }
        return lots

    def _trace(self) -> tuple[set[Lot], set[tuple[str, str]]]:
        hit, shipped = self._suspects(), set()
        events: list[tuple[datetime, int, Lot, object]] = [
            (at(r["at"]), 0, (r["input_item"], r["input_lot"]), (r["output_item"], r["output_lot"]))
            for r in self.rows("consumption")
        ]
        events += [
            (at(r["at"]), 0, (r["item"], r["lot"]), (r["item"], r["other_lot"]))
            for r in self.rows("lot_events")
            if r.get("other_lot")
        ]
        events += [
            (at(r["shipped_at"]), 1, (r["item"], r["lot"]), (r["order"], r["line"]))
            for r in self.rows("shipments")
            if r["kind"] == "ship"
        ]
        for _, kind, source, target in sorted(events, key=lambda event: event[:2]):
            if source in hit:
                (shipped if kind else hit).add(target)  # type: ignore[arg-type]
        return hit, shipped

    def _stock(self) -> dict[Lot, Decimal]:
        left: dict[Lot, Decimal] = defaultdict(Decimal)
        for row in self.rows("stock"):
            if row["place"] not in ("scrap", "customer"):
                left[row["item"], row["lot"]] += Decimal(row["qty"])
        return left

    def _served(self, wo: str) -> set[tuple[str, str]]:
        row = self.wos[wo]
        found = {(row["order"], row["line"])} if row.get("order") else set()
        found |= {
            (r["order"], r["line"])
            for r in self.rows("allocations")
            if r.get("work_order") == wo and r.get("order")
        }
        above = {parent for parent, children in self.children.items() if wo in children}
        above |= {row["parent_work_order"]} if row.get("parent_work_order") else set()
        return found.union(*(self._served(parent) for parent in above))

    def _on_hand(self, hit: set[Lot]) -> set[tuple[str, str]]:
        left = {lot: qty for lot, qty in self._stock().items() if lot in hit and qty > 0}
        found: set[tuple[str, str]] = set()
        for row in self.rows("allocations"):
            lot = (row["item"], row.get("lot", ""))
            if lot in left:
                left[lot] -= Decimal(row["qty"])
                found |= (
                    {(row["order"], row["line"])}
                    if row.get("order")
                    else self._served(row["work_order"])
                )
        makers = {(r["item"], r["lot"]): r.get("work_order", "") for r in self.rows("lots")}
        for lot, qty in left.items():
            if qty > 0 and makers[lot]:
                found |= self._served(makers[lot])
        return {line for line in found if self.lines[line]["status"] == "open"}

    def _hold(
        self, hit: set[Lot]
    ) -> tuple[
        dict[tuple[str, str], Decimal], dict[str, datetime], dict[tuple[str, str], set[str]]
    ]:
        """Return what lines lack, what work orders wait for, and whose output they take instead."""
        if not hit:
            return {}, {}, {}
        free: dict[str, Decimal] = defaultdict(Decimal)
        done = {(r["item"], r["lot"]) for r in self.rows("lots") if r.get("made_at")}
        for lot, qty in self._stock().items():
            promised = sum(
                (
                    Decimal(row["qty"])
                    for row in self.rows("allocations")
                    if (row["item"], row.get("lot", "")) == lot
                ),
                Decimal(0),
            )
            if lot not in hit and lot in done:
                free[lot[0]] += max(Decimal(0), qty - promised)
        share, waits = self._shares(hit, free)
        lost: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for row in self.rows("allocations"):
            if row.get("order") and (row["item"], row.get("lot", "")) in hit:
                lost[row["order"], row["line"]] += Decimal(row["qty"])
        for wo, part in share.items():
            self._lost_output(wo, part, lost)
        short = {}
        for line in sorted(lost, key=lambda key: at(self.lines[key]["due_at"])):
            item = self.lines[line]["item"]
            taken = min(lost[line], free[item])
            free[item] -= taken
            if lost[line] > taken:
                short[line] = lost[line] - taken
        return short, waits, {}

    def _shares(
        self, hit: set[Lot], free: dict[str, Decimal]
    ) -> tuple[dict[str, Decimal], dict[str, datetime]]:
        share: dict[str, Decimal] = {}
        waits: dict[str, datetime] = {}
        coming = [[r["item"], at(r["due_at"]), Decimal(r["qty"])] for r in self.purchases()]
        made = {(r["item"], r["lot"]): r.get("work_order") for r in self.rows("lots")}
        for wo in sorted(self.ops, key=lambda code: (at(self.ops[code][0]["planned_start"]), code)):
            if self.ops[wo][-1]["actual_finish"]:
                continue
            share[wo] = Decimal(0 if any(made[lot] == wo for lot in hit) else 1)
            if self.ops[wo][0]["actual_start"]:
                continue
            for need in (r for r in self.rows("requirements") if r["work_order"] == wo):
                missing = self._missing(wo, need, hit, share)
                taken = min(missing, free[need["component"]])
                free[need["component"]] -= taken
                missing -= taken
                for entry in coming:
                    part = min(missing, entry[2]) if entry[0] == need["component"] else 0
                    if part:
                        entry[2] -= part
                        missing -= part
                        waits[wo] = max(waits.get(wo, self.now), entry[1])
                share[wo] = min(share[wo], 1 - missing / Decimal(need["required_qty"]))
        return share, waits

    def purchases(self) -> list[Row]:
        return sorted(self.rows("purchase_orders"), key=lambda row: (at(row["due_at"]), row["po"]))

    def _missing(self, wo: str, need: Row, hit: set[Lot], share: dict[str, Decimal]) -> Decimal:
        missing = sum(
            (
                Decimal(row["qty"])
                for row in self.rows("allocations")
                if row.get("work_order") == wo
                and not row.get("order")
                and row["item"] == need["component"]
                and (row["item"], row["lot"]) in hit
            ),
            Decimal(0),
        )
        child = need.get("supplied_by", "")
        return missing + (1 - share.get(child, Decimal(1))) * Decimal(need["required_qty"])

    def _lost_output(self, wo: str, part: Decimal, lost: dict[tuple[str, str], Decimal]) -> None:
        row = self.wos[wo]
        claims = [
            ((r["order"], r["line"]), Decimal(r["qty"]))
            for r in self.rows("allocations")
            if r.get("work_order") == wo and r.get("order")
        ]
        if row.get("order"):
            claims.append(((row["order"], row["line"]), Decimal(row["qty"])))
        spare = part * Decimal(row["qty"])
        for line, qty in sorted(claims, key=lambda claim: at(self.lines[claim[0]]["due_at"])):
            served = min(qty, spare)
            spare -= served
            lost[line] += qty - served
        lost.update({line: qty for line, qty in lost.items() if qty})
