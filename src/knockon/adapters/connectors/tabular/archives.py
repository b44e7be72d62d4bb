"""Check a workbook's archive before anything unpacks it."""

import re
import zipfile
import zlib
from io import BytesIO

from knockon.ports.connector import ReadLimits
from knockon.ports.file_errors import ArchiveBomb, ArchiveBroken, FileTooLarge, XmlWithDtd

_CHUNK = 1 << 18
_OVERLAP = 64
_SMALL = 1_000_000
_DOCTYPES = tuple("<!DOCTYPE".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))
_CELL = re.compile(rb' r="([A-Z]{1,3})([0-9]{1,7})"')
_SHEETS = "xl/worksheets/"


def check_archive(data: bytes, *, limits: ReadLimits) -> None:
    """Unpack every entry once, counting, and refuse what no honest workbook holds.

    Raises
    ------
    ArchiveBroken
        Cut short, damaged, or its entries are not as long as they say.
    ArchiveBomb
        Too much in all, or one entry unpacks to more than ``limits.ratio`` times itself.
    XmlWithDtd
        A part declares a document type: entities are how small XML grows large.
    FileTooLarge
        Too many entries, rows, columns or cells, also when one far cell spans them.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > limits.entries:
                raise FileTooLarge(what="entries", found=len(entries), limit=limits.entries)
            _check_declared(entries, limits=limits)
            unpacked = 0
            for entry in entries:
                unpacked += _check_entry(archive, entry, before=unpacked, limits=limits)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise ArchiveBroken(cause=str(error)) from error


def _check_declared(entries: list[zipfile.ZipInfo], *, limits: ReadLimits) -> None:
    total = sum(entry.file_size for entry in entries)
    if total > limits.unpacked_bytes:
        raise ArchiveBomb(entry="", unpacked=total, limit=limits.unpacked_bytes)
    for entry in entries:
        _check_ratio(entry, unpacked=entry.file_size, limits=limits)


def _check_ratio(entry: zipfile.ZipInfo, *, unpacked: int, limits: ReadLimits) -> None:
    if unpacked > _SMALL and unpacked > limits.ratio * max(1, entry.compress_size):
        raise ArchiveBomb(
            entry=entry.filename[:200],
            ratio=unpacked // max(1, entry.compress_size),
            limit=limits.ratio,
        )


def _check_entry(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, *, before: int, limits: ReadLimits
) -> int:
    """Return the entry's true size; the reader checks its length and checksum by itself."""
    size = 0
    tail = b""
    extent = _Extent(entry.filename, limits=limits)
    with archive.open(entry) as stream:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            _check_ratio(entry, unpacked=size, limits=limits)
            if before + size > limits.unpacked_bytes:
                raise ArchiveBomb(
                    entry=entry.filename[:200], unpacked=before + size, limit=limits.unpacked_bytes
                )
            window = tail + chunk
            if any(mark in window.upper() for mark in _DOCTYPES):
                raise XmlWithDtd(entry=entry.filename[:200])
            extent.note(window, overlap=len(tail))
            tail = window[-_OVERLAP:]
    return size


class _Extent:
    """The area that a sheet's cells span; readers make a full rectangle of it."""

    def __init__(self, name: str, *, limits: ReadLimits) -> None:
        self._counted = name.startswith(_SHEETS)
        self._limits = limits
        self._columns: set[bytes] = set()
        self._rows = 0

    def note(self, window: bytes, *, overlap: int) -> None:
        """Take in the cells of a piece; those in the overlap count twice, which does no harm."""
        if not self._counted or len(window) <= overlap:
            return
        cells = _CELL.findall(window)
        if not cells:
            return
        self._columns.update({column for column, _ in cells})
        self._rows = max(self._rows, *(int(row) for _, row in cells))
        self._check()

    def _check(self) -> None:
        columns = max(_column_number(name) for name in self._columns)
        limits = self._limits
        found = {"rows": self._rows, "columns": columns, "cells": self._rows * columns}
        for what, count in found.items():
            limit = getattr(limits, what)
            if count > limit:
                raise FileTooLarge(what=what, found=count, limit=limit)


def _column_number(name: bytes) -> int:
    number = 0
    for letter in name:
        number = number * 26 + letter - 64
    return number
