"""Write the table of contents of the exchange contract into its page, from the code that reads it.

``python tools/write_reference.py`` rewrites the page; with ``--check`` it only says whether the
page is true.
"""

import sys
from pathlib import Path

from knockon.domain.contract import TABLES, ColumnSpec, TableSpec

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "exchange.md"
_BEGIN = "<!-- tables: written by tools/write_reference.py -->"
_END = "<!-- end of tables -->"


def tables_text() -> str:
    """Return the contract's tables as Markdown."""
    lines = ["| table | kind | columns |", "|---|---|---|"]
    lines += [_row(table) for table in TABLES.values()]
    return "\n".join(lines)


def with_tables(page: str) -> str:
    """Return the page with its tables as they are in the code."""
    before, _, rest = page.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return f"{before}{_BEGIN}\n{tables_text()}\n{_END}{after}"


def main(arguments: list[str]) -> int:
    """Rewrite the page, or check it; return the exit code."""
    page = PAGE.read_text(encoding="utf-8")
    true_page = with_tables(page)
    if "--check" in arguments:
        return 0 if page == true_page else 1
    PAGE.write_text(true_page, encoding="utf-8")
    return 0


def _row(table: TableSpec) -> str:
    columns = " ".join(_column(column) for column in table.columns)
    return f"| `{table.name}` | {table.kind.value} | {columns} |"


def _column(column: ColumnSpec) -> str:
    values = f" ({', '.join(column.values)})" if column.values else ""
    return f"`{column.name}`{'*' if column.required else ''}{values}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
