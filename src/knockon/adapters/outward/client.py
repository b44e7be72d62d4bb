"""The guarded HTTP client: one call, to one checked address, without following anything."""

import contextlib
import threading
import time
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime

import httpx

from knockon.adapters.outward.addresses import AllowedHosts, Resolver, Target, checked_address
from knockon.ports.outward import (
    AddressRefused,
    OutwardAnswer,
    OutwardAnswerLost,
    OutwardUnreachable,
)

_CONNECT_S = 5.0
_READ_S = 10.0
# The whole call, however slowly the other side drips its answer.
_WHOLE_S = 20.0
_LARGEST_BODY = 256 * 1024
_LONGEST_RETRY_S = 24 * 3600


class GuardedHttp:
    """Makes calls to allow-listed hosts only.

    Parameters
    ----------
    allowed
        Where calls may go.
    resolve
        How names become addresses; the system's way by default.
    whole_s
        Longest time of one call in seconds.
    """

    def __init__(
        self,
        allowed: AllowedHosts,
        *,
        resolve: Resolver | None = None,
        whole_s: float = _WHOLE_S,
    ) -> None:
        self._allowed = allowed
        self._resolve = resolve
        self._whole_s = whole_s

    def post(self, url: str, *, body: bytes, headers: Mapping[str, str]) -> OutwardAnswer:
        """Send the body once and return the answer's status; see ``ports.outward``."""
        if len(body) > _LARGEST_BODY:
            raise AddressRefused(reason="body_too_large")
        target = checked_address(url, allowed=self._allowed, resolve=self._resolve)
        request = httpx.Request(
            "POST",
            _address_of(target),
            content=body,
            headers={**headers, "Host": _host_header(target), "User-Agent": "Knockon"},
            extensions={
                # The certificate must name the host, though we connect to its address.
                "sni_hostname": target.host,
                "timeout": httpx.Timeout(_READ_S, connect=_CONNECT_S).as_dict(),
            },
        )
        return self._send(request)

    def _send(self, request: httpx.Request) -> OutwardAnswer:
        # No proxies from the environment, no cookies, no redirects, no kept connection.
        transport = httpx.HTTPTransport(trust_env=False, retries=0)
        with _cut_after(self._whole_s, transport):
            try:
                response = transport.handle_request(request)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                raise OutwardUnreachable(detail=type(error).__name__) from error
            except (httpx.HTTPError, RuntimeError, OSError) as error:
                raise OutwardAnswerLost(detail=type(error).__name__) from error
            with contextlib.suppress(httpx.HTTPError, RuntimeError, OSError):
                # Closing unread: the body is nobody's business.
                response.close()
        return OutwardAnswer(
            status=response.status_code,
            retry_after_s=_retry_after(response.headers.get("retry-after", "")),
        )


def _address_of(target: Target) -> str:
    host = f"[{target.address}]" if ":" in target.address else target.address
    return f"{target.scheme}://{host}:{target.port}{target.path}"


def _host_header(target: Target) -> str:
    host = f"[{target.host}]" if ":" in target.host else target.host
    is_usual = (target.scheme, target.port) in {("https", 443), ("http", 80)}
    return host if is_usual else f"{host}:{target.port}"


@contextlib.contextmanager
def _cut_after(seconds: float, transport: httpx.HTTPTransport) -> Iterator[None]:
    timer = threading.Timer(seconds, transport.close)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        transport.close()


def _retry_after(value: str) -> int | None:
    """Return the seconds of a Retry-After header in either of its two forms."""
    if value.isascii() and value.isdigit():
        return min(int(value[:9]), _LONGEST_RETRY_S)
    try:
        until = parsedate_to_datetime(value).timestamp()
    except (TypeError, ValueError):
        return None
    return max(0, min(round(until - time.time()), _LONGEST_RETRY_S))
