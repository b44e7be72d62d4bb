"""Keeping photos and voice notes: known by their bytes, stored under names of ours."""

import hashlib
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile

from knockon.apps.disruptions.models import Attachment, Disruption
from knockon.apps.journal.bus import Recording
from knockon.domain.errors import KnockonError

MOST_FILES = 8
MOST_BYTES = 12 * 1024 * 1024
_HEAD = 64
# Brands of ISO media files that hold sound; the still pictures of telephones (heic) are not among them.
_SOUND_BRANDS = (b"M4A ", b"M4B ", b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42")
_ENDINGS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "audio/webm": "webm",
    "audio/ogg": "ogg",
    "audio/mp4": "m4a",
}
_SIGNS: tuple[tuple[str, Callable[[bytes], bool]], ...] = (
    ("image/jpeg", lambda head: head.startswith(b"\xff\xd8\xff")),
    ("image/png", lambda head: head.startswith(b"\x89PNG\r\n\x1a\n")),
    ("image/webp", lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP"),
    ("audio/webm", lambda head: head.startswith(b"\x1aE\xdf\xa3") and b"webm" in head),
    ("audio/ogg", lambda head: head.startswith(b"OggS")),
    ("audio/mp4", lambda head: head[4:8] == b"ftyp" and head[8:12] in _SOUND_BRANDS),
)
"""What each type's first bytes are; nothing among them is run by a browser."""


Upload: TypeAlias = "UploadedFile[Any]"
"""A file that somebody sent."""


class AttachmentRefused(KnockonError):
    """The bytes are not those of a photo or voice note that we keep."""

    code = "attachment_refused"


class AttachmentTooLarge(KnockonError):
    """The file is larger than the limit."""

    code = "attachment_too_large"


class TooManyAttachments(KnockonError):
    """The report has more files than the limit."""

    code = "too_many_attachments"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """A file that was looked at and stored."""

    path: str
    sha256: str
    content_type: str
    size: int


def sniff(content: bytes) -> str | None:
    """Return what the bytes are, from their first ones; None when it is nothing we keep."""
    head = content[:_HEAD]
    return next((found for found, fits in _SIGNS if fits(head)), None)


def keep_files(uploads: Sequence[Upload], *, now: datetime) -> tuple[KeptFile, ...]:
    """Look at every file, then store them all; the sender's names and types are not believed.

    Raises
    ------
    AttachmentRefused, AttachmentTooLarge, TooManyAttachments
        Naming the file; nothing is stored then.
    """
    if len(uploads) > MOST_FILES:
        raise TooManyAttachments(limit=MOST_FILES)
    looked_at = [_look_at(upload) for upload in uploads]
    return tuple(_keep(content, content_type, now=now) for content, content_type in looked_at)


def drop_files(files: Iterable[KeptFile]) -> None:
    """Take stored files back that no row will name."""
    for file in files:
        default_storage.delete(file.path)


def add_attachments(
    row: Disruption, files: Iterable[KeptFile], *, entry: Recording
) -> list[KeptFile]:
    """Write the rows of stored files within an open recording; return those it had already."""
    known = set(Attachment.objects.filter(disruption=row).values_list("sha256", flat=True))
    doubles = []
    for file in files:
        if file.sha256 in known:
            doubles.append(file)
            continue
        known.add(file.sha256)
        Attachment.objects.create(
            disruption=row,
            recorded_id=entry.position,
            file=file.path,
            sha256=file.sha256,
            content_type=file.content_type,
            size=file.size,
        )
        entry.digest("attachment", [[row.pk, file.sha256]])
    return doubles


def _look_at(upload: Upload) -> tuple[bytes, str]:
    if (upload.size or 0) > MOST_BYTES:
        raise AttachmentTooLarge(name=upload.name, limit_mb=MOST_BYTES // 1024**2)
    content = upload.read()
    content_type = sniff(content)
    if content_type is None:
        raise AttachmentRefused(name=upload.name)
    return content, content_type


def _keep(content: bytes, content_type: str, *, now: datetime) -> KeptFile:
    name = f"attachments/{now:%Y/%m}/{secrets.token_hex(16)}.{_ENDINGS[content_type]}"
    path = default_storage.save(name, ContentFile(content))
    return KeptFile(
        path=path,
        sha256=hashlib.sha256(content).hexdigest(),
        content_type=content_type,
        size=len(content),
    )
