"""Which segment is live: a folder of segments and one manifest for each choice of plants."""

import fcntl
import hashlib
import json
import os
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from knockon.apps.production import snapshot
from knockon.apps.production.segments.container import (
    SegmentDamaged,
    SegmentFile,
    flush_folder,
    open_segment_file,
    write_segment,
)
from knockon.domain.errors import KnockonError
from knockon.engine import graph as engine_graph

_SUFFIX: Final = ".segment"


class SegmentRefused(KnockonError):
    """The live segment does not fit this data base or this version; ``reason`` says why not."""

    code = "segment_refused"

    def __init__(self, *, file: str, reason: str) -> None:
        super().__init__(file=file, reason=reason)


class SealingBusy(KnockonError):
    """Another process is sealing the same plants."""

    code = "sealing_busy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watermark:
    """Up to where a segment knows the facts.

    Parameters
    ----------
    position
        Last journal position that changed facts.
    chain
        The journal's chain value there; a data base that was put back has another one, or none.
    schedules
        Schedule version of each plant.
    doubts
        How far each plant's clocks may be off, seconds: a setting, of which no version is kept.
    """

    position: int
    chain: str
    schedules: tuple[tuple[str, int], ...]
    doubts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """The live segment of some plants, open."""

    file: SegmentFile
    name: str
    watermark: Watermark


class SegmentStore:
    """The segments in one folder.

    Parameters
    ----------
    folder
        Made when the first segment is sealed, for the instance's own user alone: checksums find
        what was damaged, not what somebody forged.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def seal(
        self,
        plants: Sequence[str],
        arrays: Mapping[str, NDArray[np.generic]],
        *,
        watermark: Watermark,
        took_s: float = 0.0,
    ) -> tuple[str, int]:
        """Write a segment and make it the live one; return its name and length in bytes.

        Readers of the one before keep it until they close it.

        Raises
        ------
        SealingBusy
            Somebody else is at it.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        key = _key(plants)
        with _alone(self.folder / f"{key}.lock"):
            self._remove_drafts(key)
            name = f"{key}-{watermark.position}-{uuid.uuid4().hex[:8]}{_SUFFIX}"
            notes = {"plants": sorted(plants), "rules": rules(), **asdict(watermark)}
            size = write_segment(self.folder / name, arrays, notes=notes)
            self._write_manifest(key, {"file": name, "took_s": took_s})
            for path in self.folder.glob(f"{key}-*{_SUFFIX}"):
                if path.name != name:
                    # Who has it mapped keeps it; its room is free when the last one is done.
                    path.unlink(missing_ok=True)
        return name, size

    def live_name(self, plants: Sequence[str]) -> str | None:
        """Return the name of the live segment; None when nothing was sealed or the note is broken.

        Raises
        ------
        SegmentDamaged
            The manifest cannot be read.
        """
        path = self.folder / f"{_key(plants)}.json"
        try:
            name = json.loads(path.read_bytes())["file"]
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise SegmentDamaged(file=path.name, reason="manifest") from error
        if not isinstance(name, str) or Path(name).name != name or not name.endswith(_SUFFIX):
            raise SegmentDamaged(file=path.name, reason="manifest")
        return name

    def open(
        self, plants: Sequence[str], *, chain_at: Callable[[int], str], is_checked: bool = True
    ) -> Live | None:
        """Return the live segment of the plants; None when there is none.

        Parameters
        ----------
        chain_at
            The journal's chain value at a position; ``''`` when it has no such entry.
        is_checked
            Whether to compare the checksums of all arrays.

        Raises
        ------
        SegmentDamaged, SegmentRefused
            It is not what was written, or not of this data base and version.
        """
        name = self.live_name(plants)
        if name is None:
            return None
        try:
            file = open_segment_file(self.folder / name, is_checked=is_checked)
        except SegmentDamaged as damaged:
            # Sealed anew between reading the manifest and opening the file?
            newer = self.live_name(plants)
            if newer in (None, name) or damaged.data["reason"] != "missing":
                raise
            name = str(newer)
            file = open_segment_file(self.folder / name, is_checked=is_checked)
        return Live(
            file=file, name=name, watermark=_fitting(file, name, plants=plants, chain_at=chain_at)
        )

    def last_sealed(self, plants: Sequence[str]) -> tuple[datetime, float] | None:
        """Return when the plants were sealed and how many seconds it took; None if nobody knows."""
        path = self.folder / f"{_key(plants)}.json"
        try:
            at = datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)
            return at, float(json.loads(path.read_bytes())["took_s"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def forget(self, plants: Sequence[str], *, name: str) -> None:
        """Let a segment that turned out damaged not be live any more, so that it is made anew."""
        path = self.folder / f"{_key(plants)}.json"
        try:
            if json.loads(path.read_bytes())["file"] == name:
                path.unlink(missing_ok=True)
        except (OSError, ValueError, KeyError, TypeError):
            path.unlink(missing_ok=True)

    def _write_manifest(self, key: str, manifest: Mapping[str, object]) -> None:
        draft = self.folder / f".{key}.json.draft"
        with draft.open("wb") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(json.dumps(manifest).encode())
            file.flush()
            os.fsync(file.fileno())
        draft.rename(self.folder / f"{key}.json")
        flush_folder(self.folder)

    def _remove_drafts(self, key: str) -> None:
        """Remove what a sealing that was killed left behind."""
        for path in self.folder.glob(f".{key}*.draft"):
            path.unlink(missing_ok=True)


@cache
def rules() -> str:
    """Return a digest of the code that loads facts and makes a genealogy of them.

    Other code refuses its segments. A number kept by hand would be forgotten; the files are read
    once per process.
    """
    digest = hashlib.sha256()
    for folder in (*engine_graph.__path__, *snapshot.__path__):
        for path in sorted(Path(folder).glob("*.py")):
            digest.update(path.name.encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _fitting(
    file: SegmentFile, name: str, *, plants: Sequence[str], chain_at: Callable[[int], str]
) -> Watermark:
    """Return a segment's watermark where it fits; refuse it where it does not."""
    notes: Mapping[str, Any] = file.notes
    if notes["rules"] != rules():
        raise SegmentRefused(file=name, reason="version")
    if notes["plants"] != sorted(plants):
        raise SegmentRefused(file=name, reason="plants")
    watermark = Watermark(
        position=int(notes["position"]),
        chain=str(notes["chain"]),
        schedules=tuple((str(plant), int(number)) for plant, number in notes["schedules"]),
        doubts=tuple((str(plant), int(doubt_s)) for plant, doubt_s in notes["doubts"]),
    )
    if chain_at(watermark.position) != watermark.chain:
        raise SegmentRefused(file=name, reason="watermark")
    return watermark


def _key(plants: Sequence[str]) -> str:
    return hashlib.sha256("\0".join(sorted(plants)).encode()).hexdigest()[:16]


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold the lock of one choice of plants; the system lets go of it when the process ends."""
    with path.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise SealingBusy from error
        yield
