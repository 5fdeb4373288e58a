"""Reading the parameters of X's endpoints, and the answers that refuse them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime

from collectors.standins.messages import Response, build_json
from collectors.standins.x_ids import first_id_at

PROBLEMS = "https://api.twitter.com/2/problems/"


class XError(Exception):
    """A request that X refuses; carries the answer."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


def read_bounds(query: Mapping[str, str], *, floor: int) -> tuple[int, int]:
    """The open interval of ids that all parameters of the request leave."""
    low, high = [floor - 1], [1 << 63]
    if (since := read_number(query, "since_id")) is not None:
        low.append(since)
    if (until := read_number(query, "until_id")) is not None:
        high.append(until)
    if (start := read_moment(query, "start_time")) is not None and since is None:  # with both, X heeds since_id only
        low.append(first_id_at(start) - 1)
    if (end := read_moment(query, "end_time")) is not None:
        high.append(first_id_at(end))
    high += [_read_token(name, query[name]) for name in ("next_token", "pagination_token") if name in query]
    return max(low), min(high)


def read_page_size(query: Mapping[str, str]) -> int:
    """`max_results`, 10 where it is not given."""
    size = read_number(query, "max_results")
    if size is None:
        return 10
    if not 10 <= size <= 100:
        raise invalid("max_results", query["max_results"], "must be between 10 and 100")
    return size


def read_number(query: Mapping[str, str], name: str) -> int | None:
    """A numeric parameter, None where it is not given."""
    text = query.get(name)
    if text is None:
        return None
    if not text.isdecimal() or len(text) > 19:
        raise invalid(name, text, "must be a number of up to 19 digits")
    return int(text)


def read_moment(query: Mapping[str, str], name: str) -> datetime | None:
    """A time parameter, None where it is not given."""
    text = query.get(name)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise invalid(name, text, "must be an RFC 3339 time") from error
    if moment.tzinfo is None:
        raise invalid(name, text, "must have a time zone")
    return moment


def write_token(oldest_id: str) -> str:
    """The token of the page below `oldest_id`."""
    return base64.b32encode(oldest_id.encode()).decode().rstrip("=").lower()


def _read_token(name: str, token: str) -> int:
    try:
        return int(base64.b32decode(token.upper() + "=" * (-len(token) % 8)))
    except (binascii.Error, ValueError) as error:
        raise invalid(name, token, "is not a token of this endpoint") from error


def build_problem(status: int, title: str, detail: str, *, headers: Mapping[str, str] | None = None) -> Response:
    """An error answer in X's form of RFC 7807."""
    body = {"title": title, "detail": detail, "type": "about:blank", "status": status}
    return build_json(body, status=status, headers=headers)


def invalid(parameter: str, value: str, reason: str) -> XError:
    """The refusal of one parameter; to be raised."""
    body = {
        "errors": [{"parameters": {parameter: [value]}, "message": f"Invalid '{parameter}':'{value}'. {reason}"}],
        "title": "Invalid Request",
        "detail": "One or more parameters to your request was invalid.",
        "type": PROBLEMS + "invalid-request",
    }
    return XError(build_json(body, status=400))
