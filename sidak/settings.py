"""Settings: one class, built once at the edge from the environment and passed down.

Nothing here is read at import, and no other module reads the environment.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from sidak.errors import StopError, UsageError


class ElasticsearchSettings(BaseModel):
    """How to reach Elasticsearch; secrets come from the environment only."""

    url: str = "http://127.0.0.1:9200"
    username: str | None = None
    password: SecretStr | None = None
    api_key: SecretStr | None = None
    ca_certs: Path | None = None
    prefix: str = "sidak"
    timeout_seconds: float = Field(default=30.0, gt=0)


class KibanaSettings(BaseModel):
    """How to reach the analysts' Kibana; secrets come from the environment only."""

    url: str = "http://127.0.0.1:5601"
    """With a space where the views belong into one: `https://kibana.example/s/sidak`."""
    username: str | None = None
    password: SecretStr | None = None
    api_key: SecretStr | None = None
    ca_certs: Path | None = None
    index: str | None = None
    """The index or alias that analysts read; by default the read alias of SIDAK_ELASTICSEARCH__PREFIX."""
    timeout_seconds: float = Field(default=30.0, gt=0)


class Settings(BaseSettings):
    """Everything a deployment can set, from `SIDAK_*` variables (`__` separates nested names)."""

    model_config = SettingsConfigDict(env_prefix="SIDAK_", env_nested_delimiter="__", extra="ignore")

    home: Path = Path("var")
    index: Literal["sqlite", "elasticsearch"] = "sqlite"
    elasticsearch: ElasticsearchSettings = ElasticsearchSettings()
    kibana: KibanaSettings = KibanaSettings()
    ledger_url: SecretStr | None = None
    region: str | None = None
    clearance_file: Path | None = None
    watchlist_file: Path | None = None
    offices_file: Path | None = None
    """The deployment's registry of offices (CSV: id,name,aliases,area_code); kinds of office are known without it."""
    projects_file: Path | None = None
    """The deployment's registry of projects (CSV: id,name,aliases,area_code,budget,contractor)."""
    clock_file: Path | None = None
    """For rehearsals only: a file that holds the moment to take for the present."""
    pseudonym_key: SecretStr | None = None
    session_key: SecretStr | None = None
    sources: dict[str, dict[str, SecretStr]] = {}
    """Credentials and addresses by source: `SIDAK_SOURCES__X__BEARER_TOKEN` is `sources["x"]["bearer_token"]`."""

    @property
    def archive_dir(self) -> Path:
        """Where the durable segments live."""
        return self.home / "archive"

    @property
    def clearance_path(self) -> Path:
        """The file in which the deployment declares which sources it may ask."""
        return self.clearance_file or self.home / "clearance.toml"

    @property
    def watchlist_path(self) -> Path:
        """The file of phrases, places and projects to listen for."""
        return self.watchlist_file or self.home / "watchlist.toml"

    @property
    def adaptation_path(self) -> Path:
        """What this deployment's inspectors taught (`sidak train --from-decisions`); there may be none."""
        return self.home / "model" / "adaptation.tsv"

    def credentials(self, source: str) -> dict[str, str]:
        """Return a source's credentials in the clear, for the client alone."""
        return {name: value.get_secret_value() for name, value in self.sources.get(source, {}).items()}

    def ledger_database_url(self) -> str:
        """Return the SQLAlchemy address of the decision ledger (SQLite in the home by default)."""
        if self.ledger_url is not None:
            return self.ledger_url.get_secret_value()
        return f"sqlite:///{(self.home / 'ledger.db').absolute()}"

    def secret_key(self, purpose: Literal["pseudonym", "session"]) -> bytes:
        """Return the key for a purpose: from the environment, else one made once and kept in the home (mode 600).

        Raises StopError where the home cannot hold it.
        """
        given = self.pseudonym_key if purpose == "pseudonym" else self.session_key
        if given is not None:
            return given.get_secret_value().encode()
        return _kept_key(self.home / "keys" / f"{purpose}.key")


def load_settings() -> Settings:
    """Build the settings from the environment; raises UsageError naming the variable that is wrong."""
    try:
        return Settings()
    except ValidationError as exc:
        problems = "; ".join(
            f"SIDAK_{'__'.join(str(part) for part in error['loc']).upper()}: {error['msg']}" for error in exc.errors()
        )
        raise UsageError(f"settings: {problems}") from exc


def _kept_key(path: Path) -> bytes:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            _make_key(path)
        return path.read_bytes()
    except OSError as exc:
        raise StopError(
            f"{path}: the home cannot hold a key ({exc.strerror}); set SIDAK_HOME to a writable folder"
        ) from exc


def _make_key(path: Path) -> None:
    """Write a whole key first and then give it its name, so that nobody ever reads half a key."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_hex(32).encode())
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):  # another process was faster: its key holds
        os.link(draft, path)
    draft.unlink()
