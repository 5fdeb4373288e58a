"""Meta's side of WhatsApp: writes and signs deliveries, repeats what was not answered with 200; media by id."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from collectors.standins.clock import StandInClock
from collectors.standins.messages import Request, Response, build_json
from collectors.standins.server import Routes

Send = Callable[[bytes, Mapping[str, str]], int]
"""POSTs a body with headers and returns the status; anything but 200 is no answer."""
NUMBER_ID = "106540352242922"


class WhatsAppStandIn:
    """Keeps what is to be delivered until it was answered with 200."""

    def __init__(self, clock: StandInClock, *, app_secret: str, access_token: str = "") -> None:
        self._clock = clock
        self._secret = app_secret.encode()
        self._token = access_token
        self._written = 0
        self.waiting: list[bytes] = []
        self.media: dict[str, dict[str, Any]] = {}

    def write(self, kind: str, about: Mapping[str, Any], *, by: str = "628110000001", **more: object) -> dict[str, Any]:
        """Return a message of a kind, as Meta writes it; the id spells out the sender, as Meta's do."""
        self._written += 1
        return {
            "from": by,
            "id": f"wamid.{by}.{self._written:08X}",
            "timestamp": str(int(self._clock.now().timestamp())),
            "type": kind,
            kind: dict(about),
            **more,
        }

    def post(self, *messages: Mapping[str, Any], contacts: Iterable[Mapping[str, Any]] | None = None) -> bytes:
        """Put messages into one delivery and let it wait; return its body."""
        known = contacts
        if known is None:
            senders = dict.fromkeys(str(message["from"]) for message in messages if "from" in message)
            known = [{"profile": {"name": f"Nama {by}"}, "wa_id": by, "user_id": f"ID.{int(by) * 7}"} for by in senders]
        value = {"metadata": _metadata(), "contacts": list(known), "messages": list(messages)}
        return self.post_value(value)

    def post_status(self, id: str) -> bytes:
        """Let a delivery wait that tells what became of a message of ours."""
        status = {"id": id, "status": "delivered", "timestamp": "1795143600", "recipient_id": "628110000001"}
        return self.post_value({"metadata": _metadata(), "statuses": [status]})

    def post_value(self, value: Mapping[str, Any]) -> bytes:
        """Let one change wait; return the delivery's body."""
        change = {"value": {"messaging_product": "whatsapp", **value}, "field": "messages"}
        envelope = {"object": "whatsapp_business_account", "entry": [{"id": "102290129340398", "changes": [change]}]}
        body = json.dumps(envelope).encode()
        self.waiting.append(body)
        return body

    def sign(self, body: bytes) -> dict[str, str]:
        """Return the headers of a delivery."""
        digest = hmac.new(self._secret, body, hashlib.sha256).hexdigest()
        return {"content-type": "application/json", "x-hub-signature-256": f"sha256={digest}"}

    def deliver(self, send: Send) -> int:
        """Try everything that waits once; return how many deliveries still wait."""
        self.waiting = [body for body in self.waiting if send(body, self.sign(body)) != 200]
        return len(self.waiting)

    def add_routes(self, routes: Routes) -> None:
        """Put the Graph API's media endpoint into a route table."""
        routes.add("GET", "/{version}/{id}", self._describe)

    def _describe(self, request: Request, path: Mapping[str, str]) -> Response:
        if request.headers.get("authorization") != f"Bearer {self._token}":
            return build_json({"error": {"message": "Invalid OAuth access token.", "code": 190}}, status=401)
        found = self.media.get(path["id"])
        if found is None:
            error = {"message": "Unsupported get request.", "code": 100, "error_subcode": 33}
            return build_json({"error": error}, status=400)
        return build_json({"messaging_product": "whatsapp", "id": path["id"], **found})


def _metadata() -> dict[str, str]:
    return {"display_phone_number": "622412345678", "phone_number_id": NUMBER_ID}
