"""Reading the envelope of X's answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import requests

from collectors.verdicts import AnswerError
from collectors.x.ids import read_id


def read_envelope(response: requests.Response) -> dict[str, Any]:
    """Return the answer's object; raises AnswerError for anything but a page."""
    body = response.json()
    if not isinstance(body, dict):
        raise AnswerError(f"the answer is {type(body).__name__}, not an object")
    if not isinstance(body.get("data") or [], list):
        raise AnswerError("data is no list")
    if "data" not in body and "meta" not in body:
        raise AnswerError("the answer has neither data nor meta")
    return body


def next_token(body: Mapping[str, Any]) -> str | None:
    """Return the token of the page below, None at the end."""
    meta = body.get("meta")
    token = meta.get("next_token") if isinstance(meta, dict) else None
    return token if isinstance(token, str) and token else None


def positions_in(items: list[Any]) -> list[int]:
    """Return the numbers of those posts that have one."""
    numbers = (read_id(item.get("id")) for item in items if isinstance(item, dict))
    return [number for number in numbers if number is not None]
