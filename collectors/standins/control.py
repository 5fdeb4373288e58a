"""The seam over HTTP: read and move the clock under `/_standin/clock`; never logged, never faulty."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec

from collectors.standins.clock import StandInClock
from collectors.standins.messages import Request, Response, build_json
from collectors.standins.scenario import parse_ago
from collectors.standins.server import Routes


class _Order(msgspec.Struct, forbid_unknown_fields=True):
    now: datetime | None = None
    ticking: bool | None = None
    advance: str = ""


def add_control_routes(routes: Routes, *, clock: StandInClock) -> None:
    """GET tells the time; POST takes `{"now": ISO time, "ticking": bool}` or `{"advance": "7d"}` and tells the new one.

    Without `ticking` the clock goes on running, or standing still, as before.
    """

    def tell(_: Request, __: Mapping[str, str]) -> Response:
        return build_json({"now": clock.now().isoformat()})

    def move(request: Request, path: Mapping[str, str]) -> Response:
        try:
            _move(clock, request.body)
        except (ValueError, OverflowError) as error:
            return build_json({"error": f'send {{"now": ISO time}} or {{"advance": "7d"}}: {error}'}, status=400)
        return tell(request, path)

    routes.add("GET", "/_standin/clock", tell)
    routes.add("POST", "/_standin/clock", move)


def _move(clock: StandInClock, body: bytes) -> None:
    order = msgspec.json.decode(body, type=_Order)
    if order.now is not None:
        clock.set(order.now, ticking=order.ticking)
    else:
        clock.advance(parse_ago(order.advance))
