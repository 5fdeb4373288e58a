"""Errors named by what happens next.

SidakError
├── RetryError       try again later, at `until` if known; nothing is wrong with the data
├── QuarantineError  this one thing can never succeed as it is; set it aside with its reason and go on
└── StopError        going on would lose or corrupt something, or cannot work at all; a person must act
    ├── UsageError       the person asked for something that does not exist or makes no sense (exit 2)
    ├── ClearanceError   the source may not be asked: no declared clearance
    └── IntegrityError   stored data is not what was written
"""

from __future__ import annotations

from datetime import datetime


class SidakError(Exception):
    """Base of all errors a person may read: the message says what happened, where, and what to do."""


class RetryError(SidakError):
    """Try again later; `until` is the earliest useful moment where the other side said so."""

    def __init__(self, message: str, *, until: datetime | None = None, reason: str = "retry") -> None:
        super().__init__(message)
        self.until = until
        self.reason = reason


class QuarantineError(SidakError):
    """This item can never succeed as it is; `where` names file, line and field."""

    def __init__(self, message: str, *, where: str = "", reason: str = "poison", payload: str = "") -> None:
        super().__init__(message)
        self.where = where
        self.reason = reason
        self.payload = payload


class StopError(SidakError):
    """Nothing more can be done without a person."""


class UsageError(StopError):
    """The command was asked for something that does not exist or makes no sense."""


class ClearanceError(StopError):
    """No clearance is declared for this source, so it makes no request."""


class IntegrityError(StopError):
    """Stored data is not what was written: the archive or the ledger was damaged or altered."""
