"""How Kibana is reached: the address, the credentials and the client, from the settings."""

from __future__ import annotations

import ssl
from collections.abc import Generator

import httpx

from sidak.errors import UsageError
from sidak.settings import KibanaSettings


class ApiKeyAuth(httpx.Auth):
    """Signs requests with an API key in the form that Kibana shows it (`encoded`)."""

    def __init__(self, key: str) -> None:
        self._key = key

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the key."""
        request.headers["Authorization"] = f"ApiKey {self._key}"
        yield request


def build_auth(settings: KibanaSettings) -> httpx.Auth | None:
    """Return how requests are signed, None where nothing is set; raises UsageError where it is set by half."""
    if settings.api_key is not None:
        key = settings.api_key.get_secret_value()
        if not key.isascii() or not key.isprintable():
            raise UsageError("SIDAK_KIBANA__API_KEY: holds characters that no API key has")
        return ApiKeyAuth(key)
    if (settings.username is None) != (settings.password is None):
        raise UsageError("SIDAK_KIBANA__USERNAME and SIDAK_KIBANA__PASSWORD: set both or none")
    if settings.username is None or settings.password is None:
        return None
    return httpx.BasicAuth(settings.username, settings.password.get_secret_value())


def base_url(settings: KibanaSettings) -> str:
    """Return the address without a slash at its end; raises UsageError where it is none or carries credentials."""
    try:
        parts = httpx.URL(settings.url)
    except httpx.InvalidURL:
        raise UsageError("SIDAK_KIBANA__URL: is no address") from None  # its words could repeat credentials
    if parts.scheme not in {"http", "https"} or not parts.host:
        raise UsageError(
            "SIDAK_KIBANA__URL: must be like https://kibana.example:5601 or https://kibana.example/s/space"
        )
    if parts.userinfo or parts.query or parts.fragment:
        raise UsageError("SIDAK_KIBANA__URL: only scheme, host, port and path; credentials have variables of their own")
    return settings.url.rstrip("/")


def open_client(settings: KibanaSettings) -> httpx.Client:
    """Return a client that follows no redirect; raises UsageError where the certificate file makes no sense."""
    verify: ssl.SSLContext | bool = True
    if settings.ca_certs is not None:
        try:
            verify = ssl.create_default_context(cafile=str(settings.ca_certs))
        except (OSError, ssl.SSLError) as exc:
            raise UsageError(f"SIDAK_KIBANA__CA_CERTS: {settings.ca_certs}: {exc}") from exc
    # A .netrc entry would replace the credentials, and a proxy for the internet would read them.
    return httpx.Client(timeout=settings.timeout_seconds, verify=verify, trust_env=False, follow_redirects=False)
