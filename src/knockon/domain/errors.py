"""The root of every expected failure."""

from typing import ClassVar


class KnockonError(Exception):
    """An expected failure, carried as a code and data; faces turn it into words.

    Parameters
    ----------
    **data
        JSON-serialisable values that the text of this code names.
    """

    code: ClassVar[str] = "error"

    def __init__(self, **data: object) -> None:
        super().__init__(self.code, data)
        self.data = data

    def __str__(self) -> str:
        details = ", ".join(f"{name}={value}" for name, value in self.data.items())
        return f"{self.code}: {details}" if details else self.code
