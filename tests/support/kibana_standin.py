"""A server on loopback that answers like Kibana's saved objects import, and keeps what it was given."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.support.loopback import serving

USER, PASSWORD, API_KEY = "pemasang", "rahasia-uji", "a3VuY2k6cmFoYXNpYQ=="
CHECKED_REFERENCES = {"index-pattern", "search"}
"""Kibana's import looks only after references to these types."""
ATTRIBUTES = {
    "dashboard": {
        "title", "description", "kibanaSavedObjectMeta", "timeRestore", "timeFrom", "timeTo", "refreshInterval",
        "controlGroupInput", "panelsJSON", "optionsJSON", "hits", "version",
    },
    "search": {
        "title", "description", "columns", "sort", "grid", "hideChart", "isTextBasedQuery", "usesAdHocDataView",
        "kibanaSavedObjectMeta", "timeRestore", "timeRange", "refreshInterval", "viewMode", "rowHeight", "sampleSize",
    },
    "map": {"title", "description", "version", "mapStateJSON", "layerListJSON", "uiStateJSON"},
    "lens": {"title", "description", "visualizationType", "state", "version"},
}  # fmt: skip
"""Of types whose schema forbids other attributes (or has no place for them), those it knows."""


class KibanaStandin:
    """What Kibana holds by type and id, and how it is made to fail."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.url = f"http://127.0.0.1:{server.server_address[1]}"
        self.objects: dict[tuple[str, str], dict[str, Any]] = {}
        self.requests = 0
        self.failure: tuple[int, bytes, dict[str, str]] | None = None
        """Answer everything with this status, body and headers."""
        self.changed_meanwhile: set[str] = set()
        self.passed_over: set[str] = set()
        self.newest = {
            "index-pattern": "8.9.0",
            "search": "8.9.0",
            "lens": "8.9.0",
            "map": "8.9.0",
            "dashboard": "8.9.0",
        }
        """The newest form of each type that it knows; a newer one makes it refuse the whole import."""
        self.elsewhere: dict[str, str] = {}
        """Ids that another space holds, and the id that is given instead."""

    def import_objects(self, objects: list[dict[str, Any]], *, overwrite: bool) -> dict[str, Any]:
        given = {(each["type"], each["id"]) for each in objects}
        results, errors = [], []
        for each in objects:
            key = (each["type"], each["id"])
            error = self._error(each, given | set(self.objects), overwrite=overwrite)
            if error is not None:
                errors.append({"type": key[0], "id": key[1], "meta": {}, "error": error})
                continue
            result: dict[str, Any] = {"type": key[0], "id": key[1], "meta": {}}
            if key in self.objects:
                result["overwrite"] = True
            if key[1] in self.elsewhere:
                result["destinationId"] = self.elsewhere[key[1]]
            self.objects[key] = each
            if key[1] not in self.passed_over:
                results.append(result)
        answer: dict[str, Any] = {"success": not errors, "successCount": len(results), "warnings": []}
        return answer | ({"successResults": results} if results else {}) | ({"errors": errors} if errors else {})

    def _error(self, each: dict[str, Any], known: set[tuple[str, str]], *, overwrite: bool) -> dict[str, Any] | None:
        missing = [
            {"type": reference["type"], "id": reference["id"]}
            for reference in each["references"]
            if reference["type"] in CHECKED_REFERENCES and (reference["type"], reference["id"]) not in known
        ]
        unknown = sorted(set(each["attributes"]) - ATTRIBUTES.get(each["type"], set(each["attributes"])))
        if unknown:
            said = f"[attributes.{unknown[0]}]: definition for this key is missing"
            return {"type": "unknown", "statusCode": 400, "message": said}
        if missing:
            return {"type": "missing_references", "references": missing}
        if each["id"] in self.changed_meanwhile:
            return {"type": "unknown", "statusCode": 409, "message": "version conflict"}
        if (each["type"], each["id"]) in self.objects and not overwrite:
            return {"type": "conflict"}
        return None


@contextmanager
def run_kibana_standin() -> Iterator[KibanaStandin]:
    """Run a stand-in on a free port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    standin = KibanaStandin(server)
    server.standin = standin  # type: ignore[attr-defined]
    with serving(server):
        yield standin


class _Handler(BaseHTTPRequestHandler):
    timeout = 5

    def do_POST(self) -> None:
        standin: KibanaStandin = self.server.standin  # type: ignore[attr-defined]
        standin.requests += 1
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if standin.failure is not None:
            self._send(*standin.failure)
            return
        path = urlsplit(self.path)
        if path.path != "/api/saved_objects/_import":
            self._refuse(404, "Not Found")
        elif "kbn-xsrf" not in self.headers:
            self._refuse(400, "Request must contain a kbn-xsrf header.")
        elif self.headers["Authorization"] not in _accepted():
            self._refuse(401, "[security_exception]: unable to authenticate user")
        else:
            overwrite = parse_qs(path.query).get("overwrite") == ["true"]
            objects = _read_file(self.headers["Content-Type"], body)
            newer = [
                each
                for each in objects
                if _version(each["typeMigrationVersion"]) > _version(standin.newest[each["type"]])
            ]
            if newer:
                wanted, known = newer[0]["typeMigrationVersion"], standin.newest[newer[0]["type"]]
                said = f'Document "{newer[0]["id"]}" belongs to a more recent version of Kibana [{wanted}] when the'
                self._refuse(422, f"{said} last known version is [{known}].")
                return
            self._send(200, json.dumps(standin.import_objects(objects, overwrite=overwrite)).encode(), {})

    def _refuse(self, status: int, message: str) -> None:
        body = {"statusCode": status, "error": "", "message": message}
        self._send(status, json.dumps(body).encode(), {})

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in ({"kbn-name": "standin", "Content-Type": "application/json"} | headers).items():
            if value:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def _version(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(".")))


def _accepted() -> set[str]:
    basic = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    return {f"Basic {basic}", f"ApiKey {API_KEY}"}


def _read_file(content_type: str, body: bytes) -> list[dict[str, Any]]:
    message = message_from_bytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body, policy=HTTP)
    (part,) = message.iter_parts()  # type: ignore[attr-defined]
    assert part.get_filename().endswith(".ndjson"), "Kibana takes no other file names"
    return [json.loads(line) for line in part.get_payload(decode=True).splitlines()]
