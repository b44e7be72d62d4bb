"""Named arrays in one immutable file that many processes map into their memory.

A file is a preamble (magic, length and checksum of the header), the header as JSON, and the arrays,
each at an offset that fits cache lines. The header tells every array's type, shape, place and
checksum, and what the writer noted. Nothing in it is ever executed.
"""

import json
import mmap
import os
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from knockon.domain.errors import KnockonError

_MAGIC: Final = b"KNOCKON SEGMENT\n"
_PREAMBLE: Final = struct.Struct("<16sQI")
_ALIGNED: Final = 64
_MOST_HEADER_BYTES: Final = 1 << 20
_FORMAT: Final = 1
_TYPES: Final = frozenset({"u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8", "f4", "f8"})


class SegmentDamaged(KnockonError):
    """A segment file is not what was written; ``reason`` is a word for the log."""

    code = "segment_damaged"

    def __init__(self, *, file: str, reason: str) -> None:
        super().__init__(file=file, reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentFile:
    """An open file.

    Parameters
    ----------
    notes
        What the writer noted.
    arrays
        By name, as they lie in the mapped file.
    """

    notes: Mapping[str, Any]
    arrays: Mapping[str, NDArray[np.generic]]
    bytes: int


def write_segment(
    path: Path, arrays: Mapping[str, NDArray[np.generic]], *, notes: Mapping[str, Any]
) -> int:
    """Write the file, durable under its name or not there at all; return its length in bytes.

    Parameters
    ----------
    path
        A name that no file has: a segment is never written over.
    """
    sections, data, offset = [], [], 0
    for name, array in arrays.items():
        plain = np.ascontiguousarray(array)
        sections.append(
            {
                "name": name,
                "type": plain.dtype.str.lstrip("<|=>"),
                "shape": list(plain.shape),
                "offset": offset,
                "checksum": zlib.crc32(_bytes(plain)),
            }
        )
        data.append(plain)
        offset = _aligned(offset + plain.nbytes)
    header = json.dumps(
        {"format": _FORMAT, "notes": notes, "sections": sections, "bytes": offset},
        separators=(",", ":"),
    ).encode()
    draft = path.with_name(f".{path.name}.draft")
    with draft.open("xb") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(_PREAMBLE.pack(_MAGIC, len(header), zlib.crc32(header)))
        file.write(header)
        start = _aligned(file.tell())
        for section, plain in zip(sections, data, strict=True):
            file.seek(start + int(section["offset"]))
            file.write(_bytes(plain))
        file.truncate(start + offset)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
    flush_folder(path.parent)
    return start + offset


def open_segment_file(path: Path, *, is_checked: bool = True) -> SegmentFile:
    """Map a file and return its arrays.

    Parameters
    ----------
    is_checked
        Whether to read everything once and compare the checksums, about a second per gigabyte.

    Raises
    ------
    SegmentDamaged
        The file is missing, shorter or longer than it was, of another format, or changed.
    """
    try:
        with path.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as error:
        reason = "missing" if isinstance(error, FileNotFoundError) else "unreadable"
        raise SegmentDamaged(file=path.name, reason=reason) from error
    header, start = _read_header(mapped, name=path.name)
    if start + header["bytes"] != len(mapped):
        raise SegmentDamaged(file=path.name, reason="length")
    whole = np.frombuffer(mapped, dtype=np.uint8)
    arrays = {}
    for section in header["sections"]:
        array = _array(whole, section, start=start, name=path.name)
        if is_checked and zlib.crc32(_bytes(array)) != section["checksum"]:
            raise SegmentDamaged(file=path.name, reason=f"checksum of {section['name']}")
        arrays[section["name"]] = array.reshape(section["shape"])
    return SegmentFile(notes=header["notes"], arrays=arrays, bytes=len(mapped))


def flush_folder(folder: Path) -> None:
    """Make renames in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read_header(mapped: mmap.mmap, *, name: str) -> tuple[dict[str, Any], int]:
    """Return the header and where the arrays begin."""
    if len(mapped) < _PREAMBLE.size:
        raise SegmentDamaged(file=name, reason="length")
    magic, length, checksum = _PREAMBLE.unpack(mapped[: _PREAMBLE.size])
    if magic != _MAGIC or length > _MOST_HEADER_BYTES:
        raise SegmentDamaged(file=name, reason="format")
    text = mapped[_PREAMBLE.size : _PREAMBLE.size + length]
    if zlib.crc32(text) != checksum:
        raise SegmentDamaged(file=name, reason="checksum of the header")
    header: dict[str, Any] = json.loads(text)
    if header["format"] != _FORMAT:
        raise SegmentDamaged(file=name, reason="format")
    return header, _aligned(_PREAMBLE.size + length)


def _array(
    whole: NDArray[np.uint8], section: Mapping[str, Any], *, start: int, name: str
) -> NDArray[np.generic]:
    if section["type"] not in _TYPES:
        raise SegmentDamaged(file=name, reason="type")
    kind = np.dtype("<" + section["type"])
    count = 1
    for size in section["shape"]:
        count *= int(size)
    begin = start + int(section["offset"])
    end = begin + count * kind.itemsize
    if count < 0 or not start <= begin <= end <= len(whole):
        raise SegmentDamaged(file=name, reason="length")
    return whole[begin:end].view(kind)


def _bytes(array: NDArray[np.generic]) -> memoryview:
    return array.reshape(-1).view(np.uint8).data


def _aligned(offset: int) -> int:
    return -(-offset // _ALIGNED) * _ALIGNED
