"""Tell and decode the code pages in which lists arrive: Unicode, Big5 (CP950), GB18030."""

import codecs
from dataclasses import dataclass

from knockon.adapters.connectors.tabular.lexicon import count_known_words
from knockon.domain.reasons import Reason
from knockon.ports.file_errors import EncodingBroken, FormatUnknown

_SAMPLE_BYTES = 256_000
_EUDC = "knockon_eudc"

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

# Where Windows puts Big5's user-defined characters: first and last lead byte, first trail byte,
# and the private-use character of the first code (Microsoft's best-fit table of code page 950).
_BIG5_USER_AREAS = (
    (0xFA, 0xFE, 0x40, 0xE000),
    (0x8E, 0xA0, 0x40, 0xE311),
    (0x81, 0x8D, 0x40, 0xEEB8),
    (0xC6, 0xC8, 0xA1, 0xF6B1),
)
_BIG5_ROW = 157

# Two-byte codes of everyday characters; text read with the wrong page falls outside of them.
_BIG5_COMMON = (0xA4, 0xC6)
_GB_COMMON = (0xB0, 0xD7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """Text with the encoding it was read in, and what has to be said about it."""

    text: str
    encoding: str
    notes: tuple[Reason, ...] = ()


def decode(data: bytes, *, encoding: str | None = None) -> Decoded:
    """Return the bytes as text, in the given encoding or in the one that fits.

    Raises
    ------
    EncodingBroken
        The bytes are not of that encoding; the position is named.
    FormatUnknown
        The bytes are no text in any encoding that we know.
    """
    used = encoding or detect(data)
    try:
        text = data.decode(used, errors=_EUDC if used == "cp950" else "strict")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise EncodingBroken(encoding=used, offset=error.start, line=line) from error
    except LookupError as error:
        raise EncodingBroken(encoding=used, offset=0, line=1) from error
    if "\x00" in text:
        offset = text.index("\x00")
        raise FormatUnknown(found="binary", offset=offset, line=text.count("\n", 0, offset) + 1)
    return Decoded(text=text.removeprefix("\ufeff"), encoding=used, notes=_notes(text))


def detect(data: bytes) -> str:
    """Return the name of the encoding that fits the bytes best."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return encoding
    wide = _wide_without_mark(data[:4096])
    if wide:
        return wide
    if _is_utf8(data):
        return "utf-8"
    if _looks_broken_utf8(data):
        return "utf-8"
    return max(("cp950", "gb18030"), key=lambda encoding: _fitness(data, encoding))


def user_defined(text: str) -> tuple[str, ...]:
    """Return the distinct private-use characters of the text, in code order."""
    return tuple(sorted({sign for sign in text if "\ue000" <= sign <= "\uf8ff"}))


def _notes(text: str) -> tuple[Reason, ...]:
    private = user_defined(text) if not text.isascii() else ()
    if not private:
        return ()
    shown = " ".join(f"U+{ord(sign):04X}" for sign in private[:50])
    return (
        Reason(code="user_defined_characters", params={"count": len(private), "characters": shown}),
    )


def _wide_without_mark(head: bytes) -> str | None:
    """Return UTF-16 when every other byte of mostly Latin text is zero."""
    if len(head) < 4 or b"\x00" not in head:
        return None
    even, odd = head[::2].count(0), head[1::2].count(0)
    if odd > len(head) // 10 and even == 0:
        return "utf-16-le"
    if even > len(head) // 10 and odd == 0:
        return "utf-16-be"
    return None


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _looks_broken_utf8(data: bytes) -> bool:
    """Return whether most of the text is good UTF-8 of several bytes, with damage somewhere."""
    sample = data[:_SAMPLE_BYTES].decode("utf-8", errors="replace")
    good = sum(1 for sign in sample if "\u2e80" <= sign <= "\uffef" and sign != "\ufffd")
    return good > 20 * max(1, sample.count("\ufffd"))


def _fitness(data: bytes, encoding: str) -> float:
    """Return how much the text looks like a list of a factory in that code page."""
    sample = data[:_SAMPLE_BYTES]
    sample = sample[: sample.rfind(b"\n") + 1] or sample
    handler = _EUDC if encoding == "cp950" else "strict"
    try:
        text = sample.decode(encoding, errors=handler)
    except UnicodeDecodeError as error:
        # The better page of a damaged file is the one that gets further.
        return error.start / len(sample) - 2.0
    first, last = _BIG5_COMMON if encoding == "cp950" else _GB_COMMON
    wide = [sign.encode(encoding, errors="replace") for sign in set(text) if sign > "\x7f"]
    common = sum(1 for code in wide if len(code) == 2 and first <= code[0] <= last)
    return common / max(1, len(wide)) + count_known_words(text[:4000])


def _decode_user_area(error: UnicodeError) -> tuple[str, int]:
    """Return the private-use character of a Big5 user-defined code, or raise again."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    code = error.object[error.start : error.start + 2]
    if len(code) == 2 and (0x40 <= code[1] <= 0x7E or 0xA1 <= code[1] <= 0xFE):
        for first, last, trail, character in _BIG5_USER_AREAS:
            place = (code[0] - first) * _BIG5_ROW + _trail(code[1]) - _trail(trail)
            if first <= code[0] <= last and place >= 0:
                return chr(character + place), error.start + 2
    raise error


def _trail(byte: int) -> int:
    return byte - 0x40 if byte < 0x7F else byte - 0xA1 + 63


codecs.register_error(_EUDC, _decode_user_area)
