"""The guards that every requests-based client gets: one seam under the platform's library.

What the libraries lack: time limits, an end to answers that drip, a cap on their size, and silence about secrets.
Failures leave this seam as WireError or StatusError, so that no library retries, sleeps or rewords on its own.
A server that drips single header bytes is bounded only by the time limit of each read.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol
from urllib.parse import urlsplit, urlunsplit

import msgspec
import requests
import urllib3
from requests.adapters import HTTPAdapter

from collectors.connections import close_later
from sidak.errors import StopError
from sidak.loopback import is_loopback


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How long and how large an answer may be."""

    connect_seconds: float = 5.0
    read_seconds: float = 20.0
    total_seconds: float = 60.0
    body_bytes: int = 16 << 20


class WireError(requests.RequestException):
    """No whole answer came: refused, reset, truncated, too slow; or it was too large, or a page for people."""

    def __init__(self, what: str, *, too_large: bool = False, page: bool = False) -> None:
        super().__init__(what)
        self.too_large = too_large
        self.page = page


WEB_PAGE = "a web page came instead of data: a changed sign-in, or something in between"
"""How a source whose door has changed is known in messages."""


def check_no_page(content: bytes) -> None:
    """Return where an answer may be data; raises WireError where it is a page for people."""
    start = content[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html")):
        raise WireError(WEB_PAGE, page=True)


class Answered(Protocol):
    """What of an answer an error needs, whichever library brought it."""

    @property
    def status_code(self) -> int: ...

    @property
    def headers(self) -> Mapping[str, str]: ...

    @property
    def content(self) -> bytes: ...


class StatusError(requests.RequestException):
    """The platform answered with a status that is no success."""

    def __init__(self, response: Answered, *, path: str) -> None:
        super().__init__(f"status {response.status_code} from {path}")
        self.status = response.status_code
        self.path = path
        self.headers: Mapping[str, str] = {name.lower(): value for name, value in response.headers.items()}
        self.start = response.content[:4000].decode("utf-8", "replace")
        """The beginning of the body, to be looked at and never shown: it may hold anything."""


class GuardedAdapter(HTTPAdapter):
    """Sends to `base_url` whatever host the library names, within the limits."""

    def __init__(
        self,
        base_url: str | None = None,
        *,
        limits: Limits | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._base = urlsplit(check_address(base_url)) if base_url else None
        self._limits = limits or Limits()
        self._monotonic = monotonic
        super().__init__()

    def send(self, request: requests.PreparedRequest, *_: Any, **options: Any) -> requests.Response:  # noqa: ANN401 - requests' own
        """Return a whole answer below status 400; raises WireError or StatusError."""
        path = urlsplit(request.url or "").path
        if self._base is not None:
            request.url = self._reroute(request.url or "")
        limits = self._limits
        options |= {"stream": True, "timeout": (limits.connect_seconds, limits.read_seconds)}
        began = self._monotonic()
        try:
            response = super().send(request, **options)
            self._read(response, began=began)
        except WireError:
            raise
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as exc:
            # The library's own message may quote addresses and headers: the kind of failure is enough.
            raise WireError(f"{_innermost(exc)} at {path}") from None
        if response.status_code >= 400:
            raise StatusError(response, path=path)
        if response.status_code < 300:
            check_no_page(response.content)
        return response

    def close(self) -> None:
        """Close every connection; urllib3 would leave that to the end of the last answer that somebody holds."""
        pools = self.poolmanager.pools
        for pool in [pools.get(key) for key in pools.keys()]:  # noqa: SIM118 - it cannot be iterated over
            if pool is not None:
                pool.close()
        super().close()

    def _reroute(self, url: str) -> str:
        assert self._base is not None
        parts = urlsplit(url)
        return urlunsplit((self._base.scheme, self._base.netloc, parts.path, parts.query, ""))

    def _read(self, response: requests.Response, *, began: float) -> None:
        """Read the body piece by piece: `read1` returns what there is, `read` would wait through a drip."""
        body = bytearray()
        while piece := response.raw.read1(1 << 16, decode_content=True):
            body += piece
            if self._monotonic() - began > self._limits.total_seconds:
                response.close()
                raise WireError(f"answer took longer than {self._limits.total_seconds:g} s")
            if len(body) > self._limits.body_bytes:
                response.close()
                raise WireError(f"answer is larger than {self._limits.body_bytes} bytes", too_large=True)
        response._content = bytes(body)  # noqa: SLF001 - requests has no public way to hand a body over
        response._content_consumed = True  # type: ignore[attr-defined]  # noqa: SLF001 - the same
        response.raw.release_conn()


def guard_session(session: requests.Session, *, reroute: Mapping[str, str], limits: Limits | None = None) -> None:
    """Put the guards into a session: `reroute` maps the addresses a library names to those to be asked."""
    session.trust_env = False  # a .netrc entry would replace the token, and a proxy would read it
    session.max_redirects = 0
    session.adapters.clear()
    for scheme in ("https://", "http://"):
        session.mount(scheme, GuardedAdapter(limits=limits))
    for named, asked in reroute.items():
        session.mount(named, GuardedAdapter(asked, limits=limits))
    close_later(session.close)


def check_address(address: str) -> str:
    """Return an address that secrets may be sent to; raises StopError for plain http beyond this machine."""
    parts = urlsplit(address)
    if parts.scheme == "https" and parts.hostname:
        return address
    if parts.scheme == "http" and is_loopback(parts.hostname or ""):
        return address
    raise StopError("base_url: only https addresses, or http ones on this machine, may be given credentials")


def hush(logger: str) -> None:
    """Let a library's debug and info lines go: they spell out headers and addresses with tokens."""
    found = logging.getLogger(logger)
    if not any(isinstance(known, _NoDebug) for known in found.filters):
        found.addFilter(_NoDebug())


class _NoDebug(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno > logging.INFO


def _innermost(exc: BaseException) -> str:
    """Return the name of the failure at the bottom, such as ConnectionResetError."""
    while (inner := exc.__cause__ or exc.__context__) is not None:
        exc = inner
    return type(exc).__name__
