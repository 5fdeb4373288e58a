"""The seam over HTTP: read and move the clock under `/_standin/clock`; never logged, never faulty."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from collectors.standins.clock import StandInClock
from collectors.standins.messages import Request, Response, build_json
from collectors.standins.scenario import parse_ago
from collectors.standins.server import Routes


def add_control_routes(routes: Routes, *, clock: StandInClock) -> None:
    """GET tells the time; POST takes `{"now": ISO time}` or `{"advance": "7d"}` and tells the new one."""

    def tell(_: Request, __: Mapping[str, str]) -> Response:
        return build_json({"now": clock.now().isoformat()})

    def move(request: Request, path: Mapping[str, str]) -> Response:
        try:
            _move(clock, json.loads(request.body))
        except (ValueError, TypeError, AttributeError, OverflowError) as error:
            return build_json({"error": f'send {{"now": ISO time}} or {{"advance": "7d"}}: {error}'}, status=400)
        return tell(request, path)

    routes.add("GET", "/_standin/clock", tell)
    routes.add("POST", "/_standin/clock", move)


def _move(clock: StandInClock, order: Mapping[str, str]) -> None:
    if "now" in order:
        clock.set(datetime.fromisoformat(order["now"]))
        return
    step: timedelta = parse_ago(order.get("advance", ""))
    clock.advance(step)
