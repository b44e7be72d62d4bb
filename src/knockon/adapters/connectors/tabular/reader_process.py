"""The program that reads one untrusted file under limits of its own and prints what it holds.

Run as ``python -m …reader_process INPUT OUTPUT SETTINGS``; prints nothing. Exit code 0: lists are
in OUTPUT; 3: OUTPUT holds the code and data of the refusal; 4: out of memory.
"""

import resource
import sys
from pathlib import Path

import msgspec

from knockon.adapters.connectors.tabular.reading import read_sheets
from knockon.adapters.connectors.tabular.sheet_transfer import encode_sheets
from knockon.ports.connector import ReadLimits
from knockon.ports.file_errors import FileRefused

REFUSED = 3
OUT_OF_MEMORY = 4


def main(arguments: list[str]) -> int:
    """Read the file; return the exit code."""
    source, target, settings = arguments
    asked = msgspec.json.decode(settings)
    limits = ReadLimits(**asked["limits"])
    _bound(limits)
    try:
        answer = encode_sheets(
            read_sheets(
                Path(source),
                limits=limits,
                encoding=asked["encoding"],
                delimiter=asked["delimiter"],
            )
        )
    except FileRefused as refusal:
        Path(target).write_bytes(msgspec.json.encode({"code": refusal.code, "data": refusal.data}))
        return REFUSED
    except MemoryError:
        return OUT_OF_MEMORY
    Path(target).write_bytes(answer)
    return 0


def _bound(limits: ReadLimits) -> None:
    """Let the system end this process when it takes more than it may."""
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
