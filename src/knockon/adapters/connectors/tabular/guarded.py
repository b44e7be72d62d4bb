"""Read an untrusted file in a process of its own, so that a hostile one hurts nobody."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import msgspec

from knockon.adapters.connectors.tabular import reader_process
from knockon.adapters.connectors.tabular.sheet_transfer import decode_sheets
from knockon.ports.connector import DEFAULT_LIMITS, RawSheet, ReadLimits
from knockon.ports.file_errors import BY_CODE, ReadingStopped

_GRACE_S = 5
_MEMORY_SIGNALS = (signal.SIGKILL, signal.SIGABRT, signal.SIGSEGV)


def read_sheets_guarded(
    path: Path,
    *,
    limits: ReadLimits = DEFAULT_LIMITS,
    encoding: str | None = None,
    delimiter: str | None = None,
    kept: Path | None = None,
) -> tuple[RawSheet, ...]:
    """Return the lists of a file as ``read_sheets`` does.

    Parameters
    ----------
    kept
        Where what was read is kept; when it is there, the file is not read again.

    Raises
    ------
    ReadingStopped
        The reading process took too long or too much memory, or died.
    FileRefused
        Whatever ``read_sheets`` refuses.
    """
    if kept is not None and kept.exists():
        return decode_sheets(kept.read_bytes())
    with tempfile.TemporaryDirectory(prefix="knockon-read-") as folder:
        target = Path(folder) / "sheets.json"
        settings = {"limits": asdict(limits), "encoding": encoding, "delimiter": delimiter}
        code, said = _run(path, target, settings=settings, seconds=limits.seconds)
        if code == 0:
            read = target.read_bytes()
            if kept is not None:
                _keep(read, kept)
            return decode_sheets(read)
        if code == reader_process.REFUSED:
            answer = msgspec.json.decode(target.read_bytes())
            refusal = BY_CODE[answer["code"]](**answer["data"])
            raise refusal
    raise ReadingStopped(file=path.name, why=_why(code, said), exit_code=code)


def _keep(read: bytes, kept: Path) -> None:
    """Write the file whole or not at all."""
    draft = kept.with_name(f"{kept.name}.{os.getpid()}.new")
    draft.write_bytes(read)
    draft.replace(kept)


def _run(
    path: Path, target: Path, *, settings: Mapping[str, object], seconds: int
) -> tuple[int, str]:
    command = [
        sys.executable,
        "-m",
        reader_process.__name__,
        str(path.absolute()),
        str(target),
        msgspec.json.encode(settings).decode(),
    ]
    # The child needs to find our package and nothing else of our surroundings: no secrets.
    surroundings = {"PYTHONPATH": os.pathsep.join(sys.path), "PATH": os.environ.get("PATH", "")}
    try:
        # The command is our own module; the file name is one argument, never a shell's text.
        done = subprocess.run(  # noqa: S603
            command,
            env=surroundings,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=seconds + _GRACE_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return -signal.SIGXCPU, ""
    return done.returncode, done.stderr[-2000:].decode(errors="replace")


def _why(code: int, said: str) -> str:
    if code == -signal.SIGXCPU:
        return "time"
    out_of_memory = code == reader_process.OUT_OF_MEMORY or "memory" in said.lower()
    if out_of_memory or -code in _MEMORY_SIGNALS:
        return "memory"
    return "crash"
