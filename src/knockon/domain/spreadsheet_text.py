"""Text that a spreadsheet program shows and never runs."""

import re

_FORMULA = re.compile(r"\s*[=+\-@\t\r]")
# A spreadsheet that parts cells elsewhere than we do begins a cell in the middle of ours.
_HIDDEN = re.compile(r"([;,|\t\n]\s*)([=+\-@])")
_NUMBER = re.compile(r"[+-]?\d[\d,]*(?:\.\d+)?", re.ASCII)


def shown_text(text: str) -> str:
    """Return the text so that no spreadsheet takes it, or a part of it, for a formula.

    What it could run gets an apostrophe in front; numbers stay numbers.

    References
    ----------
    OWASP, CSV injection.
    """
    if _NUMBER.fullmatch(text):
        return text
    safe = _HIDDEN.sub(r"\1'\2", text)
    return f"'{safe}" if _FORMULA.match(safe) else safe
