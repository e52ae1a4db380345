"""Who is behind a request on a laptop: a one-time link opens a session, a cookie carries it. No accounts, no disk.

Sessions live as long as the server runs. Each link works once; the next one is announced as soon as it is used, so
that nobody is locked out of their own review. Randomness is passed in.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from review.store import Actor


@dataclass(frozen=True, slots=True)
class Session:
    """One browser; ``name`` and ``actor`` are ``None`` until the person has said who they are."""

    name: str | None = None
    actor: Actor | None = None
    key: str | None = None
    """What the store knows a session by, on a team's server."""


class Sessions:
    """The open sessions of one server.

    Parameters
    ----------
    mint : function
        Gives a new unguessable text (``secrets.token_urlsafe``).
    announce : function, optional
        Is told the token of the next link when one was used.
    """

    def __init__(self, mint: Callable[[], str], announce: Callable[[str], None] = lambda token: None) -> None:
        self._mint = mint
        self._announce = announce
        self._lock = Lock()
        self._open: dict[str, Session] = {}
        self.token = mint()
        """The token of the link that works now."""

    def open(self, token: str) -> str | None:
        """Trade the token of the link for the value of a session cookie; ``None`` when it is used up or wrong."""
        with self._lock:
            if not hmac.compare_digest(token.encode(), self.token.encode()):
                return None
            cookie, self.token = self._mint(), self._mint()
            self._open[cookie] = Session()
            following = self.token
        self._announce(following)
        return cookie

    def find(self, cookie: str | None) -> Session | None:
        """Give the session of a cookie, ``None`` when there is none."""
        return self._open.get(cookie) if cookie else None

    def sign(self, cookie: str, name: str, actor: Actor) -> None:
        """Note who is behind a session."""
        with self._lock:
            if cookie in self._open:
                self._open[cookie] = Session(name, actor)
