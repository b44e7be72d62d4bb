"""What of some plants a name stands for, for readers who may not see every plant."""

from collections.abc import Collection, Iterable
from typing import Any, Final

from django.db.models import Model

from knockon.apps.production import models
from knockon.domain.facts import LotKey

_LOTS: Final[tuple[tuple[type[Model], tuple[str, str, str]], ...]] = (
    (models.Lot, ("issuer", "item", "lot")),
    (models.Consumption, ("input_issuer", "input_item", "input_lot")),
    (models.Consumption, ("output_issuer", "output_item", "output_lot")),
    (models.LotEvent, ("issuer", "item", "lot")),
    (models.LotEvent, ("other_issuer", "other_item", "other_lot")),
    (models.Stock, ("issuer", "item", "lot")),
    (models.Receipt, ("issuer", "item", "lot")),
    (models.Shipment, ("issuer", "item", "lot")),
    (models.Transfer, ("issuer", "item", "lot")),
    (models.OutsideMove, ("issuer", "item", "lot")),
)
_BATCH: Final = 5_000


def lots_seen_in(plants: Collection[str], lots: Iterable[LotKey]) -> frozenset[LotKey]:
    """Return those of the lots that any record of these plants names."""
    wanted = set(lots)
    seen: set[LotKey] = set()
    numbers = sorted({key.lot for key in wanted})
    for start in range(0, len(numbers), _BATCH):
        part = numbers[start : start + _BATCH]
        for model, columns in _LOTS:
            rows = model._default_manager.filter(
                **{"site_id__in": list(plants), f"{columns[-1]}__in": part}
            )
            seen.update(LotKey(*row) for row in rows.values_list(*columns).distinct())
        arrived = models.Transfer.objects.filter(to_site_id__in=list(plants), lot__in=part)
        seen.update(LotKey(*row) for row in arrived.values_list("issuer", "item", "lot").distinct())
    return frozenset(wanted & seen)


def names_seen_in(
    plants: Collection[str], names: Iterable[tuple[str, ...]], *, model: type[Model], by: Any
) -> frozenset[tuple[str, ...]]:
    """Return those of the names that rows of a model have in these plants.

    Parameters
    ----------
    names
        Values of the columns ``by``, the most telling first.
    """
    wanted = set(names)
    firsts = sorted({name[0] for name in wanted})
    seen: set[tuple[str, ...]] = set()
    for start in range(0, len(firsts), _BATCH):
        rows = model._default_manager.filter(
            **{"site_id__in": list(plants), f"{by[0]}__in": firsts[start : start + _BATCH]}
        )
        seen.update(rows.values_list(*by).distinct())
    return frozenset(wanted & seen)
