"""Sealed ids: the same address always gives the same id, and only the deployment's key leads from the id back to it.

Some platforms address a post by its author's account. Such an address is never kept; sealed, it can still be looked up
again, so that a deletion is learned of. AES-SIV (RFC 5297): deterministic, and what was altered does not open.
"""

from __future__ import annotations

import base64
import binascii

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from sidak.ids import Pseudonymizer

MARK = "s_"
KEY_BYTES = 32


class Seal:
    """Seals the addresses of one source."""

    def __init__(self, pseudonymize: Pseudonymizer, source: str) -> None:
        parts = (pseudonymize(f"{source}:seal", str(number)) or "" for number in range(3))
        material = bytes.fromhex("".join(part.removeprefix("a_") for part in parts))
        self._cipher = AESSIV(material[:KEY_BYTES])
        self._source = source.encode()

    def close(self, address: str) -> str:
        """Return the sealed id of an address."""
        sealed = self._cipher.encrypt(address.encode("utf-8", "surrogatepass"), [self._source])
        return MARK + base64.urlsafe_b64encode(sealed).decode().rstrip("=")

    def open(self, id: str) -> str | None:
        """Return the address of a sealed id, or None for anything else."""
        text = id.removeprefix(MARK)
        if text == id:
            return None
        try:
            sealed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
            return self._cipher.decrypt(sealed, [self._source]).decode()
        except (binascii.Error, InvalidTag, ValueError):
            return None
