"""What an export is asked for, and with whose rights."""

from __future__ import annotations

import msgspec

from dashboards.console.roles import RIGHTS
from index.engine import Filters, SearchQuery
from index.parse_query import parse_query
from sidak.errors import UsageError


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What is exported, and with whose rights."""

    query: str = ""
    filters: Filters = Filters()
    role: str = "analis"
    include_restricted: bool = False

    def search_query(self) -> SearchQuery:
        """Return the search; raises UsageError where the query or the rights make no sense."""
        if self.role not in RIGHTS:
            raise UsageError(f"--as-role: {self.role!r} is none of {', '.join(RIGHTS)}")
        if self.include_restricted and not RIGHTS[self.role].read_restricted:
            raise UsageError(f"--include-restricted: the role {self.role} may not read what is berkadar pengawasan")
        return SearchQuery(
            include_restricted=self.include_restricted, expression=parse_query(self.query), filters=self.filters
        )
