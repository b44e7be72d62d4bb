# ruff: noqa: T201 - prints the share of columns mapped right and every miss
"""More ways of saying the same: short lists of other systems, and lists of nonsense."""

import json
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from knockon.adapters.connectors.tabular import connector
from knockon.adapters.connectors.tabular.lexicon import meanings
from knockon.domain.errors import KnockonError
from knockon.ports.connector import RawSheet

VARIANTS = Path(__file__).parents[3] / "material" / "erp" / "variants.json"
NEEDED_SHARE = 0.95
ZONE = ZoneInfo("Asia/Taipei")


def sheet_of(name, rows):
    return RawSheet(
        file=f"{name}.csv",
        name=name,
        rows=rows,
        numbers=range(1, len(rows) + 1),
        encoding="utf-8",
        delimiter=",",
    )


def misses(name, document):
    (found,) = connector.recognise([sheet_of(name, document["rows"])]).sheets
    taken = {
        column.header: {
            f"{mapping.table}.{each.field}"
            for mapping in found.mappings
            for each in mapping.fields
            if column.header in each.sources
        }
        for column in found.columns
    }
    return [
        (name, header, sorted(taken.get(header, ())), wanted)
        for header, wanted in document["columns"].items()
        if taken.get(header) != set(wanted if isinstance(wanted, list) else filter(None, [wanted]))
    ]


def test_other_systems_words_are_mapped_right(capsys):
    documents = json.loads(VARIANTS.read_text(encoding="utf-8"))
    columns = sum(len(document["columns"]) for document in documents.values())
    wrong = [miss for name, document in documents.items() for miss in misses(name, document)]
    with capsys.disabled():
        print(f"\n{len(documents)} short lists, {columns - len(wrong)} of {columns} columns right")
        for miss in wrong:
            print("  ", *miss)

    assert 1 - len(wrong) / columns >= NEEDED_SHARE


HEADERS = st.sampled_from(sorted(meanings()))
CELLS = st.one_of(
    st.none(),
    st.text(max_size=8),
    st.floats(),
    st.integers(),
    st.booleans(),
    st.datetimes(),
    st.dates(),
    st.times(),
    st.timedeltas(),
    st.sampled_from(["115/03/05", "1,200", "100-", "合計", "Y", "小計", "2026-03-05T08:00Z", "E1"]),
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(HEADERS, min_size=2, max_size=8, unique=True).flatmap(
        lambda heads: st.tuples(
            st.just(heads), st.lists(st.lists(CELLS, max_size=len(heads) + 1), max_size=6)
        )
    )
)
def test_any_cells_under_any_headers_are_rows_or_refusals(list_of):
    heads, body = list_of
    sheet = sheet_of("list", [heads, *body])
    try:
        for mapping in connector.recognise([sheet]).mappings:
            table = connector.convert(sheet, mapping, zone=ZONE)
            bad = len({refusal.row for refusal in table.refused})
            assert len(table.rows) + bad + table.filtered + table.merged == table.read
    except KnockonError:
        return
