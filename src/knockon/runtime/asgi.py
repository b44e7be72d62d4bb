"""The little of ASGI that our own endpoints need: reading a body, sending an answer, a problem."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from typing import Any

import msgspec
from django.utils.translation import gettext

from knockon.domain.errors import KnockonError
from knockon.runtime.reason_texts import PROBLEM_TEXTS

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = Iterable[tuple[bytes, bytes]]

_ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"same-origin"),
)


class Problem(KnockonError):
    """A request that is not served, as RFC 9457 wants it told.

    Parameters
    ----------
    code
        Stable name of the problem; its words are in ``reason_texts``.
    status
        HTTP status.
    retry_after_s
        When asking again makes sense.
    **data
        More members of the document.
    """

    def __init__(
        self, *, code: str, status: int, retry_after_s: int | None = None, **data: object
    ) -> None:
        super().__init__(**data)
        self.code = code  # type: ignore[misc]  # one class carries every edge problem's code
        self.status = status
        self.retry_after_s = retry_after_s


class ClientGone(KnockonError):
    """The client closed the connection before its request was whole."""

    code = "client_gone"


def header(scope: Scope, name: bytes) -> str:
    """Return a header's value, '' when it is missing."""
    for key, value in scope["headers"]:
        if key == name:
            return bytes(value).decode("latin-1").strip()
    return ""


async def read_body(scope: Scope, receive: Receive, *, limit: int, timeout_s: float) -> bytes:
    """Return the whole body; raises as ``take_body``."""
    parts: list[bytes] = []
    await take_body(scope, receive, keep=parts.append, limit=limit, timeout_s=timeout_s)
    return b"".join(parts)


async def take_body(
    scope: Scope,
    receive: Receive,
    *,
    keep: Callable[[bytes], object],
    limit: int,
    timeout_s: float,
) -> int:
    """Hand over the body part by part as it comes and return its size.

    Raises
    ------
    Problem
        It is larger than the limit or comes too slowly.
    ClientGone
        It never came whole.
    """
    announced = header(scope, b"content-length")
    if announced.isdigit() and int(announced) > limit:
        raise Problem(code="body_too_large", status=413, limit=limit)
    size = 0
    try:
        async with asyncio.timeout(timeout_s):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ClientGone
                part = message.get("body", b"")
                size += len(part)
                if size > limit:
                    raise Problem(code="body_too_large", status=413, limit=limit)
                keep(part)
                if not message.get("more_body"):
                    return size
    except TimeoutError as error:
        raise Problem(code="body_too_slow", status=408) from error


async def answer_json(
    send: Send,
    document: object,
    *,
    status: int = 200,
    headers: Headers = (),
    content_type: bytes = b"application/json",
) -> None:
    """Send a document."""
    body = msgspec.json.encode(document)
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [
                (b"content-type", content_type),
                (b"content-length", str(len(body)).encode()),
                *_ALWAYS,
                *headers,
            ],
        }
    )
    await send({"type": "http.response.body", "body": body})


async def answer_problem(send: Send, problem: Problem) -> None:
    """Send a problem document (RFC 9457)."""
    headers = []
    if problem.retry_after_s is not None:
        headers.append((b"retry-after", str(problem.retry_after_s).encode()))
    if problem.status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    await answer_json(
        send,
        problem_document(problem.code, status=problem.status, data=problem.data),
        status=problem.status,
        headers=headers,
        content_type=b"application/problem+json",
    )


def problem_document(code: str, *, status: int, data: Mapping[str, object]) -> dict[str, object]:
    """Return the document of a problem, in the instance's language."""
    words = PROBLEM_TEXTS.get(code, PROBLEM_TEXTS["server_failed"])
    return {
        "type": f"urn:knockon:problem:{code}",
        "title": gettext(words),
        "status": status,
        "code": code,
        **data,
    }
