"""One question in a process of its own: map a segment, answer, say how long it took.

Started by ``benchmarks.scale``.
"""

import time

_BEGUN = time.perf_counter()

import json  # noqa: E402 -- what follows is what is measured
import sys  # noqa: E402
from pathlib import Path  # noqa: E402

from benchmarks.plant import cone, order_book  # noqa: E402
from knockon.apps.production.segments.container import open_segment_file  # noqa: E402
from knockon.engine.graph.segment import open_segment  # noqa: E402
from knockon.engine.impact.rollup import roll_up  # noqa: E402
from knockon.engine.impact.trace import trace_forward  # noqa: E402

_IMPORTED = time.perf_counter()


def main(path: str, lot: str) -> None:
    """Answer the question for one lot."""
    arrays = open_segment_file(Path(path), is_checked=False).arrays
    graph, book = open_segment(arrays), order_book(arrays)
    trace = trace_forward(graph, cone("", int(lot)).seeds)
    hits = roll_up(trace.reach, book)
    told = {
        "lots": len(trace.lot_numbers),
        "orders": len(hits.order),
        "import_s": _IMPORTED - _BEGUN,
        "answer_s": time.perf_counter() - _IMPORTED,
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
