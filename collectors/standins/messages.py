"""What the stand-ins hear and say: requests, answers and the log of requests."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

JSON_TYPE = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as it came over the wire; header names are lower case, a repeated parameter keeps its last value."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""
    repeated: Mapping[str, list[str]] = field(default_factory=dict)
    """All values of each parameter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One answer before it is put on the wire."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    content_type: str = JSON_TYPE


def build_json(payload: object, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """An answer in JSON; characters beyond ASCII go as they are, as both platforms send them."""
    body = json.dumps(payload, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return Response(status=status, headers=dict(headers or {}), body=body)


class RequestLog:
    """Every request in order of arrival, authorization headers included, so that tests can look at them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: list[Request] = []

    def append(self, request: Request) -> None:
        """Note one request."""
        with self._lock:
            self._requests.append(request)

    def to(self, prefix: str) -> list[Request]:
        """The requests whose path starts with `prefix`, oldest first."""
        return [request for request in self if request.path.startswith(prefix)]

    def clear(self) -> None:
        """Forget everything so far."""
        with self._lock:
            self._requests.clear()

    def __iter__(self) -> Iterator[Request]:
        with self._lock:
            return iter(list(self._requests))

    def __len__(self) -> int:
        with self._lock:
            return len(self._requests)
