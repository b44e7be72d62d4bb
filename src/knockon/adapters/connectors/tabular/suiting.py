"""Which mappings of a saved set were made for such a list."""

from collections.abc import Sequence
from dataclasses import replace

from knockon.adapters.connectors.tabular.cross_tabs import axis_columns
from knockon.adapters.connectors.tabular.layout import Layout, layout_for, mapped_headers
from knockon.domain.mapping import TableMapping
from knockon.ports.connector import RawSheet
from knockon.ports.file_errors import FileRefused

_Rank = tuple[int, bool, bool]


def suited(sheet: RawSheet, mappings: Sequence[TableMapping]) -> tuple[TableMapping, ...]:
    """Return the mappings that were made from one list like this; empty when none fits.

    A list that feeds two tables has two mappings of one origin, which go together. The list must
    print every header that they name. Of several origins the one with most headers wins, then the
    one of the same sheet's name, then of the same file's. The mappings come back with the headers
    spelt as this list prints them.
    """
    best: tuple[_Rank, tuple[TableMapping, ...]] = ((0, False, False), ())
    for group in _by_origin(mappings):
        if not all(_fits(sheet, mapping) for mapping in group):
            continue
        rank = _rank(sheet, group)
        if rank > best[0]:
            best = (rank, tuple(group))
    return tuple(_respelt(each, layout_for(sheet, each)) for each in best[1])


def _respelt(mapping: TableMapping, layout: Layout) -> TableMapping:
    def here(headers: Sequence[str]) -> tuple[str, ...]:
        places = [layout.column(header) for header in headers]
        return tuple(
            header if place is None else layout.headers[place]
            for header, place in zip(headers, places, strict=True)
        )

    fields = tuple(
        replace(
            each,
            sources=here(each.sources),
            derive=each.derive
            and replace(each.derive, within=here(each.derive.within), of=here(each.derive.of)),
        )
        for each in mapping.fields
    )
    filters = tuple(replace(each, source=here([each.source])[0]) for each in mapping.filters)
    return replace(mapping, fields=fields, filters=filters, ignored=here(mapping.ignored))


def _by_origin(mappings: Sequence[TableMapping]) -> list[list[TableMapping]]:
    groups: dict[tuple[str, str, str], list[TableMapping]] = {}
    for place, each in enumerate(mappings):
        # Without a note of its origin each mapping stands alone.
        made = (each.made_from.file, "") if each.made_from else ("", str(place))
        groups.setdefault((*made, each.sheet or ""), []).append(each)
    return list(groups.values())


def _fits(sheet: RawSheet, mapping: TableMapping) -> bool:
    try:
        layout = layout_for(sheet, mapping)
    except FileRefused:
        return False
    return mapping.cross_tab is None or bool(axis_columns(layout, mapping.cross_tab))


def _rank(sheet: RawSheet, group: Sequence[TableMapping]) -> _Rank:
    headers = {header for mapping in group for header in mapped_headers(mapping)}
    files = {mapping.made_from.file for mapping in group if mapping.made_from}
    return len(headers), sheet.name in {mapping.sheet for mapping in group}, sheet.file in files
