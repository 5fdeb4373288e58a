"""Errors of the console, each shown as its own page.

SidakError
├── BadRequestError    the address or form makes no sense (400)
├── SignInNeededError  nobody is signed in, or no longer (to the sign-in page)
├── ForbiddenError     signed in, but the role may not do this, or the form is not ours (403)
├── NotFoundError      there is no such report, as far as this person may know (404)
├── ExportRefusedError the platforms' terms, or its size, do not let this download out (429)
├── IndexDownError     the index does not answer (503)
└── DatabaseDownError  the database of accounts does not answer (503)
"""

from __future__ import annotations

from sidak.errors import RetryError, SidakError


class BadRequestError(SidakError):
    """The address or form makes no sense; the message (Indonesian) is shown."""


class SignInNeededError(SidakError):
    """Nobody is signed in, or the session has ended."""


class ForbiddenError(SidakError):
    """Not allowed; the message (Indonesian) is shown."""


class NotFoundError(SidakError):
    """There is no such thing, as far as this person may know."""


class ExportRefusedError(SidakError):
    """This may not be handed out now; the message (Indonesian) says why and when it may."""


class IndexDownError(RetryError):
    """The index does not answer."""


class DatabaseDownError(RetryError):
    """The database of accounts does not answer."""
