"""Why a whole file is refused. Each carries what its text names; none carries prose."""

from knockon.domain.errors import KnockonError


class FileRefused(KnockonError):
    """A file is not taken in at all; its subclasses say why."""

    code = "file_refused"


class FileTooLarge(FileRefused):
    """More bytes, rows, columns or cells than the limits allow (``what``, ``found``, ``limit``)."""

    code = "file_too_large"


class ArchiveBomb(FileRefused):
    """An entry of the archive unpacks to far more than it packs (``entry``, ``ratio`` …)."""

    code = "archive_bomb"


class ArchiveBroken(FileRefused):
    """The archive is cut short or damaged, as a half-copied workbook is."""

    code = "archive_broken"


class XmlWithDtd(FileRefused):
    """An XML part declares a document type, which no workbook needs (``entry``)."""

    code = "xml_with_dtd"


class WorkbookLocked(FileRefused):
    """The workbook is protected by a password."""

    code = "workbook_locked"


class FormatUnknown(FileRefused):
    """The bytes are of no format that we read, whatever the name says (``found``)."""

    code = "format_unknown"


class EncodingBroken(FileRefused):
    """The bytes are no text of the encoding (``encoding``, ``offset``, ``line``)."""

    code = "encoding_broken"


class CellTooLong(FileRefused):
    """A cell is longer than any cell of a list (``row``, ``column``, ``length``, ``limit``)."""

    code = "cell_too_long"


class FileCutShort(FileRefused):
    """The text ends inside a row (``row``)."""

    code = "file_cut_short"


class FileStillGrowing(FileRefused):
    """The file changed while it was read: its writer has not finished."""

    code = "file_still_growing"


class DuplicateHeaders(FileRefused):
    """Two columns that differ carry one header (``headers``, ``columns``)."""

    code = "duplicate_headers"


class HeaderNotFound(FileRefused):
    """No row of the sheet holds the headers that the mapping names (``missing``)."""

    code = "header_not_found"


class ReadingStopped(FileRefused):
    """The reading process was ended by its limits or died (``why``: time, memory or crash)."""

    code = "reading_stopped"


BY_CODE = {
    kind.code: kind
    for kind in (
        FileRefused,
        FileTooLarge,
        ArchiveBomb,
        ArchiveBroken,
        XmlWithDtd,
        WorkbookLocked,
        FormatUnknown,
        EncodingBroken,
        CellTooLong,
        FileCutShort,
        FileStillGrowing,
        DuplicateHeaders,
        HeaderNotFound,
        ReadingStopped,
    )
}
"""For a reader in another process, which hands over a code and data."""
