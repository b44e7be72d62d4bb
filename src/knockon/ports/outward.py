"""Calls to addresses outside, as a seam: plug-ins ask for one, only one room makes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from knockon.domain.errors import KnockonError


@dataclass(frozen=True, slots=True, kw_only=True)
class OutwardAnswer:
    """What is known of an answer: its body is never read, let alone shown."""

    status: int
    retry_after_s: int | None = None


class AddressRefused(KnockonError):
    """The address is not one that we may call; the data says why, never what is there."""

    code = "outward_address_refused"

    def __init__(self, *, reason: str) -> None:
        super().__init__(reason=reason)


class OutwardUnreachable(KnockonError):
    """Nobody took the call; nothing was handed over."""

    code = "outward_unreachable"

    def __init__(self, *, detail: str) -> None:
        super().__init__(detail=detail)


class OutwardAnswerLost(KnockonError):
    """The call was made, but its answer did not come back whole."""

    code = "outward_answer_lost"

    def __init__(self, *, detail: str) -> None:
        super().__init__(detail=detail)


class OutwardHttp(Protocol):
    """Makes guarded calls."""

    def post(self, url: str, *, body: bytes, headers: Mapping[str, str]) -> OutwardAnswer:
        """Send the body and return the answer's status.

        Raises
        ------
        AddressRefused, OutwardUnreachable, OutwardAnswerLost
            In this order of how far it came.
        """
        ...
