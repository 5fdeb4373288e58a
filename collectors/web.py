"""The guards for sources that are asked through httpx: what `transport.py` is to clients built on requests.

One request, one whole answer within the limits: no proxy and no .netrc, no redirect followed, the total time and the
unpacked size bounded while the body comes in (a gzip bomb ends at the cap), errors that quote no address and no header.
A server that drips single header bytes is bounded only by the time limit of each read.
"""

from __future__ import annotations

import json
import ssl
import time
import weakref
import zlib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import httpx
import msgspec

from collectors.connections import close_later
from collectors.transport import Limits, StatusError, WireError, check_address, check_no_page, hush
from collectors.verdicts import AnswerError

USER_AGENT = "sidak (collects public reports for an inspectorate)"
_PACKED = 16 + zlib.MAX_WBITS
"""zlib's way to say: a gzip header is expected."""


class WebAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A whole answer below status 400."""

    status_code: int
    headers: Mapping[str, str]
    """Names in lower case."""
    content: bytes

    def json_object(self) -> dict[str, Any]:
        """Return the body as a JSON object; raises ValueError, WireError or AnswerError for anything else."""
        check_no_page(self.content)
        body = json.loads(self.content)
        if not isinstance(body, dict):
            raise AnswerError(f"the answer is {type(body).__name__}, not an object")
        return body


def amend(exc: StatusError, headers: Mapping[str, str]) -> StatusError:
    """Return the refusal with headers that say what the platform says elsewhere."""
    answer = WebAnswer(status_code=exc.status, headers={**exc.headers, **headers}, content=exc.start.encode())
    return StatusError(answer, path=exc.path)


@cache
def _trusted() -> ssl.SSLContext:
    """Whom to trust; read once, since that takes longer than a request."""
    return httpx.create_ssl_context(trust_env=False)


class Web:
    """Asks one server; addresses beyond this machine must be https."""

    def __init__(
        self,
        base_url: str,
        *,
        limits: Limits | None = None,
        headers: Mapping[str, str] | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        for logger in ("httpx", "httpcore.connection", "httpcore.http11"):
            hush(logger)  # their lines spell out addresses, with the token where a platform wants it there
        self.base_url = check_address(base_url).rstrip("/")
        self._limits = limits or Limits()
        self._monotonic = monotonic
        timeout = httpx.Timeout(self._limits.read_seconds, connect=self._limits.connect_seconds)
        self._client = httpx.Client(
            verify=_trusted(),
            timeout=timeout,
            trust_env=False,
            follow_redirects=False,
            headers={"user-agent": USER_AGENT, "accept-encoding": "gzip", **(headers or {})},
        )
        self.close = weakref.finalize(self, self._client.close)
        """Closes the connections; so does the end of a pass, and of this object."""
        close_later(self.close)

    def get(
        self,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        shown: str | None = None,
        allow: frozenset[int] = frozenset(),
    ) -> WebAnswer:
        """Ask with GET; see `ask`."""
        return self.ask("GET", path, params=params, headers=headers, shown=shown, allow=allow)

    def ask(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        shown: str | None = None,
        allow: frozenset[int] = frozenset(),
    ) -> WebAnswer:
        """Return a whole answer below status 300, or of an `allow`ed status; raises WireError or StatusError.

        `shown` stands for the path in messages where the path itself holds a secret.
        """
        told = shown if shown is not None else path
        began = self._monotonic()
        try:
            with self._client.stream(
                method, f"{self.base_url}{path}", params=params, headers=headers, json=body
            ) as response:
                content = b"".join(self._read(response, began=began))
        except WireError:
            raise
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as exc:
            # The library's own message may quote addresses and headers: the kind of failure is enough.
            raise WireError(f"{type(exc).__name__} at {told}") from None
        answer = WebAnswer(
            status_code=response.status_code,
            headers={name.lower(): value for name, value in response.headers.items()},
            content=content,
        )
        if answer.status_code >= 300 and answer.status_code not in allow:
            raise StatusError(answer, path=told)
        return answer

    def _read(self, response: httpx.Response, *, began: float) -> Iterator[bytes]:
        """Yield the unpacked body piece by piece, and stop at the limits."""
        packing = response.headers.get("content-encoding", "identity").strip().lower()
        if packing not in {"identity", "", "gzip"}:
            raise WireError("answer is packed in a way nobody asked for", too_large=True)
        unpacker = zlib.decompressobj(_PACKED) if packing == "gzip" else None
        size = 0
        for raw in response.iter_raw():
            try:
                piece = raw if unpacker is None else unpacker.decompress(raw, self._limits.body_bytes + 1 - size)
            except zlib.error:
                raise WireError("answer cannot be unpacked") from None
            size += len(piece)
            if size > self._limits.body_bytes or (unpacker is not None and unpacker.unconsumed_tail):
                raise WireError(f"answer is larger than {self._limits.body_bytes} bytes", too_large=True)
            if self._monotonic() - began > self._limits.total_seconds:
                raise WireError(f"answer took longer than {self._limits.total_seconds:g} s")
            yield piece
        if unpacker is not None and not unpacker.eof:
            raise WireError("answer ends in the middle")
