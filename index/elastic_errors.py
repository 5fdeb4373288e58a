"""Elasticsearch's errors in our words: what happens next, which server, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import elastic_transport
import elasticsearch
import msgspec

from sidak.errors import RetryError, SidakError, StopError

_LIBRARY_ERRORS = (elasticsearch.ApiError, elastic_transport.TransportError)


def server_address(url: str) -> str:
    """Return a server's address (or several, with commas) as it may be shown: without user name, password or path."""
    return ", ".join(_bare(one) for one in url.split(","))


@contextmanager
def translated_errors(address: str) -> Iterator[None]:
    """Turn the client's errors, and answers of no known shape, into RetryError or StopError naming the server."""
    try:
        yield
    except _LIBRARY_ERRORS as exc:
        raise translate_error(exc, address) from exc
    except msgspec.ValidationError as exc:
        raise _strange_answer(address) from exc


def translate_error(error: Exception, address: str) -> SidakError:
    """Return the error that says what happens next."""
    match error:
        case elasticsearch.UnsupportedProductError():  # a kind of ApiError, so it comes first
            return StopError(f"{address}: is no Elasticsearch; check SIDAK_ELASTICSEARCH__URL")
        case elasticsearch.ApiError():
            return translate_status(
                error.meta.status, error_type=error.error, reason=_first_reason(error.body), address=address
            )
        case elastic_transport.TlsError():
            return _distrust(error.message, address)
        case elastic_transport.ConnectionTimeout():
            return RetryError(f"{address}: no answer in time; try again", reason="elasticsearch_timeout")
        case elastic_transport.ConnectionError():
            return RetryError(f"{address}: cannot be reached ({error.message})", reason="elasticsearch_down")
        case _:
            return _strange_answer(address)


def translate_status(status: int, *, error_type: str, reason: str, address: str) -> SidakError:
    """Return the error for a status, of a whole answer or of one item in a bulk answer."""
    if error_type == "cluster_block_exception" and status != 503:  # 503: no master, which passes by itself
        return StopError(
            f"{address}: Elasticsearch refuses to write ({reason}); it does so when its disk is nearly full:"
            " free space or add a node, then remove index.blocks.read_only_allow_delete if it stays"
        )
    if status == 401:
        return StopError(
            f"{address}: user name, password or API key were not accepted; check SIDAK_ELASTICSEARCH__USERNAME,"
            " __PASSWORD and __API_KEY"
        )
    if status == 403:
        return StopError(
            f"{address}: this user may not do that ({reason}); it needs the role sidak_writer of"
            " index/templates/roles.yml"
        )
    if error_type == "index_not_found_exception":
        return StopError(f"{address}: the index does not exist yet; `sidak publish` or `sidak reindex` makes it")
    if status == 429 or status >= 500:
        return RetryError(f"{address}: Elasticsearch is busy or not whole ({status}: {reason})", reason="busy")
    return StopError(f"{address}: Elasticsearch refused the request ({status} {error_type}: {reason})")


def _bare(url: str) -> str:
    parts = urlsplit(url.strip())
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _first_reason(body: object) -> str:
    """Return an error answer's own words; a proxy in between may answer with anything."""
    error = body.get("error") if isinstance(body, dict) else None
    reason = error.get("reason") if isinstance(error, dict) else None
    return str(reason)[:300] if reason else "no reason given"


def _distrust(message: str, address: str) -> StopError:
    if "expired" in message:
        return StopError(
            f"{address}: the server's certificate has expired; put a new one on the server (or set this machine's"
            f" clock right) and run the command again; nothing was sent ({message})"
        )
    return StopError(
        f"{address}: the server's certificate is not trusted; check SIDAK_ELASTICSEARCH__URL and"
        f" SIDAK_ELASTICSEARCH__CA_CERTS ({message})"
    )


def _strange_answer(address: str) -> RetryError:
    return RetryError(f"{address}: the answer is not Elasticsearch's; is a proxy in between?", reason="strange_answer")
