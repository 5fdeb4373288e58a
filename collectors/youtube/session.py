"""The guards under google-api-python-client: an HTTP of our own in the place of httplib2's."""

from __future__ import annotations

from typing import Any

import googleapiclient.discovery
import httplib2
import requests

from collectors.transport import check_address, guard_session

BASE_URL = "https://youtube.googleapis.com"


class GuardedHttp:
    """What the library asks of httplib2.Http, on a guarded session; the key goes into a header and no address."""

    def __init__(self, session: requests.Session, *, api_key: str) -> None:
        self._session = session
        self._api_key = api_key

    def request(
        self,
        uri: str,
        method: str = "GET",
        body: str | None = None,
        headers: dict[str, str] | None = None,
        **_: Any,  # noqa: ANN401 - httplib2's further options
    ) -> tuple[httplib2.Response, bytes]:
        """Return a whole answer below status 400; raises WireError or StatusError."""
        sent = {**(headers or {}), "x-goog-api-key": self._api_key}
        sent.pop("content-length", None)
        response = self._session.request(method, uri, data=body, headers=sent)
        kept = {name.lower(): value for name, value in response.headers.items()}
        return httplib2.Response(kept | {"status": str(response.status_code)}), response.content

    def close(self) -> None:
        """End the session."""
        self._session.close()


def build_youtube(*, api_key: str, base_url: str | None) -> Any:  # noqa: ANN401 - the library builds its types at run time
    """Return the library's service; nothing is asked yet."""
    session = requests.Session()
    guard_session(session, reroute={})
    return googleapiclient.discovery.build(
        "youtube",
        "v3",
        http=GuardedHttp(session, api_key=api_key),
        static_discovery=True,
        cache_discovery=False,
        client_options={"api_endpoint": check_address(base_url) if base_url else BASE_URL},
    )
