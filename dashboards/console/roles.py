"""Who may see and do what: one table, asked on the server for every page."""

from __future__ import annotations

from typing import Literal

import msgspec

Role = Literal["inspektorat", "gubernur", "analis"]


class Rights(msgspec.Struct, frozen=True, kw_only=True):
    """What a role may do; `home` is the page shown after signing in."""

    label: str
    read_restricted: bool
    """Sees berkadar-pengawasan reports, and the totals from which their number could be inferred."""
    decide: bool
    """Changes the state of a report."""
    home: str


RIGHTS: dict[str, Rights] = {
    "inspektorat": Rights(label="Inspektorat", read_restricted=True, decide=True, home="/"),
    "gubernur": Rights(label="Kantor Gubernur", read_restricted=False, decide=False, home="/tren"),
    "analis": Rights(label="Analis", read_restricted=False, decide=False, home="/"),
}
