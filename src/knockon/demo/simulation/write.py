"""Write a story's records as a folder of CSV files: ``python -m knockon.demo.simulation.write``."""

import argparse
import csv
import sys
from collections.abc import Sequence
from pathlib import Path

from knockon.demo.simulation.story import STORIES, story
from knockon.demo.simulation.truth import SimulatedCase


def write_folder(case: SimulatedCase, path: Path) -> None:
    """Write one UTF-8 file per table into the folder, which is made if need be."""
    path.mkdir(parents=True, exist_ok=True)
    for name, rows in case.tables.items():
        with (path / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m knockon.demo.simulation.write")
    parser.add_argument("name", choices=sorted(STORIES))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--size", type=float, default=1.0)
    wanted = parser.parse_args(arguments)
    case = story(wanted.name, seed=wanted.seed, size=wanted.size)
    write_folder(case, wanted.folder)
    rows = sum(len(table) for table in case.tables.values())
    sys.stdout.write(f"{wanted.folder}: {len(case.tables)} tables, {rows} rows\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
