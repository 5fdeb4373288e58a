"""A script of misbehaviour: what the next requests to a path get instead of, or done to, the true answer."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from collectors.standins.messages import Response

FaultKind = Literal[
    "status",  # `status` with `body` and `headers`, and nothing of the platform's own
    "html",  # an HTML page with status 200
    "list",  # a JSON list where an object belongs
    "malformed",  # the true JSON, broken in the middle
    "oversize",  # `size` bytes of JSON
    "null_bytes",  # the true answer with \u0000 escapes in every text
    "surrogates",  # the true answer with lone surrogate escapes in every text
    "odd_item",  # the true answer with one item that has lost its id and text
    "reset",  # the connection is torn down
    "hang",  # nothing is answered for `seconds`
    "drip",  # the true answer, one byte every `seconds`
    "truncated",  # half of the true answer under the full content length
    "chunked_abort",  # a chunked answer that stops half way
]
WIRE_KINDS = frozenset({"reset", "hang", "drip", "truncated", "chunked_abort"})

HTML_PAGE = b"<!doctype html><html><head><title>Just a moment</title></head><body>Checking your browser</body></html>"
TEXT_FIELDS = frozenset({"text", "title", "selftext", "body", "textDisplay", "description", "message", "caption"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One way to misbehave; `seconds` and `size` matter only to the kinds that name them."""

    kind: FaultKind
    status: int = 503
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    content_type: str = "application/json; charset=utf-8"
    seconds: float = 3600.0
    size: int = 16 << 20


@dataclass(slots=True)
class _Planned:
    prefix: str
    fault: Fault
    left: int | None


class FaultPlan:
    """Faults by path prefix, used up in the order they were added; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._planned: list[_Planned] = []

    def add(self, prefix: str, fault: Fault, *, times: int | None = 1) -> None:
        """Let the next `times` requests under `prefix` meet `fault`; None means all from now on."""
        with self._lock:
            self._planned.append(_Planned(prefix, fault, times))

    def take(self, path: str) -> Fault | None:
        """The fault for a request to `path`, used up by one, or None."""
        with self._lock:
            for planned in self._planned:
                if not path.startswith(planned.prefix) or planned.left == 0:
                    continue
                if planned.left is not None:
                    planned.left -= 1
                return planned.fault
            return None

    def clear(self) -> None:
        """Behave again."""
        with self._lock:
            self._planned.clear()


def build_faulty(fault: Fault, answer: Callable[[], Response]) -> Response:
    """The answer under a fault of content; `answer` is called only where the true answer is needed."""
    if fault.kind in _INSTEAD:
        return _INSTEAD[fault.kind](fault)
    return _DONE_TO[fault.kind](answer())


def _build_status(fault: Fault) -> Response:
    return Response(status=fault.status, headers=fault.headers, body=fault.body, content_type=fault.content_type)


def _break_json(true: Response) -> Response:
    return replace(true, body=true.body[: len(true.body) // 2] + b'"}}')


def _rewrite(response: Response, change: Callable[[str], str]) -> Response:
    payload = _walk(json.loads(response.body), change)
    return replace(response, body=json.dumps(payload).encode())


def _walk(node: object, change: Callable[[str], str]) -> object:
    if isinstance(node, list):
        return [_walk(value, change) for value in node]
    if isinstance(node, dict):
        return {
            key: change(value) if key in TEXT_FIELDS and isinstance(value, str) else _walk(value, change)
            for key, value in node.items()
        }
    return node


def _strip_first_item(response: Response) -> Response:
    payload = json.loads(response.body)
    data = payload.get("data", payload.get("items"))
    items = data.get("children") if isinstance(data, dict) else data
    if items:
        thing = items[0].get("data", items[0])
        for name in ("id", "name", "text", "body", "selftext"):
            thing.pop(name, None)
    return replace(response, body=json.dumps(payload).encode())


_INSTEAD: dict[str, Callable[[Fault], Response]] = {
    "status": _build_status,
    "html": lambda _: Response(body=HTML_PAGE, content_type="text/html; charset=utf-8"),
    "list": lambda _: Response(body=b'[{"id": "1", "text": "bukan amplop"}]'),
    "oversize": lambda fault: Response(body=b'{"data": "' + b"x" * fault.size + b'"}'),
}
_DONE_TO: dict[str, Callable[[Response], Response]] = {
    "malformed": _break_json,
    "null_bytes": lambda true: _rewrite(true, lambda text: f"\0{text}\0"),
    "surrogates": lambda true: _rewrite(true, lambda text: f"{text} \ud83d tanpa pasangan \udc00"),
    "odd_item": _strip_first_item,
}
