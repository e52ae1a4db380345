"""What requests say: numbers of an address, fields of a form, and whether a page was opened by the one who sends it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from review.web.kit import Form, Here, problem


def number(request: Request, name: str) -> int | None:
    """Give a number of an address; ``None`` when it is absent or none."""
    value = request.query_params.get(name)
    return int(value) if value is not None and is_number(value) else None


def is_number(value: object) -> bool:
    """Say whether a sent text is a number that a database can hold."""
    return isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 16


def text(form: Form, name: str) -> str | None:
    """Give a field of a form, ``None`` when it is empty."""
    return str(form.get(name) or "").strip() or None


def texts(form: Form, name: str) -> tuple[str, ...]:
    """Give every value of a field of a form."""
    return tuple(str(value) for value in form.getlist(name))


def of_another(request: Request, at: Here, form: Form) -> Response | None:
    """Refuse what a page sends that another person had opened in this browser; the page keeps it for them."""
    if form.get("person", at.actor.person) == at.actor.person:
        return None
    hint = "say at the top of the page that you are that person, then it is sent"
    return problem(request, 403, "this was decided by another person than the one who is signed in now", hint)
