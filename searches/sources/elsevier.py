"""What Elsevier's two APIs, of Scopus and of ScienceDirect, have in common: keys, pace, refusals. Pure.

Source: https://dev.elsevier.com/api_key_settings.html and https://dev.elsevier.com/tecdoc_api_authentication.html,
checked 2026-11-22.
"""

from __future__ import annotations

from typing import Any

from review.errors import SourceRefused
from searches.source import About, Credentials, RateHeaders
from searches.sources.replies import as_json

BASE_URL = "https://api.elsevier.com"
KEY, INSTITUTION = "ELSEVIER_API_KEY", "ELSEVIER_INSTTOKEN"
INTERVAL = (0.5, 0.5)  # 9 a second are allowed at Scopus, 2 at ScienceDirect; a week's quota is the limit that is met
RATE = RateHeaders(remaining="X-RateLimit-Remaining", reset="X-RateLimit-Reset")
"""The week's quota; ``reset`` is a moment in milliseconds."""
SECRET = ("X-ELS-APIKey", "X-ELS-Insttoken")

_ERRORS = ("service-error", "error-response")


def headers(credentials: Credentials) -> tuple[tuple[str, str], ...]:
    """Give the headers of a request: what is wanted, the key, and the token of an institution."""
    secrets = zip(SECRET, (credentials.key, credentials.institution), strict=True)
    return (("Accept", "application/json"), *((name, value) for name, value in secrets if value))


def answer(reply: bytes, about: About) -> dict[str, Any]:
    """Read a reply.

    Raises
    ------
    SourceChanged
        It is not a JSON object.
    SourceRefused
        It is an error with status 200.
    """
    found = as_json(reply, about)
    for name in _ERRORS:
        if name in found:
            raise SourceRefused(
                f"{about.label} refused the request: {_said(found[name])}", source=about.name, hint=f"see {about.docs}"
            )
    return found


def _said(error: Any) -> str:
    status = error.get("status", error) if isinstance(error, dict) else error
    if not isinstance(status, dict):
        return str(status)
    return str(status.get("statusText") or status.get("error-message") or status)
