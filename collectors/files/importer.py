"""`import_file`: one file into the archive, page by page; doing it again changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import msgspec

from collectors.files.client import FilesClient, build_query, shown_name
from collectors.files.parse import SOURCE, parse_page
from collectors.files.profiles import load_profile
from collectors.files.repeats import RepeatedIds
from collectors.protocol import ParseContext, ParsedPage, Window
from sidak.clock import Clock
from sidak.ids import Pseudonymizer
from sidak.intake import Intake, Stored
from sidak.models import DeadLetter

OnProgress = Callable[[str, int, int], None]
"""Called after each page with what is imported, the bytes read and the bytes there are."""

PAGE_ROWS = 2000
NOTES = {
    "nul_replaced": "texts with null characters, replaced by U+FFFD",
    "surrogates_replaced": "texts with lone surrogates, replaced by U+FFFD",
    "text_cut": "texts longer than 1,000,000 characters, cut there",
    "careless_quotes": "lines with careless quotes, read as they stand",
    "url_dropped": "addresses that are none of http or https, left out",
}
"""What a post's warning means, for people who import."""


class ImportResult(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a file's rows: rows = new + revised + unchanged + refused + rejected."""

    rows: int = 0
    new: int = 0
    revised: int = 0
    unchanged: int = 0
    refused: int = 0
    """Deleted once and never stored again."""
    rejected: int = 0
    """Rows that wait as dead letters, also where they already waited."""
    warnings: tuple[str, ...] = ()


class _Tally:
    """Adds up what happened, page by page."""

    def __init__(self) -> None:
        self.result = ImportResult()
        self.notes: Counter[str] = Counter()
        self.rejections: Counter[str] = Counter()
        self.first_letters: dict[str, DeadLetter] = {}
        self.unknown_fields: set[str] = set()

    def add(self, parsed: ParsedPage, stored: Stored, *, rows: int) -> None:
        self.notes.update(warning for post in parsed.posts for warning in post.warnings)
        self.unknown_fields.update(parsed.unknown_fields)
        for letter in parsed.rejected:
            self.rejections[letter.reason] += 1
            self.first_letters.setdefault(letter.reason, letter)
        self.result = ImportResult(
            rows=self.result.rows + rows,
            new=self.result.new + stored.new,
            revised=self.result.revised + stored.revised,
            unchanged=self.result.unchanged + stored.unchanged,
            refused=self.result.refused + stored.refused,
            rejected=self.result.rejected + len(parsed.rejected),
        )

    def warnings(self, name: str) -> list[str]:
        found = [f"{name}: {count} {NOTES.get(note, note)}" for note, count in sorted(self.notes.items())]
        for reason, letter in self.first_letters.items():
            count = self.rejections[reason]
            standing = "1 rejected" if count == 1 else f"the first of {count} rejected"
            found.append(f"{letter.where}: {letter.detail}; {standing} for {reason}")
        if self.unknown_fields:
            found.append(f"{name}: columns that the profile does not read: {', '.join(sorted(self.unknown_fields))}")
        if not self.result.rows:
            found.append(f"{name}: headings, but no rows")
        return found


def import_file(
    path: Path,
    *,
    profile: str,
    intake: Intake,
    pseudonymize: Pseudonymizer,
    clock: Clock,
    on_progress: OnProgress | None = None,
    chunk: int = PAGE_ROWS,
) -> ImportResult:
    """Store the rows of a CSV, XLSX or JSON lines file, read by a built-in profile's name or a profile file's path.

    Each page is durable before the next is read. Raises UsageError for a file or profile that is none, StopError for
    one that cannot be read or an archive that cannot be written; pages stored until then stay stored.
    """
    columns = load_profile(profile)
    client = FilesClient(columns, clock=clock, chunk=chunk)
    context = ParseContext(pseudonymize=pseudonymize)
    tally = _Tally()
    with closing(RepeatedIds()) as repeats:
        for page in client.fetch(build_query(path, columns), window=Window(), cursor=None):
            parsed = parse_page(page, context)
            repeats.note(parsed.posts)
            stored = intake.store(SOURCE, parsed.posts, rejected=parsed.rejected)
            tally.add(parsed, stored, rows=len(page.items))
            if on_progress:
                on_progress(f"import {page.where}", client.reading.bytes_read, client.reading.bytes_total)
        name = shown_name(path)
        warnings = [*client.reading.warnings, *tally.warnings(name), *repeats.warnings(name)]
    return msgspec.structs.replace(tally.result, warnings=tuple(warnings))
