"""Logins and passwords: how they are spelled, which are refused, how they are kept. No store, no request.

Argon2id with the parameters that argon2-cffi recommends (RFC 9106, low memory: https://www.rfc-editor.org/rfc/rfc9106,
section 4); length and nothing else about a password's composition is asked for (NIST SP 800-63B,
https://pages.nist.gov/800-63-4/sp800-63b.html, both checked 2026-11-22).
"""

from __future__ import annotations

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

SHORTEST, LONGEST = 12, 500
"""Characters of a password."""
LONGEST_LOGIN = 100
_LEAST_OWN = 6
"""Characters that a password must have besides what everybody knows of its owner."""


class Passwords:
    """Hashes and compares; an unknown login costs the same work as a known one."""

    def __init__(self, hasher: PasswordHasher, unknown: str) -> None:
        self._hasher = hasher
        self._nobody = hasher.hash(unknown)

    def hash(self, password: str) -> str:
        """Give what is kept of a password."""
        return self._hasher.hash(_normal(password))

    def fits(self, kept: str | None, password: str) -> bool:
        """Say whether a password is the one that was kept; ``None``: nobody's, after the same work."""
        try:
            self._hasher.verify(kept or self._nobody, _normal(password))
        except VerifyMismatchError:
            return False
        return kept is not None

    def outdated(self, kept: str) -> bool:
        """Say whether a hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(kept)


def spelled(login: str) -> str | None:
    """Give the one spelling of a login that is kept and compared; ``None`` when it cannot be one.

    >>> spelled(" Ann@Example.org "), spelled("ann example"), spelled("a" * 200)
    ('ann@example.org', None, None)
    """
    normal = unicodedata.normalize("NFKC", login.strip()).casefold()
    fits = 2 <= len(normal) <= LONGEST_LOGIN and normal.isprintable() and " " not in normal
    return normal if fits else None


def fault(password: str, *, login: str, name: str) -> str | None:
    """Say why a password cannot be taken, ``None`` when it can.

    >>> fault("short", login="ann", name="Ann Made")
    'a password has at least 12 characters; this one has 5'
    >>> fault("AnnMade-ann-1", login="ann", name="Ann Made")
    'the password is little more than your name or login'
    >>> fault("a sentence is easy to keep", login="ann", name="Ann Made")
    """
    if len(password) < SHORTEST:
        return f"a password has at least {SHORTEST} characters; this one has {len(password)}"
    if len(password) > LONGEST:
        return f"a password has at most {LONGEST} characters"
    own = _normal(password).casefold()
    known = {_normal(login).casefold(), *login.casefold().split("@"), *name.casefold().split()}
    for word in sorted((w for w in known if len(w) > 2), key=lambda w: (-len(w), w)):
        own = own.replace(word, "")
    return "the password is little more than your name or login" if len(own) < _LEAST_OWN else None


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)
