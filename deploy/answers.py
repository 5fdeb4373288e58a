"""Exits 0 where an address of this machine answers at all; an error of the server itself (5xx) is no answer."""

from __future__ import annotations

import sys
import urllib.error
import urllib.request
from http import HTTPStatus

TIMEOUT_SECONDS = 8.0


def answers(url: str) -> bool:
    """Whether somebody sensible listens there; being turned away (4xx) is a sign of life."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a proxy knows nothing of this machine
    try:
        opener.open(url, timeout=TIMEOUT_SECONDS).close()
    except urllib.error.HTTPError as exc:
        return exc.code < HTTPStatus.INTERNAL_SERVER_ERROR
    except (urllib.error.URLError, OSError):
        return False
    return True


if __name__ == "__main__":
    sys.exit(0 if all(map(answers, sys.argv[1:])) else 1)
