"""Completing bare lot numbers: a lot is issuer, item and number."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from knockon.apps.production.models import Lot
from knockon.apps.production.selectors import LotAmbiguous
from knockon.domain.facts import LotKey

LOT_COLUMNS: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "allocations": (("issuer", "item", "lot"),),
    "serials": (("issuer", "item", "lot"),),
    "stock": (("issuer", "item", "lot"),),
    "shipments": (("issuer", "item", "lot"),),
    "transfers": (("issuer", "item", "lot"),),
    "outside_moves": (("issuer", "item", "lot"),),
    "inspections": (("issuer", "item", "lot"),),
    "receipts": (("issuer", "item", "lot"),),
    "resource_use": (("issuer", "item", "lot"),),
    "lot_events": (("issuer", "item", "lot"), ("other_issuer", "other_item", "other_lot")),
    "consumption": (
        ("input_issuer", "input_item", "input_lot"),
        ("output_issuer", "output_item", "output_lot"),
    ),
}
"""Where each table names lots: columns of issuer, item and number."""


class LotNames:
    """The lots that are known, in the data base and in the files coming in."""

    def __init__(self) -> None:
        self._by_number: dict[str, set[LotKey]] = defaultdict(set)

    @classmethod
    def current(cls) -> "LotNames":
        """Return the names in the data base."""
        names = cls()
        rows = Lot.objects.filter(retired=None).values_list("issuer", "item", "lot")
        names.add(LotKey(*row) for row in rows.iterator(chunk_size=20_000))
        return names

    def add(self, lots: Iterable[LotKey]) -> None:
        """Make more lots known."""
        for lot in lots:
            self._by_number[lot.lot].add(lot)

    def complete(self, named: LotKey) -> LotKey:
        """Return the one known lot that is meant, or the name as given when none is known.

        Raises
        ------
        LotAmbiguous
            The number fits several lots; the data list them.
        """
        fitting = [
            lot
            for lot in self._by_number.get(named.lot, ())
            if named.item in {"", lot.item} and named.issuer in {"", lot.issuer}
        ]
        if not fitting:
            return named
        if len(fitting) > 1:
            candidates = sorted("/".join(lot) for lot in fitting)
            raise LotAmbiguous(lot=named.lot, candidates=candidates[:20])
        return fitting[0]

    def complete_values(self, values: Mapping[str, Any], *, table: str) -> dict[str, Any]:
        """Return the row's values with every lot it names completed.

        Raises
        ------
        LotAmbiguous
            As ``complete``.
        """
        whole = dict(values)
        for issuer, item, number in LOT_COLUMNS.get(table, ()):
            if not whole.get(number):
                continue
            named = LotKey(whole.get(issuer) or "", whole.get(item) or "", whole[number])
            whole[issuer], whole[item], whole[number] = self.complete(named)
        return whole


def own_name(values: Mapping[str, Any], *, plant: str) -> LotKey:
    """Return the name of a row of ``lots``: its issuer is given, else its supplier, else us."""
    issuer = values.get("issuer") or values.get("supplier") or plant
    return LotKey(issuer, values["item"], values["lot"])
