"""How one saved object points to another."""

from __future__ import annotations

import msgspec


class Reference(msgspec.Struct, frozen=True):
    """A pointer from one object to another, by the name that the object's own text uses."""

    name: str
    type: str
    id: str
