"""Hold the combined coverage data against what each part of the package promises."""

import io
import sys
from dataclasses import dataclass

from coverage import Coverage
from coverage.exceptions import NoDataError


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """A part of the package and the share of it that tests must run, branches included.

    Parameters
    ----------
    name
        What to call it.
    include
        Patterns of its files.
    percent
        The least that is accepted.
    """

    name: str
    include: tuple[str, ...]
    percent: float


PROMISES = (
    Promise(name="engine", include=("src/knockon/engine/*",), percent=90.0),
    Promise(
        name="services",
        include=("src/knockon/apps/*/services/*", "src/knockon/apps/*/services.py"),
        percent=90.0,
    ),
    Promise(name="embedded data base", include=("src/knockon/runtime/embedded/*",), percent=90.0),
)


def shortfalls(coverage: Coverage, promises: tuple[Promise, ...] = PROMISES) -> list[str]:
    """Return a report for each promise that is not kept, and print one line for each."""
    reports = []
    for promise in promises:
        text = io.StringIO()
        try:
            reached = coverage.report(file=text, include=list(promise.include))
        except NoDataError:
            # A part without files has lost its patterns; nothing measured is nothing promised.
            reached = 0.0
        sys.stdout.write(
            f"coverage of {promise.name}: {reached:.1f} % (promised: {promise.percent:.0f} %)\n"
        )
        if reached < promise.percent:
            reports.append(text.getvalue())
    return reports


def main() -> int:
    """Check the data that the last test run left."""
    coverage = Coverage()
    coverage.load()
    reports = shortfalls(coverage)
    sys.stdout.write("\n".join(reports))
    return 1 if reports else 0


if __name__ == "__main__":
    sys.exit(main())
