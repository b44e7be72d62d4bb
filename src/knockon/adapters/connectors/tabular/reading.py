"""Read a file's lists, trusting nothing about it but its bytes."""

import errno
import os
import stat
from pathlib import Path

from knockon.adapters.connectors.tabular.delimited import read_delimited
from knockon.adapters.connectors.tabular.workbooks import is_workbook, read_workbook
from knockon.ports.connector import DEFAULT_LIMITS, RawSheet, ReadLimits
from knockon.ports.file_errors import FileStillGrowing, FileTooLarge, FormatUnknown

SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls")


def read_sheets(
    path: Path,
    *,
    limits: ReadLimits = DEFAULT_LIMITS,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> tuple[RawSheet, ...]:
    """Return the lists of a file: one of a text file, one per visible sheet of a workbook.

    What the file is comes from its bytes, not from its name: many systems write tab-separated
    text into ``.xls``.

    Parameters
    ----------
    encoding, delimiter
        How to read a text file, as a saved mapping says; None tells them from the bytes.

    Raises
    ------
    FileRefused
        One of its subclasses, each with the place and the reason.
    """
    data = read_bytes(path, limits=limits)
    if is_workbook(data):
        return read_workbook(path, data, limits=limits)
    if not data.strip():
        raise FormatUnknown(found="empty")
    return (read_delimited(path, data, limits=limits, encoding=encoding, delimiter=delimiter),)


def read_bytes(path: Path, *, limits: ReadLimits) -> bytes:
    """Return the file's bytes; refuse links, what is no file, and what changes meanwhile."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise FormatUnknown(found="link") from error
        raise
    with open(descriptor, "rb") as stream:  # noqa: PTH123 - a path cannot say O_NOFOLLOW
        before = os.fstat(descriptor)
        if not stat.S_ISREG(before.st_mode):
            raise FormatUnknown(found="not_a_file")
        if before.st_size > limits.file_bytes:
            raise FileTooLarge(what="bytes", found=before.st_size, limit=limits.file_bytes)
        data = stream.read(limits.file_bytes + 1)
        after = os.fstat(descriptor)
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise FileStillGrowing(file=path.name)
    if len(data) != after.st_size:
        raise FileStillGrowing(file=path.name)
    return data
