"""The hash chain of the decision ledger: what is hashed, what may be written, and how a break is recognised.

Pure: no database and no clock. Each record's hash covers its own fields and the hash before it, so a record that was
altered, removed or moved shows at the first record that no longer fits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from index.states import FIRST, STATES
from sidak.errors import IntegrityError, UsageError
from sidak.models import Decision, TriageState

GENESIS = "0" * 64
"""What stands before the first record."""

MAX_NOTE_CHARACTERS = 4_000
MAX_NAME_CHARACTERS = 500

_UNSTORABLE: dict[int, str | None] = {0: None, **dict.fromkeys(range(0xD800, 0xE000), "\N{REPLACEMENT CHARACTER}")}
"""Null bytes go, lone surrogates become the sign for an unreadable character: no database takes either."""


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """The last link of the chain; whoever keeps one outside the database can later prove that nothing was cut off."""

    sequence: int = 0
    hash: str = GENESIS


def link_decision(
    head: Head,
    *,
    report_id: str,
    actor: str,
    from_state: TriageState,
    to_state: TriageState,
    note: str,
    at: datetime,
) -> Decision:
    """Return the decision that follows `head`, with its hash."""
    unsealed = Decision(
        sequence=head.sequence + 1,
        report_id=report_id,
        actor=actor,
        from_state=from_state,
        to_state=to_state,
        note=note,
        at=at.astimezone(UTC),
        previous_hash=head.hash,
        hash="",
    )
    return msgspec.structs.replace(unsealed, hash=hash_decision(unsealed))


def hash_decision(decision: Decision) -> str:
    """Return the SHA-256 over the canonical JSON (sorted keys, no blanks, UTF-8) of all fields but the hash itself."""
    fields = msgspec.structs.asdict(decision)
    del fields["hash"]
    fields["at"] = format_time(decision.at)
    return hashlib.sha256(msgspec.json.encode(fields, order="sorted")).hexdigest()


def format_time(at: datetime) -> str:
    """Return a time as it is hashed and stored: ISO 8601 in UTC, to the microsecond."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def verify_chain(decisions: Iterable[Decision], *, kept: Head | None = None) -> Head:
    """Walk the chain from its beginning and return its head.

    Raises IntegrityError naming the first record that is missing, altered or out of place, or that `kept` (a head
    remembered from before) is no longer part of the chain.
    """
    head = Head()
    states: dict[str, TriageState] = {}
    kept_seen = kept is None or kept.sequence == 0
    for decision in decisions:
        _check_link(head, decision, states.get(decision.report_id, FIRST))
        states[decision.report_id] = decision.to_state
        head = Head(sequence=decision.sequence, hash=decision.hash)
        kept_seen = kept_seen or head == kept
    if not kept_seen and kept is not None:
        raise IntegrityError(
            f"decision ledger: record {kept.sequence} with hash {kept.hash[:12]}… was there once and is not any more; "
            f"the ledger now ends at record {head.sequence}: records were cut off or rewritten"
        )
    return head


def _check_link(head: Head, decision: Decision, state: TriageState) -> None:
    expected = head.sequence + 1
    if decision.sequence != expected:
        raise IntegrityError(
            f"decision ledger: record {expected} is missing (the next one found is {decision.sequence}): it was removed"
        )
    where = f"decision ledger: record {decision.sequence} (report {decision.report_id})"
    if decision.hash != hash_decision(decision):
        raise IntegrityError(f"{where} was altered: its content does not match its hash")
    if decision.previous_hash != head.hash:
        raise IntegrityError(f"{where} does not follow record {head.sequence}: records were reordered or replaced")
    if decision.from_state != state:
        raise IntegrityError(f"{where} starts from {decision.from_state}, but the report was in {state}")


def clean_note(note: str) -> str:
    """Return the note as it can be stored: no null bytes, no lone surrogates, otherwise as given.

    Raises UsageError (in Indonesian, for the person who wrote it) where it is too long: it is never cut short silently.
    """
    cleaned = note.translate(_UNSTORABLE).strip()
    if len(cleaned) > MAX_NOTE_CHARACTERS:
        raise UsageError(f"Catatan terlalu panjang: {len(cleaned)} karakter, paling banyak {MAX_NOTE_CHARACTERS}.")
    return cleaned


def check_name(value: str, *, what: str) -> str:
    """Return an id or a person's sign-in name that the ledger can hold; raises UsageError otherwise."""
    if not value.strip() or len(value) > MAX_NAME_CHARACTERS or value != value.translate(_UNSTORABLE):
        raise UsageError(f"{what} kosong, terlalu panjang, atau berisi karakter yang tidak dapat disimpan.")
    return value


def check_state(value: str) -> TriageState:
    """Return the value as a triage state; raises UsageError where there is none of this name."""
    for state in STATES:
        if value == state:
            return state
    raise UsageError(f"Status {value[:60]!r} tidak dikenal.")
