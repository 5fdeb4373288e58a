"""Installs saved objects through Kibana's import, and reads what became of each of them."""

from __future__ import annotations

from collections.abc import Sequence

import httpx
import msgspec

from dashboards.kibana.saved_objects import OLDEST_KIBANA, SavedObject, encode_objects
from sidak.errors import RetryError, SidakError, StopError

IMPORT = "/api/saved_objects/_import"
_CUT = 300
"""Characters of another program's words that a message repeats."""


class Refusal(msgspec.Struct, frozen=True):
    """An object that Kibana did not take, and why."""

    id: str
    reason: str


class PushOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of each object: created + replaced + refused = given."""

    created: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    refused: tuple[Refusal, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    """Taken, but under another id, because another space holds this one."""


class _Taken(msgspec.Struct, frozen=True, rename="camel"):
    type: str
    id: str
    overwrite: bool = False
    destination_id: str | None = None


class _Missing(msgspec.Struct, frozen=True):
    type: str
    id: str


class _Why(msgspec.Struct, frozen=True, rename="camel"):
    type: str = "unknown"
    message: str = ""
    status_code: int = 0
    references: tuple[_Missing, ...] = ()


class _Failed(msgspec.Struct, frozen=True):
    type: str
    id: str
    error: _Why = _Why()


class _Imported(msgspec.Struct, frozen=True, rename="camel"):
    success: bool
    success_count: int
    success_results: tuple[_Taken, ...] = ()
    errors: tuple[_Failed, ...] = ()


class _Refused(msgspec.Struct, frozen=True):
    message: str = ""


def push_objects(
    url: str, *, auth: httpx.Auth | None, objects: Sequence[SavedObject], client: httpx.Client
) -> PushOutcome:
    """Create the objects, or replace those that are there, and return what became of each.

    Raises RetryError where Kibana is down or busy, StopError where a person must act.
    """
    try:
        response = client.post(
            url + IMPORT,
            params={"overwrite": "true"},
            headers={"kbn-xsrf": "sidak"},
            files={"file": ("sidak.ndjson", encode_objects(objects), "application/ndjson")},
            auth=auth or httpx.USE_CLIENT_DEFAULT,
        )
    except httpx.DecodingError as exc:
        raise _no_kibana(url) from exc
    except httpx.TransportError as exc:
        raise _transport_error(exc, url) from exc
    if response.status_code != 200:
        raise _status_error(response, url)
    try:
        answer = msgspec.json.decode(response.content, type=_Imported)
    except msgspec.DecodeError as exc:
        raise _no_kibana(url) from exc
    return _read_outcome(answer, objects, url=url)


def _read_outcome(answer: _Imported, objects: Sequence[SavedObject], *, url: str) -> PushOutcome:
    """Match the answer with what was sent: an object that it passes over is not installed, whatever it says."""
    taken = {(each.type, each.id): each for each in answer.success_results}
    failed = {(each.type, each.id): each for each in answer.errors}
    keys = [(each.type, each.id) for each in objects]
    unsaid = [id for type, id in keys if (type, id) not in taken and (type, id) not in failed]
    if unsaid:
        raise StopError(f"{url}: Kibana said nothing about {', '.join(unsaid)}; look under Saved Objects, push again")
    installed = [taken[key] for key in keys if key in taken and key not in failed]
    return PushOutcome(
        created=tuple(each.id for each in installed if not each.overwrite),
        replaced=tuple(each.id for each in installed if each.overwrite),
        refused=tuple(Refusal(key[1], _reason(failed[key].error)) for key in keys if key in failed),
        renamed=tuple((each.id, each.destination_id) for each in installed if each.destination_id),
    )


def _reason(why: _Why) -> str:
    if why.type in {"conflict", "ambiguous_conflict"} or why.status_code == 409:
        return "somebody changed it at the same moment, or another space holds this id; push again"
    if why.type == "missing_references":
        return f"refers to what is not there: {', '.join(f'{each.type} {each.id}' for each in why.references)}"
    if why.type == "unsupported_type":
        return "this Kibana does not know this type of object, or may not import it"
    return f"{why.type} {why.status_code or ''} {why.message[:_CUT]}".replace("  ", " ").strip()


_REFUSALS = {
    401: "user name, password or API key were not accepted; check SIDAK_KIBANA__USERNAME, __PASSWORD and __API_KEY",
    403: "this user may not import; it needs all rights on Saved Objects Management",
    413: "the import is larger than savedObjects.maxImportPayloadBytes of this Kibana",
}
_NEWER = "more recent version of Kibana"


def _status_error(response: httpx.Response, url: str) -> SidakError:
    status, said = response.status_code, _message(response)
    if status in _REFUSALS:
        return StopError(f"{url}: {_REFUSALS[status]} ({said})")
    if status == 429 or status >= 500:
        return RetryError(f"{url}: Kibana is busy or not ready ({status}: {said}); try again", reason="busy")
    if status in {404, 405} or status < 400 or "kbn-name" not in response.headers:
        return _no_kibana(url)
    if _NEWER in said:
        return StopError(f"{url}: this Kibana is older than the views, which need {OLDEST_KIBANA} or newer ({said})")
    return StopError(f"{url}: Kibana refused the import ({status}: {said})")


def _transport_error(error: httpx.TransportError, url: str) -> SidakError:
    if "CERTIFICATE" in str(error).upper():
        return StopError(f"{url}: the server's certificate is not trusted; check SIDAK_KIBANA__CA_CERTS ({error})")
    if isinstance(error, httpx.TimeoutException):
        return RetryError(f"{url}: no answer in time; the import may have happened, push again", reason="timeout")
    return RetryError(f"{url}: Kibana cannot be reached ({error}); check SIDAK_KIBANA__URL", reason="kibana_down")


def _no_kibana(url: str) -> StopError:
    return StopError(f"{url}: what answers there is no Kibana; check SIDAK_KIBANA__URL (port 5601, base path, space)")


def _message(response: httpx.Response) -> str:
    """Return an error answer's own words; a proxy in between may answer with anything."""
    try:
        said = msgspec.json.decode(response.content, type=_Refused).message
    except msgspec.DecodeError:
        said = ""
    return said[:_CUT] or "no reason given"
