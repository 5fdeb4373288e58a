"""The data files of a library, found without importing it: an import may cost half a second of every start."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from sidak.errors import StopError


def read_package_data(package: str, *parts: str) -> bytes:
    """Return a data file of an installed package; raises StopError naming the package where it is not there."""
    found = find_spec(package)
    folders = found.submodule_search_locations if found else None
    try:
        return Path(next(iter(folders or ())), *parts).read_bytes()
    except StopIteration as exc:
        raise StopError(f"{package} is not installed; run `make setup` again") from exc
    except OSError as exc:
        raise StopError(f"{package}: {'/'.join(parts)} is not there ({exc.strerror}); run `make setup` again") from exc
